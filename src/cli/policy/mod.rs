//! `keytrail policy`: what is not least privilege in the templates and policy files of a tree.

mod args;
mod files;

pub(super) use args::{EXIT_CODES, PolicyArgs};

use super::error::CliError;
use super::exit::Ending;
use super::output::Output;
use super::terminal::{Terminal, colored};
use crate::iam::{self, Check};
use crate::model::{Fingerprint, FingerprintKey};
use crate::policy::inline::marker;
use crate::report::{PolicyFormat, PolicyIssue, PolicyReport, Unread, line_hashes, write_policy};
use crate::template::{self, Documents, Problem};
use args::PolicyFormatArg;
use files::{Held, Input, Inputs};
use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Reads, checks, writes the report, and says how it ended.
pub(super) fn run(args: &PolicyArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let output = Output::prepare(&args.output)?;
    let inputs = Inputs::list(&args.paths)?;
    let mut report = PolicyReport { name: inputs.name.clone(), unread: inputs.unread, ..PolicyReport::default() };
    for found in files::each(&inputs.files, look) {
        report.files += 1;
        report.documents += found.documents;
        report.bounding += found.bounding;
        report.allowed += found.allowed;
        report.issues.extend(found.issues);
        report.unread.extend(found.unread);
    }
    let least = args.min_severity.into();
    let all = report.issues.len();
    report.issues.retain(|issue| issue.severity >= least);
    report.below = (all - report.issues.len()) as u64;
    report.issues.sort_by(|a, b| {
        let place = |issue: &PolicyIssue| (issue.path.clone(), issue.line, issue.column, issue.check);
        b.severity.cmp(&a.severity).then_with(|| place(a).cmp(&place(b)))
    });
    report.unread.sort();

    let on_screen = output.file().is_none() && io::stdout().is_terminal();
    let format = match args.format {
        PolicyFormatArg::Text => PolicyFormat::Text { color: colored(args.color, on_screen) },
        PolicyFormatArg::Jsonl => PolicyFormat::Jsonl,
        PolicyFormatArg::Sarif => PolicyFormat::Sarif,
    };
    let checks: Vec<Check> = template::CHECKS.iter().chain(iam::CHECKS).copied().collect();
    output.write(|out| write_policy(&report, &checks, format, out))?;
    if let Some(path) = output.file() {
        let plural = if report.issues.len() == 1 { "" } else { "s" };
        terminal.note(&format!("{} issue{plural} written to {}", report.issues.len(), path.display()));
    }
    // The text on the screen says it itself; a file or a machine's format would leave the user with a bare 2.
    if !(args.format == PolicyFormatArg::Text && output.file().is_none()) {
        for unread in report.unread.iter().filter(|unread| unread.counts) {
            let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
            terminal.warning(&format!("{}{line} could not be read: {}", unread.path, unread.reason));
        }
    }
    let ending =
        Ending { incomplete: !report.is_complete(), findings: report.issues.len(), findings_code: args.exit_code };
    Ok(ending.code())
}

/// What one file gives.
#[derive(Default)]
struct Looked {
    documents: u64,
    bounding: u64,
    issues: Vec<PolicyIssue>,
    allowed: u64,
    unread: Vec<Unread>,
}

fn look(input: &Input, held: &mut Held) -> Looked {
    let bytes = match input.read(held) {
        Ok(bytes) => bytes,
        Err(reason) => {
            let unread = Unread { path: input.path.clone(), line: None, reason, counts: true };
            return Looked { unread: vec![unread], ..Looked::default() };
        }
    };
    let read = || {
        let documents = template::documents(&input.path, &bytes)?;
        Ok::<_, Problem>((checked(&input.path, &documents), documents))
    };
    // A file that a reader cannot stand is one that could not be read; the rest is reported all the same.
    let read = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(Problem { line: 1, column: 1, says: "an internal error; please report it".to_owned(), certain: true })
    });
    let lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
    let is_allowed = |line: u32| lines.get(line.saturating_sub(1) as usize).is_some_and(|line| marker(line).is_some());
    let unread = |problem: &Problem| Unread {
        path: input.path.clone(),
        line: Some(problem.line),
        reason: problem.says.clone(),
        counts: problem.certain && !is_allowed(problem.line),
    };
    let (mut issues, documents) = match read {
        Ok(read) => read,
        Err(problem) => return Looked { unread: vec![unread(&problem)], ..Looked::default() },
    };
    let all = issues.len();
    issues.retain(|issue| !is_allowed(issue.line));
    let allowed = (all - issues.len()) as u64;
    if !issues.is_empty() {
        add_line_hashes(&bytes, &mut issues);
    }
    Looked {
        documents: documents.found.len() as u64,
        bounding: documents.bounding as u64,
        issues,
        allowed,
        unread: documents.unread.iter().map(unread).collect(),
    }
}

/// All that is wrong with the documents of a file, and with what else it makes.
fn checked(path: &str, documents: &Documents) -> Vec<PolicyIssue> {
    let mut known = HashMap::new();
    let mut name = |check: &'static str, document: &str, statement: Option<&str>, says: &str| {
        // Twice the same in one statement is told apart by its number.
        let number =
            known.entry((check, document.to_owned(), statement.map(str::to_owned), says.to_owned())).or_insert(0_u32);
        *number += 1;
        let number = number.to_string();
        let values = [path, document, statement.unwrap_or_default(), says, &number].map(str::as_bytes);
        Fingerprint::new(&FingerprintKey::default(), check, &values)
    };
    let mut issues = Vec::new();
    for found in &documents.found {
        for one in iam::check(&found.document, found.kind) {
            issues.push(PolicyIssue {
                fingerprint: name(one.check, &found.name, one.statement.as_deref(), &one.says),
                check: one.check,
                severity: one.severity,
                path: path.to_owned(),
                line: one.line,
                column: one.column,
                document: found.name.clone(),
                kind: Some(found.kind),
                statement: one.statement,
                says: one.says,
                advice: one.advice,
                line_hash: String::new(),
            });
        }
    }
    for one in &documents.declared {
        issues.push(PolicyIssue {
            fingerprint: name(one.check, &one.name, None, &one.says),
            check: one.check,
            severity: one.severity,
            path: path.to_owned(),
            line: one.line,
            column: one.column,
            document: one.name.clone(),
            kind: None,
            statement: None,
            says: one.says.clone(),
            advice: one.advice.to_owned(),
            line_hash: String::new(),
        });
    }
    issues
}

fn add_line_hashes(bytes: &[u8], issues: &mut [PolicyIssue]) {
    let mut lines: Vec<u32> = issues.iter().map(|issue| issue.line).collect();
    lines.sort_unstable();
    lines.dedup();
    let hashes = line_hashes(bytes, &lines);
    for issue in issues {
        let hash = lines.binary_search(&issue.line).ok().and_then(|at| hashes.get(at));
        issue.line_hash = hash.cloned().unwrap_or_default();
    }
}
