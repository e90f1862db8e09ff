//! Named pieces of expressions, so that what several share is written once: `(?&name)`.

use std::collections::BTreeMap;

/// Most bytes of an expression with all its fragments put in: fragments of fragments of fragments would grow without end.
const MOST_BYTES: usize = 256 << 10;

/// The `[fragments]` of one file, by name. Ready to be put in: they hold no others any more.
#[derive(Debug, Default)]
pub(super) struct Fragments(BTreeMap<String, String>);

impl Fragments {
    /// Puts fragments into each other. An error names the fragment that cannot be, and says why.
    pub(super) fn new(raw: &BTreeMap<String, String>) -> Result<Self, (String, String)> {
        let mut done = Self::default();
        // Each turn does those that hold none but finished ones. A cycle is what never gets its turn.
        while let Some((name, text)) = raw.iter().find(|(name, text)| {
            !done.0.contains_key(*name)
                && uses(text).iter().all(|(_, used)| done.0.contains_key(*used) || !raw.contains_key(*used))
        }) {
            let text = done.expand(text).map_err(|problem| (name.clone(), problem))?;
            done.0.insert(name.clone(), text);
        }
        match raw.keys().find(|name| !done.0.contains_key(*name)) {
            Some(name) => Err((name.clone(), format!("the fragment `{name}` is or holds one that holds itself"))),
            None => Ok(done),
        }
    }

    /// `regex` with each fragment in its place, as a group that captures nothing.
    pub(super) fn expand(&self, regex: &str) -> Result<String, String> {
        let (mut expanded, mut end) = (String::with_capacity(regex.len()), 0);
        for (at, name) in uses(regex) {
            let text = self.0.get(name).ok_or_else(|| format!("there is no fragment `{name}` in this file"))?;
            expanded.push_str(&regex[end..at]);
            expanded.extend(["(?:", text, ")"]);
            if expanded.len() > MOST_BYTES {
                return Err(format!("the regex has more than {MOST_BYTES} bytes with its fragments"));
            }
            end = at + OPEN.len() + name.len() + 1;
        }
        expanded.push_str(&regex[end..]);
        Ok(expanded)
    }
}

/// How a fragment is named in an expression, before the name. A regex of this crate cannot hold it as a group.
const OPEN: &str = "(?&";

/// Where `regex` uses which fragments.
fn uses(regex: &str) -> Vec<(usize, &str)> {
    let name = |(at, _): (usize, &str)| {
        let (name, _) = regex[at + OPEN.len()..].split_once(')')?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (is_name && !name.is_empty()).then_some((at, name))
    };
    regex.match_indices(OPEN).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragments(list: &[(&str, &str)]) -> Result<Fragments, (String, String)> {
        Fragments::new(&list.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect())
    }

    #[test]
    fn fragments_hold_fragments() {
        let known = fragments(&[("a", "x|(?&b-2)"), ("b-2", "y"), ("c", "(?&a)(?&b-2)")]).unwrap();
        assert_eq!(known.expand("(?&c)+[(?&]z").unwrap(), "(?:(?:x|(?:y))(?:y))+[(?&]z");
        assert!(known.expand("(?&d)").unwrap_err().contains("`d`"));
    }

    #[test]
    fn cycles_unknown_names_and_endless_growth_are_refused() {
        for (list, name) in [
            (&[("a", "(?&b)"), ("b", "(?&a)")][..], "a"),
            (&[("a", "(?&a)")], "a"),
            (&[("a", "x"), ("b", "(?&z)")], "b"),
        ] {
            assert_eq!(fragments(list).unwrap_err().0, name);
        }
        let tenfold: Vec<(String, String)> =
            (0..9).map(|n| (format!("f{n}"), format!("(?&f{})", n + 1).repeat(10))).collect();
        let raw = tenfold.into_iter().chain([("f9".to_owned(), "x".to_owned())]).collect();
        assert!(Fragments::new(&raw).unwrap_err().1.contains("more than"));
    }
}
