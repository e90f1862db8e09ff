//! What documents are checked for.

use super::way::WAYS;
use crate::model::Severity;

/// One check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Its name in outputs: `wildcard-action`.
    pub id: &'static str,
    /// A title.
    pub name: &'static str,
    /// As bad as it is as a rule; an issue may be less or more.
    pub severity: Severity,
    /// Why it matters, in sentences.
    pub help: &'static str,
}

macro_rules! checks {
    ($($constant:ident $id:literal $severity:ident $name:literal $help:literal;)*) => {
        $(pub(super) const $constant: Check = Check { id: $id, name: $name, severity: Severity::$severity, help: $help };)*

        /// Without those of the ways to more rights.
        const SINGLE: &[Check] = &[$($constant),*];
    };
}

checks! {
    DOCUMENT "document" Medium "Not a policy document"
        "A policy document is an object with a Statement, which is one statement or a list of them. AWS refuses anything else, so that nothing of it applies.";
    VERSION "version" Medium "Wrong policy language version"
        "The version of the policy language is 2012-10-17. In the older 2008-10-17, which is also what a document without Version has, policy variables such as ${aws:username} are plain letters; and IAM refuses managed policies that are written in it.";
    UNKNOWN_ELEMENT "unknown-element" Medium "Unknown element"
        "AWS refuses a document with an element that its grammar does not know, so that nothing of it applies.";
    DUPLICATE_ELEMENT "duplicate-element" Medium "The same element twice"
        "An element that stands twice in one object is refused, or the last one counts alone: either way it does not say what it seems to say.";
    SID "sid" Medium "Wrong statement id"
        "In IAM, a Sid has letters and digits only and is unique in its document; IAM refuses any other.";
    EFFECT "effect" Medium "No valid Effect"
        "Every statement has an Effect, which is Allow or Deny, written exactly so. AWS refuses any other, so that nothing of the document applies.";
    ACTION_ELEMENT "action-element" Medium "No valid Action"
        "A statement has either Action or NotAction, with at least one action. AWS refuses any other.";
    ACTION_SHAPE "action-shape" Medium "Wrong action"
        "An action is written service:Action, or * for all. AWS refuses any other.";
    RESOURCE_ELEMENT "resource-element" Medium "No valid Resource"
        "A statement has either Resource or NotResource, with at least one resource; in a role's trust policy it has neither. AWS refuses any other.";
    RESOURCE_SHAPE "resource-shape" Medium "Wrong resource"
        "A resource is an ARN (arn:partition:service:region:account:resource), or * for all. IAM refuses any other, or it never matches.";
    PRINCIPAL_ELEMENT "principal-element" Medium "No valid Principal"
        "Resource and trust policies say in Principal whom they are about. An identity policy is about whom it is attached to, and has none.";
    PRINCIPAL_SHAPE "principal-shape" Medium "Wrong principal"
        "A principal is * or an object of AWS, Service, Federated and CanonicalUser. A part of a name cannot be a wildcard in it: conditions on aws:PrincipalArn can.";
    CONDITION_OPERATOR "condition-operator" Medium "Unknown condition operator"
        "AWS refuses a document with an operator that it does not know, so that nothing of it applies.";
    CONDITION_SHAPE "condition-shape" Medium "Wrong condition"
        "A Condition is an object of operators, each of which is an object of keys with one value or a list of values.";
    CONDITION_VALUE "condition-value" Medium "Value that the operator cannot compare"
        "Numbers, dates, addresses, true and false are compared as such. What is none of them never matches, or IAM refuses it.";
    WILDCARD_IN_EQUALS "wildcard-in-equals" Medium "Wildcard that is a plain letter"
        "StringEquals compares letter by letter: * is no wildcard in it. An Allow then never applies; a Deny with StringNotEquals always does.";
    FOR_ALL_VALUES "for-all-values" High "Condition that holds without the key"
        "ForAllValues holds for requests that do not have the key at all. For a key that says who asks or from where, an Allow with it applies to those who have none.";
    ADMINISTRATOR "administrator" Critical "Administrator"
        "Everything is allowed on everything: whoever gets hold of this principal has the account.";
    IAM_ADMINISTRATOR "iam-administrator" Critical "Administrator by way of IAM"
        "Whoever may do everything in IAM may allow themselves everything else: this is an administrator.";
    ALLOW_NOT_ACTION "allow-not-action" High "Allow with NotAction"
        "An Allow with NotAction takes in every action of every service but those named, and those that AWS adds tomorrow.";
    ALLOW_NOT_RESOURCE "allow-not-resource" High "Allow with NotResource"
        "An Allow with NotResource takes in everything but what is named, and what is created tomorrow. It is often meant as a Deny, which it is not: another statement may still allow what is named.";
    WILDCARD_ACTION "wildcard-action" Medium "Wildcard in Action"
        "A wildcard that takes in writing allows more than is needed, and what AWS adds to the service tomorrow.";
    WILDCARD_RESOURCE "wildcard-resource" Medium "Wildcard Resource"
        "Actions that could be bounded to some resources are allowed on all of them, in every region.";
    PASS_ROLE "pass-role" High "Passes any role"
        "Whoever may pass a role to a service may do through the service what the role may do. The roles should be named, and the service by a condition on iam:PassedToService.";
    ASSUME_ANY_ROLE "assume-any-role" High "Assumes any role"
        "Every role, in any account, whose trust policy lets in this account is open to this principal.";
    EVERY_SECRET "every-secret" High "Reads every secret"
        "All secrets of the account can be read, also those of others.";
    PUBLIC_PRINCIPAL "public-principal" High "Open to everyone"
        "The principal * is everyone, also outside of the account and without any credentials, unless a condition says who or from where.";
    ALLOW_NOT_PRINCIPAL "allow-not-principal" Critical "Allow with NotPrincipal"
        "An Allow with NotPrincipal lets in everyone but those named, also without any credentials.";
    CONFUSED_DEPUTY "confused-deputy" Medium "Service for whomever it acts"
        "A service that may use this resource may be told to by anyone who uses the service, in any account (the confused deputy). A condition on aws:SourceArn, aws:SourceAccount or aws:SourceOrgID says for whom.";
    TRUST_EVERYONE "trust-everyone" Critical "Role that everyone may assume"
        "Every AWS account can assume a role that trusts *, unless a condition says who.";
    TRUST_EXTERNAL_ID "trust-external-id" Medium "Trust across accounts without an external id"
        "A service provider that acts for many customers may be led to use one customer's role for another (the confused deputy). A condition on sts:ExternalId prevents it.";
    TRUST_WHOLE_ACCOUNT "trust-whole-account" Low "Role that a whole account may assume"
        "A trust in arn:aws:iam::ACCOUNT:root lets in every principal of that account whose own policies allow sts:AssumeRole on the role.";
    TRUST_OIDC "trust-oidc" High "Trust in an identity provider without saying for whom"
        "An identity provider issues tokens to many. Conditions on its sub and aud say whose tokens, and for what, the role takes.";
    TRUST_GITHUB "trust-github" Critical "Trust in every GitHub repository"
        "GitHub's provider issues tokens to every repository on GitHub. Only a condition on token.actions.githubusercontent.com:sub says whose workflows may assume the role.";
}

const COUNT: usize = SINGLE.len() + WAYS.len();

/// All checks: of the grammar, of least privilege, of trust, and ways to more rights. Several ways may share one check.
const ALL: [Check; COUNT] = {
    let mut all = [DOCUMENT; COUNT];
    let mut n = 0;
    while n < COUNT {
        all[n] = if n < SINGLE.len() { SINGLE[n] } else { WAYS[n - SINGLE.len()].check };
        n += 1;
    }
    all
};

/// Every check that an [`Issue`](super::Issue) may name.
pub const CHECKS: &[Check] = &ALL;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_check_is_there_once_and_explained() {
        let ids: BTreeSet<&str> = CHECKS.iter().map(|check| check.id).collect();
        assert_eq!(ids.len(), CHECKS.len());
        for check in CHECKS {
            assert!(
                check.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                check.id
            );
            assert!(check.help.ends_with('.') && !check.name.ends_with('.'), "{}", check.id);
        }
    }
}
