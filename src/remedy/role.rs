//! Which role a place gets, and how it is attached there.

use super::place::Kind;
use serde::Serialize;

/// A repository at its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// `github.com`.
    pub host: String,
    /// `owner/name`; on GitLab a group may be in a group.
    pub name: String,
}

impl Repository {
    /// The repository of a URL, without credentials: `https://host/owner/name.git`, `ssh://git@host/owner/name`,
    /// `git@host:owner/name.git`.
    pub fn of_url(url: &str) -> Option<Self> {
        let (host, path) = match url.split_once("://") {
            Some((scheme, _)) if !matches!(scheme, "http" | "https" | "ssh" | "git") => return None,
            Some((_, rest)) => rest.split_once('/')?,
            None => url.split_once(':')?,
        };
        let host = host.rsplit('@').next().unwrap_or(host);
        let host = host.split(':').next().unwrap_or(host);
        let name = path.trim_matches('/').trim_end_matches(".git");
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let whole = host.contains('.') && name.contains('/') && name.chars().all(fits);
        whole.then(|| Self { host: host.to_owned(), name: name.to_owned() })
    }
}

/// What of the world round a leak goes into a role.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Where the repository is hosted, if that is known.
    pub repository: Option<Repository>,
    /// The branch that deploys: that of HEAD.
    pub branch: Option<String>,
    /// Twelve digits.
    pub account: Option<String>,
    /// The one region that the settings name.
    pub region: Option<String>,
    /// What the role is called.
    pub role_name: String,
}

impl Setting {
    fn account(&self) -> &str {
        self.account.as_deref().unwrap_or("ACCOUNT_ID")
    }

    fn region(&self) -> &str {
        self.region.as_deref().unwrap_or("REGION")
    }

    /// The ARN of the role.
    pub(super) fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account(), self.role_name)
    }
}

/// What gets credentials instead of a person who keeps a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role {
    /// `execution_role`, `instance_profile` …
    pub kind: &'static str,
    /// What AWS calls it.
    pub name: &'static str,
    /// What it is called in the policies written here.
    pub role_name: String,
    /// One sentence: why this and no key.
    pub why: &'static str,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// The lines that change.
    pub attach: Snippet,
}

/// A few lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// Where they belong.
    pub into: &'static str,
    /// The lines.
    pub text: String,
    /// What else changes there: where the key itself goes.
    pub also: &'static str,
}

/// How files beside the leak are written: what is attached is written so, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sam,
    Serverless,
    CloudFormation,
    Terraform,
    Plain,
}

/// The role for a place. `finding` is the fingerprint that the steps name.
pub(super) fn role(kind: Kind, dialect: Dialect, setting: &Setting, finding: &str) -> Role {
    let (slug, name, why) = what(kind);
    let attach = attach(kind, dialect, setting);
    let mut steps = Vec::new();
    match kind {
        Kind::Laptop => steps.push(
            "make a permission set with the permission policy, and assign it to the people who need it".to_owned(),
        ),
        Kind::GithubActions | Kind::Gitlab | Kind::Bitbucket | Kind::Circleci => steps.push(
            "add the issuer of the tokens to IAM as an OpenID Connect provider, once an account (`--format terraform` \
             writes it)"
                .to_owned(),
        ),
        Kind::Server => steps.push(
            "make a trust anchor of IAM Roles Anywhere for the authority that issues your servers' certificates"
                .to_owned(),
        ),
        _ => {}
    }
    if kind != Kind::Laptop {
        let name = &setting.role_name;
        steps.push(format!("make the role {name} with the trust policy, and give it the permission policy"));
    }
    steps.push(format!("put the lines below into {}; {}", attach.into, attach.also));
    steps.push("take the key out of the code: an SDK that is given no key asks for the role's by itself".to_owned());
    steps.push(format!(
        "deploy, see it work, then make the key inactive and delete it: `keytrail contain {finding}` prints the commands"
    ));
    Role { kind: slug, name, role_name: setting.role_name.clone(), why, steps, attach }
}

