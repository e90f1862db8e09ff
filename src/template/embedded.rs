//! A policy document that is written as a text in another: `"{\"Version\": …}"`, a block of YAML, a heredoc; also one
//! that is URL-encoded, as IAM's API answers.

use super::{Problem, json, text::Text};
use crate::iam::Node;
use percent_encoding::percent_decode_str;

/// Texts in texts in texts: nobody writes more.
const STRINGS: usize = 3;

/// Whether a text should be a policy document in JSON.
pub(super) fn is_like_a_document(text: &str) -> bool {
    let text = text.trim_start();
    // `%7B` is an open brace.
    (text.starts_with('{') || text.starts_with("%7B") || text.starts_with("%7b")) && text.contains("Statement")
}

/// Reads it; `strings` is in how many others it stands. `None` if it is no JSON, which is a problem if it surely is a
/// policy document.
pub(super) fn read(text: &Text<'_>, strings: usize, unread: &mut Vec<Problem>) -> Option<Node> {
    if strings > STRINGS {
        return None;
    }
    let decoded;
    let text = if text.as_str().trim_start().starts_with('%') {
        decoded = percent_decode_str(text.as_str()).decode_utf8().ok()?;
        &Text::at(&decoded, text.place(0))
    } else {
        text
    };
    match json::read_within(text, strings) {
        Ok(mut read) => {
            unread.append(&mut read.unread);
            read.roots.pop()
        }
        Err(problem) => {
            let holds = |word| text.as_str().contains(word);
            if holds("\"Effect\"") && (holds("\"Allow\"") || holds("\"Deny\"")) {
                unread.push(Problem { certain: true, ..problem.explained(text.as_str()) });
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_url_encoded_is_one_and_a_broken_one_is_named() {
        let read = |text: &str| {
            let mut unread = Vec::new();
            let node = read(&Text::at(text, (7, 3)), 1, &mut unread);
            (node, unread)
        };
        let (node, unread) = read("%7B%22Statement%22%3A%5B%5D%7D");
        assert_eq!(node.map(|node| (node.line, node.entries().len())), Some((7, 1)));
        assert!(unread.is_empty());
        let (node, unread) = read(r#"{"Statement": [{"Effect": "Allow",}]}"#);
        assert_eq!((node, unread.len(), unread[0].line, unread[0].certain), (None, 1, 7, true));
    }
}
