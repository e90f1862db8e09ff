//! YAML with places and tags. `CloudFormation`'s short tags become the functions that they are short for.

use super::{MAX_DEPTH, Problem, Read, embedded, text::Text};
use crate::iam::{Node, Value};
use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// Values that aliases may add: what a small file unfolds to must stay small. A file of 5 MB has no more of its own.
const UNFOLDED: usize = 200_000;

/// Lines that are indented for the sake of the parser.
const INDENTED: usize = 500;
/// Blanks that are enough for any indentation.
const BLANKS: &str = "                                                                                ";

/// Reads a stream of documents.
///
/// The specification wants the lines of quoted texts and of `[…]` and `{…}` indented more than what they stand in. AWS's
/// own tools do not (13 of 2,000 templates in AWS's collection of serverless patterns rely on it), and blanks mean
/// nothing there: such lines are indented, and all is read again.
pub(super) fn read(text: &Text<'_>) -> Result<Read, Problem> {
    let mut indented = Indented { lines: BTreeSet::new() };
    let mut source = Cow::Borrowed(text.as_str());
    loop {
        let first = match attempt(text, &source, &indented) {
            Ok(read) => return Ok(read),
            Err(problem) if indented.lines.len() >= INDENTED => return Err(problem),
            Err(problem) => {
                let Some(line) = indented.next(text, &problem) else { return Err(problem) };
                line
            }
        };
        indented.lines.insert(first);
        let lines = text.as_str().split_inclusive('\n').zip(1..);
        source = lines
            .fold(String::new(), |mut all, (line, number)| {
                all.push_str(if indented.lines.contains(&number) { BLANKS } else { "" });
                all + line
            })
            .into();
    }
}

/// Lines that were indented, counted from 1.
struct Indented {
    lines: BTreeSet<u32>,
}

impl Indented {
    /// The line to indent after this error, if it is of the kind.
    fn next(&self, text: &Text<'_>, problem: &Problem) -> Option<u32> {
        let in_quotes = problem.says.ends_with("invalid indentation in quoted scalar");
        let in_brackets = ["invalid indentation", "invalid indentation in flow construct"];
        if !in_quotes && !in_brackets.iter().any(|says| problem.says.ends_with(says)) {
            return None;
        }
        // In quotes, the place is that of the opening one: the lines below it have their turns.
        let first = if in_quotes { problem.line + 1 } else { problem.line };
        if !in_quotes && self.lines.contains(&first) {
            return None;
        }
        let lines = text.as_str().lines().count() as u32;
        (first..=lines).find(|line| !self.lines.contains(line))
    }

    /// Column in the file of a column in what was parsed.
    fn column(&self, line: u32, column: u32) -> u32 {
        if self.lines.contains(&line) { column.saturating_sub(BLANKS.len() as u32).max(1) } else { column }
    }
}

fn attempt(text: &Text<'_>, source: &str, indented: &Indented) -> Result<Read, Problem> {
    let mut builder = Builder {
        source: text,
        indented,
        open: Vec::new(),
        anchors: HashMap::new(),
        unfolded: 0,
        read: Read::default(),
    };
    let mut parser = Parser::new_from_str(source);
    loop {
        match parser.next_event() {
            None | Some(Ok((Event::StreamEnd, _))) => break,
            Some(Ok((event, span))) => builder.event(event, span)?,
            Some(Err(error)) => {
                let line = error.marker().line() as u32;
                let column = indented.column(line, error.marker().col() as u32 + 1);
                return Err(Problem { line, column, says: format!("not YAML: {}", error.info()), certain: false });
            }
        }
    }
    Ok(builder.read)
}

struct Builder<'t> {
    source: &'t Text<'t>,
    indented: &'t Indented,
    /// Lists and maps that are not yet over, outermost first.
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    /// Values that aliases added.
    unfolded: usize,
    read: Read,
}

struct Open {
    place: (u32, u32),
    anchor: usize,
    tag: Option<Tag>,
    items: Items,
}

