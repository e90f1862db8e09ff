//! Words of a POSIX shell.

use std::borrow::Cow;

/// `text` as one word: as it is where that is safe, else in single quotes.
pub fn quoted(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:,@%=".contains(c);
    if !text.is_empty() && !text.starts_with(['-', '=', '~']) && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_what_was_meant() {
        for text in ["plain/a-b.c", "", "a b", "it's", "$(id)", "-n", "~", "a\nb", "`x`", "\\", "é", "*"] {
            let output = std::process::Command::new("sh").args(["-c", &format!("printf %s {}", quoted(text))]).output();
            assert_eq!(String::from_utf8(output.unwrap().stdout).unwrap(), text);
        }
    }
}
