//! Whether a leaked key works: STS is asked who it is.
//!
//! Source: the STS API Reference, `GetCallerIdentity` (needs no permission, and works under an explicit deny), and what STS
//! answers.
//!
//! - A key id that STS does not know is refused whatever its secret: it was made inactive or deleted, or is of another partition.
//! - `SignatureDoesNotMatch` says that the id exists. But when one id is tried with several secrets within some five seconds, STS
//!   says so even of the right one (`TruffleHog` found it: its pull requests 1563 and 3907). So the requests of one id go out one
//!   after the other, with a pause after such an answer, and the answer counts only when it is given twice.
//! - Everything else is no answer, and never "inactive".

use super::answer::{Answer, Refusal};
use super::call::{CallError, Caller, Endpoint};
use super::canary::canary;
use super::key::Key;
use super::partition::Partition;
use super::role::VERSION;
use crate::aws;
use crate::model::{ComponentKind, Confidence, Method, PrincipalKind, Secret, Status, Verification, is_account_id};
use crate::net::Base;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long an id rests after STS said that a secret is not its own.
const REST: Duration = Duration::from_secs(6);

/// How many ids are asked for at a time.
const THREADS: usize = 8;

/// Whom to ask, and of whom.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// The partitions to try, in this order; none: all.
    pub partitions: Vec<Partition>,
    /// The region to ask in, for the partition that it is of.
    pub region: Option<String>,
    /// Ask here and nowhere else.
    pub endpoint: Option<Base>,
    /// Ask only for keys of these accounts, if there are any.
    pub only_accounts: BTreeSet<String>,
    /// Never ask for keys of these.
    pub skip_accounts: BTreeSet<String>,
}

/// A credential as it was found, whole or not.
#[derive(Debug, Clone)]
pub struct Leaked {
    /// Its id.
    pub id: Option<Secret>,
    /// The secret.
    pub secret: Option<Secret>,
    /// The session's token.
    pub session: Option<Secret>,
    /// How sure it is that these belong together.
    pub confidence: Confidence,
}

/// Verifies credentials.
pub struct Verifier<'a> {
    caller: &'a Caller<'a>,
    options: &'a VerifyOptions,
}

/// What STS said to one key in one partition.
enum Said {
    Active(Box<Identity>),
    NoSuchKey(String),
    WrongSecret(String),
    Expired(String),
    NoAnswer(String),
    Cancelled,
}

/// Who a key is.
struct Identity {
    account: String,
    arn: String,
    user_id: String,
    note: Option<String>,
}

impl<'a> Verifier<'a> {
    /// One that asks through `caller`.
    pub fn new(caller: &'a Caller<'a>, options: &'a VerifyOptions) -> Self {
        Self { caller, options }
    }