fn what(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::Lambda => (
            "execution_role",
            "the execution role of the function",
            "Lambda gives each run of a function credentials of its execution role that last for hours",
        ),
        Kind::Ec2 => (
            "instance_profile",
            "a role in an instance profile",
            "an instance gets credentials of its role from the metadata service, and they change by themselves",
        ),
        Kind::Ecs => (
            "task_role",
            "the task role",
            "ECS gives the containers of a task credentials of its task role; the execution role is the agent's and not theirs",
        ),
        Kind::Kubernetes => (
            "pod_identity",
            "a role for EKS Pod Identity (or IRSA, where the agent cannot run)",
            "pods of one service account get credentials of their role; those of the node stay the node's",
        ),
        Kind::GithubActions | Kind::Gitlab | Kind::Bitbucket | Kind::Circleci => (
            "oidc_role",
            "a role for the pipeline's OpenID Connect token",
            "each job proves with a token which repository and branch it is, and gets credentials for that job alone",
        ),
        Kind::Codebuild => (
            "service_role",
            "the service role of the project",
            "CodeBuild gives each build credentials of its project's role",
        ),
        Kind::Laptop => (
            "permission_set",
            "a permission set of IAM Identity Center",
            "people sign in, with a second factor, and get credentials that last for hours and are theirs",
        ),
        Kind::OtherAccount => (
            "assume_role",
            "a role that the other account assumes",
            "who calls from another account does so with its own identity; the external id keeps others from using the role through it",
        ),
        Kind::Server => (
            "roles_anywhere",
            "a role for IAM Roles Anywhere",
            "a server outside of AWS proves who it is with a certificate, and gets credentials that last for an hour",
        ),
    }
}

