//! A call of AWS that code makes, and the names that it gives.

use super::lexer::{Language, Tokens};
use super::operations::{Service, plain};
use std::collections::HashMap;

/// A piece of a name as code writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// As it stands there.
    Text(String),
    /// The value of an environment variable.
    Variable(String),
    /// What only the running program knows, by what code calls it.
    Unknown(String),
}

/// A name that code gives to a call: of a bucket, of a table.
pub(super) type Name = Vec<Part>;

/// The arguments of a call by what they are called, in the order of code; one may come several times. Those inside of
/// another argument are called `.Name`.
pub(super) type Arguments = Vec<(String, Name)>;

/// One operation of a service, called somewhere.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Whose operation it is.
    pub service: &'static Service,
    /// As AWS writes it.
    pub operation: String,
    /// Those that could be told.
    pub arguments: Arguments,
    /// Counted from 1.
    pub line: u32,
}

/// What a file's readers bring.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// In the order of the file.
    pub known: Vec<Call>,
    /// Calls that look like one of AWS, but of a service that could not be told: what is called, and the line.
    pub unknown: Vec<(String, u32)>,
}

impl Call {
    /// The values of an argument, whatever the letter case and signs of its name; where the call has none of its own, those
    /// inside of other arguments: the tables of a transaction.
    pub fn values(&self, argument: &str) -> Vec<&Name> {
        let own = self.own_values(argument);
        if own.is_empty() { self.values_where(argument, true) } else { own }
    }

    /// Those of the call itself.
    pub fn own_values(&self, argument: &str) -> Vec<&Name> {
        self.values_where(argument, false)
    }

    fn values_where(&self, argument: &str, inside: bool) -> Vec<&Name> {
        let argument = plain(argument);
        let fits = |name: &str| name.starts_with('.') == inside && plain(name) == argument;
        self.arguments.iter().filter(|(name, _)| fits(name)).map(|(_, value)| value).collect()
    }
}

/// What names stand for in a file: `const TABLE = process.env.TABLE`.
#[derive(Debug, Default)]
pub(super) struct Constants(HashMap<String, Name>);

/// A value is looked for no deeper than through this many names: they may go round in circles.
const DEPTH: usize = 4;

impl Constants {
    /// Those of a file.
    pub fn of(tokens: &Tokens) -> Self {
        let mut known = HashMap::new();
        for at in 1..tokens.0.len() {
            let assigned = tokens.is(at, '=') && !tokens.is(at + 1, '=') && !tokens.is(at + 1, '>');
            if !assigned {
                continue;
            }
            let name = if tokens.is(at - 1, ':') { at.checked_sub(2) } else { Some(at - 1) };
            if let Some(name) = name.and_then(|name| tokens.word(name)) {
                let value = value(tokens, at + 1);
                if value.iter().any(|part| !matches!(part, Part::Unknown(_))) {
                    known.entry(name.to_owned()).or_insert(value);
                }
            }
        }
        Self(known)
    }

    /// `name` with what is known in the place of names; `other` are those of the files beside.
    pub fn resolve(&self, name: &Name, other: &Self) -> Name {
        self.deeper(name, other, 0)
    }

    fn deeper(&self, name: &Name, other: &Self, depth: usize) -> Name {
        let one = |part: &Part| match part {
            Part::Unknown(word) if depth < DEPTH => {
                let last = word.rsplit('.').next().unwrap_or(word);
                match self.0.get(last).or_else(|| other.0.get(last)) {
                    Some(known) => self.deeper(known, other, depth + 1),
                    None => vec![part.clone()],
                }
            }
            _ => vec![part.clone()],
        };
        name.iter().flat_map(one).collect()
    }

    /// Takes over what `more` knows and this does not.
    pub fn add(&mut self, more: Self) {
        for (name, value) in more.0 {
            self.0.entry(name).or_insert(value);
        }
    }
}

/// The value of the expression that begins at `at`.
pub(super) fn value(tokens: &Tokens, at: usize) -> Name {
    let (mut name, mut at) = term(tokens, at);
    while tokens.is(at, '+') && !tokens.is(at + 1, '+') {
        let (more, end) = term(tokens, at + 1);
        if end <= at + 1 {
            break;
        }
        name.extend(more);
        at = end;
    }
    name
}

