//! IAM policy documents: what they say, and what is wrong with it. Nothing is read here and nobody is asked.

mod access;
mod check;
mod condition;
mod effective;
mod entry;
mod escalation;
mod flaw;
mod grammar;
mod issue;
mod node;
mod pattern;
mod principal;
mod privilege;
mod resource;
mod risk;
mod scope;
mod statement;
mod target;
mod trust;
mod way;

pub use check::{CHECKS, Check};
pub use effective::Held;
pub use entry::{Entrance, may_enter};
pub use issue::{Issue, Kind};
pub use node::{Node, Value};
pub use risk::{may_assume, risks, severity, trust_risks};

use effective::grants;
use grammar::Reader;

/// What is wrong with a document, in the order of its places.
///
/// First what AWS would refuse or read otherwise than it is meant, then what is not least privilege. What only the deployment knows
/// is not taken for wrong.
pub fn check(document: &Node, kind: Kind) -> Vec<Issue> {
    let (mut found, is_whole) = Reader::read(document, kind);
    if is_whole {
        found.extend(match kind {
            Kind::Identity => privilege::flaws(&grants(&[Held { name: "", document, boundary: false }])),
            Kind::Resource => resource::flaws(document),
            Kind::Trust => trust::flaws(document, None),
        });
    }
    let mut issues: Vec<Issue> = found.into_iter().map(Issue::from).collect();
    issues.sort_by_key(|issue| (issue.line, issue.column));
    issues
}
