//! What replaces a key, for a person.

use super::advise::Remedy;
use std::fmt::Write as _;

/// Columns of text before a line is broken.
const WIDTH: usize = 100;

/// Lines of evidence of one statement that are named one by one.
const CALLS: usize = 6;

/// The remedy as text: where, which role, why, the steps in order, then the policies.
pub fn text(remedy: &Remedy) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}  {}:{}", remedy.title, remedy.leak.path, remedy.leak.line);
    fact(&mut out, "fingerprint", &remedy.fingerprint);
    for (number, place) in std::iter::once(&remedy.place).chain(&remedy.other_places).enumerate() {
        let label = if number == 0 { "place" } else { "or" };
        let at = format!("{}:{}", place.evidence.path, place.evidence.line);
        fact(&mut out, label, &format!("{}: {} ({at})", place.kind.name(), place.reason));
    }
    fact(&mut out, "use", &format!("{}, {}", remedy.role.name, remedy.role.role_name));
    fact(&mut out, "why", remedy.role.why);
    heading(&mut out, "Steps");
    for (number, step) in remedy.role.steps.iter().enumerate() {
        item(&mut out, &format!("{}.", number + 1), step);
    }
    heading(&mut out, &format!("Into {}", remedy.role.attach.into));
    block(&mut out, &remedy.role.attach.text);
    if let Some(trust) = &remedy.trust_policy {
        heading(&mut out, "Trust policy");
        block(&mut out, &trust.json());
    }
    if let Some(policy) = &remedy.permission_policy {
        heading(&mut out, "Permission policy");
        block(&mut out, &policy.json());
        heading(&mut out, "It rests on");
        for ground in &remedy.evidence {
            let mut calls: Vec<String> =
                ground.calls.iter().take(CALLS).map(|at| format!("{}:{}", at.path, at.line)).collect();
            if ground.calls.len() > CALLS {
                calls.push(format!("and {} more", ground.calls.len() - CALLS));
            }
            item(&mut out, "-", &format!("{}: {}", ground.sid, calls.join(", ")));
        }
    }
    if !remedy.placeholders.is_empty() {
        heading(&mut out, "Placeholders to fill in");
        for blank in &remedy.placeholders {
            let at = blank.at.as_ref().map(|at| format!(" ({}:{})", at.path, at.line)).unwrap_or_default();
            item(&mut out, "-", &format!("{}: {}{at}", blank.name, blank.means));
        }
    }
    heading(&mut out, "What this does not know");
    let calls = remedy.calls;
    if calls.understood + calls.not_understood > 0 {
        let all = calls.understood + calls.not_understood;
        item(&mut out, "-", &format!("{} of {all} calls of AWS were understood", calls.understood));
    }
    for limit in &remedy.limits {
        item(&mut out, "-", limit);
    }
    out
}

/// One fact: a label of fixed width and what it says.
fn fact(out: &mut String, label: &str, says: &str) {
    wrapped(out, &format!("  {label:<13}"), says);
}

fn heading(out: &mut String, says: &str) {
    let _ = writeln!(out, "\n  {says}");
}

fn item(out: &mut String, mark: &str, says: &str) {
    wrapped(out, &format!("    {mark} "), says);
}

/// Lines that belong to a file.
fn block(out: &mut String, text: &str) {
    for line in text.lines() {
        let line = format!("    {line}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn wrapped(out: &mut String, start: &str, says: &str) {
    let indent = " ".repeat(start.chars().count());
    let mut line = start.to_owned();
    let mut empty = true;
    for word in says.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "{line}");
            line.clone_from(&indent);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}
