//! What kept a listing from being whole.

use std::fmt;

/// The kind of a problem. Any of them makes a listing incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The host does not accept the credentials (401).
    Unauthorised,
    /// The credentials do not suffice (403).
    Forbidden,
    /// There is no such organisation, or the credentials may not see it (404).
    NotFound,
    /// The token must be authorised for the organisation's single sign-on first.
    SingleSignOn,
    /// A rate limit that holds longer than we may wait.
    RateLimited,
    /// A page or a redirect leads to another host, or from `https` to `http`. It was not followed.
    ForeignOrigin,
    /// The host fails: 5xx, also after retries, or a status that nobody expects.
    Server,
    /// No connection, or none that lasts.
    Connection,
    /// An answer beyond what is read.
    TooLarge,
    /// An answer that is not what the host's documentation says.
    Malformed,
    /// One repository of which the answer cannot be used. The others are listed.
    Entry,
    /// Paging that goes round in circles or never ends.
    Endless,
    /// A file or folder that cannot be read.
    Unreadable,
    /// A line that names no repository.
    BadLine,
    /// The user or the system stopped it.
    Interrupted,
    /// Credentials or a proxy of which no request can be made.
    Settings,
}

/// Something that went wrong. Both texts are fit for a terminal, and hold no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of thing.
    pub kind: ProblemKind,
    /// What it is about: a URL, a path, a line of a file.
    pub subject: String,
    /// What happened, and what may be done about it.
    pub detail: String,
}

impl Problem {
    /// Takes texts from outside: what would do something to a terminal is replaced.
    pub(super) fn new(kind: ProblemKind, subject: impl AsRef<str>, detail: impl AsRef<str>) -> Self {
        Self { kind, subject: clean(subject.as_ref()), detail: clean(detail.as_ref()) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.detail)
    }
}

/// The longest text that a message repeats, in characters.
const LONGEST: usize = 300;

/// `text` on one line and not too long, without what controls a terminal or turns the direction of writing.
pub(in crate::audit) fn clean(text: &str) -> String {
    let harmless = |c: char| {
        let turns =
            matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if c.is_control() || turns { '\u{fffd}' } else { c }
    };
    let mut cleaned: String = text.chars().take(LONGEST).map(harmless).collect();
    if text.chars().nth(LONGEST).is_some() {
        cleaned.push('…');
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_from_outside_do_nothing_to_a_terminal() {
        let problem = Problem::new(ProblemKind::Entry, "a\u{1b}[31m\n", "\u{202e}b".repeat(400));
        assert!(problem.to_string().starts_with("a\u{fffd}[31m\u{fffd}: \u{fffd}b"), "{problem}");
        assert!(problem.to_string().chars().count() < 320);
    }
}
