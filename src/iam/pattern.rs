//! What IAM matches names by: `s3:Get*`, `arn:aws:s3:::logs/??/*`.

use std::fmt;

/// Characters that an ARN has at most: what is longer is not looked into. Source: IAM API Reference, `arnType`.
const MAX_CHARS: usize = 2048;

/// Characters between the marks of what is filled in. Without a bound, a run of opening marks would be read to its end from each.
const MAX_FILLED: usize = 256;

/// One sign of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sign {
    /// `*`: anything, also nothing.
    Any,
    /// `?`: exactly one character.
    One,
    /// Itself.
    Literal(char),
    /// `${…}`: something that only the request or the deployment knows. Not a wildcard.
    Unknown(String),
}

/// A name with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    signs: Vec<Sign>,
    written: String,
}

impl Pattern {
    /// Of actions, which are the same in capitals and in small letters.
    pub(super) fn action(written: &str) -> Self {
        Self { signs: bounded_signs(&written.to_ascii_lowercase()), written: written.to_owned() }
    }

    /// Of resources, letter by letter.
    pub(super) fn resource(written: &str) -> Self {
        Self { signs: bounded_signs(written), written: written.to_owned() }
    }

    /// What only the deployment knows.
    pub(super) fn unknown(written: &str) -> Self {
        Self { signs: vec![Sign::Unknown(written.to_owned())], written: written.to_owned() }
    }

    /// Whether nothing of it is known.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.signs[..], [Sign::Unknown(_)])
    }

    /// As it is written in the document.
    pub(super) fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether every name matches.
    pub(super) fn is_all(&self) -> bool {
        self.signs == [Sign::Any]
    }

    /// Whether there is a `*` or `?` in it.
    pub(super) fn has_wildcard(&self) -> bool {
        self.signs.iter().any(|sign| matches!(sign, Sign::Any | Sign::One))
    }

    /// Whether a part of it is not known.
    pub(super) fn has_unknown(&self) -> bool {
        self.signs.iter().any(|sign| matches!(sign, Sign::Unknown(_)))
    }

    /// Whether everything that `other` can stand for matches for sure.
    pub(super) fn covers(&self, other: &Self) -> bool {
        // The wildcards of `other` are signs like others, which only the same or a wider one of ours takes in.
        let takes = |ours: &Sign, theirs: &Sign| match ours {
            Sign::One => matches!(theirs, Sign::One | Sign::Literal(_)),
            _ => ours == theirs,
        };
        let (mut ours, mut theirs) = (0, 0);
        // The last `*` of ours, and where in `other` it ends for now: one that took in too little takes in one more.
        let mut star = None;
        while theirs < other.signs.len() {
            match self.signs.get(ours) {
                Some(Sign::Any) => {
                    star = Some((ours, theirs));
                    ours += 1;
                }
                Some(sign) if takes(sign, &other.signs[theirs]) => (ours, theirs) = (ours + 1, theirs + 1),
                _ => {
                    let Some((at, end)) = star else { return false };
                    star = Some((at, end + 1));
                    (ours, theirs) = (at + 1, end + 1);
                }
            }
        }
        self.signs[ours..].iter().all(|sign| *sign == Sign::Any)
    }

    /// Whether a name may match both. What is not known may be anything.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let is_open = |sign: &Sign| matches!(sign, Sign::Any | Sign::Unknown(_));
        let both = |one: &Sign, two: &Sign| match (one, two) {
            (Sign::Literal(one), Sign::Literal(two)) => one == two,
            _ => true,
        };
        // row[j]: whether the first signs of ours can stand for the same as the first j of `other`.
        let mut row: Vec<bool> = vec![true];
        for (j, sign) in other.signs.iter().enumerate() {
            row.push(row[j] && is_open(sign));
        }
        for ours in &self.signs {
            let mut next = vec![row[0] && is_open(ours)];
            for (j, theirs) in other.signs.iter().enumerate() {
                let is_one_open = is_open(ours) || is_open(theirs);
                next.push(if is_one_open { row[j + 1] || next[j] } else { row[j] && both(ours, theirs) });
            }
            row = next;
        }
        row.last() == Some(&true)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// The parts of an ARN, six at most: `arn`, partition, service, region, account, resource. A colon within `${…}` parts nothing.
