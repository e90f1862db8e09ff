//! Real git, real folders.

use super::*;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

static CALM: AtomicBool = AtomicBool::new(false);

/// A repository, and a folder for mirrors.
struct Stage {
    source: TempDir,
    folder: TempDir,
}

impl Stage {
    fn new() -> Self {
        let stage = Self { source: tempfile::tempdir().unwrap(), folder: tempfile::tempdir().unwrap() };
        stage.git(&["init", "-q", "-b", "main"]);
        stage.commit("one");
        stage
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(self.source.path(), arguments)
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn url(&self) -> String {
        format!("file://{}", self.source.path().display())
    }

    fn keep_with(&self, branch: Option<&str>, options: &MirrorOptions<'_>) -> Result<Kept, MirrorError> {
        keep(&self.url(), (self.folder.path(), "github:h:1"), branch, options, &CALM)
    }

    fn keep(&self) -> Kept {
        self.keep_with(None, &MirrorOptions { foreign: true, ..MirrorOptions::default() }).unwrap()
    }

    /// The one mirror's folder.
    fn home(&self) -> PathBuf {
        self.folder.path().join(name("github:h:1"))
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    for setting in ["user.name=A", "user.email=a@example.org", "commit.gpgsign=false", "gc.auto=0"] {
        command.args(["-c", setting]);
    }
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn refs(kept: &Kept) -> String {
    git(kept.path(), &["for-each-ref", "--format=%(refname) %(objectname)"])
}

#[test]
fn what_was_kept_is_brought_up_to_date_and_old_objects_stay() {
    let stage = Stage::new();
    let old = stage.commit("two");
    stage.git(&["update-ref", "refs/pull/1/head", "HEAD"]);
    stage.git(&["branch", "topic"]);
    let kept = stage.keep();
    assert!(kept.is_new());
    drop(kept);
    stage.git(&["reset", "-q", "--hard", "HEAD~"]);
    stage.git(&["branch", "-D", "topic"]);
    // A folder where a ref was.
    stage.git(&["branch", "topic/deep"]);
    stage.git(&["update-ref", "-d", "refs/pull/1/head"]);
    let new = stage.commit("another");
    stage.git(&["tag", "v1"]);
    let kept = stage.keep_with(Some("topic/deep"), &MirrorOptions::default()).unwrap();
    assert!(!kept.is_new());
    assert_eq!(refs(&kept), stage.git(&["for-each-ref", "--format=%(refname) %(objectname)"]));
    assert!(refs(&kept).contains(&new));
    assert_eq!(git(kept.path(), &["symbolic-ref", "HEAD"]), "refs/heads/topic/deep");
    // What was pushed away is what an audit wants to see.
    assert_eq!(git(kept.path(), &["cat-file", "-t", &old]), "commit");
}

#[test]
fn a_broken_mirror_is_replaced_and_one_whose_server_is_gone_is_not() {
    let stage = Stage::new();
    let path = stage.keep().path().to_owned();
    fs::remove_file(path.join("HEAD")).unwrap();
    let kept = stage.keep();
    assert!(kept.is_new() && path.join("HEAD").exists());
    drop(kept);
    fs::write(path.join("packed-refs.lock"), "").unwrap();
    stage.git(&["branch", "gone"]);
    drop(stage.keep());
    stage.git(&["branch", "-D", "gone"]);
    fs::create_dir_all(stage.home().join("keytrail-left")).unwrap();
    fs::write(path.join("objects/pack/tmp_pack_left"), "").unwrap();
    let kept = stage.keep();
    assert!(!refs(&kept).contains("gone"));
    assert!(!stage.home().join("keytrail-left").exists() && !path.join("objects/pack/tmp_pack_left").exists());
    drop(kept);
    fs::rename(stage.source.path().join(".git"), stage.source.path().join("moved")).unwrap();
    let error = stage.keep_with(None, &MirrorOptions::default()).unwrap_err();
    assert!(error.is_absent(), "{error}");
    assert!(path.join("HEAD").exists());
    fs::rename(stage.source.path().join("moved"), stage.source.path().join(".git")).unwrap();
    let kept = stage.keep();
    assert!(!kept.is_new());
    kept.discard().unwrap();
    assert!(stage.keep().is_new());
}

#[cfg(unix)]
#[test]
fn two_at_once_do_not_fetch_into_one_and_others_may_not_look() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new();
    let kept = stage.keep();
    assert!(matches!(stage.keep_with(None, &MirrorOptions::default()), Err(MirrorError::Busy(_))));
    drop(kept);
    stage.keep();
    assert_eq!(fs::metadata(stage.home()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn what_is_too_large_or_too_slow_is_ended_and_leaves_nothing() {
    let stage = Stage::new();
    let mut noise = vec![0_u8; 3 << 20];
    let mut seed = 1_u32;
    for byte in &mut noise {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (seed >> 24) as u8;
    }
    fs::write(stage.source.path().join("noise"), noise).unwrap();
    stage.git(&["add", "."]);
    stage.commit("noise");
    let small = MirrorOptions { disk: Some(1 << 20), ..MirrorOptions::default() };
    let error = stage.keep_with(None, &small).unwrap_err();
    assert!(matches!(error, MirrorError::TooLarge { bytes: 1_048_576, .. }), "{error}");
    let quick = MirrorOptions { time: Some(Duration::ZERO), ..MirrorOptions::default() };
    let error = stage.keep_with(None, &quick).unwrap_err();
    assert!(matches!(error, MirrorError::TooLong { .. }), "{error}");
    let left: Vec<_> = fs::read_dir(stage.home()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["lock"]);
    let room = MirrorOptions { disk: Some(64 << 20), time: Some(Duration::from_mins(10)), ..MirrorOptions::default() };
    assert!(stage.keep_with(None, &room).is_ok());
}

#[test]
fn a_foreign_url_is_fetched_by_its_own_transport_only() {
    let stage = Stage::new();
    let address = crate::git::mirror::address::Address::new("https://h.org/a");
    assert_eq!(address.transports(), "https");
    let foreign = MirrorOptions { foreign: true, ..MirrorOptions::default() };
    // What the user's configuration turns an address into, as far as git is concerned, is another transport.
    let refused = keep("git://127.0.0.1:1/a", (stage.folder.path(), "x"), None, &foreign, &CALM).unwrap_err();
    assert!(matches!(refused, MirrorError::Failed { .. }), "{refused}");
    let task = Task::new("https://h.org/a", &foreign, &CALM).unwrap();
    let mut command = task.command();
    let output = command.args(["ls-remote", &stage.url()]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("not allowed"));
}

#[test]
fn folders_are_told_apart_whatever_stands_in_an_id() {
    let names = ["../../etc", "a/b", "a_b", "", &"x".repeat(500)].map(name);
    for name in &names {
        assert!(!name.contains('/') && !name.starts_with('.') && name.len() < 100, "{name}");
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1);
    }
}
