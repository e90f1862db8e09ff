//! Cells as one repository: a folder and at least one commit each, so that none has anything to do with another.

use super::{
    cell::{Cell, Step},
    repo::Repo,
};

/// The folder of cell number `n`.
pub fn folder(n: usize) -> String {
    format!("c{n:04}/")
}

/// Writes all cells in one `git fast-import`.
pub fn build(cells: &[&Cell]) -> Repo {
    let mut stream = Stream { bytes: Vec::new(), clock: 1_700_000_000, commits: 0, main: 0 };
    stream.commit("refs/heads/main", "Begin", &[], &[("README".to_owned(), b"Of no interest.\n".to_vec())]);
    for (n, cell) in cells.iter().enumerate() {
        let folder = folder(n);
        let within = |path: &str| folder.clone() + path;
        for step in &cell.steps {
            let main = stream.main;
            match step {
                Step::Commit { message, files } => {
                    let files: Vec<_> = files.iter().map(|(path, text)| (within(path), text.clone())).collect();
                    stream.commit("refs/heads/main", message, &[main], &files);
                }
                Step::Merge { path, text } => {
                    let side = format!("refs/heads/side-{n}");
                    let other = (within("other"), b"Something else.\n".to_vec());
                    let side = stream.commit(&side, "Work aside", &[main], &[other]);
                    stream.commit("refs/heads/main", "Merge", &[main, side], &[(within(path), text.clone())]);
                }
                Step::Tag(message) => stream.tag(&format!("tag-{n}"), message),
                Step::Note(text) => stream.note(text),
            }
        }
    }
    let repo = Repo::with(&["--bare"]);
    repo.git_with_input(&["fast-import", "--quiet", "--date-format=raw"], &stream.bytes);
    repo
}

struct Stream {
    bytes: Vec<u8>,
    clock: i64,
    commits: usize,
    /// The last commit on the main branch.
    main: usize,
}

impl Stream {
    fn line(&mut self, line: &str) {
        self.bytes.extend_from_slice(line.as_bytes());
        self.bytes.push(b'\n');
    }

    fn data(&mut self, bytes: &[u8]) {
        self.line(&format!("data {}", bytes.len()));
        self.bytes.extend_from_slice(bytes);
        self.bytes.push(b'\n');
    }

    fn person(&mut self, role: &str) {
        self.line(&format!("{role} Ann Author <ann@example.org> {} +0000", self.clock));
    }

    /// A commit with these files more than its first parent, and its number.
    fn commit(&mut self, branch: &str, message: &str, parents: &[usize], files: &[(String, Vec<u8>)]) -> usize {
        self.commits += 1;
        self.clock += 60;
        self.line(&format!("commit {branch}\nmark :{}", self.commits));
        self.person("committer");
        self.data(message.as_bytes());
        for (n, parent) in parents.iter().enumerate() {
            self.line(&format!("{} :{parent}", if n == 0 { "from" } else { "merge" }));
        }
        for (path, text) in files {
            self.line(&format!("M 100644 inline {path}"));
            self.data(text);
        }
        if branch == "refs/heads/main" {
            self.main = self.commits;
        }
        self.commits
    }

    fn tag(&mut self, name: &str, message: &str) {
        self.line(&format!("tag {name}\nfrom :{}", self.main));
        self.person("tagger");
        self.data(message.as_bytes());
    }

    fn note(&mut self, text: &str) {
        self.line("commit refs/notes/commits");
        self.person("committer");
        self.data(b"Notes added by 'git notes add'\n");
        self.line(&format!("N inline :{}", self.main));
        self.data(text.as_bytes());
    }
}
