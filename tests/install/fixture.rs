//! A folder with repositories, a program that stands in for ours, and ours.

use crate::support::{Keys, Repo};
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Refuses what holds an id, looking into the quarantine; then asks the next hook. `SAW` is where it writes its lines.
const STAND_IN: &str = r#"#!/bin/sh
[ "$1" = --version ] && { echo 'keytrail VERSION'; exit 0; }
[ "$1" = hook ] || exit 9
hook=$2; shift 2
then=
while [ $# -gt 0 ]; do
    case $1 in
        --config) [ -r "$2" ] || exit 8; shift 2 ;;
        --then) then=$2; shift 2 ;;
        *) break ;;
    esac
done
if [ "$hook" = pre-commit ]; then
    git diff --cached | grep -q 'A[K]IA' && { echo 'stand-in: a key' >&2; exit 1; }
    [ -z "$then" ] || exec "$then" "$@"
    exit 0
fi
lines=$(cat)
if [ "$hook" = pre-receive ] && [ -n "$lines" ]; then
    [ -n "$GIT_QUARANTINE_PATH" ] || exit 7
    for new in $(printf '%s\n' "$lines" | cut -d' ' -f2 | sort -u | grep -v '^00*$'); do
        git rev-list --objects "$new" --not --all | cut -d' ' -f1 | git cat-file --batch |
            grep -q 'A[K]IA' && { echo 'stand-in: a key' >&2; exit 1; }
    done
fi
[ -z "$then" ] || { printf '%s\n' "$lines" | "$then" "$@" || exit; }
exit 0
"#;

/// A folder, in which a client's repository lies, too.
pub struct House {
    pub repo: Repo,
    keys: std::cell::RefCell<Keys>,
}

/// What a file is: its mode, and its bytes or where it leads.
pub type Listing = BTreeMap<PathBuf, (u32, Vec<u8>)>;

impl House {
    pub fn new() -> Self {
        let house = Self { repo: Repo::new(), keys: Keys::new(7).into() };
        house.repo.put("readme", "nothing in particular\n");
        house
    }

    pub fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.repo.beside(".").join(name.as_ref()).components().collect()
    }

    /// A bare repository called `name`, which may lie deeper.
    pub fn server(&self, name: impl AsRef<OsStr>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        self.repo.git(&["init", "-q", "--bare", "-b", "main", path.to_str().unwrap()]);
        path
    }

    /// The program that stands in for ours.
    pub fn stand_in(&self) -> PathBuf {
        let path = self.path("bin/stand-in");
        if !path.exists() {
            script(&path, &STAND_IN.replace("VERSION", env!("CARGO_PKG_VERSION")));
        }
        path
    }

    /// Our program with these arguments, and what it says.
    pub fn run(&self, arguments: &[&OsStr]) -> Ran {
        self.run_with(arguments, &[])
    }

    pub fn run_with(&self, arguments: &[&OsStr], variables: &[(&str, &OsStr)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
        command.arg("hook").args(arguments).current_dir(self.repo.path());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.path("."));
        command.env("GIT_CONFIG_NOSYSTEM", "1").envs(variables.iter().copied());
        Ran::from(&command.stdin(Stdio::null()).output().unwrap())
    }

    /// Installs with the program that stands in.
    pub fn install(&self, arguments: &[&OsStr]) -> Ran {
        let program = self.stand_in();
        self.run(&[&[OsStr::new("install"), "--program".as_ref(), program.as_os_str()], arguments].concat())
    }

    /// Installs in one server's repository, which must go well.
    pub fn install_in(&self, server: &Path) -> String {
        let ran = self.install(&["--pre-receive".as_ref(), server.as_os_str()]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    }

    /// Pushes one file on a branch of its own.
    fn push(&self, server: &Path, content: &str) -> Ran {
        let commit = self.repo.put("file", content);
        let target = format!("{commit}:refs/heads/b{commit}");
        let output = self.repo.try_git(&["push", "-q", server.to_str().unwrap(), &target]);
        self.repo.git(&["reset", "-q", "--hard", "HEAD^"]);
        Ran::from(&output)
    }

    pub fn push_clean(&self, server: &Path) -> Ran {
        let line = self.keys.borrow_mut().filler();
        self.push(server, &line)
    }

    pub fn push_dirty(&self, server: &Path) -> Ran {
        let (id, secret) = {
            let mut keys = self.keys.borrow_mut();
            (keys.id(), keys.secret())
        };
        self.push(server, &format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n"))
    }

    /// Clean pushes are let in and dirty ones refused.
    pub fn judges(&self, server: &Path) {
        let clean = self.push_clean(server);
        assert_eq!(clean.code, 0, "{clean:?}");
        let dirty = self.push_dirty(server);
        assert!(dirty.code != 0 && dirty.err.contains("pre-receive hook declined"), "{dirty:?}");
    }

    /// Whatever is pushed is let in.
    pub fn lets_in(&self, server: &Path) {
        let dirty = self.push_dirty(server);
        assert_eq!(dirty.code, 0, "{dirty:?}");
    }
}

/// A script that may be run. Another process writes it: while this one has it open for writing, a child of another
/// test's may hold it open, too, and then nobody can run it.
pub fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", r#"rm -f "$2" && printf %s "$1" >"$2" && chmod 755 "$2""#, "sh", text]).arg(path);
    assert!(shell.status().unwrap().success());
}

/// What a program said, and its exit code.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn from(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// It failed as an error does, for this reason.
    pub fn failed(&self, reason: &str) {
        assert!(self.code == 2 && self.err.contains(reason), "{reason}: {self:?}");
    }
}

/// Everything below `folder`.
pub fn listing(folder: &Path) -> Listing {
    let mut found = Listing::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(path) = waiting.pop() {
        let meta = fs::symlink_metadata(&path).unwrap();
        let bytes = if meta.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            Vec::new()
        } else if meta.is_symlink() {
            fs::read_link(&path).unwrap().as_os_str().as_bytes().to_vec()
        } else {
            fs::read(&path).unwrap()
        };
        found.insert(path, (meta.mode(), bytes));
    }
    found
}

pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

pub fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
