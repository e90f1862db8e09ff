//! One request to AWS, until there is an answer: signed, within bounds on time, bytes and patience.
//!
//! Source: the STS and IAM API References ("Making query requests", "Common errors"): a form is posted, XML comes back.

use super::answer::{Answer, Refusal};
use super::key::Key;
use super::pace::Pace;
use crate::aws::Signer;
use crate::model::Secret;
use crate::net::{self, Base, Clock};
use jiff::Timestamp;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::http::header::{DATE, HeaderName, HeaderValue, RETRY_AFTER};
use ureq::http::{HeaderMap, Request};
use zeroize::Zeroizing;

/// The largest answer that is read: 100 policies of 10 kB and room. `GetCallerIdentity` answers 400 bytes.
const MAX_BODY: u64 = 4 << 20;

/// How often a request is sent before AWS is given up that is too busy, or fails.
const ATTEMPTS: u32 = 5;

/// The first pause before a request is sent again, doubled each time: 0.5, 1, 2 and 4 s.
const BACK_OFF: Duration = Duration::from_millis(500);

/// The longest pause that an answer may ask for.
const MAX_PAUSE: Duration = Duration::from_secs(20);

/// A clock that is further off than this would have its signatures refused: AWS allows 5 minutes, IAM and STS 15.
const SKEW: i64 = 240;

/// Where a service answers, and what its requests are signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The URL.
    pub base: Base,
    /// As in the signature's scope: `us-east-1`.
    pub region: String,
    /// As in the signature's scope: `sts`, `iam`.
    pub service: &'static str,
}

/// How requests go out.
#[derive(Debug, Clone)]
pub struct CallOptions {
    /// For one exchange, from looking up the host's name to the last byte.
    pub timeout: Duration,
    /// The URL of a proxy for what is not on this machine.
    pub proxy: Option<Secret>,
    /// Hosts that are asked without it, as in `NO_PROXY`.
    pub no_proxy: String,
    /// The most requests in a second, whoever asks, and those that are sent again among them.
    pub per_second: Option<f64>,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), proxy: None, no_proxy: String::new(), per_second: None }
    }
}

/// Why there is no good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// AWS says no.
    Refused(Refusal),
    /// AWS is too busy, after all attempts.
    Throttled(Refusal),
    /// Nothing that could be understood came back: what went wrong.
    Failed(String),
    /// It was stopped.
    Cancelled,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Throttled(refusal) => write!(f, "too many requests, still after {ATTEMPTS}: {refusal}"),
            Self::Failed(why) => f.write_str(why),
            Self::Cancelled => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for CallError {}

/// Asks AWS. May be shared by threads.
pub struct Caller<'a> {
    agent: Agent,
    clock: &'a (dyn Clock + Sync),
    cancel: &'a AtomicBool,
    /// What to add to this machine's clock, in seconds, to have AWS's.
    skew: AtomicI64,
    pace: Pace,
}

