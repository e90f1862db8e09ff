//! Asks a host: one request, until there is an answer, within bounds on time, bytes and patience.

use super::options::ListOptions;
use super::problem::{Problem, ProblemKind, clean};
use super::verdict::{Verdict, judge};
use crate::model::Secret;
use crate::net::{self, Base, Clock};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request, header::HeaderName, header::HeaderValue};

/// The largest answer that is read, in bytes as they are when they are no longer compressed. A hundred repositories of GitHub
/// are 600 kB.
const MAX_BODY: u64 = 64 << 20;

/// How many redirects one request may take. A renamed organisation takes one.
const MAX_REDIRECTS: u32 = 5;

/// Half of the first pause before a request is sent again; doubled each time.
const BACK_OFF: Duration = Duration::from_millis(500);

/// Headers of a request. Values with credentials are marked as such.
pub(super) type Headers = Vec<(HeaderName, HeaderValue)>;

/// What a request is sent with: the time goes into signatures, so each attempt has headers of its own.
pub(super) struct Ask<'a> {
    pub url: String,
    pub body: Option<&'a [u8]>,
    pub headers: &'a dyn Fn(i64) -> Headers,
}

/// A good answer.
pub(super) struct Answer {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The host said that what was asked for is elsewhere now.
    pub moved: bool,
}

/// Asks one host on behalf of one listing.
pub(super) struct Client<'a> {
    agent: Agent,
    base: &'a Base,
    options: &'a ListOptions,
    clock: &'a dyn Clock,
    cancel: &'a AtomicBool,
    /// All waiting so far.
    waited: Cell<Duration>,
    /// What no message may hold, whoever wrote it.
    hidden: Vec<Secret>,
}

impl<'a> Client<'a> {
    /// A client for what lies at `base`. `hidden`: values that its requests hold.
    ///
    /// # Errors
    /// The proxy's URL is none.
    pub fn new(
        base: &'a Base,
        options: &'a ListOptions,
        (clock, cancel): (&'a dyn Clock, &'a AtomicBool),
        hidden: Vec<Secret>,
    ) -> Result<Self, Problem> {
        let proxy = options.proxy.as_ref().filter(|_| !base.origin.is_local()).map(|url| {
            let none = || Problem::new(ProblemKind::Settings, "the proxy", "its URL cannot be used");
            net::proxy(url).ok_or_else(none)
        });
        let agent = net::agent(options.timeout, proxy.transpose()?);
        Ok(Self { agent, base, options, clock, cancel, waited: Cell::default(), hidden })
    }

    /// The answer to `ask`, after all the waiting, retries and redirects that it takes.
    ///
    /// # Errors
    /// There is none: why.
    pub fn answer(&self, ask: &Ask<'_>) -> Result<Answer, Problem> {
        let mut url = ask.url.clone();
        let (mut redirects, mut retries, mut waits) = (0, 0, 0);
        loop {
            if self.cancel.load(Relaxed) {
                return Err(Problem::new(ProblemKind::Interrupted, url, "interrupted"));
            }
            let (status, headers, body) = match self.exchange(&url, ask) {
                Ok(answer) => answer,
                Err((problem, true)) if retries < self.options.retries => {
                    retries += 1;
                    self.wait(BACK_OFF.saturating_mul(1 << retries.min(10)), &problem)?;
                    continue;
                }
                Err((problem, _)) => return Err(problem),
            };
            let said = self.said(&body);
            let failed = |kind, words: &str| {
                let words = if words.is_empty() { String::new() } else { format!(": {words}") };
                self.problem(kind, &url, &format!("the host answered {status}{words}{}", advice(kind)))
            };
            match judge(status, &headers, &body, self.clock.now(), waits) {
                Verdict::Read => return Ok(Answer { headers, body, moved: redirects > 0 }),
                Verdict::Wait(length) => {
                    waits += 1;
                    self.wait(length, &failed(ProblemKind::RateLimited, &said))?;
                }
                Verdict::Again if retries < self.options.retries => {
                    retries += 1;
                    self.wait(BACK_OFF.saturating_mul(1 << retries.min(10)), &failed(ProblemKind::Server, &said))?;
                }
                Verdict::Again => return Err(failed(ProblemKind::Server, &said)),
                Verdict::Follow(location) => {
                    redirects += 1;
                    // A signed request is for one URL, and what is posted is for one host.
                    if redirects > MAX_REDIRECTS || ask.body.is_some() {
                        return Err(failed(ProblemKind::Endless, "a redirect that is not followed"));
                    }
                    url = self.resolve(&location, &url)?;
                }
                Verdict::Failed(kind) => {
                    let sso = headers.get("x-github-sso").and_then(|value| value.to_str().ok());
                    return Err(failed(kind, sso.unwrap_or(&said)));
                }
            }
        }
    }

