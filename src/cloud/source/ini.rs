//! The form of `~/.aws/config` and `~/.aws/credentials`.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Format of the config file" and "Shared config and credentials files".

use crate::model::Secret;
use zeroize::Zeroizing;

/// A section: its heading, the line it stands in, and its settings.
pub(super) struct Section {
    /// Without brackets: `default`, `profile prod`, `sso-session x`.
    pub name: String,
    pub settings: Vec<(String, Secret)>,
}

/// The sections of a file, in their order.
///
/// # Errors
/// A line that is none of these: its number and what is wrong, and nothing of the line.
pub(super) fn sections(text: &[u8]) -> Result<Vec<Section>, String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut sections: Vec<Section> = Vec::new();
    // How far the settings of the section are indented; what is indented farther belongs to the one before.
    let mut indent = None;
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        let line = std::str::from_utf8(line).map_err(|_| format!("line {number}: it is not UTF-8"))?;
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with('[') {
            let name = trimmed[1..].split_once(']').ok_or(format!("line {number}: the section's ']' is missing"))?.0;
            sections.push(Section { name: name.trim().to_owned(), settings: Vec::new() });
            indent = None;
            continue;
        }
        let section = sections.last_mut().ok_or(format!("line {number}: it stands before the first [section]"))?;
        let depth = line.len() - line.trim_start().len();
        if *indent.get_or_insert(depth) < depth {
            continue;
        }
        let (name, value) = trimmed.split_once('=').ok_or(format!("line {number}: there is no '=' in it"))?;
        let value = Zeroizing::new(without_comment(value).trim().to_owned());
        section.settings.push((name.trim().to_ascii_lowercase(), Secret::new(value.as_bytes())));
    }
    Ok(sections)
}

/// A value ends where a `#` or `;` follows white space.
fn without_comment(value: &str) -> &str {
    let starts = |at: &usize| value[..*at].ends_with([' ', '\t']);
    let end = value.match_indices(['#', ';']).map(|(at, _)| at).find(starts);
    end.map_or(value, |end| &value[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Vec<(String, String)>)> {
        let text_of = |value: &Secret| String::from_utf8(value.expose().to_vec()).unwrap();
        let sections = sections(text.as_bytes()).unwrap().into_iter();
        let settings = |section: &Section| {
            section.settings.iter().map(|(name, value)| (name.clone(), text_of(value))).collect::<Vec<_>>()
        };
        sections.map(|section| (section.name.clone(), settings(&section))).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn sections_settings_comments_and_nested_settings_are_told_apart() {
        let text = "\u{feff}# mine\r\n[default] ; here\r\nRegion=eu-west-1\r\n\r\n[profile a b]\n  output = json # text\n  s3 =\n    \
                    max_concurrent_requests = 20\n  role_arn = arn:x#y\n[empty]\n";
        assert_eq!(
            read(text),
            [
                ("default".to_owned(), vec![pair("region", "eu-west-1")]),
                ("profile a b".to_owned(), vec![pair("output", "json"), pair("s3", ""), pair("role_arn", "arn:x#y")]),
                ("empty".to_owned(), vec![]),
            ]
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_not_shown() {
        for (text, line) in [("[a]\nb=1\nsecretvalue\n", "line 3"), ("x = 1", "line 1"), ("\n[a\n", "line 2")] {
            let error = sections(text.as_bytes()).err().unwrap();
            assert!(error.starts_with(line) && !error.contains("secretvalue"), "{error}");
        }
    }
}
