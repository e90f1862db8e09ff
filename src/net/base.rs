//! Where a host answers, and which URLs lie there.

use std::net::IpAddr;
use ureq::http::Uri;

/// Host and port of `url`, if nobody on the way can read what is sent there: `https`, or a server on this machine.
pub fn private_authority(url: &str) -> Option<String> {
    Origin::of(url).filter(Origin::is_private).map(|origin| origin.authority())
}

/// Scheme, host and port: what a token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    /// That of `url`. `None` for what is not an absolute `http` or `https` URL, or holds a user or a password.
    pub fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let port = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let host = authority.host().to_ascii_lowercase();
        // A port that is written and is none (`h:`, `h:99999`) must not be taken for the scheme's.
        let port = match authority.as_str().get(host.len()..)?.strip_prefix(':') {
            Some(written) => written.parse().ok()?,
            None => port,
        };
        (!host.is_empty()).then_some(Self { scheme, host, port })
    }

    /// `https`, or a server on this machine.
    pub fn is_private(&self) -> bool {
        self.scheme == "https" || self.is_local()
    }

    /// A server on this machine.
    pub fn is_local(&self) -> bool {
        let address = self.host.trim_matches(['[', ']']).parse::<IpAddr>();
        self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// The host's name, and its port if it is not the scheme's.
    pub fn authority(&self) -> String {
        match (self.scheme.as_str(), self.port) {
            ("https", 443) | ("http", 80) => self.host.clone(),
            (_, port) => format!("{}:{port}", self.host),
        }
    }

    /// The same with another host of the same site.
    #[must_use]
    pub fn on(&self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self.clone() }
    }

    /// The host's name in lower case.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// Where an API's paths begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Scheme, host and port.
    pub origin: Origin,
    /// Without a `/` at its end.
    url: String,
}

impl Base {
    /// Of a URL that was typed. `None` if no request can be made of it, or if it would show a token to the network.
    pub fn new(url: &str, api: &str) -> Option<Self> {
        let origin = Origin::of(url).filter(Origin::is_private)?;
        let url = url.trim_end_matches('/');
        let api = if url.ends_with(api) { "" } else { api };
        (!url.contains(['?', '#'])).then(|| Self { origin, url: format!("{url}{api}") })
    }

    /// Of a URL that was typed and that requests are posted to as it is.
    pub fn exact(url: &str) -> Option<Self> {
        Self::new(url, "")
    }

    /// The path of the URL, `/` if it has none.
    pub fn path(&self) -> &str {
        let host = self.url.find("://").map_or(0, |at| at + 3);
        self.url[host..].find('/').map_or("/", |at| &self.url[host + at..])
    }

    /// The URL of a path below.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// What `reference` (a URL, or a path from the root) means here, if it stays here.
    pub fn resolve(&self, reference: &str) -> Option<String> {
        let url = if reference.starts_with('/') && !reference.starts_with("//") {
            let root = self.url.find("://").map_or(0, |at| at + 3);
            let end = self.url[root..].find('/').map_or(self.url.len(), |at| root + at);
            format!("{}{reference}", &self.url[..end])
        } else {
            reference.to_owned()
        };
        (Origin::of(&url)? == self.origin).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_at_the_origin_is_followed() {
        let base = Base::new("https://Git.example.org/api/v3/", "").unwrap();
        assert_eq!(base.at("/orgs/a"), "https://Git.example.org/api/v3/orgs/a");
        let stays = ["https://git.example.org:443/x?page=2", "/api/v3/x", "HTTPS://GIT.EXAMPLE.ORG/x"];
        assert!(stays.iter().all(|url| base.resolve(url).is_some()));
        for url in [
            "https://evil.example/x",
            "https://git.example.org.evil.example/x",
            "https://git.example.org§evil.example/x",
            "https://evil.example\\@git.example.org/x",
            "https://git.example.org:/x",
            "https://git.example.org:8443/x",
            "http://git.example.org/x",
            "//evil.example/x",
            "/\\evil.example/x",
            "ftp://git.example.org/x",
            "x?page=2",
            "",
        ] {
            let resolved = base.resolve(&url.replace('§', "@"));
            assert!(resolved.as_ref().is_none_or(|url| url.starts_with("https://Git.example.org/")), "{resolved:?}");
        }
    }

    #[test]
    fn a_token_is_not_shown_to_the_network() {
        for url in ["https://h", "http://localhost:80", "http://127.1.2.3", "http://[::1]:9"] {
            assert!(Base::new(url, "/api").is_some(), "{url}");
        }
        for url in ["http://h", "http://10.0.0.1", "http://localhost.evil.example", "h", "https://u:p§h", "https://h?a"]
        {
            assert!(Base::new(&url.replace('§', "@"), "").is_none(), "{url}");
        }
        assert_eq!(Base::new("https://h/api/v4", "/api/v4").unwrap().at("/x"), "https://h/api/v4/x");
    }
}