pub(super) fn arn_parts(written: &str) -> Vec<&str> {
    let (mut parts, mut rest, mut start) = (Vec::new(), written, 0);
    while let Some(c) = rest.chars().next() {
        if let Some((_, after)) = filled(rest) {
            rest = after;
            continue;
        }
        if c == ':' && parts.len() < 5 {
            let end = written.len() - rest.len();
            parts.push(&written[start..end]);
            start = end + 1;
        }
        rest = &rest[c.len_utf8()..];
    }
    parts.push(&written[start..]);
    parts
}

/// Whether a part of a text is left to the request or to a template.
pub(super) fn is_filled(written: &str) -> bool {
    written.char_indices().any(|(n, _)| filled(&written[n..]).is_some())
}

/// What stands for something else at the beginning of `rest`, and what follows it. Besides `${…}`, in which braces may stand in braces,
/// some templates have marks of their own.
fn filled(rest: &str) -> Option<(&str, &str)> {
    for (open, close) in [("{{", "}}"), ("<%", "%>")] {
        if let Some(inner) = rest.strip_prefix(open) {
            let mut places = inner.char_indices().take(MAX_FILLED);
            let (end, _) = places.find(|(n, _)| inner[*n..].starts_with(close))?;
            return Some((&inner[..end], &inner[end + close.len()..]));
        }
    }
    let inner = rest.strip_prefix("${").or_else(|| rest.strip_prefix("%{"))?;
    let mut depth = 1;
    for (n, c) in inner.char_indices().take(MAX_FILLED) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&inner[..n], &inner[n + 1..]));
        }
    }
    None
}

fn bounded_signs(written: &str) -> Vec<Sign> {
    if written.len() > MAX_CHARS { vec![Sign::Unknown(written.to_owned())] } else { signs(written) }
}

