//! A server whose hook takes a push down and refuses it, so that it can be looked at again and again.

use crate::support::Repo;
use keytrail::{
    git::{Existing, Push, Quarantine, Repository},
    model::{Oid, RefUpdate, RepositoryReport},
    policy::Policy,
    rules,
    scan::{NoProgress, PushReport, ScanOptions, Scanner},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

/// Takes down the quarantine, git's lines, and what git says becomes reachable.
const HOOK: &str = r#"#!/bin/sh
set -e
cp -r "$GIT_QUARANTINE_PATH" "$TAKEN/objects"
cat >"$TAKEN/lines"
cut -d' ' -f2 "$TAKEN/lines" | grep -v '^00*$' >"$TAKEN/tips" || true
git rev-list --objects --stdin --not --all <"$TAKEN/tips" | cut -d' ' -f1 >"$TAKEN/objects.new"
git rev-list --stdin --not --all <"$TAKEN/tips" >"$TAKEN/commits.new"
exit 1
"#;

/// A push as it stood at the door.
pub struct Taken {
    folder: PathBuf,
    server: PathBuf,
}

/// A bare repository beside `client` that it can push to.
pub fn server(client: &Repo, options: &[&str]) -> PathBuf {
    let path = client.beside("server.git");
    let place = path.to_str().unwrap();
    client.git(&[&["init", "-q", "--bare", "-b", "main"], options, &[place]].concat());
    client.git(&["remote", "add", "origin", place]);
    path
}

/// Pushes `refs` to `server`, where the push is taken down and refused.
pub fn knock(client: &Repo, server: &Path, number: usize, refs: &[&str]) -> Taken {
    let folder = client.beside(&format!("taken-{number}"));
    fs::create_dir(&folder).unwrap();
    let hook = server.join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, HOOK.replace("$TAKEN", folder.to_str().unwrap())).unwrap();
    executable(&hook);
    let output = client.try_git(&[&["push", "-q", "-f", "origin"], refs].concat());
    fs::remove_file(&hook).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(folder.join("commits.new").exists(), "the push did not come to the door: {said}");
    Taken { folder, server: server.to_path_buf() }
}

#[cfg(unix)]
pub fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

impl Taken {
    pub fn repository(&self) -> Repository {
        Repository::open(&self.server).unwrap()
    }

    pub fn updates(&self) -> Vec<RefUpdate> {
        RefUpdate::parse_all(&fs::read(self.folder.join("lines")).unwrap()).unwrap()
    }

    pub fn follow(&self, repository: &Repository) -> Push {
        self.follow_updates(repository, &self.updates())
    }

    pub fn follow_updates(&self, repository: &Repository, updates: &[RefUpdate]) -> Push {
        let quarantine = Quarantine { incoming: Some(self.folder.join("objects")), alternates: Vec::new() };
        repository.push(updates, &quarantine, &Existing::All, &AtomicBool::new(false)).unwrap()
    }

    /// What the hook would see.
    pub fn scan(&self) -> PushReport {
        let rules = rules::builtin().unwrap();
        let options = ScanOptions::default();
        let policy = Policy::none();
        let cancel = AtomicBool::new(false);
        let scanner =
            Scanner { rules: &rules, policy: &policy, options: &options, progress: &NoProgress, cancel: &cancel };
        let repository = self.repository();
        let mut report = scanner.scan_push(&repository, &self.follow(&repository)).unwrap();
        if !report.report.findings.is_empty() {
            report.leave_out_known(&scanner.scan(&self.server, "history").unwrap());
        }
        report
    }

    /// Ids that git listed.
    pub fn listed(&self, file: &str) -> BTreeSet<Oid> {
        let text = fs::read_to_string(self.folder.join(file)).unwrap();
        text.lines().map(|line| Oid::from_hex(line.as_bytes()).unwrap()).collect()
    }
}

/// The values of a report's findings, and where each stands.
pub fn found(report: &RepositoryReport) -> Vec<String> {
    let components = report.findings.iter().flat_map(|finding| &finding.components);
    let place = |component: &keytrail::model::Component| {
        let location = &component.location;
        format!("{} {}:{}", component.kind.as_str(), location.place.display(&location.object), location.line)
    };
    components.map(place).collect()
}
