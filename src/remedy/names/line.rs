//! One line of a template or of settings: a name and a value, a reference, what is filled in.

/// Key and value of a line, without quotes and what ends it.
pub(super) fn assignment(line: &str) -> Option<(String, String)> {
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start();
    let line =
        ["export ", "ENV ", "ARG ", "set ", "const "].iter().find_map(|start| line.strip_prefix(start)).unwrap_or(line);
    let (key, rest) = if let Some(quoted) = line.strip_prefix(['"', '\'']) {
        let end = quoted.find(['"', '\''])?;
        (&quoted[..end], quoted[end + 1..].trim_start())
    } else {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        let end = line.find(|c| !fits(c)).unwrap_or(line.len());
        let key = &line[..end];
        match key.strip_suffix(':') {
            Some(short) => (short, &line[end - 1..]),
            None => (key, line[end..].trim_start()),
        }
    };
    let key_fits = !key.is_empty() && key.len() <= 64 && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let ends_line = line.ends_with(':') && rest.is_empty();
    if ends_line {
        return Some((line.trim_end_matches(':').to_owned(), String::new()));
    }
    let value = rest.strip_prefix([':', '='])?.trim();
    let value = value.strip_suffix([',', ';']).unwrap_or(value).trim();
    let value = value.split(" #").next().unwrap_or(value).trim();
    key_fits.then(|| (key.to_owned(), unquoted(value).to_owned()))
}

pub(super) fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inside;
        }
    }
    text
}

/// `{"name": "K", "value": "v"}` on one line.
pub(super) fn pair_object(line: &str) -> Option<(String, String)> {
    let inside = line.strip_prefix("- ").unwrap_or(line).strip_prefix('{')?;
    let inside = inside.trim_end_matches(',').strip_suffix('}')?;
    let mut found = (None, None);
    for part in inside.split(',') {
        let (key, value) = assignment(part.trim())?;
        match key.as_str() {
            "name" => found.0 = Some(value),
            "value" => found.1 = Some(value),
            _ => {}
        }
    }
    found.0.zip(found.1)
}

/// The logical name in `!Ref Orders`, `!GetAtt Orders.Arn`, `{"Ref": "Orders"}`, `Ref: Orders`.
pub(super) fn referred(raw: &str) -> Option<&str> {
    let raw = raw.trim_start_matches(['{', ' ']).trim_end_matches(['}', ' ']);
    let raw = raw.trim_start_matches(['"', '\'']);
    let rest = ["!Ref", "!GetAtt", "Ref", "Fn::GetAtt"].iter().find_map(|start| raw.strip_prefix(start))?;
    let rest = rest.trim_start_matches(['"', '\'', ':', ' ', '[']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | ':' | '_')).unwrap_or(rest.len());
    let name = &rest[..end];
    (!name.is_empty() && raw.len() != rest.len()).then_some(name)
}

/// The first `${…}` or `{{…}}`, nested ones whole.
pub(super) fn first_hole(text: &str) -> Option<(&str, &str, &str)> {
    let Some(start) = text.find("${") else {
        // `$NAME` and `$1` of a shell.
        let (before, rest) = text.split_once('$')?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        return (end > 0).then(|| (before, &rest[..end], &rest[end..]));
    };
    let (before, inside) = (&text[..start], &text[start + 2..]);
    let mut depth = 1;
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let hole = inside[..at].trim_start_matches('{').trim_end_matches('}');
            return Some((before, hole, inside[at + 1..].trim_start_matches('}')));
        }
    }
    None
}

/// `aws_s3_bucket.logs` of `resource "aws_s3_bucket" "logs" {`.
pub(super) fn terraform_resource(line: &str) -> Option<String> {
    let mut words = line.strip_prefix("resource ")?.split('"').filter(|word| !word.trim().is_empty());
    let (kind, name) = (words.next()?, words.next()?);
    Some(format!("{kind}.{name}"))
}

pub(super) fn is_terraform_reference(raw: &str) -> bool {
    raw.starts_with("aws_") && raw.matches('.').count() >= 2 && !raw.contains(['/', ' '])
}

pub(super) fn terraform_address(path: &str) -> String {
    path.splitn(3, '.').take(2).collect::<Vec<_>>().join(".").split('[').next().unwrap_or_default().to_owned()
}
