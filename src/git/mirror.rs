//! A repository elsewhere, mirrored by the user's own git into a temporary folder.
//!
//! Credentials in the URL reach git through its environment and a helper that answers for that one server: they are in
//! no argument list (which every user of the machine can read), no message and no file, and no redirect can draw them
//! to another host.

mod address;
mod child;
mod kept;
mod login;
mod remote;
#[cfg(unix)]
mod watchdog;

pub use kept::{Kept, keep};
pub use login::Login;
pub use remote::refs;

use super::Temporary;
use super::program::bounded;
use address::Address;
use child::{Bounds, Ended, last_words};
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A mirrored repository; its folder is deleted on drop.
#[derive(Debug)]
pub struct Mirror {
    folder: Temporary,
}

impl Mirror {
    /// The bare repository.
    pub fn path(&self) -> PathBuf {
        repository_in(self.folder.path())
    }
}

/// Why a repository could not be mirrored. Messages hold no credentials.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The URL's user or password is not text, or would break out of git's credential protocol.
    #[error("the credentials in the URL of {0} cannot be used: they do not decode to one line of text")]
    Credentials(String),
    /// There is no folder to mirror into.
    #[error("cannot make a folder for {url}: {source}")]
    Folder {
        /// The URL as it may be shown.
        url: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The git program does not run.
    #[error("cannot run git to fetch {url}: {source}")]
    Run {
        /// The URL as it may be shown.
        url: String,
        /// The system's reason.
        source: io::Error,
    },
    /// Git did not manage.
    #[error("git could not fetch {url}: {words}")]
    Failed {
        /// The URL as it may be shown.
        url: String,
        /// Git's last words, or its exit status.
        words: String,
    },
    /// It took longer than it may.
    #[error("git was stopped: fetching {url} took longer than {seconds} s")]
    TooLong {
        /// The URL as it may be shown.
        url: String,
        /// What was allowed.
        seconds: u64,
    },
    /// It is larger than it may be.
    #[error("git was stopped: {url} takes more than {bytes} bytes")]
    TooLarge {
        /// The URL as it may be shown.
        url: String,
        /// What was allowed.
        bytes: u64,
    },
    /// Somebody else fetches into the same kept mirror, or reads it.
    #[error("{}: another process uses this mirror", .0.display())]
    Busy(PathBuf),
    /// The user or the system stopped it.
    #[error("interrupted while fetching {0}")]
    Interrupted(String),
}

impl MirrorError {
    /// Whether the server says that there is no such repository: of a wiki, that nobody wrote in it yet.
    pub fn is_absent(&self) -> bool {
        let Self::Failed { words, .. } = self else { return false };
        let words = words.to_lowercase();
        let absent = ["not found", "does not exist", "does not appear to be a git repository"];
        words.contains("repository") && absent.into_iter().any(|absent| words.contains(absent))
    }

    /// What the user may do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Run { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("install git, or clone the repository elsewhere and name the folder")
            }
            Self::Failed { .. } => {
                Some("git is not allowed to ask for a password here: try `git ls-remote` with the same URL")
            }
            Self::Credentials(_) => Some("percent-encode special characters of the user name and the password"),
            _ => None,
        }
    }
}

/// Whether `text` is a URL that [`mirror`] takes: `http(s)://`, `ssh://`, `git://`, `file://` or `user@host:path`.
pub fn is_url(text: &str) -> bool {
    if let Some((scheme, _)) = text.split_once("://") {
        let scheme = scheme.to_ascii_lowercase();
        return ["http", "https", "ssh", "git", "file"].contains(&scheme.as_str());
    }
    let host_part = text.split_once(':').map(|(before, _)| before);
    host_part.and_then(|part| part.split_once('@')).is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && !user.starts_with('-') && !user.contains('/') && !host.contains('/')
    })
}

/// `url` as it may be shown: without user, password, query and fragment. The login name of an ssh URL stays.
pub fn display(url: &str) -> String {
    let address = Address::new(url);
    let end = if address.scheme.is_some() { address.plain.find(['?', '#']) } else { None };
    address.plain[..end.unwrap_or(address.plain.len())].to_owned()
}

/// What may be set for a mirror.
#[derive(Debug, Clone, Copy, Default)]
pub struct MirrorOptions<'a> {
    /// Who we are; by default who the URL says.
    pub login: Option<&'a Login>,
    /// How long git may take.
    pub time: Option<Duration>,
    /// How many bytes the mirror may take on disk.
    pub disk: Option<u64>,
    /// How many bytes of memory each of git's processes may take, mapped files aside; on Linux only.
    pub memory: Option<u64>,
    /// Where temporary mirrors lie; by default where the system keeps such things.
    pub folder: Option<&'a Path>,
    /// The URL is not the user's own: no other transport than its own, whatever the user's configuration turns it into, and
    /// no program that asks for a password.
    pub foreign: bool,
}

