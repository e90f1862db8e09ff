//! Who git says that we are, and how it is told without anybody else hearing it.

use super::address::Address;
use crate::model::Secret;
use std::ffi::OsStr;
use std::process::Command;

/// Answers git's question for credentials from the environment. The words stay inside the shell: `printf` is built in.
const HELPER: &str = r#"!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$KEYTRAIL_GIT_USERNAME" "$KEYTRAIL_GIT_PASSWORD"; }; f"#;

/// A name and what proves it, for one server. `Debug` shows the password redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
}

impl Login {
    /// `None` if either is not one line of text: a line break would break out of git's credential protocol.
    pub fn new(user: &str, password: &Secret) -> Option<Self> {
        let line = |text: &str| !text.contains(['\n', '\r', '\0']);
        let fits = line(user) && std::str::from_utf8(password.expose()).is_ok_and(line);
        fits.then(|| Self { user: Some(user.to_owned()), password: Some(password.clone()) })
    }

    /// Configures `command` through its environment, for this server alone.
    pub(super) fn hand_to(&self, command: &mut Command, address: &Address<'_>) {
        let Some(user) = &self.user else { return };
        let key = |name| format!("credential.{}://{}.{name}", address.scheme.unwrap_or_default(), address.host);
        let settings = match &self.password {
            // Without a password the user's own helpers are asked for it, under this name.
            None => vec![(key("username"), user.as_str())],
            // The empty helper makes git forget the others: they would be asked first, and told to store this one.
            Some(password) => {
                let password = String::from_utf8_lossy(password.expose());
                command.env("KEYTRAIL_GIT_USERNAME", user).env("KEYTRAIL_GIT_PASSWORD", OsStr::new(&*password));
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
    pub(super) fn secrets(&self, address: &Address<'_>) -> Vec<String> {
        let written = address.password.map(str::to_owned);
        let token = if self.password.is_none() { self.user.clone() } else { None };
        let meant = self.password.as_ref().map(|password| String::from_utf8_lossy(password.expose()).into_owned());
        written.into_iter().chain(meant).chain(token).collect()
    }
}