    /// What a page at `from` means by `reference`.
    ///
    /// # Errors
    /// It leads to another origin than the configured one.
    pub fn resolve(&self, reference: &str, from: &str) -> Result<String, Problem> {
        self.base.resolve(reference).ok_or_else(|| {
            let reference = reference.split(['?', '#']).next().unwrap_or_default();
            let detail = format!("leads to another host ('{reference}'): not followed");
            self.problem(ProblemKind::ForeignOrigin, from, &detail)
        })
    }

    /// A problem with texts from outside, of which none holds a credential.
    pub fn problem(&self, kind: ProblemKind, subject: &str, detail: &str) -> Problem {
        Problem::new(kind, self.hide(subject), self.hide(detail))
    }

    /// One request, and whether another attempt may help if it fails.
    fn exchange(&self, url: &str, ask: &Ask<'_>) -> Result<(u16, HeaderMap, Vec<u8>), (Problem, bool)> {
        let method = if ask.body.is_some() { Method::POST } else { Method::GET };
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in (ask.headers)(self.clock.now()) {
            request = request.header(name, value);
        }
        let answer = match ask.body {
            Some(body) => request.body(body).map_err(ureq::Error::from).and_then(|request| self.agent.run(request)),
            None => request.body(()).map_err(ureq::Error::from).and_then(|request| self.agent.run(request)),
        };
        let failed = |error: ureq::Error| {
            use ureq::Error as E;
            let (kind, again) = match &error {
                E::BodyExceedsLimit(_) | E::LargeResponseHeader(..) => (ProblemKind::TooLarge, false),
                E::BadUri(_) | E::Http(_) => (ProblemKind::Malformed, false),
                E::Tls(_) | E::Rustls(_) | E::Pem(_) => (ProblemKind::Connection, false),
                _ => (ProblemKind::Connection, true),
            };
            (self.problem(kind, url, &error.to_string()), again)
        };
        let mut answer = answer.map_err(failed)?;
        let body = answer.body_mut().with_config().limit(MAX_BODY).read_to_vec().map_err(failed)?;
        let (parts, _) = answer.into_parts();
        Ok((parts.status.as_u16(), parts.headers, body))
    }

    /// Waits, if that is still allowed; else `problem` is what it would have been for.
    fn wait(&self, length: Duration, problem: &Problem) -> Result<(), Problem> {
        let waited = self.waited.get().saturating_add(length);
        if waited > self.options.max_wait {
            let seconds = length.as_secs();
            let detail = format!("{} (to be waited for: {seconds} s more, which is too long)", problem.detail);
            return Err(Problem { detail, ..problem.clone() });
        }
        self.waited.set(waited);
        self.clock.wait(length, self.cancel);
        Ok(())
    }

    /// The words of an answer that is an error, as far as it has any in JSON.
    fn said(&self, body: &[u8]) -> String {
        let value: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let pointers = ["/message", "/Message", "/error/message", "/error", "/errors/0/message", "/__type"];
        let words = pointers.iter().find_map(|pointer| value.pointer(pointer)?.as_str());
        clean(&self.hide(words.unwrap_or_default()))
    }

    fn hide(&self, text: &str) -> String {
        let hidden = self.hidden.iter().filter_map(|secret| std::str::from_utf8(secret.expose()).ok());
        hidden.filter(|value| !value.is_empty()).fold(text.to_owned(), |text, value| text.replace(value, "***"))
    }
}

fn advice(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Unauthorised => " (is the token right, and has it not expired?)",
        ProblemKind::Forbidden => " (the token may not list this)",
        ProblemKind::NotFound => " (no such name, or the token may not see it)",
        ProblemKind::SingleSignOn => " (authorise the token for the organisation's single sign-on)",
        _ => "",
    }
}
