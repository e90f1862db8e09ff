//! A URL, and who it says that we are.

use super::login::Login;
use crate::model::Secret;

/// A URL taken apart.
pub(super) struct Address<'a> {
    pub scheme: Option<&'a str>,
    pub host: &'a str,
    /// What stood before `@`, as written.
    user: Option<&'a str>,
    pub password: Option<&'a str>,
    /// The URL that git is given.
    pub plain: String,
}

impl<'a> Address<'a> {
    pub fn new(url: &'a str) -> Self {
        let Some((scheme, rest)) = url.split_once("://") else {
            return Self { scheme: None, host: "", user: None, password: None, plain: url.to_owned() };
        };
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let (userinfo, host) = authority.rsplit_once('@').map_or((None, authority), |(info, host)| (Some(info), host));
        let (user, password) = match userinfo.map(|info| info.split_once(':').unwrap_or((info, ""))) {
            Some((user, password)) => (Some(user), Some(password).filter(|password| !password.is_empty())),
            None => (None, None),
        };
        // An ssh login is a name, not a secret, and git needs it in its place.
        let login =
            user.filter(|_| scheme.eq_ignore_ascii_case("ssh")).map_or_else(String::new, |user| format!("{user}@"));
        let plain = format!("{scheme}://{login}{host}{}", &rest[authority.len()..]);
        Self { scheme: Some(scheme), host, user, password, plain }
    }

    /// Whether git may run in a process group of its own, to be ended with all its helpers. Not for ssh: it asks for a
    /// passphrase on the terminal, and a background group that reads there is stopped for good. It ends with its pipe.
    pub fn may_group(&self) -> bool {
        self.scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case("ssh"))
    }

    /// The decoded credentials for the helper; `None` if they are not one line of text.
    pub fn login(&self) -> Option<Login> {
        let http = self.scheme.is_some_and(|scheme| scheme.to_ascii_lowercase().starts_with("http"));
        let part = |text: Option<&str>| text.filter(|_| http).map_or(Some(None), |text| decode(text).map(Some));
        let password = part(self.password)?.map(|password| Secret::new(password.as_bytes()));
        Some(Login { user: part(self.user)?, password })
    }

    /// The transports that git may use for it, as `GIT_ALLOW_PROTOCOL` lists them. A server may send one on to `https`.
    pub fn transports(&self) -> String {
        match self.scheme.map(str::to_ascii_lowercase).as_deref() {
            Some("http") => "http:https".to_owned(),
            Some(scheme) => scheme.to_owned(),
            None => "ssh".to_owned(),
        }
    }
}

/// `%41` and the like; `None` for what is not UTF-8 or not a single line.
fn decode(text: &str) -> Option<String> {
    let hex = |digit: &u8| char::from(*digit).to_digit(16);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.first_chunk::<2>().filter(|_| *first == b'%');
        if let Some((high, low)) = pair.and_then(|[high, low]| Some((hex(high)?, hex(low)?))) {
            bytes.push((high << 4 | low) as u8);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(['\n', '\r', '\0']))
}
