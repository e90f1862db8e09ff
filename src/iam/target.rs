//! What resources an action is on.

use super::effective::Grant;
use super::pattern::{Pattern, arn_parts};

/// A service, and a pattern of its resources.
#[derive(Debug, Clone)]
pub(super) struct Target {
    service: Pattern,
    name: Pattern,
}

/// As it is written in the table.
type Written = (&'static str, &'static str);

/// Actions that are on resources of another service, or on some of their own only. Each of the resources is needed; the first is what
/// bounds the action.
///
/// Source: Service Authorization Reference.
const TARGETS: [(&str, &[Written]); 12] = [
    ("iam:CreatePolicyVersion", &[("iam", "policy/*")]),
    ("iam:SetDefaultPolicyVersion", &[("iam", "policy/*")]),
    ("iam:*GroupPolicy", &[("iam", "group/*")]),
    ("iam:AddUserToGroup", &[("iam", "group/*")]),
    ("iam:*RolePolicy", &[("iam", "role/*")]),
    ("iam:*RolePermissionsBoundary", &[("iam", "role/*")]),
    ("iam:*Role", &[("iam", "role/*")]),
    ("iam:*", &[("iam", "user/*")]),
    ("sts:AssumeRole", &[("iam", "role/*")]),
    ("ec2-instance-connect:SendSSHPublicKey", &[("ec2", "instance/*")]),
    ("ssm:StartSession", &[("ec2", "instance/*")]),
    // A document of AWS's that runs any command: most others run one.
    ("ssm:SendCommand", &[("ec2", "instance/*"), ("ssm", "document/AWS-RunShellScript")]),
];

/// What is to be among the resources of `action`.
pub(super) fn targets(action: &str) -> Vec<Target> {
    let pattern = Pattern::action(action);
    let target =
        |service: &str, name: &str| Target { service: Pattern::resource(service), name: Pattern::resource(name) };
    match TARGETS.iter().find(|(name, _)| Pattern::action(name).covers(&pattern)) {
        Some((_, targets)) => targets.iter().map(|(service, name)| target(service, name)).collect(),
        None => vec![target(action.split(':').next().unwrap_or(action), "*")],
    }
}

/// The resources of a grant that bound `action`.
pub(super) fn resources<'g>(action: &str, grant: &'g Grant<'_>) -> impl Iterator<Item = &'g Pattern> + use<'g> {
    let first = targets(action).into_iter().next();
    let patterns = grant.resources.include.iter().map(|item| &item.pattern);
    patterns.filter(move |pattern| first.as_ref().is_none_or(|target| is_aimed(pattern, target)))
}

/// Whether a grant's resources may be some of `targets`.
pub(super) fn is_met(targets: &[Target], grant: &Grant<'_>) -> bool {
    grant.resources.include.iter().any(|item| targets.iter().any(|target| is_aimed(&item.pattern, target)))
}

/// Whether all that `action` needs is among the resources of `grants`.
pub(super) fn are_met(action: &str, grants: &[&Grant<'_>]) -> bool {
    let is_on = |target: &Target| {
        grants.iter().any(|grant| grant.resources.include.iter().any(|item| is_aimed(&item.pattern, target)))
    };
    targets(action).iter().all(is_on)
}

/// What is not known at all is not said to be. Part by part: what a wildcard stands for in one of them is in that one.
fn is_aimed(resource: &Pattern, target: &Target) -> bool {
    let meets = |part: &str, target: &Pattern| Pattern::resource(part).meets(target);
    match arn_parts(resource.as_str())[..] {
        // IAM lets nobody change a role that is linked to a service.
        [_, _, "iam", _, _, name] if name.starts_with("role/aws-service-role/") => false,
        [_, _, service, _, _, name] => meets(service, &target.service) && meets(name, &target.name),
        _ => !resource.is_unknown(),
    }
}
