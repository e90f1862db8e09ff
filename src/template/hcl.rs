//! Terraform's language as a tree of values with places: blocks are maps under their labels, attributes are entries.
//!
//! Nothing is evaluated. A function whose outcome is plain as it stands gives that (`jsonencode`, `concat`, `format` …),
//! a choice becomes the same `Fn::If` as in `CloudFormation`, and all else is what only Terraform knows.

use super::{Problem, Read, embedded, text::Text};
use crate::iam::{Node, Value};
use hcl_edit::{
    Span,
    expr::{Expression, FuncCall, ObjectKey},
    structure::{Block, BlockLabel, Body, Structure},
    template::{Element, HeredocTemplate, Template},
};
use std::ops::Range;

/// Characters of an expression that are kept: enough for the longest address of a resource.
const EXPRESSION: usize = 200;

/// Reads a file.
pub(super) fn read(text: &Text<'_>) -> Result<Read, Problem> {
    let body: Body = text.as_str().parse().map_err(|error: hcl_edit::parser::Error| {
        let (line, column) = text.place(error.location().offset());
        Problem { line, column, says: format!("not Terraform: {}", error.message()), certain: false }
    })?;
    let mut reader = Reader { text, unread: Vec::new() };
    let root = reader.body(&body);
    Ok(Read { roots: vec![root], unread: reader.unread })
}

struct Reader<'t> {
    text: &'t Text<'t>,
    unread: Vec<Problem>,
}