enum Items {
    List(Vec<Node>),
    /// With the key whose value is to come.
    Map(Vec<(Node, Node)>, Option<Node>),
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let line = span.start.line() as u32;
        let place = (line, self.indented.column(line, span.start.col() as u32 + 1));
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = self.scalar(&text, style, tag.is_some(), place);
                self.done(node(value, place), anchor, tag.as_deref());
            }
            Event::SequenceStart(anchor, tag) => {
                return self.begin(place, anchor, tag.as_deref(), Items::List(Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                return self.begin(place, anchor, tag.as_deref(), Items::Map(Vec::new(), None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { place, anchor, tag, items }) = self.open.pop() else { return Ok(()) };
                let value = match items {
                    Items::List(items) => Value::List(items),
                    Items::Map(entries, _) => Value::Map(merged(entries)),
                };
                self.done(node(value, place), anchor, tag.as_ref());
            }
            Event::Alias(anchor) => {
                let Some((node, count)) = self.anchors.get(&anchor) else {
                    return Err(problem(place, "an alias of nothing that is over"));
                };
                self.unfolded += count;
                if self.unfolded > UNFOLDED {
                    let says = format!("its aliases unfold to more than {UNFOLDED} values");
                    return Err(problem(place, &says));
                }
                // Issues are named where the value is used.
                let node = Node { line: place.0, column: place.1, ..node.clone() };
                self.done(node, 0, None);
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn begin(&mut self, place: (u32, u32), anchor: usize, tag: Option<&Tag>, items: Items) -> Result<(), Problem> {
        if self.open.len() >= MAX_DEPTH {
            return Err(problem(place, &format!("nested more than {MAX_DEPTH} levels deep")));
        }
        self.open.push(Open { place, anchor, tag: tag.cloned(), items });
        Ok(())
    }

    /// Puts a value that is over where it belongs.
    fn done(&mut self, node: Node, anchor: usize, tag: Option<&Tag>) {
        let node = tagged(node, tag);
        if anchor != 0 {
            let count = count(&node);
            self.anchors.insert(anchor, (node.clone(), count));
        }
        match self.open.last_mut().map(|open| &mut open.items) {
            None => self.read.roots.push(node),
            Some(Items::List(items)) => items.push(node),
            Some(Items::Map(entries, key)) => match key.take() {
                None => *key = Some(node),
                Some(key) => entries.push((key, node)),
            },
        }
    }

    /// Where the lines of a literal block begin that is announced in `line` or just before it: they stand there as they
    /// are, but for their indentation.
    fn block_at(&self, text: &str, line: u32) -> Option<(u32, u32)> {
        let indentation = |line: &str| line.len() - line.trim_start().len();
        let (number, first) = text.lines().enumerate().find(|(_, line)| !line.trim().is_empty())?;
        let from = self.source.line_start(line as usize);
        let mut lines = self.source.as_str().get(from..)?.lines().zip(line..);
        let (there, line) = lines.find(|(there, _)| there.trim() == first.trim())?;
        let column = indentation(there).checked_sub(indentation(first))? as u32 + 1;
        Some((line.checked_sub(number as u32)?, column))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, has_tag: bool, place: (u32, u32)) -> Value {
        if style == ScalarStyle::Plain && !has_tag {
            return plain(text);
        }
        if embedded::is_like_a_document(text) {
            let block = if style == ScalarStyle::Literal { self.block_at(text, place.0) } else { None };
            let held = block.map_or_else(|| Text::at(text, place), |place| Text::block(text, place));
            if let Some(document) = embedded::read(&held, 1, &mut self.read.unread) {
                return document.value;
            }
        }
        Value::Text(text.to_owned())
    }
}

fn node(value: Value, (line, column): (u32, u32)) -> Node {
    Node { value, line, column }
}

fn problem((line, column): (u32, u32), says: &str) -> Problem {
    Problem { line, column, says: says.to_owned(), certain: false }
}

/// How many values there are in one, itself included.
fn count(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(count).sum(),
        Value::Map(entries) => entries.iter().map(|(key, value)| count(key) + count(value)).sum(),
        _ => 0,
    }
}

/// What a scalar without quotes is in YAML's core schema. A date is a text, as it is for AWS.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.to_owned()),
        _ => Value::Text(text.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') && text.parse::<f64>().is_ok()
}

/// With the entries that `<<` takes over from other maps, unless there are some of the same name.
fn merged(entries: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
    let (merges, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key.text() == Some("<<"));
    for (_, merge) in merges {
        for (key, value) in merge.items().iter().flat_map(Node::entries) {
            if !own.iter().any(|(name, _)| name.value == key.value) {
                own.push((key.clone(), value.clone()));
            }
        }
    }
    own
}

/// `!Ref x` as `{Ref: x}`, `!Sub x` as `{Fn::Sub: x}`; any other tag of a program's own as if it were a function, too.
/// YAML's own tags only say what is known.
fn tagged(value: Node, tag: Option<&Tag>) -> Node {
    let Some(tag) = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty()) else { return value };
    let name = match tag.suffix.as_str() {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    };
    let place = (value.line, value.column);
    node(Value::Map(vec![(node(Value::Text(name), place), value)]), place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(yaml: &str) -> Vec<Node> {
        read(&Text::whole(yaml)).unwrap().roots
    }

    #[test]
    fn values_tags_and_places_are_kept() {
        let yaml = "a: 2012-10-17\nb: !Ref X\r\nc: [1, yes, ~, 'no']\n---\nd: !GetAtt A.Arn\n";
        let [first, second] = &roots(yaml)[..] else { panic!("two documents") };
        assert_eq!(first.get("a").and_then(Node::text), Some("2012-10-17"));
        let reference = first.get("b").unwrap();
        assert_eq!((reference.line, reference.column), (2, 4));
        assert_eq!(reference.get("Ref").and_then(Node::text), Some("X"));
        let kinds: Vec<_> = first.get("c").unwrap().items().iter().map(|item| item.value.clone()).collect();
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(kinds, [Value::Number("1".to_owned()), text("yes"), Value::Null, text("no")]);
        assert_eq!(second.get("d").and_then(|d| d.get("Fn::GetAtt")).and_then(Node::text), Some("A.Arn"));
    }

    #[test]
    fn merges_and_aliases_are_followed() {
        let yaml = "base: &base {Effect: Allow, Action: 'a:b'}\nuse:\n  <<: *base\n  Action: c:d\nagain: *base\n";
        let root = &roots(yaml)[0];
        let used = root.get("use").unwrap();
        assert_eq!(used.get("Effect").and_then(Node::text), Some("Allow"));
        assert_eq!(used.get("Action").and_then(Node::text), Some("c:d"));
        assert_eq!(root.get("again").map(|node| node.line), Some(5));
    }

    #[test]
    fn a_document_in_a_block_has_the_places_of_the_file() {
        for (header, line) in [("|", 4), ("!Sub |-", 4), ("|\n\n", 6)] {
            let yaml = format!("a:\n  p: {header}\n    {{\"Statement\":\n      [{{\"Effect\": \"Deny\"}}]}}\n");
            let root = &roots(&yaml)[0];
            let document = root.get("a").and_then(|a| a.get("p")).unwrap();
            let document = document.get("Fn::Sub").unwrap_or(document);
            let effect = document.get("Statement").unwrap().items()[0].get("Effect").unwrap();
            assert_eq!((effect.text(), effect.line, effect.column), (Some("Deny"), line, 19), "{header}");
        }
    }

    #[test]
    fn lines_that_stand_too_far_left_are_read_as_aws_reads_them() {
        let yaml = "a:\n  b: [{\n    x: 1,\n  y: 2\n  }]\n  c: 'one\n two\n\n  three'\nd: {\n}\ne: f\n";
        let root = &roots(yaml)[0];
        let a = root.get("a").unwrap();
        let y = a.get("b").unwrap().items()[0].get("y").unwrap();
        assert_eq!((&y.value, y.line, y.column), (&Value::Number("2".to_owned()), 4, 6));
        assert_eq!(a.get("c").and_then(Node::text), Some("one two\nthree"));
        assert_eq!(root.get("e").map(|e| (e.line, e.column)), Some((12, 4)));
        assert!(read(&Text::whole("a: [\n")).is_err() && read(&Text::whole("a: 'b\n")).is_err());
    }

    #[test]
    fn what_would_blow_up_is_an_error() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..12 {
            let names = vec![format!("*a{}", n - 1); 10].join(", ");
            laughs.push_str(&format!("a{n}: &a{n} [{names}]\n"));
        }
        for yaml in [laughs, "- ".repeat(200_000) + "a", "[".repeat(200_000), "a: &a [*a]\n".to_owned()] {
            assert!(read(&Text::whole(&yaml)).is_err(), "{}", &yaml[..10]);
        }
    }
}
