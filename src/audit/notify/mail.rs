//! A message to a person, by a `sendmail` program.

use super::clean;
use crate::store::StoredFinding;
use mail_builder::{MessageBuilder, headers::raw::Raw};
use std::fmt::Write as _;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// So many findings a message: more than anybody reads.
pub(super) const BATCH: usize = 200;
/// How long the program may take.
const TIME: Duration = Duration::from_mins(1);
/// Of what it says on standard error so much is repeated, in bytes.
const WORDS: u64 = 500;

/// Somebody who is told by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who: one address.
    pub to: String,
    /// From whom; by default whom the program says.
    pub from: Option<String>,
    /// The program, which is called with `-t -i` and takes the message from standard input.
    pub program: PathBuf,
}

impl Mail {
    /// Somebody at the address `to`.
    ///
    /// # Errors
    ///
    /// What is no address: it has no `@`, or would be read as more than one.
    pub fn new(to: &str, from: Option<&str>, program: PathBuf) -> Result<Self, String> {
        let is_address = |text: &str| {
            let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>,;:\"()[]\\".contains(c);
            text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
                && text.chars().all(plain)
        };
        match [Some(to), from].into_iter().flatten().find(|text| !is_address(text)) {
            Some(wrong) => Err(format!("'{}' is no mail address", clean(wrong))),
            None => Ok(Self { to: to.to_owned(), from: from.map(str::to_owned), program }),
        }
    }

    pub(super) fn send(&self, findings: &[&StoredFinding]) -> Result<(), String> {
        let message = self.message(findings).map_err(|error| error.to_string())?;
        let failed = |error: std::io::Error| format!("cannot run {}: {error}", self.program.display());
        let mut said = tempfile::tempfile().map_err(failed)?;
        let mut command = Command::new(&self.program);
        command
            .args(["-t", "-i"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(said.try_clone().map_err(failed)?);
        let mut child = command.spawn().map_err(failed)?;
        // A program that does not read must not hold us: it is written to beside, and ended when its time is over.
        let writer = child.stdin.take().map(|mut stdin| std::thread::spawn(move || stdin.write_all(&message)));
        let began = Instant::now();
        let status = loop {
            match child.try_wait().map_err(failed)? {
                // It may have ended without reading, and have left its end of the pipe to another one.
                Some(status) if !status.success() || writer.as_ref().is_none_or(JoinHandle::is_finished) => {
                    break status;
                }
                _ if began.elapsed() > TIME => {
                    child.kill().and_then(|()| child.wait()).map_err(failed)?;
                    return Err(format!("{} took longer than {} s", self.program.display(), TIME.as_secs()));
                }
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        if !status.success() {
            let mut words = Vec::new();
            said.seek(SeekFrom::Start(0)).and_then(|_| said.take(WORDS).read_to_end(&mut words)).map_err(failed)?;
            let words = clean(String::from_utf8_lossy(&words).trim());
            return Err(format!("{} ended with {status}: {words}", self.program.display()));
        }
        match writer.map(JoinHandle::join) {
            Some(Ok(Err(error))) => Err(failed(error)),
            _ => Ok(()),
        }
    }

    /// The message. What comes from repositories is in its body only, which is encoded where it must be.
    fn message(&self, findings: &[&StoredFinding]) -> std::io::Result<Vec<u8>> {
        let plural = if findings.len() == 1 { "" } else { "s" };
        let mut message = MessageBuilder::new()
            .to(self.to.as_str())
            .subject(format!("keytrail: {} new credential{plural} in repositories", findings.len()))
            // RFC 3834: nobody's absence is answered to a program.
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .text_body(text(findings));
        if let Some(from) = &self.from {
            message = message.from(from.as_str());
        }
        message.write_to_vec()
    }
}

fn text(findings: &[&StoredFinding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let account = finding.account_id.as_ref().map(|id| format!(" · account {id}")).unwrap_or_default();
        let author = [&finding.author, &finding.email].into_iter().flatten().map(|part| clean(part));
        let author: Vec<String> = author.collect();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{}  {}{account}\n  repository   {}\n  brought in   {}\n  first seen   {}\n  fingerprint  {}\n  → {}\n\n",
            finding.severity.to_string().to_uppercase(),
            clean(&finding.title),
            clean(finding.web_url.as_deref().unwrap_or(&finding.repository_name)),
            author.join(" · "),
            finding.life.first.at,
            finding.fingerprint,
            clean(&finding.advice),
        );
    }
    text
}