impl Reader<'_> {
    fn node(&self, value: Value, span: Option<Range<usize>>) -> Node {
        let (line, column) = self.text.place(span.map_or(0, |span| span.start));
        Node { value, line, column }
    }

    fn name(&self, name: &str, span: Option<Range<usize>>) -> Node {
        self.node(Value::Text(name.to_owned()), span)
    }

    /// What is written there, in one line.
    fn source(&self, span: Option<Range<usize>>) -> String {
        let source = span.and_then(|span| self.text.as_str().get(span)).unwrap_or_default();
        let mut line = source.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((at, _)) = line.char_indices().nth(EXPRESSION) {
            line.truncate(at);
            line.push('…');
        }
        line
    }

    fn unknown(&self, expression: &Expression) -> Value {
        Value::Unknown(self.source(expression.span()))
    }

    fn body(&mut self, body: &Body) -> Node {
        let mut entries = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = self.name(attribute.key.as_str(), attribute.key.span());
                    entries.push((key, self.expression(&attribute.value)));
                }
                Structure::Block(block) => entries.push(self.block(block)),
            }
        }
        self.node(Value::Map(entries), body.span())
    }

    /// A block as an entry: `resource "a" "b" {…}` is `resource: {a: {b: {…}}}`. One that is repeated by `dynamic` is read
    /// as if it stood there once.
    fn block(&mut self, block: &Block) -> (Node, Node) {
        let label = |label: &BlockLabel| match label {
            BlockLabel::Ident(ident) => ident.as_str().to_owned(),
            BlockLabel::String(text) => text.as_str().to_owned(),
        };
        if block.ident.as_str() == "dynamic"
            && let Some(name) = block.labels.first()
            && let Some(content) = block.body.blocks().find(|inner| inner.ident.as_str() == "content")
        {
            return (self.name(&label(name), name.span()), self.body(&content.body));
        }
        let mut value = self.body(&block.body);
        // A body begins after its brace: its block is what one looks for.
        let place = self.text.place(block.ident.span().map_or(0, |span| span.start));
        (value.line, value.column) = place;
        for name in block.labels.iter().rev() {
            let key = self.name(&label(name), name.span());
            value = Node { value: Value::Map(vec![(key, value)]), line: place.0, column: place.1 };
        }
        (self.name(block.ident.as_str(), block.ident.span()), value)
    }

    fn expression(&mut self, expression: &Expression) -> Node {
        let value = match expression {
            Expression::Null(_) => Value::Null,
            Expression::Bool(yes) => Value::Bool(*yes.value()),
            Expression::Number(number) => Value::Number(number.value().to_string()),
            Expression::String(text) => self.string(text.value(), expression.span()),
            Expression::Array(items) => Value::List(items.iter().map(|item| self.expression(item)).collect()),
            Expression::Object(object) => {
                let mut entries = Vec::with_capacity(object.len());
                for (key, value) in object {
                    entries.push((self.key(key), self.expression(value.expr())));
                }
                Value::Map(entries)
            }
            Expression::StringTemplate(template) => match self.template(template) {
                Some(text) => Value::Text(text),
                None => self.unknown(expression),
            },
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc),
            Expression::Parenthesis(inner) => return self.expression(inner.inner()),
            Expression::Conditional(choice) => {
                let condition = self.node(self.unknown(&choice.cond_expr), choice.cond_expr.span());
                let branches = [&choice.true_expr, &choice.false_expr].map(|branch| self.expression(branch));
                let list = [condition].into_iter().chain(branches).collect();
                self.function("Fn::If", list, expression.span())
            }
            Expression::FuncCall(call) => {
                return self.call(call).unwrap_or_else(|| self.node(self.unknown(expression), expression.span()));
            }
            // What it makes of one item stands for all.
            Expression::ForExpr(each) if each.key_expr.is_none() => {
                Value::List(vec![self.expression(&each.value_expr)])
            }
            Expression::ForExpr(_)
            | Expression::Variable(_)
            | Expression::Traversal(_)
            | Expression::UnaryOp(_)
            | Expression::BinaryOp(_) => self.unknown(expression),
        };
        self.node(value, expression.span())
    }

    fn function(&self, name: &str, list: Vec<Node>, span: Option<Range<usize>>) -> Value {
        let list = self.node(Value::List(list), span.clone());
        Value::Map(vec![(self.name(name, span), list)])
    }

    fn key(&mut self, key: &ObjectKey) -> Node {
        match key {
            ObjectKey::Ident(ident) => self.name(ident.as_str(), ident.span()),
            ObjectKey::Expression(expression) => self.expression(expression),
        }
    }

    /// A call whose outcome is plain.
    fn call(&mut self, call: &FuncCall) -> Option<Node> {
        if call.name.is_namespaced() || call.args.expand_final() {
            return None;
        }
        let arguments: Vec<&Expression> = call.args.iter().collect();
        let value = match (call.name.name.as_str(), &arguments[..]) {
            (
                "jsonencode" | "tolist" | "toset" | "distinct" | "compact" | "sort" | "nonsensitive" | "tostring",
                [one],
            ) => {
                return Some(self.expression(one));
            }
            ("concat" | "setunion", lists) => {
                let lists = lists.iter().map(|list| self.expression(list)).collect();
                Value::List(flat(lists, 1))
            }
            ("flatten", [list]) => Value::List(flat(vec![self.expression(list)], usize::MAX)),
            ("join", [between, list]) => {
                let list = vec![self.expression(between), self.expression(list)];
                self.function("Fn::Join", list, call.span())
            }
            ("format", [form, arguments @ ..]) => {
                let form = self.expression(form);
                let values = arguments.iter().map(|argument| self.expression(argument)).collect();
                Value::Text(formatted(form.text()?, values)?)
            }
            _ => return None,
        };
        Some(self.node(value, call.span()))
    }

    fn string(&mut self, text: &str, span: Option<Range<usize>>) -> Value {
        if embedded::is_like_a_document(text) {
            let held = Text::at(text, self.text.place(span.map_or(0, |span| span.start)));
            if let Some(document) = embedded::read(&held, 1, &mut self.unread) {
                return document.value;
            }
        }
        Value::Text(text.to_owned())
    }

    /// A text with `${…}` in it as it is written; `None` with a directive in it.
    fn template(&self, template: &Template) -> Option<String> {
        let mut text = String::new();
        for element in template {
            match element {
                Element::Literal(literal) => text.push_str(literal),
                Element::Interpolation(_) => text.push_str(&format!("${{{}}}", self.interpolated(element))),
                Element::Directive(_) => return None,
            }
        }
        Some(text)
    }

    /// The expression of an interpolation, without its braces.
    fn interpolated(&self, element: &Element) -> String {
        let source = self.source(element.span());
        let inner = source.strip_prefix("${").unwrap_or(&source);
        inner.strip_suffix('}').unwrap_or(inner).trim_matches(['~', ' ']).to_owned()
    }

    /// A heredoc: mostly a policy document, in which expressions stand inside of strings, or for whole values.
    fn heredoc(&mut self, heredoc: &HeredocTemplate) -> Value {
        let source = self.text.as_str();
        let (mut held, mut in_string, mut directives) = (Text::default(), false, false);
        for element in &heredoc.template {
            let span = element.span().unwrap_or_default();
            match element {
                Element::Literal(_) => {
                    let literal = source.get(span.clone()).unwrap_or_default();
                    let mut at = span.start;
                    for line in literal.split_inclusive('\n') {
                        // `$${` is how `${` is written here.
                        for part in line.split_inclusive("$${") {
                            let place = self.text.place(at);
                            at += part.len();
                            match part.strip_suffix("$${") {
                                Some(before) => {
                                    held.push(before, place);
                                    held.push_for("${", self.text.place(at - 3));
                                }
                                None => held.push(part, place),
                            }
                        }
                    }
                    in_string = ends_in_string(literal, in_string);
                }
                Element::Interpolation(_) => {
                    // As JSON writes quotes and backslashes in a string.
                    let inner = self.interpolated(element).replace('\\', "\\\\").replace('"', "\\\"");
                    let text = if in_string { format!("${{{inner}}}") } else { format!("\"${{{inner}}}\"") };
                    held.push_for(&text, self.text.place(span.start));
                }
                Element::Directive(_) => directives = true,
            }
        }
        let text = held.as_str();
        if !embedded::is_like_a_document(text) {
            return Value::Text(text.to_owned());
        }
        if directives {
            let (line, column) = held.place(0);
            let says = "a policy document with '%{ … }' in it, which only Terraform can fill in".to_owned();
            self.unread.push(Problem { line, column, says, certain: true });
            return Value::Unknown("<<…".to_owned());
        }
        let document = embedded::read(&held, 1, &mut self.unread);
        document.map_or_else(|| Value::Unknown("<<…".to_owned()), |document| document.value)
    }
}