/// `${*}`, `${?}` and `${$}` stand for the signs themselves; any other `${…}` is a variable.
fn signs(written: &str) -> Vec<Sign> {
    let mut found: Vec<Sign> = Vec::new();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = filled(rest) {
            found.push(match name {
                "*" | "?" | "$" => Sign::Literal(name.chars().next().unwrap_or('$')),
                _ => Sign::Unknown(name.to_owned()),
            });
            rest = after;
            continue;
        }
        match c {
            '*' if found.last() == Some(&Sign::Any) => {}
            '*' => found.push(Sign::Any),
            '?' => found.push(Sign::One),
            _ => found.push(Sign::Literal(c)),
        }
        rest = &rest[c.len_utf8()..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn covers(one: &str, two: &str) -> bool {
        Pattern::resource(one).covers(&Pattern::resource(two))
    }

    fn meets(one: &str, two: &str) -> bool {
        Pattern::resource(one).meets(&Pattern::resource(two))
    }

    #[test]
    fn names_match_as_in_iam() {
        for (pattern, name, yes) in [
            ("s3:Get*", "S3:GETOBJECT", true),
            ("s3:*Object", "s3:DeleteObject", true),
            ("s3:?etObject", "s3:GetObject", true),
            ("s3:?etObject", "s3:etObject", false),
            ("s3:Get*", "s3-object-lambda:GetObject", false),
            ("*", "s3:GetObject", true),
            ("s3:GetObject", "s3:GetObjectAcl", false),
        ] {
            assert_eq!(Pattern::action(pattern).covers(&Pattern::action(name)), yes, "{pattern} {name}");
        }
        assert!(!covers("arn:aws:s3:::Logs", "arn:aws:s3:::logs"), "resources are told apart by case");
    }

    #[test]
    fn a_variable_is_no_wildcard() {
        let own = Pattern::resource("arn:aws:iam::*:user/${aws:username}");
        assert!(own.has_unknown() && !own.covers(&Pattern::resource("arn:aws:iam::123456789012:user/jane")));
        assert!(covers("arn:aws:iam::*:user/*", "arn:aws:iam::1:user/${aws:username}"));
        assert!(covers("a/${Name}", "a/${Name}") && !covers("a/${Name}", "a/${Other}"));
        assert!(meets("a/${Name}", "a/jane") && !meets("a/${Name}", "b/jane"));
        let literal = Pattern::resource("a${*}b${?}${$}");
        assert!(!literal.has_wildcard() && !literal.has_unknown() && !covers("a${*}b${?}${$}", "axbyz"));
        assert!(covers("*", "${Anything}") && !covers("?", "${Anything}"));
    }

    #[test]
    fn an_arn_has_six_parts_whatever_is_filled_in() {
        assert_eq!(arn_parts("arn:aws:s3:::b/c:d"), ["arn", "aws", "s3", "", "", "b/c:d"]);
        let filled = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${aws:username}";
        assert_eq!(
            arn_parts(filled),
            ["arn", "${AWS::Partition}", "iam", "", "${AWS::AccountId}", "role/${aws:username}"]
        );
        assert_eq!(arn_parts("*"), ["*"]);
        assert_eq!(arn_parts("arn:aws:sqs:{{ a:b }}:<% c:d %>:q")[3..], ["{{ a:b }}", "<% c:d %>", "q"]);
        let nested = "arn:aws:s3:::${opt:name, '${env:NAME}'}/x";
        assert_eq!(arn_parts(nested)[5], "${opt:name, '${env:NAME}'}/x");
        assert!(is_filled(nested) && is_filled("%{Source.Arn}") && !is_filled("arn:aws:s3:::b/$x{y}"));
    }

    #[test]
    fn wider_takes_in_narrower() {
        for (wide, narrow, yes) in [
            ("iam:*", "iam:Put*Policy", true),
            ("iam:Put*Policy", "iam:*", false),
            ("a?c", "a?c", true),
            ("a*", "a?*", true),
            ("a?*", "a*", false),
            ("?", "*", false),
            ("**", "*", true),
        ] {
            assert_eq!(covers(wide, narrow), yes, "{wide} {narrow}");
        }
    }

    /// The plain way: try everything.
    fn oracle(pattern: &[char], name: &[char]) -> bool {
        match (pattern.first(), name.first()) {
            (None, None) => true,
            (Some('*'), _) => oracle(&pattern[1..], name) || (!name.is_empty() && oracle(pattern, &name[1..])),
            (Some('?'), Some(_)) => oracle(&pattern[1..], &name[1..]),
            (Some(one), Some(two)) => one == two && oracle(&pattern[1..], &name[1..]),
            _ => false,
        }
    }

    fn matches(pattern: &str, name: &str) -> bool {
        oracle(&pattern.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>())
    }

    /// All names of `a` and `b` with at most five characters.
    fn names() -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..5 {
            let until = all.len();
            for n in from..until {
                all.extend(["a", "b"].map(|c| format!("{}{c}", all[n])));
            }
            from = until;
        }
        all
    }

    proptest! {
        #[test]
        fn names_match_as_by_the_plain_way(pattern in "[ab*?]{0,8}", name in "[ab]{0,8}") {
            prop_assert_eq!(covers(&pattern, &name), matches(&pattern, &name));
        }

        #[test]
        fn what_is_covered_matches_no_less(wide in "[ab*?]{0,4}", narrow in "[ab*?]{0,4}") {
            if covers(&wide, &narrow) {
                let lost = names().into_iter().find(|name| matches(&narrow, name) && !matches(&wide, name));
                prop_assert_eq!(lost, None);
            }
        }

        /// With four signs each, a name of at most five characters settles it.
        #[test]
        fn patterns_meet_where_a_name_matches_both(one in "[ab*?]{0,4}", two in "[ab*?]{0,4}") {
            let common = names().into_iter().find(|name| matches(&one, name) && matches(&two, name));
            let met = meets(&one, &two);
            prop_assert!(met || common.is_none(), "{:?}", common);
            prop_assert_eq!(met, meets(&two, &one));
            if met && one.len() + two.len() <= 5 {
                prop_assert!(common.is_some());
            }
        }
    }
}
