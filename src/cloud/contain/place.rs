//! Where a key's id stands, and how a shell takes it from there without showing it.

use super::quote::quoted;

/// The place of a value, as a report tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The folder of the repository, or of the files; `None` if it is not on this machine.
    pub folder: Option<String>,
    /// What holds it: `file`, `staged`, `worktree`, `commit`, … as in reports.
    pub place: String,
    /// The path, where the place has one that is text.
    pub path: Option<String>,
    /// The git object that holds it.
    pub object: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in bytes.
    pub column: u32,
    /// How many bytes the value takes.
    pub length: u32,
    /// What was unwrapped to get at the text in which line and column are told: `zip:app.env`, `base64`.
    pub wrapped: Vec<String>,
}

/// A command that puts a key's id into the variable `KEY_ID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taking {
    pub command: String,
    /// What the person has to do; `None` if the command does it all.
    pub by_hand: Option<String>,
}

impl Spot {
    /// How to take the value from here.
    pub(super) fn taking(&self) -> Taking {
        match self.text() {
            Some(text) => {
                let (line, from) = (self.line, self.column);
                let to = from + self.length.saturating_sub(1);
                Taking {
                    command: format!("KEY_ID=$({text} | LC_ALL=C sed -n '{line}p' | LC_ALL=C cut -b {from}-{to})"),
                    by_hand: None,
                }
            }
            None => Taking {
                command: "read -rs KEY_ID".to_owned(),
                by_hand: Some(format!("paste the id, which is not shown, and press Enter; it stands in {self}")),
            },
        }
    }

    /// The command that prints the text in which line and column are told.
    fn text(&self) -> Option<String> {
        if !self.wrapped.is_empty() {
            return None;
        }
        let folder = self.folder.as_deref()?;
        let quoted_folder = quoted(folder);
        match self.place.as_str() {
            "file" | "staged" | "blob" => Some(format!("git -C {quoted_folder} cat-file blob {}", self.object)),
            "commit" | "tag" => Some(format!("git -C {quoted_folder} cat-file -p {}", self.object)),
            "worktree" => {
                Some(format!("cat {}", quoted(&format!("{}/{}", folder.trim_end_matches('/'), self.path.as_deref()?))))
            }
            "config" | "reflog" => {
                let path = quoted(self.path.as_deref()?.strip_prefix(".git/")?).into_owned();
                let asked = format!("git -C {quoted_folder} rev-parse --path-format=absolute --git-path {path}");
                Some(format!("cat \"$({asked})\""))
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.path {
            Some(path) => f.write_str(path)?,
            None => write!(f, "{} {}", self.place, self.object.get(..10).unwrap_or(&self.object))?,
        }
        for layer in &self.wrapped {
            write!(f, " → {layer}")?;
        }
        write!(f, ", line {}", self.line)
    }
}
