//! What to do, written down.

use super::leak::Leak;
use crate::cli::terminal::clean;
use crate::cloud::contain::Step;
use serde::Serialize;
use std::io::{self, Write};

/// Characters a line of prose: a terminal has 80 or more.
const WIDTH: usize = 96;

/// Grows when a field changes its meaning or goes away; a new field leaves it as it is.
const SCHEMA_VERSION: u32 = 1;

/// For people.
pub(super) fn write(leak: &Leak, steps: &[Step], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {} {}", clean(&leak.title), leak.rule_id, leak.fingerprint)?;
    let known = [
        leak.redacted.clone(),
        leak.account.as_ref().map(|account| format!("account {account}")),
        leak.lifetime.map(|lifetime| lifetime.as_str().to_owned()),
        leak.user.as_ref().map(|user| format!("user {user}")),
        leak.spot.as_ref().map(|spot| format!("in {spot}")),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    writeln!(out, "  {}", clean(&known.join(", ")))?;
    for (number, step) in (1..).zip(steps) {
        writeln!(out, "\n{number}. {}", step.title)?;
        for line in wrapped(&clean(&step.text)) {
            writeln!(out, "   {line}")?;
        }
        if !step.commands.is_empty() {
            writeln!(out)?;
        }
        for command in &step.commands {
            writeln!(out, "     {}", clean(command))?;
        }
    }
    Ok(())
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[derive(Serialize)]
struct Plan<'p> {
    schema_version: u32,
    fingerprint: &'p str,
    rule_id: &'p str,
    title: &'p str,
    key: Option<&'p str>,
    account_id: Option<&'p str>,
    user: Option<&'p str>,
    place: Option<String>,
    steps: &'p [Step],
}

/// For programs.
pub(super) fn write_json(leak: &Leak, steps: &[Step], out: &mut dyn Write) -> io::Result<()> {
    let plan = Plan {
        schema_version: SCHEMA_VERSION,
        fingerprint: leak.fingerprint.as_str(),
        rule_id: &leak.rule_id,
        title: &leak.title,
        key: leak.redacted.as_deref(),
        account_id: leak.account.as_deref(),
        user: leak.user.as_deref(),
        place: leak.spot.as_ref().map(ToString::to_string),
        steps,
    };
    serde_json::to_writer_pretty(&mut *out, &plan)?;
    out.write_all(b"\n")
}
