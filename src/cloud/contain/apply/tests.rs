//! What is told of a change, whatever IAM answers.

use super::*;
use crate::cloud::{AuditorOptions, CallOptions, Caller, Environment, OwnerOptions};
use crate::model::{Fingerprint, FingerprintKey, Secret};
use crate::net::Base;
use crate::net::stub::{FakeClock, Stub, ok, reply};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

const ACCOUNT: &str = "609629065308";

/// Published by those who found how an id encodes its account.
fn id() -> String {
    ["AKIA", "Y34FZKBOKMUTVV7A"].concat()
}

fn leaked(account: &str) -> LeakedId {
    LeakedId {
        value: Some(Secret::new(id().as_bytes())),
        fingerprint: Fingerprint::new(&FingerprintKey::default(), "aws-access-key-id", &[id().as_bytes()]),
        rule_id: "aws-access-key-id".to_owned(),
        account_id: Some(account.to_owned()),
        lifetime: Some(Lifetime::LongLived),
    }
}

/// What comes of making the key of `leaked` inactive, for an auditor with the key id `own`: IAM says `update`, and the key is
/// then what `becomes` says. And how many updates there were.
fn contain(
    leaked: &LeakedId,
    own: &str,
    update: &'static str,
    becomes: &'static str,
) -> (Result<(), ContainError>, usize) {
    let is_done = AtomicBool::new(false);
    let stub = Stub::new(move |_, request, _| {
        let asks = |action: &str| request.text.contains(&format!("Action={action}&"));
        if asks("GetCallerIdentity") {
            let text = format!("<Arn>arn:aws:iam::{ACCOUNT}:user/auditor</Arn><Account>{ACCOUNT}</Account>");
            ok("", &format!("<R><GetCallerIdentityResult>{text}</GetCallerIdentityResult></R>"))
        } else if asks("GetAccessKeyLastUsed") {
            ok("", "<R><GetAccessKeyLastUsedResult><UserName>jane</UserName></GetAccessKeyLastUsedResult></R>")
        } else if asks("ListAccessKeys") {
            let status = if is_done.load(Relaxed) { becomes } else { "Active" };
            if status.is_empty() {
                return reply("403 Forbidden", "", "<E><Error><Code>AccessDenied</Code></Error></E>");
            }
            let key = format!("<AccessKeyId>{}</AccessKeyId><Status>{status}</Status>", id());
            ok("", &format!("<R><AccessKeyMetadata><member>{key}</member></AccessKeyMetadata></R>"))
        } else {
            is_done.store(true, Relaxed);
            match update {
                "" => ok("", "<R/>"),
                code => reply("403 Forbidden", "", &format!("<E><Error><Code>{code}</Code></Error></E>")),
            }
        }
    });
    let (clock, cancel) = (FakeClock::new(), AtomicBool::new(false));
    let caller = Caller::new(&CallOptions::default(), &clock, &cancel).unwrap();
    let variables = [("AWS_ACCESS_KEY_ID", own), ("AWS_SECRET_ACCESS_KEY", "x")];
    let environment: Environment = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    let options = AuditorOptions { sts: Base::exact(&stub.url), ..AuditorOptions::default() };
    let auditor = Auditor::new(&caller, &environment, &options).unwrap();
    let owner = OwnerOptions { iam: Base::exact(&stub.url), ..OwnerOptions::default() };
    let mut owners = Owners::new(&auditor, &owner);
    let target = target(&auditor, &mut owners, leaked);
    let done = target.and_then(|target| apply(&owners, &target, Change::Deactivate));
    let count = stub.requests().iter().filter(|request| request.contains("Action=UpdateAccessKey&")).count();
    (done, count)
}

#[test]
fn it_is_done_only_when_the_key_is_seen_to_be_inactive() {
    assert_eq!(contain(&leaked(ACCOUNT), "auditor-id", "", "Inactive"), (Ok(()), 1));
    // An answer that got lost on its way, and the thing done.
    assert_eq!(contain(&leaked(ACCOUNT), "auditor-id", "InternalFailure", "Inactive"), (Ok(()), 1));
    for (update, becomes, says) in [
        ("AccessDenied", "Active", "it was not done: AccessDenied; the key is Active"),
        ("AccessDenied", "", "it may or may not have been done: AccessDenied"),
        ("", "Active", "the key is still Active"),
        ("", "", "its status cannot be seen"),
    ] {
        let (done, _) = contain(&leaked(ACCOUNT), "auditor-id", update, becomes);
        let error = done.unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn the_auditors_own_key_canaries_and_sessions_are_not_touched() {
    assert_eq!(contain(&leaked(ACCOUNT), &id(), "", "Inactive"), (Err(ContainError::Own), 0));
    let (done, updates) = contain(&leaked("052310077262"), "auditor-id", "", "Inactive");
    assert!(matches!(done, Err(ContainError::Canary(_))) && updates == 0);
    let session = LeakedId { lifetime: Some(Lifetime::Temporary), ..leaked(ACCOUNT) };
    assert_eq!(contain(&session, "auditor-id", "", "Inactive"), (Err(ContainError::Temporary), 0));
}
