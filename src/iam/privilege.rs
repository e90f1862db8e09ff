//! What a statement allows beyond what is needed.

use super::access::{Level, level, managing};
use super::check;
use super::effective::{Grant, is_wide};
use super::flaw::{Flaw, lower};
use super::pattern::{Pattern, arn_parts};
use super::scope::Item;
use super::{Check, escalation, target};
use crate::model::Severity;

const PASS_ROLE: &str = "iam:PassRole";
const ASSUME_ROLE: &str = "sts:AssumeRole";

/// Names that one sentence lists.
const NAMED: usize = 4;

/// All that `grants`, which belong to one principal, allow beyond what is needed.
pub(super) fn flaws<'a>(grants: &[Grant<'a>]) -> Vec<Flaw<'a>> {
    let mut found: Vec<Flaw<'a>> = grants.iter().flat_map(single).collect();
    // An administrator needs no way to more rights.
    let (administrators, others): (Vec<&Grant<'a>>, Vec<&Grant<'a>>) =
        grants.iter().partition(|grant| reach(grant).is_some());
    if administrators.iter().all(|grant| grant.is_conditional) {
        found.extend(escalation::flaws(&others));
    }
    found
}

/// Whether it is an administrator's, and by what.
fn reach(grant: &Grant<'_>) -> Option<&'static Check> {
    let all_of_iam = Pattern::resource("arn:aws:iam::*:*");
    let is_on_all = grant.resources.include.iter().any(|item| is_all_of_iam(&item.pattern))
        && !grant.resources.except.iter().any(|except| except.covers(&all_of_iam));
    if !is_on_all {
        return None;
    }
    let all = Pattern::action("*:*");
    if grant.actions.except.is_empty() && grant.actions.include.iter().any(|item| item.pattern.covers(&all)) {
        return Some(&check::ADMINISTRATOR);
    }
    grant.actions.covers(&Pattern::action("iam:*")).then_some(&check::IAM_ADMINISTRATOR)
}

/// Everything, or everything in IAM of any or of one account.
fn is_all_of_iam(resource: &Pattern) -> bool {
    resource.is_all() || matches!(arn_parts(resource.as_str())[..], [_, _, "iam" | "*", .., "*"])
}

/// What one statement allows.
fn single<'a>(grant: &Grant<'a>) -> Vec<Flaw<'a>> {
    let mut found = Vec::new();
    let reach = reach(grant);
    if let Some(check) = reach {
        found.push(administrator(grant, check));
    }
    if let Some(node) = grant.actions.negated {
        found.extend(reach.is_none().then(|| not_action(grant, node)));
    } else if reach != Some(&check::ADMINISTRATOR) {
        found.extend(wildcard_actions(grant, reach.is_some()));
    }
    if let Some(node) = grant.resources.negated {
        found.push(not_resource(grant, node));
    } else if reach != Some(&check::ADMINISTRATOR) && grant.actions.negated.is_none() {
        found.extend(wildcard_resource(grant, reach.is_some()));
    }
    if reach.is_none() {
        found.extend([pass_role(grant), every_secret(grant)].into_iter().flatten());
    }
    if reach != Some(&check::ADMINISTRATOR) {
        found.extend(assume_any_role(grant));
    }
    found.into_iter().map(|flaw| flaw.policy(grant.policy).statement(&grant.statement.name)).collect()
}

fn administrator<'a>(grant: &Grant<'a>, check: &'static Check) -> Flaw<'a> {
    let action = if *check == check::ADMINISTRATOR { "*:*" } else { "iam:*" };
    let node = grant.allows(action).map_or(grant.statement.node, |item| item.node);
    let mut says = if *check == check::ADMINISTRATOR {
        "every action is allowed on every resource: an administrator".to_owned()
    } else {
        "every action of IAM is allowed on every resource: it may allow itself everything else".to_owned()
    };
    let mut severity = check.severity;
    if grant.is_conditional {
        says += &format!(", under a condition on {}", grant.keys());
        severity = lower(severity);
    }
    Flaw::new(check, node, says, "name the actions and the resources that are needed".to_owned()).severity(severity)
}

