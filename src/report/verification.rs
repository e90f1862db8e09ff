//! What was found out about a credential, in words.

use crate::model::{Method, Ownership, PrincipalKind, Risk, Status, Verification};

/// Policies and groups that are named.
const NAMES: usize = 8;

/// One line: how it stands, whose it is, and what that rests on.
pub(super) fn headline(verification: &Verification) -> String {
    let mut words = match (verification.status, &verification.quarantined) {
        (Status::Active, Some(_)) => "live, quarantined".to_owned(),
        (status, _) => status.to_string(),
    };
    if let Some(arn) = &verification.arn {
        let kind = verification.principal.map_or("principal", PrincipalKind::as_words);
        words.push_str(&format!(": {kind} {arn}"));
    }
    words
}

/// What else there is to say: a label and what it says, line by line.
pub(super) fn facts(verification: &Verification) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let tried = match (&verification.partition, &verification.partitions_tried[..]) {
        (_, []) => String::new(),
        (Some(partition), _) => format!(" in partition {partition}"),
        (None, tried) => format!(" (tried: {})", tried.join(", ")),
    };
    let by = match verification.method {
        Method::CallerIdentity => format!("STS was asked{tried}"),
        Method::Owner => format!("IAM was asked by the owner{tried}"),
        Method::None => "nobody was asked".to_owned(),
    };
    let at = verification.checked_at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
    facts.push(("because", format!("{}; {by}{at}", verification.why)));
    if let Some(policy) = &verification.quarantined {
        facts.push((
            "quarantined",
            format!("AWS saw it in public and has put {policy} on its user; the key still works"),
        ));
    }
    if let Some(owner) = &verification.owner {
        facts.extend(ownership(owner));
    }
    facts
}

fn ownership(owner: &Ownership) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(user) = &owner.user {
        let made = owner.created.as_ref().map(|at| format!(", made {at}")).unwrap_or_default();
        let status = owner.key_status.as_ref().map(|status| format!(", {status}")).unwrap_or_default();
        facts.push(("key of", format!("user {user}{made}{status}")));
    }
    match (&owner.last_used, &owner.last_service, &owner.last_region) {
        (Some(at), service, region) => {
            let service = service.as_ref().map(|service| format!(" for {service}")).unwrap_or_default();
            let region = region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
            facts.push(("last used", format!("{at}{service}{region}")));
        }
        (None, ..) if owner.user.is_some() => facts.push(("last used", "never, as far as IAM knows".to_owned())),
        _ => {}
    }
    if !owner.groups.is_empty() {
        facts.push(("groups", super::count::some(&owner.groups, NAMES)));
    }
    if !owner.policies.is_empty() {
        let names: Vec<String> =
            owner.policies.iter().map(|policy| format!("{} ({})", policy.name, policy.by)).collect();
        facts.push(("policies", super::count::some(&names, NAMES)));
    }
    if let Some(boundary) = &owner.boundary {
        facts.push(("boundary", boundary.clone()));
    }
    if !owner.may_assume.is_empty() {
        facts.push(("may assume", super::count::some(&owner.may_assume, NAMES)));
    }
    for not_read in &owner.not_read {
        facts.push(("not read", not_read.clone()));
    }
    facts
}

/// The blast radius as rows: severity, where it stands, what it allows.
pub(super) fn risks(verification: &Verification) -> Vec<[String; 3]> {
    verification.owner.iter().flat_map(|owner| &owner.risks).map(row).collect()
}

/// Ways into the account besides, as such rows.
pub(super) fn open_roles(verification: &Verification) -> Vec<[String; 3]> {
    verification.owner.iter().flat_map(|owner| &owner.open_roles).map(row).collect()
}

fn row(risk: &Risk) -> [String; 3] {
    let statement = risk.statement.as_ref().map(|statement| format!(" / {statement}")).unwrap_or_default();
    [risk.severity.to_string(), format!("{}{statement}", risk.policy), risk.says.clone()]
}
