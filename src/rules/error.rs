//! What can be wrong with a file of rules.

use std::path::PathBuf;
use thiserror::Error;

/// Why rules cannot be used. Each names the file, and the line where there is one.
#[derive(Debug, Error)]
pub enum RulesError {
    /// The file cannot be read.
    #[error("cannot read rules from {}: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// Not TOML, or not of the shape of a file of rules.
    #[error("{file}:{line}: {}", cause.message().replace('\n', ", "))]
    Parse {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The parser's words.
        #[source]
        cause: Box<toml::de::Error>,
    },
    /// A rule, pattern, credential or allowlist entry that cannot work.
    #[error("{file}:{line}: {subject}: {problem}")]
    Invalid {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// Which rule, e.g. `rule acme-key, pattern named`.
        subject: String,
        /// What is wrong and what to do about it.
        problem: String,
    },
}
