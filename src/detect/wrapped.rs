//! The encoded forms of words that tell where decoding is worth while.

use super::literal::Literal;
use crate::model::Coding;
use crate::rules::{Wrapped, WrappedForm};

/// An encoded word, as it is looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    pub literal: Literal,
    pub coding: Coding,
    /// Of base64, which of the four places in its quantum the first byte has.
    pub phase: u8,
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// All forms that `wrapped` asks for, sorted, each once.
pub(super) fn forms(wrapped: &[Wrapped]) -> Vec<Form> {
    let of = |entry: &Wrapped| -> Vec<Form> {
        let of_word =
            |word: &String| entry.forms.iter().flat_map(|&form| encoded(word.as_bytes(), form)).collect::<Vec<_>>();
        entry.keywords.iter().flat_map(of_word).collect()
    };
    let mut forms: Vec<Form> = wrapped.iter().flat_map(of).collect();
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn exact(text: Vec<u8>) -> Literal {
    Literal { text, exact: true }
}

fn encoded(word: &[u8], form: WrappedForm) -> Vec<Form> {
    let escaped = |coding, write: fn(u8) -> String| {
        let text: String = word.iter().map(|&byte| write(byte)).collect();
        Form { literal: Literal { text: text.into_bytes(), exact: false }, coding, phase: 0 }
    };
    match form {
        WrappedForm::Base64 => base64(word),
        WrappedForm::Base64Start => vec![Form { literal: exact(word.to_vec()), coding: Coding::Base64, phase: 0 }],
        WrappedForm::Base64Base64 => base64(word).iter().flat_map(|inner| base64(&inner.literal.text)).collect(),
        WrappedForm::Base64Utf16 => base64(&wide(word)),
        // From the first character's own byte to the last one's: there the two endiannesses read the same.
        WrappedForm::Utf16 => {
            let text = wide(word)[..2 * word.len() - 1].to_vec();
            vec![Form { literal: exact(text), coding: Coding::Utf16, phase: 0 }]
        }
        WrappedForm::Hex => vec![escaped(Coding::Hex, |byte| format!("{byte:02x}"))],
        WrappedForm::Json => vec![escaped(Coding::Json, |byte| format!("\\u{byte:04x}"))],
        WrappedForm::Url => vec![escaped(Coding::Url, |byte| format!("%{byte:02x}"))],
        WrappedForm::Backslash => vec![escaped(Coding::Backslash, |byte| format!("\\x{byte:02x}"))],
        WrappedForm::Octal => vec![escaped(Coding::Backslash, |byte| format!("\\{byte:03o}"))],
        WrappedForm::HexList => [", ", ","].map(|comma| list(word, comma)).into(),
        WrappedForm::Html => {
            vec![
                escaped(Coding::Html, |byte| format!("&#{byte};")),
                escaped(Coding::Html, |byte| format!("&#x{byte:02x};")),
            ]
        }
    }
}

/// `0x41, 0x4b`, as the initialisers of arrays have it.
fn list(word: &[u8], comma: &str) -> Form {
    let text = word.iter().map(|byte| format!("0x{byte:02x}")).collect::<Vec<_>>().join(comma);
    Form { literal: Literal { text: text.into_bytes(), exact: false }, coding: Coding::Hex, phase: 0 }
}

/// ASCII as UTF-16, little endian.
fn wide(word: &[u8]) -> Vec<u8> {
    word.iter().flat_map(|&byte| [byte, 0]).collect()
}

/// What of `word`'s base64 does not depend on its neighbours, at each of the three places it can have in a triple.
fn base64(word: &[u8]) -> Vec<Form> {
    let at_offset = |offset: usize| {
        let bits = |n: usize| n.checked_sub(8 * offset).map_or(0, |n| word[n / 8] >> (7 - n % 8) & 1);
        let (first, end) = ((8 * offset).div_ceil(6), 8 * (offset + word.len()) / 6);
        let digit = |n: usize| (6 * n..6 * n + 6).fold(0, |digit, n| digit << 1 | bits(n));
        let text = (first..end).map(|n| BASE64[usize::from(digit(n))]).collect();
        Form { literal: exact(text), coding: Coding::Base64, phase: (first % 4) as u8 }
    };
    (0..3).map(at_offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(word: &str, form: WrappedForm) -> Vec<(String, u8)> {
        let told = |form: &Form| (String::from_utf8(form.literal.text.clone()).unwrap(), form.phase);
        encoded(word.as_bytes(), form).iter().map(told).collect()
    }

    #[test]
    fn base64_has_three_phases_and_only_what_is_fixed() {
        let texts = |form| texts("secret", form);
        let expected = [("c2VjcmV0", 0), ("NlY3Jld", 2), ("zZWNyZX", 3)].map(|(text, phase)| (text.to_owned(), phase));
        assert_eq!(texts(WrappedForm::Base64), expected);
        assert_eq!(texts(WrappedForm::Base64Utf16)[0], ("cwBlAGMAcgBlAHQA".to_owned(), 0));
        assert_eq!(texts(WrappedForm::Base64Base64)[0], ("YzJWamNtVj".to_owned(), 0));
    }

    #[test]
    fn the_other_forms_are_written_out() {
        for (form, text) in [
            (WrappedForm::Utf16, "A\0k"),
            (WrappedForm::Hex, "416b"),
            (WrappedForm::Json, "\\u0041\\u006b"),
            (WrappedForm::Url, "%41%6b"),
            (WrappedForm::Backslash, "\\x41\\x6b"),
            (WrappedForm::Html, "&#65;&#107;"),
            (WrappedForm::Octal, "\\101\\153"),
            (WrappedForm::HexList, "0x41, 0x6b"),
        ] {
            assert_eq!(texts("Ak", form)[0], (text.to_owned(), 0), "{form:?}");
        }
    }
}
