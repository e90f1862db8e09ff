//! What makes a principal, or a role, more dangerous than it should be.

use super::effective::{Held, grants};
use super::flaw::Flaw;
use super::statement::Effect;
use super::{Node, privilege, trust};
use crate::model::{Risk, Severity};

/// What one principal may do by all of its policies beyond what is needed, worst first.
///
/// A permissions boundary bounds what the others allow; a `Deny` takes away what it surely denies, and nothing where a condition
/// makes it uncertain.
pub fn risks(held: &[Held<'_>]) -> Vec<Risk> {
    sorted(privilege::flaws(&grants(held)))
}

/// Who may assume `role` of account `own_account` that should not, by its trust policy, worst first.
pub fn trust_risks(role: &str, trust: &Node, own_account: &str) -> Vec<Risk> {
    sorted(trust::flaws(trust, Some(own_account)).into_iter().map(|flaw| flaw.policy(role)).collect())
}

/// The roles that a principal may assume by its own policies, as patterns of ARNs, sorted. Their trust policies have a say, too.
pub fn may_assume(held: &[Held<'_>]) -> Vec<String> {
    let grants = grants(held);
    let allowing = grants
        .iter()
        .filter(|grant| grant.statement.effect == Some(Effect::Allow) && grant.allows("sts:AssumeRole").is_some());
    let mut roles: Vec<String> =
        allowing.flat_map(|grant| grant.resources.include.iter().map(|item| item.pattern.to_string())).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// How bad the worst is.
pub fn severity(risks: &[Risk]) -> Option<Severity> {
    risks.iter().map(|risk| risk.severity).max()
}

fn sorted(flaws: Vec<Flaw<'_>>) -> Vec<Risk> {
    let mut risks: Vec<Risk> = flaws.into_iter().map(Risk::from).collect();
    risks.sort_by(|one, two| two.severity.cmp(&one.severity).then_with(|| one.policy.cmp(&two.policy)));
    risks
}