impl<'a> Caller<'a> {
    /// One that asks by way of the proxy, if there is one.
    ///
    /// # Errors
    /// The proxy's URL is none.
    pub fn new(
        options: &CallOptions,
        clock: &'a (dyn Clock + Sync),
        cancel: &'a AtomicBool,
    ) -> Result<Self, &'static str> {
        let local = "localhost,127.0.0.1,::1";
        let proxy = options.proxy.as_ref().map(|url| {
            let exceptions = format!("{local},{}", options.no_proxy);
            net::proxy_except(url, &exceptions).ok_or("the proxy's URL cannot be used")
        });
        let agent = net::agent(options.timeout, proxy.transpose()?);
        Ok(Self { agent, clock, cancel, skew: AtomicI64::new(0), pace: Pace::new(options.per_second) })
    }

    /// The time by AWS's clock, as far as it is known: seconds since 1970.
    pub fn now(&self) -> i64 {
        self.clock.now() + self.skew.load(Relaxed)
    }

    /// By how many seconds this machine's clock had to be corrected; 0 if it did not have to be.
    pub fn skew(&self) -> i64 {
        self.skew.load(Relaxed)
    }

    /// Waits, or until it is stopped.
    ///
    /// # Errors
    /// It was stopped.
    pub fn wait(&self, length: Duration) -> Result<(), CallError> {
        self.clock.wait(length, self.cancel);
        if self.cancel.load(Relaxed) { Err(CallError::Cancelled) } else { Ok(()) }
    }

    /// The answer to a form of AWS's Query protocol: `[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")]`.
    /// Without a key the request goes out unsigned.
    ///
    /// # Errors
    /// There is none, after all attempts.
    pub fn query(&self, endpoint: &Endpoint, key: Option<&Key>, form: &[(&str, &str)]) -> Result<Answer, CallError> {
        // A web identity's token may be in it.
        let body = Zeroizing::new(encode(form));
        let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        self.post(endpoint, key, &headers, body.as_bytes())
    }

    /// The answer to a body that is posted with these headers, whose names are in lower case.
    ///
    /// # Errors
    /// There is none, after all attempts.
    pub fn post(
        &self,
        endpoint: &Endpoint,
        key: Option<&Key>,
        headers: &[(&'static str, &str)],
        body: &[u8],
    ) -> Result<Answer, CallError> {
        let (mut attempt, mut corrected) = (1, false);
        loop {
            if self.cancel.load(Relaxed) {
                return Err(CallError::Cancelled);
            }
            let turn = self.pace.turn(Instant::now());
            if !turn.is_zero() {
                self.wait(turn)?;
            }
            let pause = BACK_OFF * 2u32.pow(attempt - 1);
            let skew = self.skew.load(Relaxed);
            let failure = match self.exchange(endpoint, key, headers, body) {
                // A connection that broke may be made again; what did not come in time would not come in time again.
                Err(Failure { why, again }) if again && attempt < 2 => (CallError::Failed(why), pause),
                Err(Failure { why, .. }) => return Err(CallError::Failed(why)),
                Ok((200, _, text)) => {
                    return Answer::read(text).map_err(|why| CallError::Failed(Self::name(endpoint, &why)));
                }
                Ok((status, answered, text)) => {
                    let refusal = Refusal::read(status, &text);
                    if refusal.is_about_time() && !corrected && self.correct(&answered, skew) {
                        corrected = true;
                        continue;
                    }
                    let pause = asked_pause(&answered).unwrap_or(pause);
                    match refusal {
                        refusal if refusal.is_throttling() => (CallError::Throttled(refusal), pause),
                        refusal if status >= 500 => {
                            (CallError::Failed(Self::name(endpoint, &refusal.to_string())), pause)
                        }
                        refusal if refusal.code.is_empty() => {
                            return Err(CallError::Failed(Self::name(endpoint, &refusal.to_string())));
                        }
                        refusal => return Err(CallError::Refused(refusal)),
                    }
                }
            };
            if attempt == ATTEMPTS {
                return Err(failure.0);
            }
            attempt += 1;
            self.wait(failure.1)?;
        }
    }

    fn name(endpoint: &Endpoint, why: &str) -> String {
        format!("{}: {why}", endpoint.base.origin.authority())
    }

    /// Takes over the server's clock if it differs by so much that a signature would be refused from the one that was signed by,
    /// which was `used` seconds off ours. Another thread may have taken it over since.
    fn correct(&self, headers: &HeaderMap, used: i64) -> bool {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        let Some(date) = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) else { return false };
        let skew = date.timestamp().as_second() - self.clock.now();
        self.skew.store(skew, Relaxed);
        (skew - used).abs() > SKEW
    }

    fn exchange(
        &self,
        endpoint: &Endpoint,
        key: Option<&Key>,
        extra: &[(&'static str, &str)],
        body: &[u8],
    ) -> Result<(u16, HeaderMap, Vec<u8>), Failure> {
        let host = endpoint.base.origin.authority();
        let time = Timestamp::from_second(self.now()).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut pairs: Vec<(&'static str, &str)> = extra.to_vec();
        pairs.extend([("host", host.as_str()), ("x-amz-date", time.as_str())]);
        let token = key.and_then(|key| key.session.as_ref()).map(|token| std::str::from_utf8(token.expose()));
        let no_text = |what: &str| Failure { why: format!("{what} is no text that a request can hold"), again: false };
        if let Some(token) = token {
            pairs.push(("x-amz-security-token", token.map_err(|_| no_text("the session token"))?));
        }
        pairs.sort_unstable_by_key(|(name, _)| *name);
        let authorization = key.map(|key| {
            let signer =
                Signer { key_id: key.id(), secret: &key.secret, region: &endpoint.region, service: endpoint.service };
            signer.authorization(("POST", endpoint.base.path()), &pairs, body, &time)
        });
        if let Some(authorization) = &authorization {
            pairs.push(("authorization", authorization));
        }
        let mut request =
            Request::builder().method("POST").uri(endpoint.base.at(if endpoint.base.path() == "/" { "/" } else { "" }));
        for (name, value) in pairs {
            let mut value = HeaderValue::from_str(value).map_err(|_| no_text(name))?;
            value.set_sensitive(["authorization", "x-amz-security-token"].contains(&name));
            request = request.header(HeaderName::from_static(name), value);
        }
        let answer = request.body(body).map_err(ureq::Error::from).and_then(|request| self.agent.run(request));
        let failed = |error: ureq::Error| failure(&host, &error);
        let mut answer = answer.map_err(failed)?;
        let text = answer.body_mut().with_config().limit(MAX_BODY).read_to_vec().map_err(failed)?;
        let (parts, _) = answer.into_parts();
        Ok((parts.status.as_u16(), parts.headers, text))
    }
}

/// One exchange that brought nothing.
struct Failure {
    why: String,
    /// Whether another attempt may bring something.
    again: bool,
}

fn failure(host: &str, error: &ureq::Error) -> Failure {
    use ureq::Error as E;
    let again = match error {
        E::Io(io) => io.kind() != std::io::ErrorKind::ConnectionRefused && io.kind() != std::io::ErrorKind::InvalidData,
        E::ConnectionFailed | E::Protocol(_) => true,
        _ => false,
    };
    let why = match error {
        E::BodyExceedsLimit(_) => format!("the answer is larger than {} MiB", MAX_BODY >> 20),
        E::Timeout(_) => format!("no answer in time ({error})"),
        error => error.to_string(),
    };
    Failure { why: format!("{host}: {why}"), again }
}

/// How long the server wants to be left alone.
fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_PAUSE))
}

/// A form as it is posted.
fn encode(form: &[(&str, &str)]) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", utf8_percent_encode(value, KEPT));
    form.iter().map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_its_values_apart() {
        let form = [("Action", "AssumeRole"), ("RoleArn", "arn:aws:iam::1:role/a b&c=d+e%")];
        assert_eq!(encode(&form), "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b%26c%3Dd%2Be%25");
    }

    #[test]
    fn a_server_may_ask_for_a_pause_but_not_for_ever() {
        let headers = |value: &str| HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(value).unwrap())]);
        assert_eq!(asked_pause(&headers("3")), Some(Duration::from_secs(3)));
        assert_eq!(asked_pause(&headers("86400")), Some(MAX_PAUSE));
        assert_eq!(asked_pause(&headers("Wed, 21 Oct 2026 07:28:00 GMT")), None);
    }
}