fn not_action<'a>(grant: &Grant<'a>, node: &'a super::Node) -> Flaw<'a> {
    let is_on_all = grant.is_wide();
    let severity = if is_on_all { Severity::High } else { Severity::Medium };
    let severity = if grant.is_conditional { lower(severity) } else { severity };
    let excepted: Vec<&str> = grant.actions.except.iter().map(Pattern::as_str).collect();
    let says = format!(
        "Allow with NotAction takes in every action of every service but {}{}",
        list(&excepted),
        if is_on_all { "" } else { ", as far as its resources have them" },
    );
    let advice = "name in Action what is needed; to forbid something, use a Deny".to_owned();
    Flaw::new(&check::ALLOW_NOT_ACTION, node, says, advice).severity(severity)
}

fn not_resource<'a>(grant: &Grant<'a>, node: &'a super::Node) -> Flaw<'a> {
    let most = grant.actions.include.iter().map(|item| level(&item.pattern)).max();
    let severity = match most {
        Some(Level::Write | Level::Manage) => Severity::High,
        Some(Level::Contents) => Severity::Medium,
        _ => Severity::Low,
    };
    let severity = if grant.is_conditional { lower(severity) } else { severity };
    let excepted: Vec<&str> = grant.resources.except.iter().map(Pattern::as_str).collect();
    let says = format!("Allow with NotResource takes in every resource but {}", list(&excepted));
    let advice = "name in Resource what is needed; to forbid something, use a Deny".to_owned();
    Flaw::new(&check::ALLOW_NOT_RESOURCE, node, says, advice).severity(severity)
}

/// One flaw for all wildcards of a statement, at the first of the worst. IAM's own are left out if it `is_administrator` by them.
fn wildcard_actions<'a>(grant: &Grant<'a>, is_administrator: bool) -> Option<Flaw<'a>> {
    let severity_of = |item: &&Item<'a>| {
        let (pattern, is_wide) = (&item.pattern, grant.is_wide());
        match (pattern.is_all(), managing(pattern, &grant.actions.except).is_some(), is_whole_service(pattern)) {
            (true, ..) => Severity::High,
            (_, true, true) if is_wide && is_grave(pattern) => Severity::High,
            (_, true, _) => Severity::Medium,
            (_, false, true) if is_wide => Severity::Medium,
            (..) => Severity::Low,
        }
    };
    let is_wild = |item: &&Item<'a>| {
        let (pattern, action) = (&item.pattern, item.pattern.as_str());
        pattern.has_wildcard()
            && !pattern.has_unknown()
            && (pattern.is_all() || level(pattern) >= Level::Write)
            && !(is_administrator && action.to_ascii_lowercase().starts_with("iam:"))
    };
    let mut wild: Vec<&Item<'a>> = grant.actions.include.iter().filter(is_wild).collect();
    wild.sort_by_key(|item| std::cmp::Reverse(severity_of(item)));
    let worst = *wild.first()?;
    let severity = severity_of(&worst);
    let names: Vec<&str> = wild.iter().map(|item| item.pattern.as_str()).collect();
    let takes = if names.len() == 1 { "takes" } else { "take" };
    let on = if grant.is_wide() { ", on every resource" } else { "" };
    let more = format!("{} {takes} in more than is named, also", list(&names));
    let says = match managing(&worst.pattern, &grant.actions.except) {
        _ if worst.pattern.is_all() && grant.actions.except.is_empty() => {
            "every action of every service is allowed".to_owned()
        }
        _ if worst.pattern.is_all() => {
            let denied: Vec<&str> = grant.actions.except.iter().map(Pattern::as_str).collect();
            format!("every action of every service but {} is allowed", list(&denied))
        }
        Some(action) => format!("{more} {action}, which lets others in{on}"),
        None => format!("{more} writing{on}"),
    };
    let (says, severity) = conditional(grant, says, severity);
    let advice = "name the actions that are needed; those that only read may have a wildcard (Get*, List*, Describe*)";
    Some(Flaw::new(&check::WILDCARD_ACTION, worst.node, says, advice.to_owned()).severity(severity))
}

