//! Which of an owner's accounts a value is for, by the names round it: `[prod]`, `PROD_AWS_SECRET_ACCESS_KEY`.

use memchr::memrchr;

/// Farthest that a name or a section's heading is looked for before a value.
const REACH: usize = 2048;

/// Longest name that is taken for one.
const MAX_NAME: usize = 64;

/// Lines above a value among which the key that it is nested under is looked for.
const MAX_LINES: usize = 12;

/// Words of which the names of keys are made whatever account they are for.
const COMMON: [&str; 66] = [
    "access",
    "accesskey",
    "accesskeyid",
    "account",
    "amazon",
    "api",
    "auth",
    "aws",
    "awsaccesskeyid",
    "awssecretaccesskey",
    "awssecretkey",
    "basic",
    "client",
    "config",
    "const",
    "cred",
    "credential",
    "credentials",
    "creds",
    "data",
    "default",
    "env",
    "environment",
    "export",
    "final",
    "global",
    "iam",
    "id",
    "item",
    "items",
    "key",
    "keyid",
    "keys",
    "let",
    "login",
    "my",
    "name",
    "new",
    "pass",
    "passwd",
    "password",
    "private",
    "profile",
    "profiles",
    "public",
    "s3",
    "secret",
    "secretaccesskey",
    "secretkey",
    "secrets",
    "security",
    "session",
    "sessiontoken",
    "set",
    "static",
    "string",
    "stringdata",
    "sts",
    "the",
    "token",
    "user",
    "username",
    "value",
    "values",
    "var",
    "variables",
];

/// The profile that the value at `text[at..]` stands under, in lower case: what is left of its name without the words
/// that all such names share, else the section of the configuration file, else the key that it is nested under. `None`
/// where nothing tells, or where what tells is a default.
pub fn profile(text: &[u8], at: usize) -> Option<String> {
    let before = &text[at.saturating_sub(REACH)..at];
    let line = memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    own_name(&before[line..]).and_then(telling).or_else(|| section(before)).or_else(|| parent(before, line))
}

/// The last name on the value's own line.
fn own_name(line: &[u8]) -> Option<&str> {
    let end = line.iter().rposition(|&byte| is_name(byte))? + 1;
    // Between a name and its value stand signs: `=`, `: "`, `', '`. More than a few and it is not its name.
    if line.len() - end > 8 || end == line.len() {
        return None;
    }
    name_that_ends(&line[..end])
}

/// The heading of the section that the text ends in: `[prod]`, `[profile prod]`.
fn section(before: &[u8]) -> Option<String> {
    let mut end = before.len();
    while let Some(newline) = memrchr(b'\n', &before[..end]) {
        if let Some(heading) = heading(&before[newline + 1..end]) {
            return telling(heading);
        }
        end = newline;
    }
    heading(&before[..end]).and_then(telling)
}

fn heading(line: &[u8]) -> Option<&str> {
    let inside = line.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?;
    let inside = std::str::from_utf8(inside).ok()?;
    let name = inside.strip_prefix("profile ").unwrap_or(inside).trim();
    (name.len() <= MAX_NAME && name.bytes().all(|byte| is_name(byte) || byte == b' ')).then_some(name)
}

/// The key of the block that the line at `line` is nested in, by indentation: YAML, JSON, Terraform.
fn parent(before: &[u8], line: usize) -> Option<String> {
    let mut least = indentation(&before[line..]);
    let mut end = line.checked_sub(1)?;
    for _ in 0..MAX_LINES {
        let start = memrchr(b'\n', &before[..end]).map_or(0, |newline| newline + 1);
        let above = &before[start..end];
        let indent = indentation(above);
        if indent < least && !above.trim_ascii().is_empty() {
            least = indent;
            let opens = above.trim_ascii_end().last().is_some_and(|last| matches!(last, b':' | b'{' | b'(' | b'['));
            let end = above.iter().rposition(|&byte| is_name(byte))? + 1;
            if let Some(name) = name_that_ends(&above[..end]).filter(|_| opens).and_then(telling) {
                return Some(name);
            }
        }
        end = start.checked_sub(1)?;
    }
    None
}

fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn name_that_ends(text: &[u8]) -> Option<&str> {
    let start = text.iter().rposition(|&byte| !is_name(byte)).map_or(0, |last| last + 1);
    let name = &text[start..];
    if name.len() > MAX_NAME { None } else { std::str::from_utf8(name).ok() }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// What is left of a name without the words that say nothing; words are parted by signs and by a change of case.
fn telling(name: &str) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last_lower = false;
    for character in name.chars() {
        let begins = words.is_empty() || !character.is_alphanumeric() || character.is_uppercase() && last_lower;
        if begins {
            words.push(String::new());
        }
        if let (true, Some(word)) = (character.is_alphanumeric(), words.last_mut()) {
            word.push(character.to_ascii_lowercase());
        }
        last_lower = character.is_lowercase() || character.is_ascii_digit();
    }
    // A word that long is a value: the id in `("AKIA…", "…")`.
    words.retain(|word| (1..20).contains(&word.len()) && COMMON.binary_search(&word.as_str()).is_err());
    (!words.is_empty()).then(|| words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_end(text: &str) -> Option<String> {
        profile(text.as_bytes(), text.len())
    }

    #[test]
    fn common_words_are_sorted_for_the_search() {
        assert!(COMMON.is_sorted());
    }

    #[test]
    fn a_name_tells_what_its_common_words_do_not() {
        for (text, told) in [
            ("PROD_AWS_ACCESS_KEY_ID=", Some("prod")),
            ("export AWS_SECRET_ACCESS_KEY_STAGING='", Some("staging")),
            ("  \"billingSecretAccessKey\": \"", Some("billing")),
            ("aws_access_key_id = ", None),
            ("accessKeyId: ", None),
            (&["client(\"AKIA", "ABCDEFGHIJKLMNOP\", \""].concat(), None),
            ("", None),
            ("(", None),
        ] {
            assert_eq!(at_end(text).as_deref(), told, "{text}");
        }
    }

    #[test]
    fn a_section_or_a_parent_tells_where_the_name_does_not() {
        for (text, told) in [
            ("[default]\nkey = 1\n[profile Prod]\nregion = x\naws_access_key_id = ", Some("prod")),
            ("[default]\naws_access_key_id = ", None),
            ("[prod-eu]\naws_access_key_id = ", Some("prod-eu")),
            ("staging:\n  aws:\n    access_key: ", Some("staging")),
            ("{\n  \"backup\": {\n    \"accessKeyId\": \"", Some("backup")),
            ("provider \"aws\" {\n  access_key = \"", None),
            ("list = [1, 2]\nsecret_key = ", None),
        ] {
            assert_eq!(at_end(text).as_deref(), told, "{text}");
        }
    }

    #[test]
    fn far_away_is_nothing() {
        let text = format!("[prod]\n{}aws_access_key_id = ", "# filler\n".repeat(400));
        assert_eq!(at_end(&text), None);
        assert_eq!(profile(b"", 0), None);
    }
}