/// Mirrors `url` with all its refs into a temporary folder. `cancel` is looked at several times a second; git is ended when
/// it is set.
pub fn mirror(url: &str, options: &MirrorOptions<'_>, cancel: &AtomicBool) -> Result<Mirror, MirrorError> {
    let task = Task::new(url, options, cancel)?;
    let folder = Temporary::new(options.folder).map_err(|source| task.no_folder(source))?;
    task.clone_into(&repository_in(folder.path()), folder.path())?;
    Ok(Mirror { folder })
}

/// One URL, to be fetched.
struct Task<'a> {
    shown: String,
    address: Address<'a>,
    login: Login,
    options: &'a MirrorOptions<'a>,
    cancel: &'a AtomicBool,
}

impl<'a> Task<'a> {
    fn new(url: &'a str, options: &'a MirrorOptions<'a>, cancel: &'a AtomicBool) -> Result<Self, MirrorError> {
        let (shown, address) = (display(url), Address::new(url));
        let own = || address.login().ok_or_else(|| MirrorError::Credentials(shown.clone()));
        let login = options.login.cloned().map_or_else(own, Ok)?;
        Ok(Self { shown, address, login, options, cancel })
    }

    /// Clones into `repository`; what git says is kept in `folder`, which is what is measured.
    fn clone_into(&self, repository: &Path, folder: &Path) -> Result<(), MirrorError> {
        let mut command = self.command();
        command.args(["clone", "--mirror", "--quiet", "--template=", "--"]);
        command.arg(&self.address.plain).arg(repository);
        self.run(&mut command, folder)
    }

    /// Git, which is still to be told what to do.
    fn command(&self) -> Command {
        let mut command = bounded(self.options.memory);
        // No code of anybody's runs, and a history that fsck frowns upon is still a history to scan.
        for setting in [
            "core.hooksPath=/dev/null",
            "fetch.fsckObjects=false",
            "transfer.fsckObjects=false",
            "fetch.recurseSubmodules=false",
            "fetch.unpackLimit=1",
            "maintenance.auto=false",
            "gc.auto=0",
            // A server may name any URL to fetch a bundle from.
            "transfer.bundleURI=false",
        ] {
            command.args(["-c", setting]);
        }
        command.env("GIT_TERMINAL_PROMPT", "0").env("GCM_INTERACTIVE", "never");
        if self.options.foreign {
            command.env("GIT_ALLOW_PROTOCOL", self.address.transports()).env("GIT_ASKPASS", "");
        }
        self.login.hand_to(&mut command, &self.address);
        command
    }

    fn run(&self, command: &mut Command, folder: &Path) -> Result<(), MirrorError> {
        self.run_into(command, folder, Stdio::null())
    }

    /// The same, with what git prints in `printed`.
    fn run_into(&self, command: &mut Command, folder: &Path, printed: Stdio) -> Result<(), MirrorError> {
        // Into a file: a pipe would need a thread, and would stay open as long as any process that git left behind.
        let said = folder.join("stderr");
        let stderr = room_for_words(&said).map_err(|source| self.no_folder(source))?;
        command.stdin(Stdio::null()).stdout(printed).stderr(stderr);
        let (time, disk) = (self.options.time, self.options.disk);
        let bounds = Bounds { cancel: self.cancel, time, disk: disk.map(|most| (folder, most)) };
        let url = self.shown.clone();
        match child::run(command, self.address.may_group(), bounds) {
            Err(source) => Err(MirrorError::Run { url, source }),
            Ok(Ended::Cancelled) => Err(MirrorError::Interrupted(url)),
            Ok(Ended::TooLong) => Err(MirrorError::TooLong { url, seconds: time.unwrap_or_default().as_secs() }),
            Ok(Ended::TooLarge) => Err(MirrorError::TooLarge { url, bytes: disk.unwrap_or_default() }),
            Ok(Ended::ByItself(status)) if status.success() => Ok(()),
            Ok(Ended::ByItself(status)) => {
                let said = fs::read(&said).unwrap_or_default();
                // What git did not fill of the room that was made.
                let said = String::from_utf8_lossy(&said).replace('\0', "");
                let words = last_words(&said, &self.login.secrets(&self.address));
                let words = if words.is_empty() { status.to_string() } else { words };
                Err(MirrorError::Failed { url, words })
            }
        }
    }

    fn no_folder(&self, source: io::Error) -> MirrorError {
        MirrorError::Folder { url: self.shown.clone(), source }
    }
}

/// A file for what git says. It has its first blocks before the disk is full, so that git can say that it is.
fn room_for_words(path: &Path) -> io::Result<File> {
    let mut file = File::create(path)?;
    file.write_all(&[0; 8 << 10])?;
    file.rewind()?;
    Ok(file)
}