/// Whether JSON that goes on after `literal` is inside of a string there.
fn ends_in_string(literal: &str, mut inside: bool) -> bool {
    let mut escaped = false;
    for byte in literal.bytes() {
        match byte {
            b'\\' if inside && !escaped => escaped = true,
            b'"' if !escaped => inside = !inside,
            _ => escaped = false,
        }
    }
    inside
}

/// The items of lists that stand in a list, as deep as `levels` says.
fn flat(lists: Vec<Node>, levels: usize) -> Vec<Node> {
    let each = lists.into_iter().flat_map(|node| match node.value {
        Value::List(items) if levels > 0 => flat(items, levels - 1),
        _ => vec![node],
    });
    each.collect()
}

/// `format("a/%s", b)`; `None` with another verb than `%s` and `%d`, or with not as many values.
fn formatted(form: &str, values: Vec<Node>) -> Option<String> {
    let mut parts = form.split('%');
    let mut text = parts.next()?.to_owned();
    let mut values = values.into_iter();
    while let Some(part) = parts.next() {
        if part.is_empty() {
            // `%%` is a plain one.
            text.push('%');
            text.push_str(parts.next()?);
            continue;
        }
        let rest = part.strip_prefix(['s', 'd'])?;
        match values.next()?.value {
            Value::Text(value) | Value::Number(value) => text.push_str(&value),
            Value::Unknown(source) => text.push_str(&format!("${{{source}}}")),
            _ => return None,
        }
        text.push_str(rest);
    }
    values.next().is_none().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(source: &str) -> Node {
        let read = read(&Text::whole(source)).unwrap();
        assert_eq!(read.unread, []);
        read.roots.into_iter().next().unwrap()
    }

    #[test]
    fn blocks_are_maps_under_their_labels_and_dynamic_ones_stand_once() {
        let source = "resource \"a\" \"b\" {\n  x = 1\n  dynamic \"s\" {\n    for_each = y\n    content {\n      z = s.value\n    }\n  }\n}\n";
        let block = root(source);
        let block = block.get("resource").and_then(|r| r.get("a")).and_then(|a| a.get("b")).unwrap();
        assert_eq!((block.line, block.column), (1, 1));
        let x = block.get("x").unwrap();
        assert_eq!((&x.value, x.line, x.column), (&Value::Number("1".to_owned()), 2, 7));
        let z = block.get("s").and_then(|s| s.get("z")).unwrap();
        assert_eq!((&z.value, z.line), (&Value::Unknown("s.value".to_owned()), 6));
    }

    #[test]
    fn what_is_plain_is_known_and_all_else_is_not() {
        let source = r#"
a = "arn:${data.x.y}:s3"
b = format("arn:%s:s3:::%s/*", var.p, "q")
c = concat(["x"], var.more, ["y"])
d = "$${aws:username}"
e = file("p.json")
f = [for b in var.buckets : "${b}/*"]
g = upper("a")
h = flatten([["x"], [var.y]])
"#;
        let root = root(source);
        let text = |key| root.get(key).and_then(Node::text).map(str::to_owned);
        assert_eq!(text("a").as_deref(), Some("arn:${data.x.y}:s3"));
        assert_eq!(text("b").as_deref(), Some("arn:${var.p}:s3:::q/*"));
        assert_eq!(root.get("c").map(|c| c.items().len()), Some(3));
        assert_eq!(text("d").as_deref(), Some("${aws:username}"));
        assert_eq!(root.get("e").map(|e| &e.value), Some(&Value::Unknown("file(\"p.json\")".to_owned())));
        assert_eq!(root.get("f").map(|f| f.items()[0].text()), Some(Some("${b}/*")));
        assert!(matches!(root.get("g").map(|g| &g.value), Some(Value::Unknown(_))));
        assert_eq!(root.get("h").map(|h| h.items().len()), Some(2));
    }

    #[test]
    fn a_heredoc_is_read_with_what_is_interpolated_in_it() {
        let source = "p = <<-EOF\n    {\"Statement\": [{\n      \"Resource\": \"${lookup(m, \"k\")}/$${aws:username}\", \"Action\": ${jsonencode(x)},\n      \"Effect\": \"Allow\"}]}\n    EOF\n";
        let root = root(source);
        let statement = &root.get("p").and_then(|p| p.get("Statement")).unwrap().items()[0];
        let resource = statement.get("Resource").unwrap();
        assert_eq!(resource.text(), Some("${lookup(m, \"k\")}/${aws:username}"));
        assert_eq!((resource.line, resource.column), (3, 19));
        assert_eq!(statement.get("Action").and_then(Node::text), Some("${jsonencode(x)}"));
        let effect = statement.get("Effect").unwrap();
        assert_eq!((effect.line, effect.column), (4, 17));
    }

    #[test]
    fn what_is_broken_is_named_with_its_place() {
        let problem = read(&Text::whole("a = {\n  b = [1,\n")).unwrap_err();
        assert!(problem.line >= 2, "{problem:?}");
        let broken = "p = <<EOF\n{\"Statement\": [\n  {\"Effect\": \"Allow\",}\n]}\nEOF\n";
        let read = read(&Text::whole(broken)).unwrap();
        assert_eq!(read.unread.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3]);
        for deep in ["[", "{a=", "(", "-", "!"] {
            assert!(super::read(&Text::whole(&("a = ".to_owned() + &deep.repeat(50_000)))).is_err());
        }
    }
}
