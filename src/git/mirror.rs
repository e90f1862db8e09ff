//! A repository elsewhere, mirrored by the user's own git into a temporary folder.
//!
//! Credentials in the URL reach git through its environment and a helper that answers for that one server: they are in
//! no argument list (which every user of the machine can read), no message and no file, and no redirect can draw them
//! to another host.

use super::program;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
#[cfg(unix)]
use std::time::Instant;
use tempfile::TempDir;

/// How long git may take to tidy up once it is told to stop.
#[cfg(unix)]
const GRACE: Duration = Duration::from_secs(2);

/// Lines of git's own words that an error repeats, the last ones.
const ERROR_LINES: usize = 6;

/// Answers git's question for credentials from the environment. The words stay inside the shell: `printf` is built in.
const HELPER: &str = r#"!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$KEYTRAIL_GIT_USERNAME" "$KEYTRAIL_GIT_PASSWORD"; }; f"#;

/// A mirrored repository; its folder is deleted on drop.
#[derive(Debug)]
pub struct Mirror {
    folder: TempDir,
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
    /// There is no temporary folder to mirror into.
    #[error("cannot make a temporary folder for {url}: {source}")]
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
    /// The user or the system stopped it.
    #[error("interrupted while fetching {0}")]
    Interrupted(String),
}

impl MirrorError {
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

/// Mirrors `url` with all its refs. `cancel` is looked at several times a second; git is ended when it is set.
pub fn mirror(url: &str, cancel: &AtomicBool) -> Result<Mirror, MirrorError> {
    let shown = display(url);
    let address = Address::new(url);
    let login = address.login().ok_or_else(|| MirrorError::Credentials(shown.clone()))?;
    let no_folder = |source| MirrorError::Folder { url: shown.clone(), source };
    let folder = private_folder().map_err(no_folder)?;
    // Into a file: a pipe would need a thread, and would stay open as long as any process that git left behind.
    let said = folder.path().join("stderr");
    let stderr = File::create(&said).map_err(no_folder)?;

    let mut command = clone_command(&address.plain, &repository_in(folder.path()));
    login.hand_to(&mut command, &address);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
    let group = address.may_group();
    #[cfg(unix)]
    if group {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    let not_run = |source| MirrorError::Run { url: shown.clone(), source };
    let mut child = command.spawn().map_err(not_run)?;
    match wait(&mut child, cancel, group).map_err(not_run)? {
        None => Err(MirrorError::Interrupted(shown)),
        Some(status) if status.success() => Ok(Mirror { folder }),
        Some(status) => {
            let said = fs::read(&said).unwrap_or_default();
            let words = last_words(&String::from_utf8_lossy(&said), &login.secrets(&address));
            let words = if words.is_empty() { status.to_string() } else { words };
            Err(MirrorError::Failed { url: shown, words })
        }
    }
}

fn repository_in(folder: &Path) -> PathBuf {
    folder.join("repository.git")
}

fn private_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("keytrail-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

fn clone_command(url: &str, into: &Path) -> Command {
    let mut command = program();
    // No code of anybody's runs, and a history that fsck frowns upon is still a history to scan.
    for setting in ["core.hooksPath=/dev/null", "fetch.fsckObjects=false", "transfer.fsckObjects=false", "gc.auto=0"] {
        command.args(["-c", setting]);
    }
    command.args(["clone", "--mirror", "--quiet", "--template=", "--"]).arg(url).arg(into);
    command.env("GIT_TERMINAL_PROMPT", "0").env("GCM_INTERACTIVE", "never");
    command
}

/// Waits for the end of `child` (the head of a process group, if `group`): `None` when it was stopped because of `cancel`.
fn wait(child: &mut Child, cancel: &AtomicBool, group: bool) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            // A Ctrl-C reaches git, too: its failure is then ours.
            return Ok((status.success() || !cancel.load(Relaxed)).then_some(status));
        }
        if cancel.load(Relaxed) {
            stop(child, group)?;
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// Asks `child` to end, and its helpers: git does not end `remote-http` itself, which would go on downloading. Insists
/// after a while.
#[cfg(unix)]
fn stop(child: &mut Child, group: bool) -> io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process, kill_process_group};
    let pid = Pid::from_child(child);
    // A process that has just ended cannot be signalled; the wait below tells.
    let send = |signal| {
        let _ = if group { kill_process_group(pid, signal) } else { kill_process(pid, signal) };
    };
    send(Signal::TERM);
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline {
        if child.try_wait()?.is_some() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    send(Signal::KILL);
    child.wait().map(drop)
}

#[cfg(not(unix))]
fn stop(child: &mut Child, _: bool) -> io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}

/// The last lines of what git said, in one line, fit for a terminal and without any of `secrets`.
fn last_words(said: &str, secrets: &[String]) -> String {
    let mut lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.drain(..lines.len().saturating_sub(ERROR_LINES));
    let mut words = lines.join("; ");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        words = words.replace(secret.as_str(), "***");
    }
    words.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A URL taken apart.
struct Address<'a> {
    scheme: Option<&'a str>,
    host: &'a str,
    /// What stood before `@`, as written.
    user: Option<&'a str>,
    password: Option<&'a str>,
    /// The URL that git is given.
    plain: String,
}

