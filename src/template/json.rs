//! JSON with places. `serde_json` reads it; where a value stands is told by where its text lies in the text.

use super::{MAX_DEPTH, Problem, Read, embedded, text::Text};
use crate::iam::{Node, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::{fmt, marker::PhantomData};

/// Reads a text that is one JSON value.
pub(super) fn read(text: &Text<'_>) -> Result<Read, Problem> {
    read_within(text, 0)
}

/// The same for a text that stands in `strings` others.
pub(super) fn read_within(text: &Text<'_>, strings: usize) -> Result<Read, Problem> {
    let mut reader = Reader { text, strings, unread: Vec::new() };
    let whole: &RawValue = serde_json::from_str(text.as_str()).map_err(|error| reader.problem(&error, 0))?;
    let root = reader.node(whole, 0)?;
    Ok(Read { roots: vec![root], unread: reader.unread })
}

struct Reader<'t> {
    text: &'t Text<'t>,
    strings: usize,
    unread: Vec<Problem>,
}

/// The members of an object, as they are written.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Collect<'a> {
            type Value = Members<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect(PhantomData))
    }
}

impl Reader<'_> {
    fn node(&mut self, raw: &RawValue, depth: usize) -> Result<Node, Problem> {
        let json = raw.get();
        let offset = json.as_ptr().addr() - self.text.as_str().as_ptr().addr();
        let place = self.text.place(offset);
        if depth > MAX_DEPTH {
            let says = format!("nested more than {MAX_DEPTH} levels deep");
            return Err(Problem { line: place.0, column: place.1, says, certain: false });
        }
        let value = match json.as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(json).map_err(|error| self.problem(&error, offset))?;
                let mut entries = Vec::with_capacity(members.len());
                for (key, value) in members {
                    entries.push((self.node(key, depth + 1)?, self.node(value, depth + 1)?));
                }
                Value::Map(entries)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|error| self.problem(&error, offset))?;
                Value::List(items.into_iter().map(|item| self.node(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Some(b'"') => {
                let text: String = serde_json::from_str(json).map_err(|error| self.problem(&error, offset))?;
                self.string(text, json, offset)
            }
            Some(b't' | b'f') => Value::Bool(json == "true"),
            Some(b'n') => Value::Null,
            _ => Value::Number(json.to_owned()),
        };
        Ok(Node { value, line: place.0, column: place.1 })
    }

    /// A string; the document that it holds, if it holds one.
    fn string(&mut self, text: String, json: &str, offset: usize) -> Value {
        if !embedded::is_like_a_document(&text) {
            return Value::Text(text);
        }
        let held = if json.contains('\\') {
            Text::at(&text, self.text.place(offset))
        } else {
            let mut held = Text::default();
            held.push(&text, self.text.place(offset + 1));
            held
        };
        match embedded::read(&held, self.strings + 1, &mut self.unread) {
            Some(document) => document.value,
            None => Value::Text(text),
        }
    }

    /// An error in a text that begins at `offset`.
    fn problem(&self, error: &serde_json::Error, offset: usize) -> Problem {
        let part = self.text.as_str().get(offset..).unwrap_or_default();
        let start = Text::whole(part).line_start(error.line());
        let mut at = (offset + start + error.column().saturating_sub(1)).min(self.text.as_str().len());
        while !self.text.as_str().is_char_boundary(at) {
            at -= 1;
        }
        let (line, column) = self.text.place(at);
        // It ends with a place of its own, which is that in the part.
        let says = error.to_string();
        let says = says.split(" at line ").next().unwrap_or_default();
        Problem { line, column, says: format!("not JSON: {says}"), certain: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(json: &str) -> Node {
        read(&Text::whole(json)).unwrap().roots.remove(0)
    }

    #[test]
    fn every_value_has_its_place() {
        let node = root("  {\r\n\t\"a\" : [1, {\"é\\u00e9\": \"x\"}], \"a\": null,\n \"t\":true}");
        assert_eq!((node.line, node.column, node.entries().len()), (1, 3, 3));
        let list = node.get("a").unwrap();
        assert_eq!((list.line, list.column), (2, 8));
        let (key, value) = &list.items()[1].entries()[0];
        assert_eq!((key.text(), key.line, key.column), (Some("éé"), 2, 13));
        assert_eq!((value.text(), value.column), (Some("x"), 24));
        assert_eq!(node.get("t").map(|t| (&t.value, t.line, t.column)), Some((&Value::Bool(true), 3, 6)));
    }

    #[test]
    fn an_error_is_named_where_it_is() {
        for (json, line, column) in [
            ("{\n \"a\": truE\n}", 2, 10),
            ("{\n \"a\": [1,\n  ]\n}", 3, 3),
            ("{\"a\": \"\\ud800\"}", 1, 14),
            ("{} x", 1, 4),
        ] {
            let problem = read(&Text::whole(json)).unwrap_err();
            assert_eq!((problem.line, problem.column), (line, column), "{json}: {}", problem.says);
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        for deep in ["[".repeat(20_000) + &"]".repeat(20_000), "[".repeat(1_000_000), "{\"a\":".repeat(300_000)] {
            assert!(read(&Text::whole(&deep)).is_err());
        }
        let fair = "[".repeat(90) + &"]".repeat(90);
        assert!(read(&Text::whole(&fair)).is_ok());
    }
}
