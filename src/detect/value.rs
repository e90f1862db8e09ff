//! What a matched span says: the value in the one form that fingerprints and checks know.

use super::{escape, structure};
use crate::model::Coding;
use crate::rules::{Decode, Pattern, Rule};
use std::borrow::Cow;

/// A value put together from string literals has at most so many, each of at least so many characters. More and shorter
/// ones are a table of letters.
const MOST_PIECES: usize = 8;
const SHORTEST_PIECE: usize = 2;

/// The value that `raw`, matched by `pattern` of `rule`, stands for, and how it was written; `None` if it stands for none.
/// Depends on nothing else.
pub(super) fn read<'a>(rule: &Rule, pattern: &Pattern, raw: &'a [u8]) -> Option<(Cow<'a, [u8]>, Option<Coding>)> {
    match &pattern.decode {
        Some(decode) => decoded(decode, raw).map(|(value, coding)| (Cow::Owned(value), Some(coding))),
        None if rule.escaped => unescaped(raw),
        None => Some((Cow::Borrowed(raw), None)),
    }
}

/// `raw` with its escapes read and its literals joined. What is told of is the coding that comes first.
fn unescaped(raw: &[u8]) -> Option<(Cow<'_, [u8]>, Option<Coding>)> {
    if !raw.iter().any(|byte| b"\\%&=\"'`".contains(byte)) {
        return Some((Cow::Borrowed(raw), None));
    }
    let (mut value, mut first) = (Vec::with_capacity(raw.len()), None);
    let (mut pieces, mut piece) = (1, 0);
    let mut left = raw;
    while let &[byte, ..] = left {
        let (len, coding) = if let Some(len) = joint(left) {
            if value.len() - piece < SHORTEST_PIECE {
                return None;
            }
            (pieces, piece) = (pieces + 1, value.len());
            (len, Some(Coding::Joined))
        } else if let Some(len) = soft_break(left) {
            (len, Some(Coding::QuotedPrintable))
        } else if let Some(escape) = escape::decode(left) {
            value.push(escape.byte);
            (escape.len, Some(escape.coding))
        } else {
            value.push(byte);
            (1, None)
        };
        first = first.or(coding);
        left = &left[len..];
    }
    let joined = pieces == 1 || pieces <= MOST_PIECES && value.len() - piece >= SHORTEST_PIECE;
    joined.then_some((Cow::Owned(value), first))
}

