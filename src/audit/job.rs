//! One repository, scanned in a process of its own: whatever it does to the scanner, the audit goes on.

use crate::{
    model::{Gap, GapKind, KnownBlobs},
    store::FindingLine,
};
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsString,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// The report, in the job's folder.
const REPORT: &str = "report.jsonl";
/// The same for code scanning.
const SARIF: &str = "report.sarif";
/// The blobs that need not be read, in the job's folder.
const KNOWN: &str = "known";
/// Those that need not be read the next time.
const CLEAN: &str = "clean";

/// What a scan has to know, as it is handed to the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The repository's folder.
    pub path: PathBuf,
    /// What reports call it.
    pub name: String,
    /// A folder of the job's own, for what goes in and comes out.
    pub folder: PathBuf,
    /// Rule files besides the built-in rules.
    pub rules: Vec<PathBuf>,
    /// The key that fingerprints are made with; `None`: the public one.
    pub fingerprint_key: Option<PathBuf>,
    /// Objects larger than this many bytes are not held in memory whole.
    pub max_object_size: u64,
    /// How many bytes may come out of one object; `None`: nothing is decoded.
    pub max_decoded: Option<u64>,
    /// What is not here (LFS files, objects of a partial clone) is named, and the repository covered all the same.
    pub allow_missing: bool,
    /// Bytes of memory that the process may take, mapped packs aside; `None`: as many as there are.
    pub memory: Option<u64>,
    /// Bytes of an object's id.
    pub id_width: usize,
}

/// What runs jobs.
#[derive(Debug, Clone)]
pub struct Runner {
    /// The program, which is this one.
    pub program: PathBuf,
    /// What it is told, so that it takes a [`Job`] from standard input.
    pub arguments: Vec<OsString>,
    /// Variables that it does not inherit: what reads strangers' repositories needs no token.
    pub without: &'static [&'static str],
    /// How long a job may take.
    pub time: Option<Duration>,
}

/// What came out of a job.
#[derive(Debug, Clone, Default)]
pub struct Scanned {
    /// The findings, redacted.
    pub findings: Vec<FindingLine>,
    /// The same as a SARIF log; nothing, if there are none.
    pub sarif: Option<Vec<u8>>,
    /// What was not read.
    pub gaps: Vec<Gap>,
    /// Blobs that hold nothing.
    pub clean: KnownBlobs,
}

/// The part of a report that is of interest here.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    coverage: Option<Ledger>,
}

#[derive(Deserialize)]
struct Ledger {
    gaps: Vec<LedgerGap>,
}

#[derive(Deserialize)]
struct LedgerGap {
    kind: GapKind,
    subject: String,
    detail: String,
}

impl Job {
    /// Where the process writes its report, in JSON Lines.
    pub fn report(&self) -> PathBuf {
        self.folder.join(REPORT)
    }

    /// Where it writes the same as a SARIF log.
    pub fn sarif(&self) -> PathBuf {
        self.folder.join(SARIF)
    }

    /// The blobs that need not be read.
    ///
    /// # Errors
    ///
    /// What the file system answers.
    pub fn known(&self) -> io::Result<KnownBlobs> {
        Ok(KnownBlobs::from_bytes(self.id_width, fs::read(self.folder.join(KNOWN))?).unwrap_or_default())
    }

    /// Hands on which blobs need not be read the next time.
    ///
    /// # Errors
    ///
    /// What the file system answers.
    pub fn write_clean(&self, clean: &KnownBlobs) -> io::Result<()> {
        fs::write(self.folder.join(CLEAN), clean.as_bytes())
    }
}

impl Runner {
    /// Scans `job.path` but for the blobs of `known`. `cancel` ends the process.
    ///
    /// # Errors
    ///
    /// Why there is no whole report, in one line for a person: the process's last words, its signal, the time.
    pub fn run(&self, job: &Job, known: &KnownBlobs, cancel: &AtomicBool) -> Result<Scanned, String> {
        let failed = |error: io::Error| format!("{}: {error}", job.folder.display());
        fs::write(job.folder.join(KNOWN), known.as_bytes()).map_err(failed)?;
        let said = job.folder.join("stderr");
        let stderr = fs::File::create(&said).map_err(failed)?;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(stderr);
        for name in self.without {
            command.env_remove(name);
        }
        let mut child = command.spawn().map_err(|error| format!("cannot run {}: {error}", self.program.display()))?;
        let text = serde_json::to_vec(job).map_err(|error| error.to_string())?;
        // It may have died before it read this: its end tells why.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(&text));
        let status = self.wait(&mut child, cancel).map_err(|error| error.to_string())??;
        let report = fs::read_to_string(job.report());
        match report {
            // Findings and gaps have codes of their own; only a whole report has been put in its place.
            Ok(report) if status.code().is_some_and(|code| code <= 2) => read(&report, job),
            _ => Err(last_words(&said, status)),
        }
    }

    fn wait(&self, child: &mut Child, cancel: &AtomicBool) -> io::Result<Result<ExitStatus, String>> {
        let began = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Ok(status));
            }
            let late = self.time.filter(|&time| began.elapsed() >= time);
            if cancel.load(Ordering::Relaxed) || late.is_some() {
                child.kill()?;
                child.wait()?;
                let words = late.map(|time| format!("it took longer than {} s", time.as_secs()));
                return Ok(Err(words.unwrap_or_else(|| "interrupted".to_owned())));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(25));
        }
    }
}

fn read(report: &str, job: &Job) -> Result<Scanned, String> {
    let mut scanned = Scanned::default();
    let mut whole = false;
    for line in report.lines() {
        let broken = |error: serde_json::Error| format!("its report makes no sense: {error}");
        let fields: Line = serde_json::from_str(line).map_err(broken)?;
        match (fields.kind.as_str(), fields.coverage) {
            ("finding", _) => {
                scanned.findings.push(FindingLine::parse(line).map_err(|error| error.to_string())?);
            }
            ("summary", Some(ledger)) => {
                let gap = |LedgerGap { kind, subject, detail }| Gap { kind, subject, detail };
                scanned.gaps = ledger.gaps.into_iter().map(gap).collect();
                whole = true;
            }
            _ => {}
        }
    }
    if !whole {
        return Err("its report has no end".to_owned());
    }
    if !scanned.findings.is_empty() {
        scanned.sarif = Some(fs::read(job.sarif()).map_err(|error| error.to_string())?);
    }
    let clean = fs::read(job.folder.join(CLEAN)).map_err(|error| error.to_string())?;
    scanned.clean = KnownBlobs::from_bytes(job.id_width, clean).unwrap_or_default();
    Ok(scanned)
}

/// What a process said last, or what ended it.
fn last_words(said: &Path, status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let why = if signal == 6 || signal == 9 { "; it may have needed too much memory" } else { "" };
        return format!("the scan was ended by signal {signal}{why}");
    }
    let text = fs::read_to_string(said).unwrap_or_default();
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty());
    let line = line.map(|line| line.trim_start_matches("keytrail: ").trim_start_matches("error: ").to_owned());
    line.unwrap_or_else(|| format!("the scan ended with {status}"))
}
