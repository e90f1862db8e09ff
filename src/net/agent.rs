//! The one HTTP client: hosts, receivers and AWS are asked by the same rules.

use crate::model::Secret;
use std::time::Duration;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Proxy, ProxyBuilder};

/// The proxy at `url`, which may hold a password. `None`: it is no proxy's URL.
pub fn proxy(url: &Secret) -> Option<Proxy> {
    Proxy::new(std::str::from_utf8(url.expose()).ok()?).ok()
}

/// The same, but not for the hosts that `exceptions` lists as `NO_PROXY` does, with commas between them.
pub fn proxy_except(url: &Secret, exceptions: &str) -> Option<Proxy> {
    let proxy = proxy(url)?;
    let mut builder = Proxy::builder(proxy.protocol()).host(proxy.host()).port(proxy.port());
    if let Some(name) = proxy.username() {
        builder = builder.username(name);
    }
    if let Some(password) = proxy.password() {
        builder = builder.password(password);
    }
    let hosts = exceptions.split(',').map(str::trim).filter(|host| !host.is_empty());
    hosts.fold(builder, ProxyBuilder::no_proxy).build().ok()
}

/// A client that gives each exchange `time`, by way of `proxy` if there is one.
pub fn agent(time: Duration, proxy: Option<Proxy>) -> Agent {
    let config = Agent::config_builder()
        .proxy(proxy)
        .user_agent(concat!("keytrail/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(time))
        .http_status_as_error(false)
        // Where a redirect leads is looked at first; what is posted is for one host.
        .max_redirects(0)
        .max_redirects_will_error(false)
        // A server of one's own has its own authority, which the system knows.
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .build();
    Agent::new_with_config(config)
}
