//! A regular expression that is compiled when it is first needed.

use regex::bytes::{Regex, RegexBuilder};
use std::sync::{Arc, OnceLock};

/// Most bytes a compiled expression may take: forty times the largest built-in one.
const MAX_BYTES: usize = 4 << 20;

/// An expression of a pattern. Compiling those of all built-in rules takes 15 ms, and most repositories need a few.
#[derive(Debug, Clone)]
pub struct Expression {
    source: Arc<str>,
    compiled: Arc<OnceLock<Regex>>,
}

impl Expression {
    /// Of `source`, in which all fragments are put in. Nothing is compiled yet.
    pub fn new(source: &str) -> Self {
        Self { source: source.into(), compiled: Arc::default() }
    }

    /// Compiles it, unless it is compiled: for expressions that nobody vouches for.
    pub fn check(&self) -> Result<&Regex, regex::Error> {
        if let Some(regex) = self.compiled.get() {
            return Ok(regex);
        }
        let regex = RegexBuilder::new(&self.source).unicode(false).size_limit(MAX_BYTES).build()?;
        Ok(self.compiled.get_or_init(|| regex))
    }

    /// The compiled expression.
    #[allow(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "users' were checked, built-in ones are by a test"
    )]
    pub fn get(&self) -> &Regex {
        self.check().expect("the expression was checked when its rule was read")
    }

    /// As it was written, fragments put in.
    pub fn as_str(&self) -> &str {
        &self.source
    }
}
