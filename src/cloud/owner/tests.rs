//! Accounts, played by a stub.

use super::*;
use crate::cloud::{AuditorOptions, CallOptions, Caller, Environment};
use crate::net::stub::{FakeClock, Reply, Stub, ok, reply};
use std::sync::atomic::AtomicBool;

/// The account that the ids below carry.
const ACCOUNT: &str = "609629065308";

/// Published by those who found how an id encodes its account.
fn id() -> String {
    ["AKIA", "Y34FZKBOKMUTVV7A"].concat()
}

fn leaked() -> LeakedId {
    let rule_id = "aws-access-key-id".to_owned();
    LeakedId {
        value: Some(Secret::new(id().as_bytes())),
        fingerprint: Fingerprint::new(&FingerprintKey::default(), &rule_id, &[id().as_bytes()]),
        rule_id,
        account_id: Some(ACCOUNT.to_owned()),
        lifetime: Some(Lifetime::LongLived),
    }
}

fn refusal(code: &str) -> Reply {
    let body = format!("<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>");
    reply("403 Forbidden", "", &body)
}

fn keys(status: &str) -> String {
    format!(
        "<R><ListAccessKeysResult><IsTruncated>false</IsTruncated><AccessKeyMetadata><member><UserName>jane</UserName>\
         <AccessKeyId>{}</AccessKeyId><Status>{status}</Status><CreateDate>2025-02-03T04:05:06Z</CreateDate></member>\
         </AccessKeyMetadata></ListAccessKeysResult></R>",
        id()
    )
}

