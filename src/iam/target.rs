//! What resources an action is on.

use super::effective::Grant;
use super::pattern::{Pattern, arn_parts};

/// A service, and a pattern of its resources.
#[derive(Debug, Clone, Copy)]
struct Target {
    service: &'static str,
    name: &'static str,
}

const fn of(service: &'static str, name: &'static str) -> Target {
    Target { service, name }
}

/// Actions that are on resources of another service, or on some of their own only. Each of the resources is needed; the first is what
/// bounds the action.
///
/// Source: Service Authorization Reference.
const TARGETS: [(&str, &[Target]); 12] = [
    ("iam:CreatePolicyVersion", &[of("iam", "policy/*")]),
    ("iam:SetDefaultPolicyVersion", &[of("iam", "policy/*")]),
    ("iam:*GroupPolicy", &[of("iam", "group/*")]),
    ("iam:AddUserToGroup", &[of("iam", "group/*")]),
    ("iam:*RolePolicy", &[of("iam", "role/*")]),
    ("iam:*RolePermissionsBoundary", &[of("iam", "role/*")]),
    ("iam:*Role", &[of("iam", "role/*")]),
    ("iam:*", &[of("iam", "user/*")]),
    ("sts:AssumeRole", &[of("iam", "role/*")]),
    ("ec2-instance-connect:SendSSHPublicKey", &[of("ec2", "instance/*")]),
    ("ssm:StartSession", &[of("ec2", "instance/*")]),
    // A document of AWS's that runs any command: most others run one.
    ("ssm:SendCommand", &[of("ec2", "instance/*"), of("ssm", "document/AWS-RunShellScript")]),
];

/// What is to be among the resources of `action`.
fn targets(action: &'static str) -> Vec<Target> {
    let pattern = Pattern::action(action);
    match TARGETS.iter().find(|(name, _)| Pattern::action(name).covers(&pattern)) {
        Some((_, targets)) => targets.to_vec(),
        None => vec![of(action.split(':').next().unwrap_or(action), "*")],
    }
}

/// The resources of a grant that bound `action`.
pub(super) fn resources<'g>(action: &'static str, grant: &'g Grant<'_>) -> impl Iterator<Item = &'g Pattern> {
    let first = targets(action).into_iter().next();
    let patterns = grant.resources.include.iter().map(|item| &item.pattern);
    patterns.filter(move |pattern| first.is_none_or(|target| is_aimed(pattern, target)))
}

/// Whether a grant's resources may be some of those that `action` is on.
pub(super) fn is_met(action: &'static str, grant: &Grant<'_>) -> bool {
    let targets = targets(action);
    grant.resources.include.iter().any(|item| targets.iter().any(|target| is_aimed(&item.pattern, *target)))
}

/// Whether all that `action` needs is among the resources of `grants`.
pub(super) fn are_met(action: &'static str, grants: &[&Grant<'_>]) -> bool {
    let is_on = |target: Target| {
        grants.iter().any(|grant| grant.resources.include.iter().any(|item| is_aimed(&item.pattern, target)))
    };
    targets(action).into_iter().all(is_on)
}

/// What is not known at all is not said to be. Part by part: what a wildcard stands for in one of them is in that one.
fn is_aimed(resource: &Pattern, target: Target) -> bool {
    let meets = |part: &str, target: &str| Pattern::resource(part).meets(&Pattern::resource(target));
    match arn_parts(resource.as_str())[..] {
        // IAM lets nobody change a role that is linked to a service.
        [_, _, "iam", _, _, name] if name.starts_with("role/aws-service-role/") => false,
        [_, _, service, _, _, name] => meets(service, target.service) && meets(name, target.name),
        _ => !resource.is_unknown(),
    }
}