/// Length of what joins two pieces of a value: from the end of one literal to the beginning of the next, or a backslash
/// and a line end within a literal. That only an operator and space lie between is for the rule's expression to ask.
fn joint(text: &[u8]) -> Option<usize> {
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`');
    let closing = text.iter().position(|byte| *byte != b'\\')?;
    if is_quote(&text[closing]) {
        let opening = text[closing + 1..].iter().position(is_quote)?;
        return Some(closing + opening + 2);
    }
    let rest = text.strip_prefix(b"\\")?;
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n")?;
    let indent = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Some(text.len() - rest.len() + indent)
}

/// Length of a line end that mail put into a value.
fn soft_break(text: &[u8]) -> Option<usize> {
    [&b"=\r\n"[..], b"=\n"].iter().find(|soft| text.starts_with(soft)).map(|soft| soft.len())
}

/// What `raw` encodes, by the first coding in which it is what the rule asks for. Base64 may have been applied twice.
fn decoded(decode: &Decode, raw: &[u8]) -> Option<(Vec<u8>, Coding)> {
    decode.from.iter().find_map(|&coding| {
        let undo = if coding == Coding::Hex { unhex } else { unbase64 };
        let once = undo(raw)?;
        let is_value = |value: &Vec<u8>| decode.to.is_match(value);
        let value = Some(trimmed(once.clone())).filter(is_value);
        let value = value.or_else(|| undo(&trimmed(once)).map(trimmed).filter(is_value));
        value.map(|value| (value, coding))
    })
}

/// Without the line end that `echo` left.
fn trimmed(mut value: Vec<u8>) -> Vec<u8> {
    for end in [b'\n', b'\r'] {
        value.pop_if(|last| *last == end);
    }
    value
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    text.len().is_multiple_of(2).then(|| text.chunks_exact(2).map(byte).collect())?
}

fn unbase64(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let quad = |quad: &[u8]| {
        let bits = quad.iter().try_fold(0_u32, |bits, &digit| Some(bits << 6 | structure::sextet(digit)?))?;
        Some((bits << (6 * (4 - quad.len()))).to_be_bytes()[1..quad.len()].to_vec())
    };
    digits.chunks(4).map(quad).collect::<Option<Vec<_>>>().map(|quads| quads.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Detector, View};
    use crate::model::{Candidate, Verdict};

    fn joined(raw: &str) -> Option<(String, Option<Coding>)> {
        unescaped(raw.as_bytes()).map(|(value, coding)| (String::from_utf8(value.into_owned()).unwrap(), coding))
    }

    #[test]
    fn escapes_are_read_and_told_of() {
        use Coding::{Backslash, Html, Json, QuotedPrintable, Url};
        for (raw, coding) in [
            ("a/b+", None),
            ("a%2Fb%2B", Some(Url)),
            ("a%252fb%252b", Some(Url)),
            (r"a\/b\u002B", Some(Json)),
            (r"a\\/b\\u002b", Some(Json)),
            (r"a\x2fb\x2B", Some(Backslash)),
            ("a&#x2F;b&#43;", Some(Html)),
            ("a&sol;b&plus;", Some(Html)),
            ("a=2Fb=2B", Some(QuotedPrintable)),
            ("a/=\r\nb=\n+", Some(QuotedPrintable)),
        ] {
            assert_eq!(joined(raw), Some(("a/b+".to_owned(), coding)), "{raw}");
        }
        assert_eq!(joined("ab=="), Some(("ab==".to_owned(), None)));
    }

    #[test]
    fn literals_are_joined_unless_they_are_many_or_short() {
        for raw in ["ab\" + \"cd", "ab' . 'cd", "ab\"\n    \"cd", r#"ab\" + \"cd"#, "ab\\\n  cd", "ab' \\\r\n b'cd"] {
            assert_eq!(joined(raw), Some(("abcd".to_owned(), Some(Coding::Joined))), "{raw}");
        }
        assert_eq!(joined("ab\" + \"c"), None);
        assert_eq!(joined("a\" + \"bc"), None);
        assert!(joined(&["ab"; 8].join("\"+\"")).is_some());
        assert_eq!(joined(&["ab"; 9].join("\"+\"")), None);
    }

    /// So that fingerprints agree, whatever the value was written in.
    #[test]
    fn one_secret_in_many_writings_is_one_value() {
        let rules = crate::rules::builtin().unwrap();
        let detector = Detector::new(&rules).unwrap();
        let halves = ("NxRXX/WAfkqB4osNj", "Jo+kuoCoem+N4FhRuuJz/tb");
        let (secret, id) = ([halves.0, halves.1].concat(), "2VAVWETPFOYSCXS4");
        for (written, coding) in [
            (secret.clone(), None),
            (secret.replace('/', "%2F").replace('+', "%2b"), Some(Coding::Url)),
            (secret.replace('/', "\\/").replace('+', "\\u002B"), Some(Coding::Json)),
            (secret.replace('/', "&#x2F;").replace('+', "&plus;"), Some(Coding::Html)),
            (format!("{}=\r\n{}", halves.0, halves.1), Some(Coding::QuotedPrintable)),
            (format!("{}\" + \"{}", halves.0, halves.1), Some(Coding::Joined)),
            (secret.bytes().map(|byte| format!("{byte:02x}")).collect(), Some(Coding::Hex)),
        ] {
            for introduced in ["aws_secret_access_key = \"".to_owned(), format!("(\"{}{id}\", \"", "AKIA")] {
                let text = format!("{introduced}{written}\"");
                let found = detector.scan(View::whole(text.as_bytes()), &mut detector.scratch()).candidates();
                let kept = |one: &&Candidate| one.verdict == Verdict::Keep;
                let values: Vec<_> =
                    found.iter().filter(kept).map(|one| detector.value(text.as_bytes(), one)).collect();
                let last = values.last().unwrap();
                assert_eq!((last.0.as_ref(), last.1), (secret.as_bytes(), coding), "{text}");
            }
        }
    }

    #[test]
    fn a_value_is_decoded_from_what_the_rule_names() {
        let decode =
            |from: &[Coding]| Decode { from: from.to_vec(), to: regex::bytes::Regex::new("^[a-z]{4}$").unwrap() };
        let both = decode(&[Coding::Base64, Coding::Hex]);
        for (raw, coding) in [
            ("YWJjZA==", Coding::Base64),
            ("YWJjZA", Coding::Base64),
            ("YWJjZAo=", Coding::Base64),
            ("WVdKalpBPT0=", Coding::Base64),
            ("WVdKalpBPT0K", Coding::Base64),
            ("61626364", Coding::Hex),
            ("616263640D0a", Coding::Hex),
        ] {
            assert_eq!(decoded(&both, raw.as_bytes()), Some((b"abcd".to_vec(), coding)), "{raw}");
        }
        for raw in ["YWJj", "6162636", "YWJjZA===", "Y"] {
            assert_eq!(decoded(&both, raw.as_bytes()), None, "{raw}");
        }
        assert_eq!(decoded(&decode(&[Coding::Hex]), b"YWJjZA=="), None);
    }
}