impl<'a> Address<'a> {
    fn new(url: &'a str) -> Self {
        let Some((scheme, rest)) = url.split_once("://") else {
            return Self { scheme: None, host: "", user: None, password: None, plain: url.to_owned() };
        };
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let (userinfo, host) = authority.rsplit_once('@').map_or((None, authority), |(info, host)| (Some(info), host));
        let (user, password) = match userinfo.map(|info| info.split_once(':').unwrap_or((info, ""))) {
            Some((user, password)) => (Some(user), Some(password).filter(|password| !password.is_empty())),
            None => (None, None),
        };
        // An ssh login is a name, not a secret, and git needs it in its place.
        let login =
            user.filter(|_| scheme.eq_ignore_ascii_case("ssh")).map_or_else(String::new, |user| format!("{user}@"));
        let plain = format!("{scheme}://{login}{host}{}", &rest[authority.len()..]);
        Self { scheme: Some(scheme), host, user, password, plain }
    }

    /// Whether git may run in a process group of its own, to be ended with all its helpers. Not for ssh: it asks for a
    /// passphrase on the terminal, and a background group that reads there is stopped for good. It ends with its pipe.
    fn may_group(&self) -> bool {
        self.scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case("ssh"))
    }

    /// The decoded credentials for the helper; `None` if they are not one line of text.
    fn login(&self) -> Option<Login> {
        let http = self.scheme.is_some_and(|scheme| scheme.to_ascii_lowercase().starts_with("http"));
        let part = |text: Option<&str>| text.filter(|_| http).map_or(Some(None), |text| decode(text).map(Some));
        Some(Login { user: part(self.user)?, password: part(self.password)? })
    }
}

struct Login {
    user: Option<String>,
    password: Option<String>,
}

impl Login {
    /// Configures `command` through its environment, for this server alone.
    fn hand_to(&self, command: &mut Command, address: &Address<'_>) {
        let Some(user) = &self.user else { return };
        let key = |name| format!("credential.{}://{}.{name}", address.scheme.unwrap_or_default(), address.host);
        let settings = match &self.password {
            // Without a password the user's own helpers are asked for it, under this name.
            None => vec![(key("username"), user.as_str())],
            // The empty helper makes git forget the others: they would be asked first, and told to store this one.
            Some(password) => {
                command.env("KEYTRAIL_GIT_USERNAME", user).env("KEYTRAIL_GIT_PASSWORD", password);
                vec![(key("helper"), ""), (key("helper"), HELPER)]
            }
        };
        let given = std::env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
        command.env("GIT_CONFIG_COUNT", (given + settings.len()).to_string());
        for (index, (key, value)) in settings.into_iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{}", given + index), key);
            command.env(format!("GIT_CONFIG_VALUE_{}", given + index), value);
        }
    }

    /// What must not be repeated, as written and as meant.
    fn secrets(&self, address: &Address<'_>) -> Vec<String> {
        let written = address.password.map(str::to_owned);
        let token = if self.password.is_none() { self.user.clone() } else { None };
        written.into_iter().chain(self.password.clone()).chain(token).collect()
    }
}

/// `%41` and the like; `None` for what is not UTF-8 or not a single line.
fn decode(text: &str) -> Option<String> {
    let hex = |digit: &u8| char::from(*digit).to_digit(16);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.first_chunk::<2>().filter(|_| *first == b'%');
        if let Some((high, low)) = pair.and_then(|[high, low]| Some((hex(high)?, hex(low)?))) {
            bytes.push((high << 4 | low) as u8);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(['\n', '\r', '\0']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

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
        let address = Address::new(&url);
        let login = address.login().unwrap();
        let mut command = clone_command(&address.plain, Path::new("x"));
        login.hand_to(&mut command, &address);
        assert!(command.get_args().all(|argument| !argument.to_string_lossy().contains("pa")));
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
            io::Write::write_all(
                &mut child.stdin.take().unwrap(),
                format!("protocol=https\nhost={host}\n\n").as_bytes(),
            )
            .unwrap();
            String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
        };
        assert!(ask("h.org").contains("username=user\npassword=pa@ss\n"));
        assert!(!ask("evil.org").contains("pa@ss"));
    }

    #[test]
    fn a_line_break_cannot_enter_the_credential_protocol() {
        let url = "https://u:p%0Ahost=evil§h.org/a".replace('§', "@");
        let error = mirror(&url, &AtomicBool::new(false)).unwrap_err();
        assert!(matches!(error, MirrorError::Credentials(_)));
        assert!(!error.to_string().contains("evil"), "{error}");
    }

    #[test]
    fn gits_words_are_cleaned() {
        let words = last_words("Cloning\n\n fatal: no \x1b[31m p@ss\n", &["p@ss".into()]);
        assert_eq!(words, "Cloning; fatal: no \u{fffd}[31m ***");
    }

    #[test]
    fn all_refs_come_along_and_the_folder_goes_away() {
        let source = tempfile::tempdir().unwrap();
        git(source.path(), &["init", "-q"]);
        git(source.path(), &["commit", "-q", "--allow-empty", "-m", "one"]);
        git(source.path(), &["update-ref", "refs/pull/1/head", "HEAD"]);
        let mirror = mirror(&file_url(source.path()), &AtomicBool::new(false)).unwrap();
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
        let error = mirror(&url, &AtomicBool::new(false)).unwrap_err();
        assert!(matches!(&error, MirrorError::Failed { words, .. } if words.contains("fatal")), "{error}");
        assert!(matches!(mirror(&url, &AtomicBool::new(true)), Err(MirrorError::Interrupted(_))));
    }
}
