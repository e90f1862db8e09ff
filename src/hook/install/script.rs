//! The file that git runs: a few words of shell that call the program.

use super::HookKind;
use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

/// Behind the name of a hook that was there before ours.
pub const KEPT: &str = ".before-keytrail";

/// Our file's name among others in a folder of hooks.
pub(super) const OWN_NAME: &str = "keytrail";

const SHELL: &[u8] = b"#!/bin/sh\n";

/// By this line we know our own.
const MARK: &[u8] =
    b"# keytrail-hook: `keytrail hook install` writes this file, `keytrail hook uninstall` removes it\n";

/// What `--then` is given: the hook's own path, whatever it is called by, so that a repository may be moved.
const THEN: &[u8] = b" --then \"$0.before-keytrail\"";

/// The hook hands on what it was given.
const END: &[u8] = b" \"$@\"\n";

/// A hook that calls the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Which hook.
    pub kind: HookKind,
    /// The program's absolute path. If it is not there when the hook runs, the shell ends with code 127, and git refuses.
    pub program: PathBuf,
    /// What the program is told, in this order.
    pub options: Vec<OsString>,
    /// Whether the hook that was there before has a say, too.
    pub chained: bool,
}

impl Script {
    /// The file's bytes.
    pub fn text(&self) -> Vec<u8> {
        let mut text = [SHELL, MARK, b"exec "].concat();
        quote(self.program.as_os_str(), &mut text);
        text.extend(b" hook ");
        text.extend(self.kind.name().bytes());
        for option in &self.options {
            text.push(b' ');
            quote(option, &mut text);
        }
        text.extend(if self.chained { THEN } else { b"" });
        text.extend(END);
        text
    }

    /// Whether `text` is a hook that we wrote, in this form or another.
    pub fn is_ours(text: &[u8]) -> bool {
        let second = text.splitn(3, |&byte| byte == b'\n').nth(1);
        second.is_some_and(|line| line.starts_with(&MARK[..b"# keytrail-hook:".len()]))
    }

    /// Reads what [`Script::text`] wrote; `None` if somebody has changed it.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let rest = text.strip_prefix(SHELL)?.strip_prefix(MARK)?.strip_prefix(b"exec ")?;
        let (program, rest) = unquote(rest)?;
        let rest = rest.strip_prefix(b" hook ")?;
        let end = memchr::memchr(b' ', rest)?;
        let kind = HookKind::called(std::str::from_utf8(&rest[..end]).ok()?)?;
        let (mut rest, mut options) = (&rest[end..], Vec::new());
        while let Some((option, after)) = rest.strip_prefix(b" ").and_then(unquote) {
            options.push(option);
            rest = after;
        }
        let unchained = rest.strip_prefix(THEN);
        let script = Self { kind, program: program.into(), options, chained: unchained.is_some() };
        (unchained.unwrap_or(rest) == END).then_some(script)
    }

    /// The configuration file that the program is told to use.
    pub fn config(&self) -> Option<&Path> {
        let at = self.options.iter().position(|option| option == "--config")?;
        self.options.get(at + 1).map(Path::new)
    }
}

/// A word as the shell takes it literally, whatever its bytes.
fn quote(word: &OsStr, into: &mut Vec<u8>) {
    into.push(b'\'');
    for &byte in word.as_encoded_bytes() {
        if byte == b'\'' { into.extend(br"'\''") } else { into.push(byte) }
    }
    into.push(b'\'');
}

/// The word that `text` begins with, as [`quote`] wrote it, and what follows.
fn unquote(text: &[u8]) -> Option<(OsString, &[u8])> {
    let mut rest = text.strip_prefix(b"'")?;
    let mut word = Vec::new();
    loop {
        let end = memchr::memchr(b'\'', rest)?;
        word.extend(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(more) = rest.strip_prefix(br"\''") else { break };
        word.push(b'\'');
        rest = more;
    }
    #[cfg(unix)]
    let word = std::os::unix::ffi::OsStringExt::from_vec(word);
    #[cfg(not(unix))]
    let word = String::from_utf8(word).ok()?.into();
    Some((word, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(program: &str, options: &[&str], chained: bool) -> Script {
        let options = options.iter().map(OsString::from).collect();
        Script { kind: HookKind::PreReceive, program: program.into(), options, chained }
    }

    #[test]
    fn a_hook_is_three_lines() {
        let text = script("/usr/bin/keytrail", &["--config", "/etc/it's.toml"], true).text();
        let expected = "#!/bin/sh\n\
            # keytrail-hook: `keytrail hook install` writes this file, `keytrail hook uninstall` removes it\n\
            exec '/usr/bin/keytrail' hook pre-receive '--config' '/etc/it'\\''s.toml' --then \"$0.before-keytrail\" \"$@\"\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        assert_eq!(THEN, format!(" --then \"$0{KEPT}\"").as_bytes());
    }

    #[test]
    fn what_is_written_is_read_again_whatever_the_words() {
        for word in ["/a", "/a b", "/it's", "''", "'", "/a\nb", "/$(x)`y`\\\"", "/ --then", "/ü"] {
            for chained in [false, true] {
                for options in [&[][..], &["--config", word], &[word, word, word]] {
                    let written = script(word, options, chained);
                    assert_eq!(Script::parse(&written.text()), Some(written));
                }
            }
        }
        let written = script("/a", &["--config", "/b"], false);
        assert_eq!(written.config(), Some(Path::new("/b")));
    }

    #[test]
    fn one_that_somebody_changed_is_still_ours_but_not_read() {
        let mut text = script("/a", &[], false).text();
        text.extend(b"echo done\n");
        assert!(Script::is_ours(&text));
        assert_eq!(Script::parse(&text), None);
        for other in
            ["", "#!/bin/sh\n", "#!/bin/sh\n# keytrail\n", "# keytrail-hook: x\n", "#!/bin/sh\n\n# keytrail-hook: x\n"]
        {
            assert!(!Script::is_ours(other.as_bytes()), "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_shell_takes_every_byte_as_it_is() {
        use std::os::unix::ffi::OsStringExt;
        let every: Vec<u8> = (1..=255).collect();
        let word = OsString::from_vec(every.clone());
        let mut script = b"printf %s ".to_vec();
        quote(&word, &mut script);
        let mut shell = std::process::Command::new("/bin/sh");
        let printed = shell.arg("-c").arg(OsString::from_vec(script.clone())).output().unwrap().stdout;
        assert_eq!(printed, every);
        assert_eq!(unquote(&script[10..]), Some((word, &b""[..])));
    }
}