/// Services that keep data, keys or rights of others, so that letting others in there is worse.
const GRAVE: [&str; 10] = ["dynamodb", "ec2", "ecr", "iam", "kms", "lambda", "rds", "s3", "secretsmanager", "sso"];

fn is_grave(action: &Pattern) -> bool {
    let service = action.as_str().split(':').next().unwrap_or_default();
    GRAVE.iter().any(|grave| Pattern::action(service).covers(&Pattern::action(grave)))
}

/// `s3:*`, and `*`.
fn is_whole_service(action: &Pattern) -> bool {
    action.as_str().split_once(':').is_none_or(|(_, name)| name == "*")
}

/// Actions that have a check of their own.
const APART: [&str; 5] = [
    "iam:PassRole",
    "sts:AssumeRole",
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "ssm:GetParameter*",
];

fn wildcard_resource<'a>(grant: &Grant<'a>, is_administrator: bool) -> Option<Flaw<'a>> {
    let all = grant.resources.include.iter().find(|item| item.pattern.is_all())?;
    if is_bounded_by_key(grant) {
        return None;
    }
    let is_apart = |item: &Item<'a>| APART.iter().any(|name| Pattern::action(name).covers(&item.pattern));
    let is_iam = |item: &Item<'a>| item.pattern.as_str().to_ascii_lowercase().starts_with("iam:");
    // What is said of a whole service says it of every resource.
    let is_service = |item: &Item<'a>| is_whole_service(&item.pattern) && level(&item.pattern) >= Level::Write;
    let counts = |item: &&Item<'a>| {
        let is_said = is_apart(item) || is_service(item) || (is_administrator && is_iam(item));
        !item.pattern.has_unknown() && !is_said
    };
    let items: Vec<&Item<'a>> = grant.actions.include.iter().filter(counts).collect();
    let most = items.iter().map(|item| level(&item.pattern)).max()?;
    let severity = match most {
        Level::Manage | Level::Write | Level::Contents => Severity::Medium,
        Level::Read | Level::Record => Severity::Low,
        // Looking at what there is is bounded to `*` in many services, and harmless in the others.
        Level::List | Level::NoResources => return None,
    };
    let mut bounded: Vec<&Item<'a>> = items.into_iter().filter(|item| level(&item.pattern) >= Level::Read).collect();
    bounded.sort_by_key(|item| std::cmp::Reverse(level(&item.pattern)));
    let names: Vec<&str> = bounded.iter().map(|item| item.pattern.as_str()).collect();
    let (is, what) =
        (if names.len() == 1 { "is" } else { "are" }, if most >= Level::Record { "" } else { ", to read" });
    let says = format!("{} {is} allowed on every resource{what}", list(&names));
    let (says, severity) = conditional(grant, says, severity);
    let advice = "name the ARNs that are needed, as far as the actions know resources".to_owned();
    Some(Flaw::new(&check::WILDCARD_RESOURCE, all.node, says, advice).severity(severity))
}

/// Whether a condition says which resources, whose or through which service.
fn is_bounded_by_key(grant: &Grant<'_>) -> bool {
    let names = |key: &str| {
        [
            "resourcetag/",
            "requesttag/",
            ":resourceaccount",
            ":resourceorg",
            ":viaservice",
            ":calledvia",
            ":awsservicename",
        ]
        .iter()
        .any(|part| key.contains(part))
    };
    grant.statement.conditions.iter().any(|condition| condition.bounds() && names(&condition.key))
}