fn repository_in(folder: &Path) -> PathBuf {
    folder.join("repository.git")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    static CALM: AtomicBool = AtomicBool::new(false);

    fn git(folder: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        let status = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap().status;
        assert!(status.success(), "{arguments:?}");
    }

    fn file_url(path: &Path) -> String {
        format!("file://{}", path.display())
    }

    #[test]
    fn urls_are_recognised() {
        for url in ["https://h/p", "HTTP://h/p", "ssh://u@h/p", "git://h/p", "file:///p", "git@h.org:a/b.git"] {
            assert!(is_url(url), "{url}");
        }
        for path in ["", ".", "a/b", "a:b", "ext::sh -c x", "ftp://h/p", "dir/u@h:p", "@h:p", "-o@h:p", "u@:p"] {
            assert!(!is_url(path), "{path}");
        }
    }

    #[test]
    fn nothing_shown_holds_credentials() {
        // No scanner is to find a password in this file: the tests say § for @.
        for (url, shown) in [
            ("https://user:pa%40ss§h.org:8443/a.git", "https://h.org:8443/a.git"),
            ("https://token@h.org/a", "https://h.org/a"),
            ("https://u:p§with§h.org/a@b", "https://h.org/a@b"),
            ("https://h.org/a?token=x#y", "https://h.org/a"),
            ("https://u:p§h.org?token=x", "https://h.org"),
            ("ssh://git:p§h.org/a", "ssh://git@h.org/a"),
            ("git@h.org:a/b.git", "git@h.org:a/b.git"),
            ("file:///srv/a@b", "file:///srv/a@b"),
        ] {
            assert_eq!(display(&url.replace('§', "@")), shown);
        }
    }

    #[test]
    fn credentials_go_by_environment_and_never_by_argument() {
        let url = "https://us%3Aer:pa%40ss§h.org/a.git".replace('§', "@");
        let options = MirrorOptions::default();
        let task = Task::new(&url, &options, &CALM).unwrap();
        let mut command = task.command();
        command.arg(&task.address.plain);
        let told = |word: &str| command.get_args().any(|argument| argument.to_string_lossy().contains(word));
        assert!(told("https://h.org/a.git") && !["pa@ss", "pa%40ss"].into_iter().any(told));
        let value = |name: &str| command.get_envs().find(|(key, _)| *key == name).and_then(|(_, value)| value);
        assert_eq!(value("KEYTRAIL_GIT_USERNAME"), Some(OsStr::new("us:er")));
        assert_eq!(value("KEYTRAIL_GIT_PASSWORD"), Some(OsStr::new("pa@ss")));
        assert_eq!(value("GIT_TERMINAL_PROMPT"), Some(OsStr::new("0")));
    }

    #[test]
    fn git_hears_the_credentials_from_the_helper_and_only_for_that_server() {
        let url = "https://user:pa%40ss§h.org/a.git".replace('§', "@");
        let address = Address::new(&url);
        let ask = |host: &str| {
            let mut command = Command::new("git");
            command.args(["credential", "fill"]).env("GIT_TERMINAL_PROMPT", "0");
            command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
            command.env_remove("GIT_ASKPASS").env_remove("SSH_ASKPASS");
            address.login().unwrap().hand_to(&mut command, &address);
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            Write::write_all(&mut child.stdin.take().unwrap(), format!("protocol=https\nhost={host}\n\n").as_bytes())
                .unwrap();
            String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
        };
        assert!(ask("h.org").contains("username=user\npassword=pa@ss\n"));
        assert!(!ask("evil.org").contains("pa@ss"));
    }

    #[test]
    fn a_line_break_cannot_enter_the_credential_protocol() {
        let url = "https://u:p%0Ahost=evil§h.org/a".replace('§', "@");
        let error = mirror(&url, &MirrorOptions::default(), &CALM).unwrap_err();
        assert!(matches!(error, MirrorError::Credentials(_)));
        assert!(!error.to_string().contains("evil"), "{error}");
    }

    #[test]
    fn gits_words_are_cleaned() {
        let words = last_words("Cloning\nhint: x\n At:  50% (1/2)\r fatal: no \x1b[31m p@ss\n", &["p@ss".into()]);
        assert_eq!(words, "Cloning; fatal: no \u{fffd}[31m ***");
    }

    #[test]
    fn all_refs_come_along_and_the_folder_goes_away() {
        let source = tempfile::tempdir().unwrap();
        git(source.path(), &["init", "-q"]);
        git(source.path(), &["commit", "-q", "--allow-empty", "-m", "one"]);
        git(source.path(), &["update-ref", "refs/pull/1/head", "HEAD"]);
        let mirror = mirror(&file_url(source.path()), &MirrorOptions::default(), &CALM).unwrap();
        let path = mirror.path();
        git(&path, &["rev-parse", "--verify", "-q", "refs/pull/1/head"]);
        assert!(!path.join("hooks").exists());
        drop(mirror);
        assert!(!path.exists());
    }

    #[test]
    fn a_failure_carries_gits_reason_and_a_cancel_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let url = file_url(&folder.path().join("absent"));
        let error = mirror(&url, &MirrorOptions::default(), &CALM).unwrap_err();
        assert!(matches!(&error, MirrorError::Failed { words, .. } if words.contains("fatal")), "{error}");
        assert!(matches!(
            mirror(&url, &MirrorOptions::default(), &AtomicBool::new(true)),
            Err(MirrorError::Interrupted(_))
        ));
    }
}
