//! A message to a program: JSON by POST, signed as <https://www.standardwebhooks.com> has it.

use super::{Refusal, clean, hex};
use crate::audit::source::delay;
use crate::model::Secret;
use crate::net::{self, private_authority};
use crate::store::{Moment, StoredFinding};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{json, value::RawValue};
use sha2::{Digest, Sha256};
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;
use ureq::Agent;

/// So many findings a message: a line takes some kilobytes, and receivers take a few hundred.
pub(super) const BATCH: usize = 50;
/// So many bytes of lines: a key that stands at thousands of paths has a long one, and receivers commonly take 1 MiB (nginx's
/// `client_max_body_size`).
pub(super) const BYTES: usize = 512 << 10;
/// How long one attempt may take.
const TIME: Duration = Duration::from_secs(30);
/// The pauses before a message is sent again.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(16)];
/// A receiver that wants more time than this is told the next time.
const MOST: Duration = Duration::from_mins(1);
/// So long is a key in the standard, in bytes.
const KEY: RangeInclusive<usize> = 24..=64;

/// What messages are signed with.
#[derive(Clone)]
pub struct WebhookKey(Secret);

impl WebhookKey {
    /// From its text: `whsec_` and the base64 of 24 to 64 bytes. `None` for anything else: receivers' libraries decode whatever they
    /// are given, and would not agree with us about a key that is written otherwise.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let key = STANDARD.decode(text.trim_ascii().strip_prefix(b"whsec_")?).ok()?;
        KEY.contains(&key.len()).then(|| Self(Secret::new(&key)))
    }
}

/// A receiver.
pub struct Webhook {
    url: Secret,
    host: String,
    key: WebhookKey,
    agent: Agent,
}

/// An attempt that failed.
struct Failure {
    why: Refusal,
    /// The least time after which another one makes sense, if one does.
    again: Option<Duration>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhook({})", self.host)
    }
}

impl Webhook {
    /// The receiver at `url`, which may hold a token, asked through `proxy` if there is one.
    ///
    /// # Errors
    ///
    /// A URL that is not `https`, unless it leads to this machine; one with a user or a password; a proxy that is none.
    pub fn new(url: &str, key: WebhookKey, proxy: Option<&Secret>) -> Result<Self, String> {
        Self::within(TIME, url, key, proxy)
    }

    fn within(time: Duration, url: &str, key: WebhookKey, proxy: Option<&Secret>) -> Result<Self, String> {
        let url = url.trim();
        let host = private_authority(url)
            .ok_or("a webhook needs an https:// URL without a user; http:// only on this machine")?;
        let proxy = proxy.map(|url| net::proxy(url).ok_or("the proxy's URL cannot be used")).transpose()?;
        let agent = net::agent(time, proxy.filter(|_| url.starts_with("https://")));
        Ok(Self { url: Secret::new(url.as_bytes()), host, key, agent })
    }

    /// Host and port.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn url(&self) -> &str {
        std::str::from_utf8(self.url.expose()).unwrap_or_default()
    }

    pub(super) fn send(&self, findings: &[&StoredFinding], now: &Moment) -> Result<(), Refusal> {
        let lines = findings.iter().map(|finding| {
            let line = finding.audit_line().map_err(|error| error.to_string())?;
            RawValue::from_string(line).map_err(|error| error.to_string())
        });
        let lines = lines.collect::<Result<Vec<_>, _>>().map_err(Refusal::Message)?;
        let data = json!({ "schema_version": 1, "findings": lines });
        let body = json!({ "type": "findings.new", "timestamp": now.as_str(), "data": data }).to_string();
        // The same news have the same id, however often they are sent: a receiver that got them already can tell.
        let names = findings.iter().flat_map(|finding| {
            [finding.repository.as_str(), finding.fingerprint.as_str(), finding.life.newest().at.as_str()]
        });
        let digest = Sha256::digest(names.collect::<Vec<_>>().join("\n"));
        let id = format!("msg_{}", hex(&digest[..16]));
        let mut pauses = PAUSES.iter();
        loop {
            let (why, wait) = match self.post(&id, &body) {
                Ok(()) => return Ok(()),
                Err(Failure { why, again: None }) => return Err(why),
                Err(Failure { why, again: Some(wait) }) => (why, wait),
            };
            match pauses.next() {
                Some(pause) if wait <= MOST => std::thread::sleep(wait.max(*pause)),
                _ => return Err(why),
            }
        }
    }

    /// Sends it once.
    fn post(&self, id: &str, body: &str) -> Result<(), Failure> {
        // Each attempt has its own time: receivers refuse what was signed long ago.
        let time = jiff::Timestamp::now().as_second();
        let request = self.agent.post(self.url()).content_type("application/json");
        let request = request.header("webhook-id", id).header("webhook-timestamp", time.to_string());
        let answer = request.header("webhook-signature", self.sign(id, time, body)).send(body.as_bytes());
        // An error of the client's may quote the URL.
        let hide = |error: ureq::Error| clean(&error.to_string().replace(self.url(), &self.host));
        let failed = |error| Failure { why: Refusal::Channel(hide(error)), again: Some(Duration::ZERO) };
        let answer = answer.map_err(failed)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let after = answer.headers().get("retry-after").and_then(|value| delay(value.to_str().ok()?.trim(), time));
        let again = status.as_u16() == 429 || status.is_server_error();
        let said = format!("it answered {status}");
        // Too large, or not understood: that is about this message. Everything else would be said of the next one, too.
        let is_about_this = matches!(status.as_u16(), 400 | 413 | 422);
        let why = if is_about_this { Refusal::Message(said) } else { Refusal::Channel(said) };
        Err(Failure { why, again: again.then(|| after.unwrap_or_default()) })
    }

    fn sign(&self, id: &str, time: i64, body: &str) -> String {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.0.expose()) else { return String::new() };
        mac.update(format!("{id}.{time}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn key(length: usize) -> Option<WebhookKey> {
        WebhookKey::parse(format!("whsec_{}\n", STANDARD.encode(vec![7; length])).as_bytes())
    }

    #[test]
    fn a_key_is_what_receivers_take_for_the_same() {
        assert!(key(24).is_some() && key(64).is_some());
        assert!(key(23).is_none() && key(65).is_none());
        // A library would decode the first of these, too, to other bytes than its letters.
        for text in [&"0a".repeat(32), "whsec_", "whsec_?", ""] {
            assert!(WebhookKey::parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn a_receiver_that_says_nothing_is_given_up_and_its_url_not_shown() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/not-to-be-shown", listener.local_addr().unwrap());
        let webhook = Webhook::within(Duration::from_millis(200), &url, key(24).unwrap(), None).unwrap();
        let failure = webhook.post("msg_1", "{}").unwrap_err();
        assert!(failure.again.is_some(), "another attempt may reach it");
        let Refusal::Channel(why) = failure.why else { panic!("it is not about the message") };
        assert!(!why.contains("not-to-be-shown"), "{why}");
        assert!(!format!("{webhook:?}").contains("not-to-be-shown"));
    }
}
