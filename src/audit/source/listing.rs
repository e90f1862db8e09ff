//! The repositories that there are.

use super::problem::Problem;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};
use std::{ffi::OsString, path::PathBuf};

/// What an organisation has, as far as it was told.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Each repository once, in the order in which they were told.
    pub repositories: Vec<Listed>,
    /// What went wrong, in the order in which it did.
    pub problems: Vec<Problem>,
    /// What the user left out.
    pub left_out: LeftOut,
    /// Whether that is all there is. False as soon as there is a problem: a page that failed, or one entry that could not be
    /// read.
    pub complete: bool,
}

/// How many repositories the user's choice left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Archived ones.
    pub archived: usize,
    /// Forks, those that are archived not among them if these were left out, too.
    pub forks: usize,
    /// Wikis of the repositories that were listed.
    pub wikis: usize,
}

/// A repository. What the host does not tell is `None` or false.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Stable, whatever the repository is renamed to: `github:api.github.com:1296269`. A wiki's ends in `:wiki`. Of a folder
    /// its real path (`dir:/srv/git/a.git`), of a line in a file the URL without credentials (`url:https://…`).
    pub id: String,
    /// As people call it: `acme/site`, or the path below the folder. From outside: to be escaped before it is shown.
    pub name: String,
    /// Where its objects are.
    pub address: Address,
    /// Its page for people; only `https` and `http` URLs.
    pub web_url: Option<String>,
    /// Nobody may push to it any more.
    pub archived: bool,
    /// It began as a copy of another.
    pub fork: bool,
    /// The [`Listed::id`] of the repository that it was forked from.
    pub parent: Option<String>,
    /// The [`Listed::id`] of the repository whose wiki this is. A wiki that nobody wrote yet does not exist: that a mirror of
    /// it fails with [`crate::git::mirror::MirrorError::is_absent`] is no failure.
    pub wiki_of: Option<String>,
    /// Whether it has no commits, if the host says so. A hint: only git knows.
    pub empty: Option<bool>,
    /// The name that it was asked for by, if the organisation was renamed.
    pub moved_from: Option<String>,
    /// Bytes that the host says it has.
    pub size: Option<u64>,
    /// The branch that HEAD names, without `refs/heads/`.
    pub default_branch: Option<String>,
    /// Seconds since 1970 of the last push, where the host tells that (GitHub) and not merely when anything changed.
    pub pushed_at: Option<i64>,
}

/// Where a repository's objects are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A URL to be mirrored, without credentials: see [`super::Organisation::login`].
    Url(String),
    /// A folder to be scanned as it lies there.
    Folder(PathBuf),
}

/// What a folder's path is written without: what would not survive as text, and the sign that marks it.
const MARKED: &AsciiSet = &CONTROLS.add(b'%');

impl Address {
    /// As text, for the store: a URL as it is, a folder as `dir:` and its path, in which bytes that are not plain ASCII are `%XX`.
    pub(in crate::audit) fn to_text(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::Folder(path) => format!("dir:{}", percent_encode(path.as_os_str().as_encoded_bytes(), MARKED)),
        }
    }

    /// What [`Self::to_text`] wrote.
    pub(in crate::audit) fn from_text(text: &str) -> Self {
        match text.strip_prefix("dir:") {
            Some(path) => Self::Folder(PathBuf::from(os_string(percent_decode_str(path).collect()))),
            None => Self::Url(text.to_owned()),
        }
    }
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_from_its_text() {
        let folders: [&[u8]; 3] = [b"/srv/git/a.git", b"/srv/50%/\xff\n.git", "/srv/ä".as_bytes()];
        let folders = folders.map(|path| Address::Folder(os_string(path.to_vec()).into()));
        assert_eq!(folders[0].to_text(), "dir:/srv/git/a.git");
        for address in folders.into_iter().chain([Address::Url("https://example.org/a%20b.git".to_owned())]) {
            assert_eq!(Address::from_text(&address.to_text()), address);
        }
    }
}