fn pass_role<'a>(grant: &Grant<'a>) -> Option<Flaw<'a>> {
    let item = grant.allows(PASS_ROLE)?;
    let roles: Vec<&Pattern> = target::resources(PASS_ROLE, grant).collect();
    if roles.is_empty() {
        return None;
    }
    let is_wide = roles.iter().any(|role| is_wide(role));
    let is_bound = !grant.statement.are_conditions_known || grant.statement.has_key("iam:passedtoservice");
    let has_wildcard = roles.iter().any(|role| role.has_wildcard());
    let severity = match (is_wide, is_bound) {
        (true, false) => Severity::High,
        (false, false) if has_wildcard => Severity::Medium,
        (false, true) => return None,
        _ => Severity::Low,
    };
    let which = if is_wide {
        "any role".to_owned()
    } else {
        let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        list(&names)
    };
    let to = if is_bound { "the service named in its condition" } else { "any service" };
    let says = format!("iam:PassRole passes {which} to {to}");
    let (says, severity) =
        if grant.is_conditional && !is_bound { conditional(grant, says, severity) } else { (says, severity) };
    let advice = match (is_wide, is_bound) {
        (true, true) => "name the roles that may be passed",
        (true, false) => "name the roles that may be passed, and add a condition on iam:PassedToService",
        _ => "add a condition on iam:PassedToService",
    };
    Some(Flaw::new(&check::PASS_ROLE, item.node, says, advice.to_owned()).severity(severity))
}

fn assume_any_role<'a>(grant: &Grant<'a>) -> Option<Flaw<'a>> {
    let item = grant.allows(ASSUME_ROLE)?;
    let mut roles = target::resources(ASSUME_ROLE, grant).filter(|role| is_wide(role)).peekable();
    roles.peek()?;
    let is_any_account = roles.any(|role| arn_parts(role.as_str()).get(4).is_none_or(|account| account.contains('*')));
    let (says, severity) = if is_any_account {
        ("sts:AssumeRole on any role of any account whose trust policy lets this account in", Severity::High)
    } else {
        ("sts:AssumeRole on any role of an account whose trust policy lets this one in", Severity::Medium)
    };
    let (says, severity) = conditional(grant, says.to_owned(), severity);
    let advice = "name the roles that are to be assumed".to_owned();
    Some(Flaw::new(&check::ASSUME_ANY_ROLE, item.node, says, advice).severity(severity))
}

fn every_secret<'a>(grant: &Grant<'a>) -> Option<Flaw<'a>> {
    if is_bounded_by_key(grant) {
        return None;
    }
    let is_every = |action| grant.allows(action).is_some() && target::resources(action, grant).any(is_wide);
    let (action, severity, what) = [
        ("secretsmanager:GetSecretValue", Severity::High, "every secret in Secrets Manager"),
        ("ssm:GetParameter", Severity::Medium, "every parameter of Systems Manager, with those that are secret"),
    ]
    .into_iter()
    .find(|(action, ..)| is_every(action))?;
    let node = grant.allows(action)?.node;
    let (says, severity) = conditional(grant, format!("{action} reads {what}"), severity);
    let advice = "name the secrets that are needed".to_owned();
    Some(Flaw::new(&check::EVERY_SECRET, node, says, advice).severity(severity))
}

/// One step less under a condition, which is said.
fn conditional(grant: &Grant<'_>, says: String, severity: Severity) -> (String, Severity) {
    if grant.is_conditional {
        (format!("{says}, under a condition on {}", grant.keys()), lower(severity))
    } else {
        (says, severity)
    }
}

/// The first few of `names`, and how many more there are.
pub(super) fn list(names: &[&str]) -> String {
    let shown = &names[..names.len().min(NAMED)];
    match names.len() - shown.len() {
        0 => match shown.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, first)) => format!("{} and {last}", first.join(", ")),
            None => "none".to_owned(),
        },
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests;
