//! Users and keys that a template makes. They last until somebody deletes them, where a role would serve.

use crate::{
    iam::{Check, Node},
    model::Severity,
};

/// What is looked for besides policy documents.
pub const CHECKS: &[Check] = &[LONG_LIVED_KEY, LONG_LIVED_USER];

const LONG_LIVED_KEY: Check = Check {
    id: "long-lived-key",
    name: "A template makes an access key",
    severity: Severity::High,
    help: "An access key works until somebody deletes it, wherever it gets to. The template's state holds its secret, too. A role gives whoever may assume it credentials that end by themselves: for what runs in AWS (Lambda, ECS, EC2, EKS), for CI by OIDC, for servers elsewhere by IAM Roles Anywhere.",
};
const LONG_LIVED_USER: Check = Check {
    id: "long-lived-user",
    name: "A template makes a user where a role serves",
    severity: Severity::Medium,
    help: "A user is there to have a password or access keys, which last until somebody deletes them. A role has neither: programs in AWS assume it by themselves, CI does by OIDC, servers elsewhere by IAM Roles Anywhere, and people by IAM Identity Center.",
};

const KEY_ADVICE: &str = "make a role instead: programs in AWS have it without any key, CI assumes it by OIDC, servers elsewhere by IAM Roles Anywhere";
const PROGRAM_ADVICE: &str = "make a role instead, which whoever needs it assumes: a program in AWS, CI by OIDC, a server elsewhere by IAM Roles Anywhere";
const PERSON_ADVICE: &str = "let people sign in by IAM Identity Center, which gives them a role for some hours";

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// One of [`CHECKS`].
    pub check: &'static str,
    /// How bad.
    pub severity: Severity,
    /// What is made, in a sentence without a final stop.
    pub says: String,
    /// What to do instead, in a sentence without a final stop.
    pub advice: &'static str,
    /// Where it stands: `Resources.Deployer`, `aws_iam_user.deployer`.
    pub name: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
}

/// What a resource makes that lasts; `None` if it makes nothing of the kind.
pub(super) fn declared(resource: &str, name: &str, at: (u32, u32), properties: Option<&Node>) -> Option<Declared> {
    let has = |property: &str| properties.is_some_and(|properties| properties.get(property).is_some());
    let (check, says, advice) = match resource {
        "AWS::IAM::AccessKey" | "aws_iam_access_key" => (LONG_LIVED_KEY, "makes an access key", KEY_ADVICE),
        "AWS::IAM::User" if has("LoginProfile") => (LONG_LIVED_USER, "makes a user with a password", PERSON_ADVICE),
        "AWS::IAM::User" | "aws_iam_user" => (LONG_LIVED_USER, "makes a user", PROGRAM_ADVICE),
        "aws_iam_user_login_profile" => (LONG_LIVED_USER, "gives a user a password", PERSON_ADVICE),
        "AWS::IAM::UserPolicy" | "aws_iam_user_policy" | "aws_iam_user_policy_attachment" => {
            (LONG_LIVED_USER, "gives rights to a user", PROGRAM_ADVICE)
        }
        _ => return None,
    };
    Some(Declared {
        check: check.id,
        severity: check.severity,
        says: says.to_owned(),
        advice,
        name: name.to_owned(),
        line: at.0,
        column: at.1,
    })
}

/// Without rights given to users if the users themselves are made beside them: one thing to say of one user.
pub(super) fn told_once(declared: &mut Vec<Declared>) {
    if declared.iter().any(|one| one.says.starts_with("makes a user")) {
        declared.retain(|one| one.says.starts_with("makes"));
    }
}
