//! The variables that AWS's own tools heed. Who calls reads them: this room touches no environment.

use crate::model::Secret;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// The variables of a process as far as they name credentials or where these are.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, Secret>);

impl Environment {
    /// The value of a variable; one that is empty is as good as not set.
    pub(super) fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }

    /// The value of a variable that holds no secret.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| String::from_utf8_lossy(value.expose()).into_owned())
    }

    /// Whether a variable says yes: `true`, however it is written.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The place that a variable names.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(|path| self.expand(&path))
    }

    /// The home folder.
    pub(super) fn home(&self) -> Option<PathBuf> {
        ["HOME", "USERPROFILE"].iter().find_map(|name| self.text(name)).map(PathBuf::from)
    }

    /// A path in which a leading `~` stands for the home folder.
    pub(super) fn expand(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), self.home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }
}

/// Takes what begins with `AWS_` and the home folder; nothing else of a process is of use here.
impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<T: IntoIterator<Item = (OsString, OsString)>>(variables: T) -> Self {
        let known = |name: &str| name.starts_with("AWS_") || name == "HOME" || name == "USERPROFILE";
        let taken = variables.into_iter().filter_map(|(name, value)| {
            let name = name.into_string().ok().filter(|name| known(name))?;
            (!value.is_empty()).then(|| (name, Secret::new(value.as_encoded_bytes())))
        });
        Self(taken.collect())
    }
}

#[cfg(test)]
pub(super) fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_of_use_is_taken_and_empty_is_not_set() {
        let taken =
            environment(&[("AWS_PROFILE", "prod"), ("AWS_REGION", ""), ("PATH", "/bin"), ("HOME", "/home/jane")]);
        assert_eq!(taken.text("AWS_PROFILE").as_deref(), Some("prod"));
        assert!(taken.get("AWS_REGION").is_none() && taken.get("PATH").is_none());
        assert_eq!(taken.expand("~/token"), PathBuf::from("/home/jane/token"));
        assert_eq!(taken.expand("a/~/b"), PathBuf::from("a/~/b"));
    }
}