    /// A verification for each of `leaked`, in their order. `told` is called after each id with how many credentials are done.
    pub fn verify(&self, leaked: &[Leaked], told: &(dyn Fn(usize) + Sync)) -> Vec<Verification> {
        let mut answers: Vec<Option<Verification>> = leaked.iter().map(|leaked| self.unasked(leaked)).collect();
        let mut by_id: BTreeMap<&Secret, Vec<usize>> = BTreeMap::new();
        for (n, leaked) in leaked.iter().enumerate().filter(|(n, _)| answers[*n].is_none()) {
            if let Some(id) = &leaked.id {
                by_id.entry(id).or_default().push(n);
            }
        }
        // The likeliest secret first: once it is taken, the others need not be tried.
        for group in by_id.values_mut() {
            group.sort_by_key(|&n| (std::cmp::Reverse(leaked[n].confidence), n));
        }
        let groups: Vec<Vec<usize>> = by_id.into_values().collect();
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(answers.iter().flatten().count()));
        told(done.load(Relaxed));
        let found = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..THREADS.min(groups.len()) {
                scope.spawn(|| {
                    while let Some(group) = groups.get(next.fetch_add(1, Relaxed)) {
                        let answers = self.ask_group(leaked, group);
                        let count = answers.len();
                        found.lock().unwrap_or_else(PoisonError::into_inner).extend(answers);
                        told(done.fetch_add(count, Relaxed) + count);
                    }
                });
            }
        });
        for (n, answer) in found.into_inner().unwrap_or_else(PoisonError::into_inner) {
            answers[n] = Some(answer);
        }
        let missing = || Verification::unknown("it was not asked for");
        answers.into_iter().map(|answer| answer.unwrap_or_else(missing)).collect()
    }

    /// What is said of a credential for which nobody is asked.
    fn unasked(&self, leaked: &Leaked) -> Option<Verification> {
        let Some(id) = &leaked.id else {
            return Some(Verification::unknown("its access key id was not found, without which nobody can be asked"));
        };
        let kind = ComponentKind::AccessKeyId;
        let account = aws::facts(&kind, id.expose()).account_id;
        let unknown = |why: String| Some(Verification { account_id: account.clone(), ..Verification::unknown(why) });
        if let Some(whose) = account.as_deref().and_then(canary) {
            return unknown(format!("a canary of {whose}: not asked, since asking would set it off"));
        }
        let (only, skip) = (&self.options.only_accounts, &self.options.skip_accounts);
        match &account {
            Some(account) if skip.contains(account) => return unknown(format!("account {account} is not to be asked")),
            Some(account) if !only.is_empty() && !only.contains(account) => {
                return unknown(format!("account {account} is not among those to be asked"));
            }
            None if !only.is_empty() || !skip.is_empty() => {
                let why =
                    "its id is of the old kind, which does not tell the account, and not every account is to be asked";
                return unknown(why.to_owned());
            }
            _ => {}
        }
        if leaked.secret.is_none() {
            return unknown("its secret was not found, without which nobody can be asked".to_owned());
        }
        if id.expose().starts_with(b"ASIA") && leaked.session.is_none() {
            return unknown(
                "its session token was not found, without which a temporary key cannot be tried".to_owned(),
            );
        }
        None
    }

    /// Asks for all that was found beside one id, one after the other.
    fn ask_group(&self, leaked: &[Leaked], group: &[usize]) -> Vec<(usize, Verification)> {
        let mut answers: Vec<(usize, Verification)> = Vec::with_capacity(group.len());
        for &n in group {
            let Leaked { id: Some(id), secret: Some(secret), session, .. } = &leaked[n] else { continue };
            // A long-lived key has no token, whatever stands near it: with one, STS would refuse it.
            let temporary = id.expose().starts_with(b"ASIA");
            let session = session.clone().filter(|_| temporary);
            let same = answers.iter().find(|(other, _)| {
                let other = &leaked[*other];
                other.secret.as_ref() == Some(secret) && (!temporary || other.session == session)
            });
            let settled = answers.iter().find_map(|(_, answer)| match answer.status {
                Status::Active if !temporary => Some(Verification {
                    status: Status::Mismatched,
                    why: "another secret that was found is the one of this id".to_owned(),
                    arn: None,
                    user_id: None,
                    principal: None,
                    ..answer.clone()
                }),
                // STS looks at the id first.
                Status::Inactive if !temporary => Some(answer.clone()),
                _ => None,
            });
            let answer = match (same, settled) {
                (Some((_, answer)), _) => answer.clone(),
                (None, Some(answer)) => answer,
                (None, None) => {
                    // STS has just said of another secret that it is wrong: it would say so of any.
                    if answers.iter().any(|(_, answer)| answer.status == Status::Mismatched) {
                        // If it was stopped, the next question says so.
                        let _ = self.caller.wait(REST);
                    }
                    self.ask(&Key { id: id.clone(), secret: secret.clone(), session })
                }
            };
            answers.push((n, answer));
        }
        answers
    }

    /// Asks for one key in each partition, until one knows it.
    fn ask(&self, key: &Key) -> Verification {
        let mut answer = Verification { method: Method::CallerIdentity, ..Verification::unknown("") };
        let account = aws::facts(&ComponentKind::AccessKeyId, key.id.expose()).account_id;
        let mut refusals = Vec::new();
        let mut no_answer = Vec::new();
        for (partition, endpoint) in self.endpoints() {
            answer.partitions_tried.push(partition.name().to_owned());
            let said = self.ask_twice(key, &endpoint);
            answer.checked_at = Timestamp::from_second(self.caller.now()).ok().map(|time| time.to_string());
            let (status, why) = match said {
                Said::NoSuchKey(words) => {
                    refusals.push(format!("{partition}: {words}"));
                    continue;
                }
                Said::NoAnswer(why) => {
                    no_answer.push(format!("{partition}: {why}"));
                    continue;
                }
                Said::Cancelled => {
                    no_answer.push("interrupted".to_owned());
                    break;
                }
                Said::Active(identity) => {
                    answer.account_id = Some(identity.account);
                    answer.principal = PrincipalKind::of_arn(&identity.arn);
                    answer.arn = Some(identity.arn);
                    answer.user_id = Some(identity.user_id).filter(|id| !id.is_empty());
                    let why = identity.note.unwrap_or_else(|| "STS took it".to_owned());
                    (Status::Active, why)
                }
                Said::WrongSecret(words) => {
                    let what = if key.is_temporary() { "secret or token" } else { "secret" };
                    (Status::Mismatched, format!("the id exists, and this is not its {what} ({words}, twice)"))
                }
                Said::Expired(words) => (Status::Expired, format!("its session is over ({words})")),
            };
            answer.partition = Some(partition.name().to_owned());
            answer.account_id = answer.account_id.or(account);
            return self.with_skew(Verification { status, why, ..answer });
        }
        // A partition that did not answer may be the one that knows it.
        (answer.status, answer.why) = match (no_answer.is_empty(), key.is_temporary()) {
            (false, _) => (Status::Unknown, no_answer.join("; ")),
            (true, false) => (Status::Inactive, format!("no such key ({})", refusals.join("; "))),
            (true, true) => {
                let why =
                    format!("no such session: it was revoked, or the token is another one's ({})", refusals.join("; "));
                (Status::Inactive, why)
            }
        };
        answer.account_id = account;
        self.with_skew(answer)
    }

    fn with_skew(&self, mut answer: Verification) -> Verification {
        let skew = self.caller.skew();
        if skew != 0 {
            answer.why.push_str(&format!(
                " (this machine's clock is {} s {} AWS's)",
                skew.abs(),
                if skew > 0 { "behind" } else { "ahead of" }
            ));
        }
        answer
    }

    fn endpoints(&self) -> Vec<(Partition, Endpoint)> {
        let region_of = |partition: Partition| {
            let named = self.options.region.as_deref().filter(|region| Partition::of_region(region) == partition);
            named.unwrap_or(partition.home_region()).to_owned()
        };
        let endpoint =
            |partition: Partition, base| (partition, Endpoint { base, region: region_of(partition), service: "sts" });
        let partitions: &[Partition] =
            if self.options.partitions.is_empty() { &Partition::ALL } else { &self.options.partitions };
        match &self.options.endpoint {
            // One place answers for one partition, unless somebody says otherwise: a stand-in can answer for all.
            Some(base) if self.options.partitions.is_empty() => {
                let partition = self.options.region.as_deref().map(Partition::of_region);
                vec![endpoint(partition.unwrap_or(Partition::Aws), base.clone())]
            }
            Some(base) => partitions.iter().map(|&partition| endpoint(partition, base.clone())).collect(),
            None => {
                let of = |partition: &Partition| {
                    let base = Base::exact(&partition.sts(&region_of(*partition)))?;
                    Some(endpoint(*partition, base))
                };
                partitions.iter().filter_map(of).collect()
            }
        }
    }

    /// Asks, and once more if the answer is that the secret is wrong.
    fn ask_twice(&self, key: &Key, endpoint: &Endpoint) -> Said {
        let first = self.ask_once(key, endpoint);
        let Said::WrongSecret(_) = first else { return first };
        if self.caller.wait(REST).is_err() {
            return Said::Cancelled;
        }
        self.ask_once(key, endpoint)
    }

    fn ask_once(&self, key: &Key, endpoint: &Endpoint) -> Said {
        let form = [("Action", "GetCallerIdentity"), ("Version", VERSION)];
        match self.caller.query(endpoint, Some(key), &form) {
            Ok(answer) => identity(&answer).map_or_else(
                || Said::NoAnswer("the answer is not GetCallerIdentity's".to_owned()),
                |identity| Said::Active(Box::new(identity)),
            ),
            Err(CallError::Refused(refusal)) => said(&refusal),
            Err(CallError::Cancelled) => Said::Cancelled,
            Err(error) => Said::NoAnswer(error.to_string()),
        }
    }
}