/// One term of a sum of texts, and where it ends.
fn term(tokens: &Tokens, start: usize) -> (Name, usize) {
    let mut at = start;
    while ['&', '*', '(', '['].iter().any(|&sign| tokens.is(at, sign)) && at < start + 3 {
        at += 1;
    }
    if let Some(text) = tokens.text(at) {
        return (parts(text), at + 1);
    }
    let mut path: Vec<&str> = Vec::new();
    while let Some(word) = tokens.word(at) {
        if !matches!(word, "await" | "new" | "str") {
            path.push(word);
        }
        at += 1;
        while tokens.is(at, '?') || tokens.is(at, '!') && !tokens.is(at + 1, '=') {
            at += 1;
        }
        if !tokens.is(at, '.') {
            if path.is_empty() {
                continue;
            }
            break;
        }
        at += 1;
    }
    let Some(&last) = path.last() else { return (Vec::new(), start) };
    if let ["process", "env", variable] | [.., "process", "env", variable] = path[..] {
        return (vec![Part::Variable(variable.to_owned())], after_default(tokens, at));
    }
    let called = tokens.is(at, '(') || tokens.is(at, '[');
    let end = if called { tokens.close(at) + 1 } else { at };
    let reads = matches!(last, "environ" | "getenv" | "Getenv" | "env" | "LookupEnv" | "MustGetenv")
        || last == "get" && path.contains(&"environ");
    if called
        && reads
        && let Some(variable) = tokens.text(at + 1)
    {
        return (vec![Part::Variable(variable.to_owned())], end);
    }
    // `aws.String("x")`, `String("x")`, `Key("x")`: what is wrapped.
    if called && matches!(last, "String" | "str" | "ToString" | "Ptr" | "S") && tokens.is(at, '(') {
        return (value(tokens, at + 1), end);
    }
    (vec![Part::Unknown(path.join("."))], end)
}

/// Where `process.env.X || 'default'` ends: the default is not what runs in production.
fn after_default(tokens: &Tokens, at: usize) -> usize {
    let or = (tokens.is(at, '|') || tokens.is(at, '?')) && (tokens.is(at + 1, '|') || tokens.is(at + 1, '?'));
    if or && tokens.text(at + 2).is_some() { at + 3 } else { at }
}

/// The parts of a text in which `${…}` stands for what is filled in.
pub(super) fn parts(text: &str) -> Name {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((before, hole, after)) =
        rest.split_once("${").and_then(|(before, rest)| rest.split_once('}').map(|(hole, after)| (before, hole, after)))
    {
        if !before.is_empty() {
            found.push(Part::Text(before.to_owned()));
        }
        let hole = hole.split([':', '!']).next().unwrap_or(hole).trim();
        let variable = hole.strip_prefix("process.env.").or_else(|| {
            let inside = hole.strip_prefix("os.environ[").and_then(|rest| rest.strip_suffix(']'));
            inside.map(|name| name.trim_matches(['"', '\'']))
        });
        found.push(match variable {
            Some(variable) => Part::Variable(variable.to_owned()),
            None => Part::Unknown(hole.to_owned()),
        });
        rest = after;
    }
    if !rest.is_empty() || found.is_empty() {
        found.push(Part::Text(rest.to_owned()));
    }
    found
}

/// Every named argument between `from` and `to`: `Bucket='x'`, `Bucket: 'x'`, `{ Bucket }`, `.bucket("x")`.
pub(super) fn arguments(tokens: &Tokens, from: usize, to: usize, language: Language) -> Arguments {
    let (mut found, mut depth): (Vec<(u32, String, Name)>, u32) = (Vec::new(), 0);
    for at in from..to.min(tokens.0.len()) {
        if ['(', '{', '['].iter().any(|&sign| tokens.is(at, sign)) {
            depth += 1;
        } else if [')', '}', ']'].iter().any(|&sign| tokens.is(at, sign)) {
            depth = depth.saturating_sub(1);
        }
        for (name, value) in argument(tokens, at, language) {
            found.push((depth, name, value));
        }
    }
    let own = found.iter().map(|(depth, ..)| *depth).min().unwrap_or(0);
    let named =
        |(depth, name, value): (u32, String, Name)| (if depth > own { format!(".{name}") } else { name }, value);
    found.into_iter().map(named).collect()
}

