//! What the machine under the program says: one request over HTTP, within a second.

use crate::model::Secret;
use crate::net;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{HeaderValue, Request};
use zeroize::Zeroizing;

/// How long an answer may take: it comes from the same machine, and where there is none, nothing comes at all. AWS's SDKs
/// wait as long.
const TIME: Duration = Duration::from_secs(1);

/// The most that is read: credentials are some 2 kB.
const MOST: u64 = 64 << 10;

/// Asks the machine. No proxy is between.
pub(super) struct Metadata(Agent);

impl Metadata {
    pub fn new() -> Self {
        Self(net::agent(TIME, None))
    }

    /// The body of a good answer to `method` at `url`, with one more header that may be secret.
    ///
    /// # Errors
    /// There is none; no value of the header is shown.
    pub fn ask(&self, method: &str, url: &str, header: Option<(&str, &Secret)>) -> Result<Zeroizing<Vec<u8>>, String> {
        let mut request = Request::builder().method(method).uri(url);
        if let Some((name, value)) = header {
            let value = HeaderValue::from_bytes(value.expose());
            let mut value = value.map_err(|_| format!("the value for its {name} holds what no header can"))?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        let failed = |error: ureq::Error| match error {
            ureq::Error::Timeout(_) => format!("no answer within {} s", TIME.as_secs()),
            error => error.to_string(),
        };
        let answer = request.body(()).map_err(ureq::Error::from).and_then(|request| self.0.run(request));
        let mut answer = answer.map_err(failed)?;
        if answer.status() != 200 {
            return Err(format!("it answered {}", answer.status()));
        }
        answer.body_mut().with_config().limit(MOST).read_to_vec().map(Zeroizing::new).map_err(failed)
    }
}