/// The lines that give the place its role.
fn attach(kind: Kind, dialect: Dialect, setting: &Setting) -> Snippet {
    let (arn, name, region) = (setting.role_arn(), setting.role_name.as_str(), setting.region());
    let (into, also, text) = match (kind, dialect) {
        (Kind::Lambda, Dialect::Serverless) => {
            ("serverless.yml", "remove the key from `environment`", format!("provider:\n  iam:\n    role: {arn}\n"))
        }
        (Kind::Lambda, Dialect::Sam | Dialect::CloudFormation) => (
            "the function in the template",
            "remove the key from `Environment`",
            format!("    Properties:\n      Role: {arn}\n"),
        ),
        (Kind::Lambda, Dialect::Terraform) => (
            "the function in Terraform",
            "remove the key from `environment`",
            format!("  role = aws_iam_role.{}.arn\n", label(name)),
        ),
        (Kind::Lambda, Dialect::Plain) => (
            "the function's configuration (a command)",
            "remove the key from its environment",
            format!("aws lambda update-function-configuration --function-name FUNCTION_NAME --role {arn}\n"),
        ),
        (Kind::Ec2, Dialect::Terraform) => (
            "the instance in Terraform",
            "remove the key from its user data",
            format!(
                "  iam_instance_profile = aws_iam_instance_profile.{}.name\n\n  metadata_options {{\n    http_tokens = \"required\"\n  }}\n",
                label(name)
            ),
        ),
        (Kind::Ec2, Dialect::CloudFormation | Dialect::Sam) => (
            "the instance in the template",
            "remove the key from its user data",
            format!("    Properties:\n      IamInstanceProfile: {name}\n"),
        ),
        (Kind::Ec2, _) => (
            "the instance (commands)",
            "remove the key from it and from its image",
            format!(
                "aws iam create-instance-profile --instance-profile-name {name}\n\
                 aws iam add-role-to-instance-profile --instance-profile-name {name} --role-name {name}\n\
                 aws ec2 associate-iam-instance-profile --instance-id INSTANCE_ID --iam-instance-profile Name={name}\n\
                 aws ec2 modify-instance-metadata-options --instance-id INSTANCE_ID --http-tokens required\n"
            ),
        ),
        (Kind::Ecs, Dialect::Terraform) => (
            "the task definition in Terraform",
            "remove the key from `environment`",
            format!("  task_role_arn = aws_iam_role.{}.arn\n", label(name)),
        ),
        (Kind::Ecs, Dialect::CloudFormation | Dialect::Sam) => (
            "the task definition in the template",
            "remove the key from `Environment`",
            format!("    Properties:\n      TaskRoleArn: {arn}\n"),
        ),
        (Kind::Ecs, _) => {
            ("the task definition", "remove the key from `environment`", format!("\"taskRoleArn\": \"{arn}\",\n"))
        }
        (Kind::Kubernetes, _) => (
            "the cluster (commands)",
            "name the service account in `serviceAccountName` of the pods, and remove the Secret",
            format!(
                "aws eks create-addon --cluster-name CLUSTER_NAME --addon-name eks-pod-identity-agent\n\
                 aws eks create-pod-identity-association --cluster-name CLUSTER_NAME \\\n  \
                 --namespace NAMESPACE --service-account SERVICE_ACCOUNT --role-arn {arn}\n"
            ),
        ),
        (Kind::GithubActions, _) => (
            "the workflow, in the place of the key",
            "delete the secrets of the repository that hold it",
            format!(
                "permissions:\n  id-token: write\n  contents: read\n\nsteps:\n  - uses: aws-actions/configure-aws-credentials@v4\n    with:\n      role-to-assume: {arn}\n      aws-region: {region}\n"
            ),
        ),
        (Kind::Gitlab, _) => {
            let host = setting.repository.as_ref().map_or("gitlab.com", |repository| repository.host.as_str());
            (
                "the job, in the place of the key",
                "delete the variables of the project that hold it",
                format!(
                    "  id_tokens:\n    AWS_TOKEN:\n      aud: https://{host}\n  variables:\n    AWS_ROLE_ARN: {arn}\n    AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token\n    AWS_REGION: {region}\n  before_script:\n    - printf '%s' \"$AWS_TOKEN\" > \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\n"
                ),
            )
        }
        (Kind::Bitbucket, _) => (
            "the step, in the place of the key",
            "delete the variables of the repository that hold it",
            format!(
                "    oidc: true\n    script:\n      - export AWS_ROLE_ARN={arn} AWS_REGION={region}\n      - export AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/aws-token\n      - printf '%s' \"$BITBUCKET_STEP_OIDC_TOKEN\" > \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\n"
            ),
        ),
        (Kind::Circleci, _) => (
            "the job, in the place of the key",
            "delete the variables of the context or project that hold it",
            format!(
                "    environment:\n      AWS_ROLE_ARN: {arn}\n      AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token\n      AWS_REGION: {region}\n    steps:\n      - run: printf '%s' \"$CIRCLE_OIDC_TOKEN\" > \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\n"
            ),
        ),
        (Kind::Codebuild, _) => (
            "the project (a command)",
            "remove the key from its variables",
            format!("aws codebuild update-project --name PROJECT_NAME --service-role {arn}\n"),
        ),
        (Kind::Laptop, _) => (
            "~/.aws/config",
            "delete ~/.aws/credentials and what else holds the key",
            format!(
                "[sso-session company]\nsso_start_url = START_URL\nsso_region = {region}\nsso_registration_scopes = sso:account:access\n\n[profile {name}]\nsso_session = company\nsso_account_id = {}\nsso_role_name = {name}\nregion = {region}\n\n# then: aws sso login --profile {name}\n",
                setting.account()
            ),
        ),
        (Kind::OtherAccount, _) => (
            "~/.aws/config of who calls (or call AssumeRole in the code)",
            "remove the key there",
            format!(
                "[profile {name}]\nrole_arn = {arn}\nexternal_id = EXTERNAL_ID\ncredential_source = Ec2InstanceMetadata\n"
            ),
        ),
        (Kind::Server, _) => (
            "~/.aws/config of the server",
            "remove the key there",
            format!(
                "[default]\ncredential_process = aws_signing_helper credential-process --certificate CERTIFICATE_FILE --private-key PRIVATE_KEY_FILE --trust-anchor-arn arn:aws:rolesanywhere:{region}:{}:trust-anchor/TRUST_ANCHOR_ID --profile-arn arn:aws:rolesanywhere:{region}:{}:profile/PROFILE_ID --role-arn {arn}\n",
                setting.account(),
                setting.account()
            ),
        ),
    };
    Snippet { into, text, also }
}

/// A name as Terraform's labels are written.
pub(super) fn label(name: &str) -> String {
    let written: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if written.starts_with(|c: char| c.is_ascii_digit()) { format!("role_{written}") } else { written }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_and_name_are_read_off_any_url() {
        for (url, expected) in [
            ("https://github.com/acme/shop.git", Some(("github.com", "acme/shop"))),
            ("git@gitlab.example.org:group/sub/app.git", Some(("gitlab.example.org", "group/sub/app"))),
            ("ssh://git@github.com:22/acme/shop", Some(("github.com", "acme/shop"))),
            ("file:///srv/git/shop.git", None),
            ("/srv/git/shop", None),
            ("https://github.com/acme", None),
            ("https://github.com/a/b\"x", None),
        ] {
            let found = Repository::of_url(url);
            assert_eq!(found.as_ref().map(|one| (one.host.as_str(), one.name.as_str())), expected, "{url}");
        }
    }

    #[test]
    fn labels_are_terraforms() {
        assert_eq!(label("shop-API"), "shop_api");
        assert_eq!(label("1st"), "role_1st");
    }
}