/// What an account says to each action: the first entry whose words all stand in the request counts; `!Code` is a refusal.
type Says = Vec<(&'static str, String)>;

/// An account in which all goes well: jane, her key, a group, four policies and a boundary.
fn good() -> Says {
    let document = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
    [
        ("GetCallerIdentity", format!("<R><GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/auditor</Arn><Account>{ACCOUNT}</Account></GetCallerIdentityResult></R>")),
        ("GetAccessKeyLastUsed", "<R><GetAccessKeyLastUsedResult><UserName>jane</UserName><AccessKeyLastUsed><LastUsedDate>2026-11-01T02:03:04Z</LastUsedDate><ServiceName>s3</ServiceName><Region>eu-west-1</Region></AccessKeyLastUsed></GetAccessKeyLastUsedResult></R>".to_owned()),
        ("ListAccessKeys UserName=jane", keys("Active")),
        ("ListAccessKeys", "<R><ListAccessKeysResult><IsTruncated>false</IsTruncated></ListAccessKeysResult></R>".to_owned()),
        ("ListUsers Marker=m%2F1", "<R><ListUsersResult><IsTruncated>false</IsTruncated><Users><member><UserName>jane</UserName></member></Users></ListUsersResult></R>".to_owned()),
        ("ListUsers", "<R><ListUsersResult><IsTruncated>true</IsTruncated><Marker>m/1</Marker><Users><member><UserName>adam</UserName></member></Users></ListUsersResult></R>".to_owned()),
        ("ListRoles", "<R><ListRolesResult><IsTruncated>false</IsTruncated></ListRolesResult></R>".to_owned()),
        ("GetAccountSummary", "<R><GetAccountSummaryResult><SummaryMap><entry><key>AccountAccessKeysPresent</key><value>0</value></entry></SummaryMap></GetAccountSummaryResult></R>".to_owned()),
        ("GetUser&", format!("<R><GetUserResult><User><UserName>jane</UserName><UserId>AIDA</UserId><Arn>arn:aws:iam::{ACCOUNT}:user/team/jane</Arn><PermissionsBoundary><PermissionsBoundaryArn>arn:aws:iam::{ACCOUNT}:policy/bound</PermissionsBoundaryArn></PermissionsBoundary></User></GetUserResult></R>")),
        ("ListGroupsForUser", "<R><ListGroupsForUserResult><IsTruncated>false</IsTruncated><Groups><member><GroupName>devs</GroupName></member></Groups></ListGroupsForUserResult></R>".to_owned()),
        ("ListAttachedUserPolicies", "<R><ListAttachedUserPoliciesResult><IsTruncated>false</IsTruncated><AttachedPolicies><member><PolicyName>AWSCompromisedKeyQuarantineV3</PolicyName><PolicyArn>arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3</PolicyArn></member></AttachedPolicies></ListAttachedUserPoliciesResult></R>".to_owned()),
        ("ListAttachedGroupPolicies", "<R><ListAttachedGroupPoliciesResult><IsTruncated>false</IsTruncated><AttachedPolicies><member><PolicyName>ReadOnlyAccess</PolicyName><PolicyArn>arn:aws:iam::aws:policy/ReadOnlyAccess</PolicyArn></member></AttachedPolicies></ListAttachedGroupPoliciesResult></R>".to_owned()),
        ("ListUserPolicies", "<R><ListUserPoliciesResult><IsTruncated>false</IsTruncated><PolicyNames><member>own</member></PolicyNames></ListUserPoliciesResult></R>".to_owned()),
        ("ListGroupPolicies", "<R><ListGroupPoliciesResult><IsTruncated>false</IsTruncated><PolicyNames><member>shared</member></PolicyNames></ListGroupPoliciesResult></R>".to_owned()),
        ("GetUserPolicy", format!("<R><GetUserPolicyResult><PolicyDocument>{document}</PolicyDocument></GetUserPolicyResult></R>")),
        ("GetGroupPolicy", format!("<R><GetGroupPolicyResult><PolicyDocument>{document}</PolicyDocument></GetGroupPolicyResult></R>")),
        ("GetPolicyVersion VersionId=v7", format!("<R><GetPolicyVersionResult><PolicyVersion><Document>{document}</Document></PolicyVersion></GetPolicyVersionResult></R>")),
        ("GetPolicy&", "<R><GetPolicyResult><Policy><DefaultVersionId>v7</DefaultVersionId></Policy></GetPolicyResult></R>".to_owned()),
        ("AssumeRole", "<R><AssumeRoleResult><Credentials><AccessKeyId>role-id</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></R>".to_owned()),
        ("AWSOrganizationsV20161128.ListAccounts", format!(r#"{{"Accounts":[{{"Id":"111111111111","State":"SUSPENDED"}},{{"Id":"222222222222","State":"ACTIVE"}},{{"Id":"{ACCOUNT}","Status":"ACTIVE"}}]}}"#)),
    ]
    .into()
}

/// The same but for some.
fn but(changed: &[(&'static str, &str)]) -> Says {
    let changed: Says = changed.iter().map(|(action, says)| (*action, (*says).to_owned())).collect();
    [changed, good()].concat()
}

fn answer(says: &Says, request: &str) -> Reply {
    let stands = |words: &str| words.split(' ').all(|word| request.contains(word));
    match says.iter().find(|(words, _)| stands(&words.replacen('&', "&Version", 1))) {
        Some((_, says)) => says.strip_prefix('!').map_or_else(|| ok("", says), refusal),
        None => refusal("NotPlayed"),
    }
}

/// What is said of `leaked`, and what was asked.
fn verify(says: Says, leaked: &LeakedId, role: Option<&str>) -> (Verification, Vec<String>) {
    let (clock, cancel) = (FakeClock::new(), AtomicBool::new(false));
    let stub = Stub::new(move |_, request, _| answer(&says, &request.text));
    let caller = Caller::new(&CallOptions::default(), &clock, &cancel).unwrap();
    let base = || Base::exact(&stub.url);
    let variables = [("AWS_ACCESS_KEY_ID", "auditor-id"), ("AWS_SECRET_ACCESS_KEY", "x")];
    let environment: Environment = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    let options = AuditorOptions { sts: base(), role: role.map(str::to_owned), ..AuditorOptions::default() };
    let auditor = Auditor::new(&caller, &environment, &options).unwrap();
    let owner = OwnerOptions { iam: base(), organizations: base(), ..OwnerOptions::default() };
    let verification = Owners::new(&auditor, &owner).verify(leaked);
    (verification, stub.requests())
}

#[test]
fn all_that_the_account_knows_is_told() {
    let (told, requests) = verify(good(), &leaked(), None);
    assert_eq!((told.status, told.method), (Status::Active, Method::Owner));
    assert_eq!(
        told.why,
        "IAM of account 609629065308 says that this key of user jane is Active, used last on 2026-11-01 for s3"
    );
    assert_eq!(told.arn.as_deref(), Some("arn:aws:iam::609629065308:user/team/jane"));
    assert_eq!(told.quarantined.as_deref(), Some("AWSCompromisedKeyQuarantineV3"));
    let owner = told.owner.unwrap();
    assert_eq!(
        (owner.created.as_deref(), owner.last_region.as_deref()),
        (Some("2025-02-03T04:05:06Z"), Some("eu-west-1"))
    );
    let policies: Vec<String> =
        owner.policies.iter().map(|policy| format!("{} by {} {}", policy.name, policy.by, policy.inline)).collect();
    assert_eq!(
        policies,
        [
            "AWSCompromisedKeyQuarantineV3 by user false",
            "own by user true",
            "ReadOnlyAccess by group devs false",
            "shared by group devs true"
        ]
    );
    assert_eq!(owner.boundary.as_deref(), Some("arn:aws:iam::609629065308:policy/bound"));
    assert_eq!(owner.not_read, [""; 0]);
    assert!(requests.iter().all(|request| request.contains("Credential=auditor-id/")), "the leaked key is not used");
}

#[test]
fn iams_own_status_counts() {
    for (word, status) in [("Inactive", Status::Inactive), ("Expired", Status::Expired), ("Other", Status::Unknown)] {
        let (told, _) = verify(but(&[("ListAccessKeys UserName=jane", &keys(word))]), &leaked(), None);
        assert_eq!(told.status, status);
        assert_eq!(told.owner.unwrap().key_status.as_deref(), Some(word));
    }
}

#[test]
fn what_may_not_be_read_is_told_and_is_not_nothing() {
    let denied =
        ["GetUser&", "ListGroupsForUser", "ListUserPolicies", "GetPolicy&"].map(|action| (action, "!AccessDenied"));
    let (told, _) = verify(but(&denied), &leaked(), None);
    let owner = told.owner.unwrap();
    assert_eq!(
        owner.not_read,
        [
            "the user and its permissions boundary: AccessDenied: no",
            "the policy AWSCompromisedKeyQuarantineV3 (user): AccessDenied: no",
            "inline policies of the user: AccessDenied: no",
            "the user's groups: AccessDenied: no",
            "roles that it can assume: the user's ARN is not known",
        ]
    );
    assert_eq!((told.status, owner.policies.len()), (Status::Active, 1));
}

#[test]
fn a_key_that_its_account_does_not_know_is_gone_unless_it_may_be_roots() {
    let none = (
        "ListAccessKeys UserName=jane",
        "<R><ListAccessKeysResult><IsTruncated>false</IsTruncated></ListAccessKeysResult></R>",
    );
    let gone = |summary: &str| but(&[("GetAccessKeyLastUsed", "!AccessDenied"), none, ("GetAccountSummary", summary)]);
    let summary = |count: u32| {
        format!(
            "<R><GetAccountSummaryResult><SummaryMap><entry><key>Users</key><value>9</value></entry><entry><key>AccountAccessKeysPresent</key><value>{count}</value></entry></SummaryMap></GetAccountSummaryResult></R>"
        )
    };
    let (told, requests) = verify(gone(&summary(0)), &leaked(), None);
    assert_eq!(told.status, Status::Inactive, "{}", told.why);
    assert_eq!(requests.iter().filter(|request| request.contains("Action=ListUsers&")).count(), 2, "both pages");
    for (says, why) in [
        (gone(&summary(1)), "the root user has access keys"),
        (gone("!AccessDenied"), "one of the root user's"),
        (gone("<R/>"), "does not tell of root keys"),
        (
            but(&[("GetAccessKeyLastUsed", "!AccessDenied"), none, ("ListUsers", "!AccessDenied")]),
            "cannot be listed: AccessDenied",
        ),
        (but(&[("GetAccessKeyLastUsed", "!AccessDenied"), ("ListAccessKeys", "!AccessDenied")]), "not all keys"),
        (but(&[("GetAccessKeyLastUsed", "!ServiceUnavailable")]), "does not answer"),
        (but(&[("ListAccessKeys UserName=jane", "!AccessDenied")]), "whose keys cannot be listed"),
        (
            but(&[
                ("GetAccessKeyLastUsed", "!NoSuchEntity"),
                none,
                ("ListUsers", "<R><ListUsersResult><IsTruncated>true</IsTruncated></ListUsersResult></R>"),
            ]),
            "says that it goes on",
        ),
    ] {
        let (told, _) = verify(says, &leaked(), None);
        assert_eq!(told.status, Status::Unknown, "{}", told.why);
        assert!(told.why.contains(why), "{}", told.why);
    }
}

#[test]
fn a_deleted_key_of_a_user_is_gone() {
    let none = (
        "ListAccessKeys UserName=jane",
        "<R><ListAccessKeysResult><IsTruncated>false</IsTruncated></ListAccessKeysResult></R>",
    );
    let (told, _) = verify(but(&[none]), &leaked(), None);
    assert_eq!((told.status, told.account_id.as_deref()), (Status::Inactive, Some(ACCOUNT)));
    assert!(told.why.contains("user jane") && told.why.contains("deleted"), "{}", told.why);
}

#[test]
fn a_redacted_id_is_told_by_its_fingerprint() {
    let redacted = LeakedId { value: None, ..leaked() };
    let (told, requests) = verify(good(), &redacted, None);
    assert_eq!((told.status, told.owner.unwrap().user.as_deref()), (Status::Active, Some("jane")));
    assert!(!requests[0].contains("GetAccessKeyLastUsed"));
    // Made with another key, it is no key of this account, as far as anybody can tell.
    let other = Fingerprint::new(&FingerprintKey::new(vec![7; 16]), &redacted.rule_id, &[id().as_bytes()]);
    let (told, _) = verify(good(), &LeakedId { fingerprint: other, ..redacted }, None);
    assert!(told.status == Status::Unknown && told.why.contains("--fingerprint-key"), "{}", told.why);
}

#[test]
fn an_old_id_that_the_own_account_does_not_know_says_nothing() {
    let old = LeakedId { account_id: None, ..leaked() };
    let none = (
        "ListAccessKeys UserName=jane",
        "<R><ListAccessKeysResult><IsTruncated>false</IsTruncated></ListAccessKeysResult></R>",
    );
    let (told, _) = verify(but(&[("GetAccessKeyLastUsed", "!NoSuchEntity"), none]), &old, None);
    assert_eq!((told.status, told.why.as_str()), (Status::Unknown, "it is no key of a user of account 609629065308"));
}

#[test]
fn anothers_account_is_entered_by_the_named_role_or_not_at_all() {
    let other = LeakedId { account_id: Some("222222222222".to_owned()), ..leaked() };
    let (told, requests) = verify(good(), &other, None);
    assert!(told.status == Status::Unknown && told.why.contains("--assume-role"), "{}", told.why);
    assert_eq!(requests.len(), 1, "nobody but STS was asked");
    let (told, requests) = verify(good(), &other, Some("audit/keytrail"));
    assert_eq!(told.status, Status::Active, "{}", told.why);
    assert!(
        requests[1].contains("RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2Faudit%2Fkeytrail"),
        "{}",
        requests[1]
    );
    assert!(requests[2..].iter().all(|request| request.contains("Credential=role-id/")));
    let (told, _) = verify(but(&[("AssumeRole", "!AccessDenied")]), &other, Some("audit"));
    assert!(
        told.status == Status::Unknown && told.why.contains("role/audit cannot be assumed: AccessDenied"),
        "{}",
        told.why
    );
    let (told, _) = verify(good(), &other, Some("arn:aws:iam::333333333333:role/audit"));
    assert!(told.why.contains("is not in account 222222222222"), "{}", told.why);
}

#[test]
fn an_old_id_is_looked_for_in_all_open_accounts_of_the_organisation() {
    let old = LeakedId { account_id: None, ..leaked() };
    let says = || {
        but(&[
            ("GetAccessKeyLastUsed Credential=auditor-id/", "!AccessDenied"),
            ("ListUsers Credential=auditor-id/", "!AccessDenied"),
        ])
    };
    let (told, requests) = verify(says(), &old, Some("audit"));
    assert_eq!((told.status, told.account_id.as_deref()), (Status::Active, Some("222222222222")), "{}", told.why);
    assert!(!requests.iter().any(|request| request.contains("111111111111")), "it is closed");
    let alone = [says(), vec![]].concat();
    let denied: Says =
        [vec![("AWSOrganizationsV20161128.ListAccounts", "!AccessDeniedException".to_owned())], alone].concat();
    let (told, _) = verify(denied, &old, Some("audit"));
    assert!(told.status == Status::Unknown && told.why.contains("others could not be listed"), "{}", told.why);
}

#[test]
fn neither_canaries_nor_sessions_are_asked_for() {
    for (leaked, why) in [
        (LeakedId { account_id: Some("052310077262".to_owned()), ..leaked() }, "canary"),
        (LeakedId { lifetime: Some(Lifetime::Temporary), ..leaked() }, "CloudTrail"),
    ] {
        let (told, requests) = verify(good(), &leaked, Some("audit"));
        assert!(told.why.contains(why) && requests.is_empty(), "{}", told.why);
        assert_eq!((told.status, told.method), (Status::Unknown, Method::None));
    }
}

#[test]
fn a_role_that_lets_the_user_in_counts_and_one_that_lets_strangers_in_is_told() {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let role = |name: &str, principal: &str| {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"{principal}"}}}}]}}"#
        );
        let trust = utf8_percent_encode(&trust, NON_ALPHANUMERIC);
        format!(
            "<member><RoleName>{name}</RoleName><Arn>arn:aws:iam::{ACCOUNT}:role/{name}</Arn>\
             <AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></member>"
        )
    };
    let roles = [
        role("admin", &format!("arn:aws:iam::{ACCOUNT}:user/team/jane")),
        role("vendor", "arn:aws:iam::999999999999:root"),
        role("other", &format!("arn:aws:iam::{ACCOUNT}:user/joe")),
    ];
    let roles = format!(
        "<R><ListRolesResult><IsTruncated>false</IsTruncated><Roles>{}</Roles></ListRolesResult></R>",
        roles.concat()
    );
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let all = utf8_percent_encode(all, NON_ALPHANUMERIC);
    let says = but(&[
        ("ListRoles", &roles),
        (
            "ListAttachedRolePolicies RoleName=admin",
            "<R><ListAttachedRolePoliciesResult><IsTruncated>false</IsTruncated></ListAttachedRolePoliciesResult></R>",
        ),
        (
            "ListRolePolicies RoleName=admin",
            "<R><ListRolePoliciesResult><IsTruncated>false</IsTruncated><PolicyNames><member>everything</member></PolicyNames></ListRolePoliciesResult></R>",
        ),
        (
            "GetRolePolicy RoleName=admin",
            &format!("<R><GetRolePolicyResult><PolicyDocument>{all}</PolicyDocument></GetRolePolicyResult></R>"),
        ),
        ("GetRole RoleName=admin", "<R><GetRoleResult><Role/></GetRoleResult></R>"),
    ]);
    let (told, requests) = verify(says, &leaked(), None);
    let owner = told.owner.unwrap();
    assert_eq!(owner.may_assume, ["arn:aws:iam::609629065308:role/admin"]);
    assert_eq!(
        (owner.risks[0].severity, owner.risks[0].policy.as_str()),
        (crate::model::Severity::Critical, "role admin: everything")
    );
    assert!(owner.open_roles.iter().any(|risk| risk.policy == "role vendor"), "{:?}", owner.open_roles);
    assert_eq!(owner.not_read, [""; 0]);
    assert!(requests.iter().all(|request| !request.contains("RoleName=vendor")), "what it cannot enter is not read");
}
