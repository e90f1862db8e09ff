//! No room left where the audit log is, and where temporary files go.

use crate::{hook, server::Server, stage::Stage};
use std::{fs, path::Path, process::Command};

/// A file system of its own, of 64 KiB, that is full.
struct FullDisk<'a>(&'a Path);

impl<'a> FullDisk<'a> {
    /// `None` where nothing may be mounted: outside of root's rights, and in most containers.
    fn mount(folder: &'a Path) -> Option<Self> {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=64k", "keytrail-test"]).arg(folder);
        let mounted = command.output().is_ok_and(|output| output.status.success());
        mounted.then(|| {
            let disk = Self(folder);
            assert!(fs::write(folder.join("filler"), vec![1; 1 << 20]).is_err(), "there is room for a megabyte");
            disk
        })
    }
}

impl Drop for FullDisk<'_> {
    fn drop(&mut self) {
        Command::new("umount").arg(self.0).status().ok();
    }
}

/// What holds when nothing can be written anywhere but into the pipes.
fn keeps_its_word(stage: &Stage) {
    stage.push(&["main:clean"]).accepted();
    stage.client.branch("dirty");
    let (pair, commit) = stage.leak("bad");
    let reason = "--push-option=keytrail.bypass=it is known";
    // A block stays a block. A bypass is granted because it is written down, so there is none.
    stage.push(&["dirty"]).refused().names(&pair, &commit, "bad:2");
    stage.push(&["dirty", reason]).refused();
    assert!(!stage.audit_log().contains("bypass"));
}

#[test]
fn a_hook_that_may_write_no_file_still_gives_its_verdict() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    stage.configure("bypass = true\n");
    // Not even a byte; by default the first one too many would kill it.
    stage.replace_hook(&hook::script("trap '' XFSZ\nulimit -f 0\n"));
    keeps_its_word(&stage);
    assert_eq!(stage.audit_log(), "");
}

#[test]
#[ignore = "needs servers: .ci/run runs them"]
fn a_full_disk_changes_no_verdict() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    let folder = server.home().join("full");
    fs::create_dir(&folder).unwrap();
    let Some(_disk) = FullDisk::mount(&folder) else {
        println!("skipped: nothing may be mounted here; a limit on files stands for it in another test");
        return;
    };
    let log = stage.bare.join(hook::AUDIT);
    stage.configure("bypass = true\n");
    std::os::unix::fs::symlink(folder.join("audit"), &log).unwrap();
    stage.replace_hook(&hook::script(&format!("export TMPDIR='{}'\n", folder.display())));
    keeps_its_word(&stage);
}
