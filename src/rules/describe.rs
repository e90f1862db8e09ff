//! Rules in words, for people.

use super::{Check, Pattern, Rule, RuleSet};
use crate::model::Severity;
use std::io::{self, Write};

/// One line for each rule and credential: id, severity, name.
pub fn write_table(rules: &RuleSet, out: &mut dyn Write) -> io::Result<()> {
    let found = rules.rules.iter().map(|rule| (&rule.id, rule.severity, &rule.name));
    let paired = rules.credentials.iter().map(|rule| (&rule.id, rule.severity, &rule.name));
    let rows: Vec<(&String, Severity, &String)> = paired.chain(found).collect();
    let width = rows.iter().map(|(id, ..)| id.len()).max().unwrap_or(0);
    rows.iter().try_for_each(|(id, severity, name)| writeln!(out, "{id:width$}  {severity:8}  {name}"))
}

/// All that is known of the rule or credential called `id`: a page. Says whether there is one.
pub fn write_page(rules: &RuleSet, id: &str, out: &mut dyn Write) -> io::Result<bool> {
    if let Some(rule) = rules.rule(id) {
        heading(out, &rule.id, &rule.name, &rule.description)?;
        writeln!(out, "Kind      {}", rule.kind.as_str())?;
        writeln!(out, "Severity  {} when found alone", rule.severity)?;
        writeln!(out, "Advice    {}", rule.advice)?;
        if let Some(scope) = rule.only {
            writeln!(out, "Only in   {}", scope.as_str())?;
        }
        if rule.escaped {
            writeln!(out, "Reads     escapes within the value (%2F, \\u002b), and string literals put together")?;
        }
        writeln!(out, "Read from {}", rule.source)?;
        for pattern in &rule.patterns {
            writeln!(out)?;
            write_pattern(rules, rule, pattern, out)?;
        }
        return references(out, &rule.references).map(|()| true);
    }
    let Some(credential) = rules.credential(id) else { return Ok(false) };
    heading(out, &credential.id, &credential.name, &credential.description)?;
    let kinds = |kinds: &[crate::model::ComponentKind]| {
        kinds.iter().map(|kind| kind.as_str().to_owned()).collect::<Vec<_>>().join(", ")
    };
    writeln!(out, "Needs     {}", kinds(&credential.requires))?;
    if !credential.optional.is_empty() {
        writeln!(out, "Takes in  {}", kinds(&credential.optional))?;
    }
    if !credential.id_prefixes.is_empty() {
        writeln!(out, "Id begins {}", credential.id_prefixes.join(", "))?;
    }
    writeln!(out, "Severity  {}", credential.severity)?;
    writeln!(out, "Advice    {}", credential.advice)?;
    references(out, &credential.references).map(|()| true)
}

fn heading(out: &mut dyn Write, id: &str, name: &str, description: &str) -> io::Result<()> {
    writeln!(out, "{id}: {name}\n\n{description}\n")
}

fn references(out: &mut dyn Write, urls: &[String]) -> io::Result<()> {
    if !urls.is_empty() {
        writeln!(out, "\nReferences")?;
    }
    urls.iter().try_for_each(|url| writeln!(out, "  {url}"))
}

fn write_pattern(rules: &RuleSet, rule: &Rule, pattern: &Pattern, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Pattern {} ({} confidence)", pattern.name, pattern.confidence)?;
    let (before, after) = (pattern.before, pattern.after);
    match pattern.near.and_then(|index| rules.rules.get(index)) {
        Some(near) => writeln!(out, "  looks     {before} bytes before and {after} after each {}", near.id)?,
        None if pattern.keywords.is_empty() => writeln!(out, "  looks     everywhere")?,
        None => {
            let keywords = pattern.keywords.join(", ");
            writeln!(out, "  looks     {before} bytes before and {after} after: {keywords}")?;
        }
    }
    if let Some(paths) = &pattern.paths {
        writeln!(out, "  only in   {}", paths.globs().join(", "))?;
    }
    writeln!(out, "  regex     {}", pattern.regex.as_str().replace('\n', "\n          "))?;
    if let Some(decode) = &pattern.decode {
        let from: Vec<&str> = decode.from.iter().map(|coding| coding.as_str()).collect();
        writeln!(out, "  decodes   from {}, to {}", from.join(" or "), decode.to)?;
    }
    let checks: Vec<String> = rule.checks.iter().chain(&pattern.checks).map(check_in_words).collect();
    writeln!(out, "  keeps     what is {}", checks.join("; "))
}

fn check_in_words(check: &Check) -> String {
    match check {
        Check::Bounded { .. } => "not a part of a longer run".to_owned(),
        Check::Entropy(bits) => format!("above {bits} bits of entropy a byte"),
        Check::NotHex => "not hexadecimal throughout".to_owned(),
        Check::NotWords => "not words, a path or encoded text".to_owned(),
        Check::Alphabet(_) => "of its own alphabet only".to_owned(),
        Check::NotCapitalWords => "not words in capitals".to_owned(),
        Check::NotRepetitive => "not repetitive and not counting".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_and_credential_has_a_line_and_a_page() {
        let rules = super::super::builtin().unwrap();
        let mut table = Vec::new();
        write_table(&rules, &mut table).unwrap();
        let table = String::from_utf8(table).unwrap();
        assert_eq!(table.lines().count(), rules.rules.len() + rules.credentials.len());
        for id in table.lines().filter_map(|line| line.split_whitespace().next()) {
            let mut page = Vec::new();
            assert!(write_page(&rules, id, &mut page).unwrap(), "{id}");
            let page = String::from_utf8(page).unwrap();
            assert!(page.contains("Advice") && page.contains("https://"), "{page}");
        }
        assert!(!write_page(&rules, "nothing", &mut Vec::new()).unwrap());
    }
}
