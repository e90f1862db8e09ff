//! TEMPORARY STUB of this branch: drop when merging.
#![allow(missing_docs, missing_debug_implementations)]

use super::{Progress, ScanOptions};
use crate::model::{Coverage, Gap, GapKind, RepositoryReport};
use crate::policy::Policy;
use crate::rules::RuleSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug, thiserror::Error)]
#[error("cannot open {0}")]
pub struct ScanError(String);

impl ScanError {
    pub fn hint(&self) -> Option<&str> {
        Some("name a git repository")
    }
}

pub struct Scanner<'a> {
    pub rules: &'a RuleSet,
    pub policy: &'a Policy,
    pub options: &'a ScanOptions,
    pub progress: &'a dyn Progress,
    pub cancel: &'a AtomicBool,
}

impl Scanner<'_> {
    pub fn scan(&self, path: &Path, name: &str) -> Result<RepositoryReport, ScanError> {
        if !path.join(".git").exists() && !path.join("HEAD").exists() {
            return Err(ScanError(name.to_owned()));
        }
        let mut coverage = Coverage::default();
        if self.cancel.load(Ordering::Relaxed) {
            coverage.gaps.push(Gap { kind: GapKind::Interrupted, subject: name.into(), detail: String::new() });
        }
        let judged = self.policy.judge_all(vec![], coverage.is_complete());
        Ok(RepositoryReport {
            name: name.to_owned(),
            head: None,
            branch: None,
            origin: None,
            findings: judged.counted,
            suppressed: judged.suppressed,
            stale: judged.stale,
            drops: vec![],
            dropped: vec![],
            coverage,
        })
    }
}