/// Who a good answer says that the key is.
fn identity(answer: &Answer) -> Option<Identity> {
    let text = |name| answer.one(&["GetCallerIdentityResult", name]);
    let (account, arn) = (text("Account")?, text("Arn")?);
    (is_account_id(&account) && is_arn(&arn)).then(|| Identity {
        account,
        arn,
        user_id: text("UserId").unwrap_or_default(),
        note: None,
    })
}

/// An ARN of a principal, of printable characters only.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:aws") && text.len() <= 2048 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a refusal says of the key.
fn said(refusal: &Refusal) -> Said {
    // Where the code says it all, AWS's sentence is left out: it is long, and talks to whoever signed.
    let (words, code) = (refusal.to_string(), refusal.code.clone());
    match refusal.code.as_str() {
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" => Said::NoSuchKey(code),
        _ if refusal.is_about_time() => Said::NoAnswer(format!("this machine's clock is wrong: {words}")),
        "SignatureDoesNotMatch" => Said::WrongSecret(code),
        "ExpiredToken" | "ExpiredTokenException" => Said::Expired(code),
        // Only a private endpoint's own policy can refuse this call. It names whom it refuses, so it knows the key.
        "AccessDenied" | "AccessDeniedException" => match denied_principal(&refusal.message) {
            Some((arn, account)) => {
                let note = format!("STS knows it, and the endpoint's policy refuses it: {words}");
                Said::Active(Box::new(Identity { account, arn, user_id: String::new(), note: Some(note) }))
            }
            None => Said::NoAnswer(words),
        },
        _ => Said::NoAnswer(words),
    }
}

/// The principal of `User: arn:aws:iam::123456789012:user/jane is not authorized to perform: …`.
fn denied_principal(message: &str) -> Option<(String, String)> {
    let arn = message.strip_prefix("User: ")?.split(' ').next()?;
    let account = arn.split(':').nth(4)?;
    (is_arn(arn) && is_account_id(account)).then(|| (arn.to_owned(), account.to_owned()))
}

#[cfg(test)]
mod tests;
