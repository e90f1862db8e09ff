//! Verdicts, asked of a stub.

use super::*;
use crate::cloud::call::CallOptions;
use crate::net::stub::{FakeClock, Reply, Stub, ok, reply};
use std::sync::atomic::AtomicBool;

const GOOD: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::609629065308:user/jane</Arn>\
                    <UserId>AIDA</UserId><Account>609629065308</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

fn error(code: &str, message: &str) -> Reply {
    let body = format!("<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>");
    reply("403 Forbidden", "", &body)
}

/// Published by those who found how an id encodes its account.
fn leaked(prefix: &str, secret: u8, session: Option<&[u8]>) -> Leaked {
    Leaked {
        id: Some(Secret::new([prefix, "Y34FZKBOKMUTVV7A"].concat().as_bytes())),
        secret: Some(Secret::new(&[secret; 40])),
        session: session.map(Secret::new),
        confidence: Confidence::High,
    }
}

/// What `answer` leads to, the waits in seconds and the requests.
fn verdicts(
    found: &[Leaked],
    options: VerifyOptions,
    answer: impl Fn(usize) -> Reply + Send + 'static,
) -> (Vec<Verification>, Vec<u64>, Vec<String>) {
    let (clock, cancel, stub) = (FakeClock::new(), AtomicBool::new(false), Stub::new(move |n, _, _| answer(n)));
    let caller = Caller::new(&CallOptions::default(), &clock, &cancel).unwrap();
    let options = VerifyOptions { endpoint: Base::exact(&stub.url), ..options };
    let answers = Verifier::new(&caller, &options).verify(found, &|_| {});
    let waits = clock.waits.lock().unwrap().clone();
    (answers, waits, stub.requests())
}

fn verdict(found: Leaked, answer: impl Fn(usize) -> Reply + Send + 'static) -> Verification {
    verdicts(&[found], VerifyOptions::default(), answer).0.remove(0)
}

#[test]
fn who_it_is_is_told_of_a_key_that_works() {
    let (answers, waits, requests) =
        verdicts(&[leaked("AKIA", b'a', None)], VerifyOptions::default(), |_| ok("", GOOD));
    let [answer] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(answer.status, Status::Active);
    assert_eq!(answer.arn.as_deref(), Some("arn:aws:iam::609629065308:user/jane"));
    assert_eq!((answer.account_id.as_deref(), answer.principal), (Some("609629065308"), Some(PrincipalKind::User)));
    assert_eq!((answer.partition.as_deref(), &answer.partitions_tried[..]), (Some("aws"), &["aws".to_owned()][..]));
    assert_eq!((waits.len(), requests.len()), (0, 1));
    assert!(requests[0].ends_with("\r\n\r\nAction=GetCallerIdentity&Version=2011-06-15"), "{}", requests[0]);
    assert!(requests[0].contains("user-agent: keytrail/") && !requests[0].contains(&"a".repeat(40)));
}

#[test]
fn only_a_key_that_sts_does_not_know_is_inactive() {
    let refused =
        |code: &'static str, message: &'static str| verdict(leaked("AKIA", b'a', None), move |_| error(code, message));
    assert_eq!(refused("InvalidClientTokenId", "no").status, Status::Inactive);
    assert_eq!(refused("SignatureDoesNotMatch", "no").status, Status::Mismatched);
    assert_eq!(refused("ExpiredToken", "no").status, Status::Expired);
    for code in
        ["AccessDenied", "RegionDisabledException", "IncompleteSignature", "MissingAuthenticationToken", "Other", ""]
    {
        let answer = refused(code, "words");
        assert_eq!((answer.status, answer.method), (Status::Unknown, Method::CallerIdentity), "{code}");
        assert!(answer.why.contains(if code.is_empty() { "403" } else { code }), "{}", answer.why);
    }
    for body in [
        "<html>log in</html>",
        "{}",
        "",
        "<GetCallerIdentityResponse/>",
        &GOOD[..99],
        &GOOD.replace("609629065308", "x"),
    ] {
        let body = body.to_owned();
        assert_eq!(verdict(leaked("AKIA", b'a', None), move |_| ok("", &body)).status, Status::Unknown);
    }
}

#[test]
fn a_wrong_secret_counts_only_when_it_is_said_twice() {
    let found = [leaked("AKIA", b'a', None)];
    let once = |n| if n == 0 { error("SignatureDoesNotMatch", "no") } else { ok("", GOOD) };
    let (answers, waits, _) = verdicts(&found, VerifyOptions::default(), once);
    assert_eq!((answers[0].status, waits), (Status::Active, vec![6]));
}

#[test]
fn what_one_answer_settles_is_not_asked_again() {
    let found = [leaked("AKIA", b'a', None), leaked("AKIA", b'b', None), leaked("AKIA", b'a', None)];
    let (answers, _, requests) = verdicts(&found, VerifyOptions::default(), |_| ok("", GOOD));
    let statuses: Vec<Status> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [Status::Active, Status::Mismatched, Status::Active]);
    assert_eq!((requests.len(), answers[1].arn.as_deref()), (1, None));
    let (answers, _, requests) = verdicts(&found, VerifyOptions::default(), |_| error("InvalidClientTokenId", "no"));
    assert!(answers.iter().all(|answer| answer.status == Status::Inactive));
    assert_eq!(requests.len(), 1);
}

