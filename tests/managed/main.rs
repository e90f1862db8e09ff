//! AWS's managed policies, as moto ships them: what the grammar takes must take in all of AWS's own, and those that are known for what
//! they allow must be called so.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

use keytrail::iam::{CHECKS, Held, Issue, Kind, Node, check, may_assume, risks, severity};
use keytrail::model::{Risk, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// What a document of AWS's own cannot have: checks of the grammar, and of conditions that do not say what is meant.
const NEVER: [&str; 18] = [
    "document",
    "version",
    "unknown-element",
    "duplicate-element",
    "sid",
    "effect",
    "action-element",
    "action-shape",
    "resource-element",
    "resource-shape",
    "principal-element",
    "principal-shape",
    "condition-operator",
    "condition-shape",
    "condition-value",
    "wildcard-in-equals",
    "for-all-values",
    "public-principal",
];

struct Managed(BTreeMap<String, Node>);

impl Managed {
    /// moto's module is JSON in a string of Python.
    fn read() -> Self {
        // tests/managed/run.sh names the file.
        let path = std::env::var_os("KEYTRAIL_MANAGED_POLICIES").unwrap();
        let module = std::fs::read_to_string(path).unwrap();
        let json = module.split("\"\"\"").nth(1).unwrap();
        let policies: BTreeMap<String, serde_json::Value> = serde_json::from_str(json).unwrap();
        Self(policies.into_iter().map(|(name, policy)| (name, Node::from(&policy["Document"]))).collect())
    }

    fn issues(&self, name: &str) -> Vec<Issue> {
        check(&self.0[name], Kind::Identity)
    }

    /// The checks that a policy's issues name, each with its severity.
    fn found(&self, name: &str) -> BTreeSet<(&'static str, Severity)> {
        self.issues(name).iter().map(|issue| (issue.check, issue.severity)).collect()
    }

    /// What one principal may do that has the policies called so, and a boundary.
    fn risks(&self, names: &[&str], boundary: Option<&str>) -> Vec<Risk> {
        risks(&self.held(names, boundary))
    }

    fn held(&self, names: &[&str], boundary: Option<&str>) -> Vec<Held<'_>> {
        let held = |name: &str, boundary| {
            let (name, document) = self.0.get_key_value(name).unwrap();
            Held { name, document, boundary }
        };
        names.iter().map(|name| held(name, false)).chain(boundary.map(|name| held(name, true))).collect()
    }
}

#[test]
#[ignore = "needs moto: tests/managed/run.sh installs it"]
fn the_grammar_takes_in_all_that_aws_writes() {
    let managed = Managed::read();
    assert!(managed.0.len() > 1500, "{} policies", managed.0.len());
    let mut known = BTreeSet::new();
    for name in managed.0.keys() {
        for issue in managed.issues(name) {
            assert!(!NEVER.contains(&issue.check), "{name}: {issue:?}");
            known.insert(issue.check);
        }
    }
    let all: BTreeSet<&str> = CHECKS.iter().map(|check| check.id).collect();
    assert!(known.is_subset(&all), "{known:?}");
    assert!(NEVER.iter().all(|id| all.contains(id)));
}

#[test]
#[ignore = "needs moto: tests/managed/run.sh installs it"]
fn what_is_known_for_what_it_allows_is_called_so() {
    use Severity::{Critical, High, Low, Medium};
    let managed = Managed::read();
    assert_eq!(managed.found("AdministratorAccess"), [("administrator", Critical)].into());
    assert_eq!(managed.found("IAMFullAccess"), [("iam-administrator", Critical)].into());
    let power = managed.found("PowerUserAccess");
    assert!(
        power.contains(&("allow-not-action", High)) && power.contains(&("escalation-lambda-code", High)),
        "{power:?}"
    );
    assert!(power.iter().all(|(_, severity)| *severity < Critical), "{power:?}");
    assert_eq!(managed.found("AmazonS3ReadOnlyAccess"), [("wildcard-resource", Medium)].into());
    assert_eq!(managed.found("AmazonS3FullAccess"), [("wildcard-action", High)].into());
    assert_eq!(managed.found("IAMReadOnlyAccess"), [("wildcard-resource", Low)].into());
    assert_eq!(managed.found("AWSLambdaBasicExecutionRole"), [("wildcard-resource", Low)].into());
    let lambda = managed.found("AWSLambda_FullAccess");
    assert!(lambda.contains(&("escalation-pass-role-lambda", High)), "{lambda:?}");
    for name in ["AWSDenyAll", "IAMUserChangePassword", "AWSCompromisedKeyQuarantineV3"] {
        assert_eq!(managed.found(name), [].into(), "{name}");
    }
}

/// One's own keys, one's own device: AWS's examples of what users may do with themselves.
#[test]
#[ignore = "needs moto: tests/managed/run.sh installs it"]
fn only_those_who_may_escalate_are_said_to() {
    let managed = Managed::read();
    for name in ["IAMSelfManageServiceSpecificCredentials", "ViewOnlyAccess", "SecurityAudit", "ReadOnlyAccess"] {
        let worst = managed.issues(name).iter().map(|issue| issue.severity).max();
        assert!(worst <= Some(Severity::Medium), "{name}");
        assert!(!managed.issues(name).iter().any(|issue| issue.check.starts_with("escalation-")), "{name}");
    }
}

#[test]
#[ignore = "needs moto: tests/managed/run.sh installs it"]
fn policies_of_one_principal_are_read_together() {
    let managed = Managed::read();
    assert_eq!(managed.risks(&["AWSCompromisedKeyQuarantineV3"], None), []);
    assert_eq!(managed.risks(&["AdministratorAccess", "AWSDenyAll"], None), []);
    // AWS's quarantine is no lock: what it leaves of an administrator is much.
    let quarantined = managed.risks(&["AdministratorAccess", "AWSCompromisedKeyQuarantineV3"], None);
    assert_eq!(severity(&quarantined), Some(Severity::High));
    let checks: BTreeSet<&str> = quarantined.iter().map(|risk| risk.check.as_str()).collect();
    assert!(checks.contains("wildcard-action") && !checks.contains("escalation-create-access-key"), "{checks:?}");
    let bounded = managed.risks(&["AdministratorAccess"], Some("AmazonS3ReadOnlyAccess"));
    assert_eq!(bounded.iter().map(|risk| risk.check.as_str()).collect::<Vec<_>>(), ["wildcard-resource"]);
    assert_eq!(may_assume(&managed.held(&["PowerUserAccess"], None)), ["*"]);
    let none = managed.held(&["AdministratorAccess"], Some("AmazonS3ReadOnlyAccess"));
    assert_eq!(may_assume(&none), [""; 0]);
}
