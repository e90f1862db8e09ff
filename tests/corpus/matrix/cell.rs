//! One cell of the matrix: what is put into a repository, and what a scan must say of it.

/// Which test holds a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Placements,
    Joined,
    TextEncodings,
    Containers,
    Nested,
    KeyTypes,
    Distances,
    Negatives,
}

/// A row of the table.
pub struct Cell {
    pub group: Group,
    pub placement: String,
    pub encoding: String,
    pub key: String,
    pub expect: Expect,
    /// Commits and what else is written, one after the other.
    pub steps: Vec<Step>,
}

/// What a scan must say.
pub enum Expect {
    /// These credentials, each as one finding, and no other finding.
    Found(Vec<Credential>),
    Nothing,
    /// Nobody could find it, for this reason; nothing is written.
    Impossible(&'static str),
}

/// One finding.
#[derive(Debug, Clone, Default)]
pub struct Credential {
    /// Its values: the whole of them, exactly.
    pub values: Vec<String>,
    /// Set where a finding may show more: then each of `values` must be part of one of the finding's.
    pub loose: bool,
    pub severity: Option<&'static str>,
    /// RFC 3339.
    pub expires: Option<&'static str>,
}

/// One thing written to the repository. Paths are below the cell's own folder.
pub enum Step {
    /// A commit on the main branch.
    Commit { message: String, files: Vec<(String, Vec<u8>)> },
    /// A merge whose parents do not have the file.
    Merge { path: String, text: Vec<u8> },
    /// An annotated tag with this message.
    Tag(String),
    /// A git note on the last commit.
    Note(String),
}

impl Credential {
    pub fn new(values: &[&str]) -> Self {
        Self { values: values.iter().map(|&value| value.to_owned()).collect(), ..Self::default() }
    }

    /// One whose finding may show more than `values`.
    pub fn around(values: &[&str]) -> Self {
        Self { loose: true, ..Self::new(values) }
    }

    /// What it is made of: `id+secret`.
    pub fn words(&self) -> String {
        let word = |value: &String| match (value.len(), value.get(..4)) {
            (20, Some("AKIA" | "ASIA")) => "id",
            (40, _) => "secret",
            (_, Some("IQoJ" | "FwoG" | "FQoG" | "AQoD")) => "token",
            _ => "key",
        };
        let words: Vec<&str> = self.values.iter().map(word).collect();
        words.join("+") + &self.severity.map(|severity| format!(", {severity}")).unwrap_or_default()
    }
}

impl Step {
    pub fn files(files: Vec<(String, Vec<u8>)>) -> Self {
        Self::Commit { message: "Update files".to_owned(), files }
    }

    pub fn file(path: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self::files(vec![(path.into(), text.into())])
    }
}

impl Cell {
    /// Its name on one line.
    pub fn name(&self) -> String {
        format!("{}, {}, {}", self.placement, self.encoding, self.key)
    }
}

/// What `credentials` are made of, in a few words.
pub fn words(credentials: &[Credential]) -> String {
    let mut words: Vec<String> = credentials.iter().map(Credential::words).collect();
    let count = words.len();
    words.dedup();
    match (count, &words[..]) {
        (2.., [one]) => format!("{count} x {one}"),
        _ => words.join(", "),
    }
}