#[test]
fn a_temporary_key_needs_its_token_and_a_long_lived_one_none() {
    let (answers, _, requests) =
        verdicts(&[leaked("ASIA", b'a', None), leaked("AKIA", b'a', Some(b"token"))], VerifyOptions::default(), |_| {
            ok("", GOOD)
        });
    assert_eq!([answers[0].status, answers[1].status], [Status::Unknown, Status::Active]);
    assert!(requests.len() == 1 && !requests[0].contains("x-amz-security-token"));
    let (answers, _, requests) =
        verdicts(&[leaked("ASIA", b'a', Some(b"token"))], VerifyOptions::default(), |_| ok("", GOOD));
    assert!(answers[0].status == Status::Active && requests[0].contains("x-amz-security-token: token"));
}

#[test]
fn an_account_that_is_not_to_be_asked_is_not() {
    let account = || BTreeSet::from(["609629065308".to_owned()]);
    let other = || BTreeSet::from(["111111111111".to_owned()]);
    let old = Leaked {
        id: Some(Secret::new(["AKIA", "IOSFODNN7ABCDEFG"].concat().as_bytes())),
        ..leaked("AKIA", b'a', None)
    };
    let found = [leaked("AKIA", b'a', None), old];
    let options = |only, skip| VerifyOptions { only_accounts: only, skip_accounts: skip, ..VerifyOptions::default() };
    for (options, asked) in [
        (options(BTreeSet::new(), account()), 0),
        (options(other(), BTreeSet::new()), 0),
        (options(account(), BTreeSet::new()), 1),
        (options(BTreeSet::new(), BTreeSet::new()), 2),
    ] {
        let (answers, _, requests) = verdicts(&found, options, |_| ok("", GOOD));
        let unknown = answers.iter().filter(|answer| answer.method == Method::None).count();
        assert_eq!((requests.len(), unknown), (asked, 2 - asked));
    }
}

#[test]
fn a_canary_is_never_asked() {
    // The account 052310077262, as an id carries it.
    let id = Secret::new(["AKIA", "QYLPMN5HAAAAAAAA"].concat().as_bytes());
    let found = [Leaked { id: Some(id), ..leaked("AKIA", b'a', None) }];
    let (answers, _, requests) = verdicts(&found, VerifyOptions::default(), |_| ok("", GOOD));
    assert!(requests.is_empty() && answers[0].why.contains("canary"), "{answers:?}");
}

#[test]
fn throttling_is_waited_out_and_never_taken_for_an_answer() {
    let throttled = || error("Throttling", "Rate exceeded");
    let (answers, _, requests) = verdicts(&[leaked("AKIA", b'a', None)], VerifyOptions::default(), move |n| {
        if n < 2 { throttled() } else { ok("", GOOD) }
    });
    assert_eq!((answers[0].status, requests.len()), (Status::Active, 3));
    let (answers, waits, requests) = verdicts(&[leaked("AKIA", b'a', None)], VerifyOptions::default(), move |_| {
        error("Throttling", "Rate exceeded")
    });
    assert_eq!((answers[0].status, requests.len(), waits), (Status::Unknown, 5, vec![0, 1, 2, 4]));
}

#[test]
fn a_wrong_clock_is_set_right_by_the_answer() {
    let late = || {
        let body = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 1 is now earlier than \
                    2</Message></Error></ErrorResponse>";
        // A fake clock stands at 2027-01-15T08:00:00Z.
        reply("403 Forbidden", "Date: Fri, 15 Jan 2027 10:00:00 GMT", body)
    };
    let (answers, waits, requests) =
        verdicts(
            &[leaked("AKIA", b'a', None)],
            VerifyOptions::default(),
            move |n| {
                if n == 0 { late() } else { ok("", GOOD) }
            },
        );
    assert_eq!((answers[0].status, requests.len(), waits.len()), (Status::Active, 2, 0));
    assert!(requests[1].contains("x-amz-date: 20270115T100000Z"), "{}", requests[1]);
    assert!(answers[0].why.contains("7200 s behind"), "{}", answers[0].why);
    let always = verdict(leaked("AKIA", b'a', None), move |_| late());
    assert!(always.status == Status::Unknown && always.why.contains("clock"), "{always:?}");
}

#[test]
fn a_private_endpoint_that_refuses_by_name_knows_the_key() {
    let message = "User: arn:aws:iam::609629065308:user/jane is not authorized to perform: sts:GetCallerIdentity";
    let answer = verdict(leaked("AKIA", b'a', None), move |_| error("AccessDenied", message));
    assert_eq!((answer.status, answer.account_id.as_deref()), (Status::Active, Some("609629065308")));
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Stub::new(|_, _, _| ok("", GOOD));
    let location = format!("Location: {}", elsewhere.url);
    let answer = verdict(leaked("AKIA", b'a', None), move |_| reply("307 Temporary Redirect", &location, ""));
    assert_eq!(answer.status, Status::Unknown);
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn partitions_are_tried_in_turn_and_a_silent_one_leaves_it_unknown() {
    let options = VerifyOptions::default();
    let (clock, cancel) = (FakeClock::new(), AtomicBool::new(false));
    let caller = Caller::new(&CallOptions::default(), &clock, &cancel).unwrap();
    let verifier = Verifier::new(&caller, &options);
    let tried: Vec<_> =
        verifier.endpoints().into_iter().map(|(partition, endpoint)| (partition, endpoint.region)).collect();
    let expected =
        [(Partition::Aws, "us-east-1"), (Partition::China, "cn-north-1"), (Partition::GovCloud, "us-gov-west-1")];
    assert_eq!(tried, expected.map(|(partition, region)| (partition, region.to_owned())));
    let regional = VerifyOptions { region: Some("eu-central-1".to_owned()), ..VerifyOptions::default() };
    let verifier = Verifier::new(&caller, &regional);
    assert_eq!(verifier.endpoints()[0].1.base.at(""), "https://sts.eu-central-1.amazonaws.com");
    assert_eq!(verifier.endpoints()[1].1.region, "cn-north-1");
}
