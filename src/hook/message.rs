//! What the pusher reads: git sends it on with `remote: ` before each line.
//!
//! It is short, whatever a push brings, and no line of it holds a value or anything that a terminal obeys.

mod finding;
mod remedy;
#[cfg(test)]
mod tests;

use super::{Bypass, Case, Decision, Host, Unscanned, Verdict, verdict::MAX_REASON};
use crate::model::{Finding, Gap};
use crate::report::Mask;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Findings, gaps, tags and the like that are named before "and N more".
const SHOWN: usize = 5;
/// Characters of a path, a name or a sentence that comes from outside.
const MAX_TEXT: usize = 200;
/// What GitLab shows in its web pages begins with this.
const GITLAB: &str = "GL-HOOK-ERR: ";

/// Writes what is to be said of `verdict` to `out`; nothing, if there is nothing to say. `mask` is [`Case::mask`].
///
/// # Errors
///
/// What `out` answers.
pub fn write(case: &Case<'_>, verdict: &Verdict<'_>, mask: &Mask, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { case, verdict, mask, lines: Vec::new() };
    page.fill();
    let prefix = if case.pusher.host == Host::GitLab { GITLAB } else { "" };
    for line in page.lines {
        // Parts are masked before they are cut; together they could still make up a value.
        match mask.line(&line).trim_end() {
            "" => writeln!(out)?,
            line => writeln!(out, "{prefix}{line}")?,
        }
    }
    Ok(())
}

/// `text` with its middle left out, if it has more than `most` characters.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let (head, tail) = (most / 2, most - most / 2 - 1);
    let end = text.chars().skip(count - tail);
    text.chars().take(head).chain(['…']).chain(end).collect()
}

/// `1 credential`, `2 credentials`.
fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// The message as it grows.
struct Page<'a> {
    case: &'a Case<'a>,
    verdict: &'a Verdict<'a>,
    mask: &'a Mask,
    lines: Vec<String>,
}

impl Page<'_> {
    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// A text from outside: without values, on one line, and not long.
    fn text(&self, text: &str) -> String {
        shorten(&self.mask.line(text), MAX_TEXT)
    }

    fn fill(&mut self) {
        let verdict = self.verdict;
        match verdict.decision {
            Decision::Accept => {}
            Decision::Warn => {
                let what = plural(verdict.noted.len(), "credential");
                self.say(format!("keytrail: warning: this push brings in {what}, and is let in"));
                self.findings(&verdict.noted);
                self.say("");
                self.advice(&verdict.noted, "It is where others can read it now:");
            }
            Decision::Unscanned => {
                let why = self.unscanned();
                self.say(format!("keytrail: warning: this push is let in, although {why}"));
                self.gaps();
                self.findings(&verdict.noted);
            }
            Decision::Bypass => {
                self.say("keytrail: this push is let in for the reason you gave, and that is written down");
                self.findings(&verdict.blocking);
                self.say("");
                self.advice(&verdict.blocking, "It is where others can read it now:");
                self.rest();
            }
            Decision::Refuse => self.refusal(),
        }
        if verdict.log_failed {
            self.say("This could not be written to the audit log: please tell those who run this server.");
        }
        if let (true, Some(contact)) = (verdict.decision != Decision::Accept, &verdict.contact) {
            self.say(format!("Questions: {}", self.text(contact)));
        }
    }

    fn refusal(&mut self) {
        let verdict = self.verdict;
        let why = match (verdict.blocking.len(), &verdict.unscanned) {
            (0, Some(_)) => self.unscanned(),
            (0, None) => "what it brings in could not be written down".to_owned(),
            (count, _) => format!("it brings in {}", plural(count, "credential")),
        };
        self.say(format!("keytrail: push refused: {why}"));
        if verdict.blocking.is_empty() {
            self.gaps();
            self.findings(&verdict.noted);
            if verdict.unscanned == Some(Unscanned::Timeout) {
                self.say("");
                self.say("Push fewer commits at a time: git push <remote> <commit>:<branch>");
            }
        } else {
            self.findings(&verdict.blocking);
            self.say("");
            self.remedy();
            self.say("");
            let replace = "This server has not taken it in. If it was ever pushed or shown elsewhere, it is known:";
            self.advice(&verdict.blocking, replace);
            self.rest();
        }
        self.bypass();
    }

    fn findings(&mut self, findings: &[&Finding]) {
        for finding in findings.iter().take(SHOWN) {
            self.say("");
            self.finding(finding);
        }
        if findings.len() > SHOWN {
            self.say("");
            self.say(format!("… and {} more", findings.len() - SHOWN));
        }
    }

    /// What the owners of `findings` do next, each advice once.
    fn advice(&mut self, findings: &[&Finding], when: &str) {
        let advice: BTreeSet<&str> = findings
            .iter()
            .take(SHOWN)
            .map(|finding| finding.advice.as_str())
            .filter(|advice| !advice.is_empty())
            .collect();
        if !advice.is_empty() {
            self.say(when);
        }
        for one in advice {
            self.say(format!("  → {}", self.text(one)));
        }
    }

    /// That there may be more than what was found.
    fn rest(&mut self) {
        if self.verdict.unscanned.is_some() {
            let why = self.unscanned();
            self.say("");
            self.say(format!("There may be more: {why}"));
            self.gaps();
        }
    }

    fn unscanned(&self) -> String {
        match &self.verdict.unscanned {
            Some(Unscanned::Timeout) => {
                let seen = match self.case.suspects {
                    0 => String::new(),
                    seen => format!(
                        ", and {} like credentials",
                        if seen == 1 { "1 value looks".to_owned() } else { format!("{seen} values look") }
                    ),
                };
                format!("it was not scanned to its end within {:?}{seen}", self.case.effective.deadline)
            }
            Some(Unscanned::Error(words)) => format!("it could not be scanned: {}", self.text(words)),
            Some(Unscanned::Gaps) | None => "not all of it could be read".to_owned(),
        }
    }

    fn gaps(&mut self) {
        let gaps = &self.case.push.report.coverage.gaps;
        for Gap { kind, subject, detail } in gaps.iter().take(SHOWN) {
            // Where the repository lies is the server's own business.
            let folder = self.case.pusher.path.to_string_lossy().into_owned();
            let own =
                |text: &str| self.text(&if folder.len() > 1 { text.replace(&folder, "…") } else { text.to_owned() });
            let line = format!("  not read: {}: {}: {}", kind.as_str().replace('_', " "), own(subject), own(detail));
            self.say(line.trim_end_matches([':', ' ']));
        }
        if gaps.len() > SHOWN {
            self.say(format!("  … and {} more", gaps.len() - SHOWN));
        }
    }

    /// How to be let in all the same. Where that is off, only who asks for it is told.
    fn bypass(&mut self) {
        let option = "    git push -o keytrail.bypass=\"reason\"";
        match &self.verdict.bypass {
            Bypass::Unneeded | Bypass::Off | Bypass::Granted(_) => return,
            Bypass::Possible => {
                self.say("");
                self.say("To push all the same, for a reason that is written down:");
                self.say(option);
            }
            Bypass::Denied(_) => self.say("The bypass that you ask for is off here."),
            Bypass::NoReason => {
                self.say("A bypass needs a reason:");
                self.say(option);
            }
            Bypass::TooLong(_) => self.say(format!("The reason of a bypass has {MAX_REASON} characters at most.")),
            Bypass::NotLogged(_) => self.say("There is no bypass while it cannot be written down."),
        }
        if self.verdict.contact.is_none() && self.verdict.bypass != Bypass::Possible {
            self.say("Questions: those who run this server");
        }
    }
}