/// The argument whose name is at `at`: several values if it is a list of texts.
fn argument(tokens: &Tokens, at: usize, language: Language) -> Arguments {
    let Some(name) = tokens.word(at).or_else(|| tokens.text(at)) else { return Vec::new() };
    if name.is_empty() || name.len() > 64 {
        return Vec::new();
    }
    let before = at.checked_sub(1);
    let is = |sign| before.is_some_and(|before| tokens.is(before, sign));
    let opens = is('{') || is(',') || is('(');
    let begin = at + 2;
    let one = |name: &str, value: Name| if value.is_empty() { Vec::new() } else { vec![(name.to_owned(), value)] };
    if (tokens.is(at + 1, ':') || tokens.is(at + 1, '=') && !tokens.is(begin, '=')) && opens {
        if tokens.is(begin, '[') {
            let texts = (begin..tokens.close(begin)).filter_map(|at| tokens.text(at));
            return texts.map(|text| (name.to_owned(), parts(text))).collect();
        }
        // An object is no name: what it holds is seen by itself.
        if tokens.is(begin, '{') { Vec::new() } else { one(name, value(tokens, begin)) }
    } else if language == Language::Java && is('.') && tokens.is(at + 1, '(') && !tokens.is(begin, ')') {
        one(name.strip_prefix("with").unwrap_or(name), value(tokens, begin))
    } else {
        let shorthand = tokens.word(at).is_some()
            && (is('{') || is(','))
            && (tokens.is(at + 1, ',') || tokens.is(at + 1, '}'))
            && name.starts_with(|c: char| c.is_ascii_uppercase());
        if shorthand { one(name, vec![Part::Unknown(name.to_owned())]) } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, language: Language) -> Arguments {
        let tokens = Tokens::of(text, language);
        arguments(&tokens, 0, tokens.0.len(), language)
    }

    fn text(text: &str) -> Name {
        vec![Part::Text(text.to_owned())]
    }

    #[test]
    fn arguments_are_found_as_each_language_writes_them() {
        let bucket = |name: &str| vec![(name.to_owned(), text("b"))];
        assert_eq!(of("(Bucket='b', n == 1)", Language::Python), bucket("Bucket"));
        assert_eq!(of("({ Bucket: 'b' })", Language::JavaScript), bucket("Bucket"));
        assert_eq!(of("x.builder().bucket(\"b\").build()", Language::Java), bucket("bucket"));
        assert_eq!(of("new R().withBucket(\"b\")", Language::Java)[0], ("Bucket".to_owned(), text("b")));
        assert_eq!(of("I{Bucket: aws.String(\"b\")}", Language::Go)[0], ("Bucket".to_owned(), text("b")));
        let short = of("({ Bucket, key })", Language::JavaScript);
        assert_eq!(short, [("Bucket".to_owned(), vec![Part::Unknown("Bucket".to_owned())])]);
        assert_eq!(of("({ Names: ['a', 'b'] })", Language::JavaScript).len(), 2);
    }

    #[test]
    fn environment_variables_are_seen_in_every_language() {
        let variable = vec![Part::Variable("T".to_owned())];
        for (code, language) in [
            ("os.environ['T']", Language::Python),
            ("os.environ.get('T', 'x')", Language::Python),
            ("os.getenv('T')", Language::Python),
            ("process.env.T", Language::JavaScript),
            ("process.env['T']", Language::JavaScript),
            ("process.env.T!", Language::JavaScript),
            ("System.getenv(\"T\")", Language::Java),
            ("aws.String(os.Getenv(\"T\"))", Language::Go),
        ] {
            assert_eq!(value(&Tokens::of(code, language), 0), variable, "{code}");
        }
        let built = value(&Tokens::of("`a-${process.env.T}-${day}`", Language::JavaScript), 0);
        let unknown = |name: &str| Part::Unknown(name.to_owned());
        let expected = [Part::Text("a-".into()), Part::Variable("T".into()), Part::Text("-".into()), unknown("day")];
        assert_eq!(built, expected);
    }

    #[test]
    fn a_constant_stands_for_its_value() {
        let tokens = Tokens::of("TABLE = os.environ['T']\nname: str = TABLE\nloop = loop", Language::Python);
        let constants = Constants::of(&tokens);
        let resolved = constants.resolve(&vec![Part::Unknown("self.TABLE".into())], &Constants::default());
        assert_eq!(resolved, [Part::Variable("T".into())]);
        let endless = vec![Part::Unknown("loop".into())];
        assert_eq!(constants.resolve(&endless, &Constants::default()), endless);
    }
}
