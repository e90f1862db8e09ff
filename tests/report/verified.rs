//! What was found out about a credential, in each format.

use crate::{assert_snapshot, fixture, render, render_all};
use keytrail::model::{Method, Ownership, PolicyName, PrincipalKind, Report, Risk, Severity, Status, Verification};
use keytrail::report::{Format, Style};

fn asked(status: Status, why: &str) -> Verification {
    Verification {
        status,
        method: Method::CallerIdentity,
        checked_at: Some("2026-11-28T12:00:00Z".to_owned()),
        partitions_tried: vec!["aws".to_owned()],
        ..Verification::unknown(why)
    }
}

fn owned() -> Verification {
    let risk = |check: &str, severity, says: &str| Risk {
        check: check.to_owned(),
        severity,
        policy: "AdministratorAccess".to_owned(),
        statement: Some("statement 1".to_owned()),
        says: says.to_owned(),
    };
    Verification {
        method: Method::Owner,
        partition: Some("aws".to_owned()),
        account_id: Some("123456789012".to_owned()),
        arn: Some("arn:aws:iam::123456789012:user/deploy".to_owned()),
        principal: Some(PrincipalKind::User),
        quarantined: Some("AWSCompromisedKeyQuarantineV3".to_owned()),
        owner: Some(Ownership {
            user: Some("deploy".to_owned()),
            key_status: Some("Active".to_owned()),
            created: Some("2021-02-03T04:05:06Z".to_owned()),
            last_used: Some("2026-11-27T01:02:03Z".to_owned()),
            last_service: Some("s3".to_owned()),
            last_region: Some("eu-central-1".to_owned()),
            groups: vec!["admins".to_owned()],
            policies: vec![PolicyName {
                name: "AdministratorAccess".to_owned(),
                arn: Some("arn:aws:iam::aws:policy/AdministratorAccess".to_owned()),
                by: "group admins".to_owned(),
                inline: false,
            }],
            risks: vec![
                risk("administrator", Severity::Critical, "allows everything on everything"),
                risk("pass-role", Severity::High, "passes any role to any service"),
            ],
            ..Ownership::default()
        }),
        ..asked(Status::Active, "IAM says that it is active")
    }
}

/// The report with all that can be found out.
pub fn report() -> Report {
    let mut report = fixture::report();
    let answers = [
        owned(),
        asked(Status::Expired, "its session is over (ExpiredToken)"),
        Verification::unknown("a canary of Thinkst (canarytokens.org): not asked, since asking would set it off"),
        asked(Status::Mismatched, "the id exists, and this is not its secret (SignatureDoesNotMatch, twice)"),
        asked(Status::Inactive, "no such key (aws: InvalidClientTokenId)"),
    ];
    for (finding, answer) in report.repositories[0].findings.iter_mut().zip(answers) {
        finding.verified(answer);
    }
    report
}

#[test]
fn every_format_says_what_was_found_out() {
    let style = Style { ended: "2026-11-28T12:00:01Z".parse().unwrap(), ..Style::default() };
    assert_snapshot("verified.txt", &render(&report(), Format::Text, &style));
    assert_snapshot("verified.jsonl", &render(&report(), Format::Jsonl, &style));
    assert_snapshot("verified.sarif", &render(&report(), Format::Sarif, &style));
    for (format, text) in render_all(&report(), &style) {
        assert!(text.contains("live, quarantined") || text.contains(r#""status":"active""#), "{format:?}: {text}");
    }
    let page = render(&report(), Format::Html, &style);
    for words in ["AdministratorAccess / statement 1", "allows everything on everything", "2026-11-27T01:02:03Z for s3"]
    {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn nobody_asked_nothing_said() {
    for (format, text) in render_all(&fixture::report(), &Style::default()) {
        let said = text.contains("verification") || text.contains("nobody was asked");
        assert!(!said, "{format:?}");
    }
}

#[test]
fn what_no_longer_works_counts_no_more_on_the_page_and_least_in_the_list() {
    let report = report();
    let severities: Vec<Severity> = report.repositories[0].findings.iter().map(|finding| finding.severity).collect();
    assert_eq!(severities[..2], [Severity::Critical, Severity::Low]);
    assert_eq!(severities[4], Severity::Low);
    let page = render(&report, Format::Html, &Style::default());
    assert_eq!(page.matches("data-state=\"revoked\"").count(), 2);
}
