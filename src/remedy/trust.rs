//! Who may assume the role: trust policies for each place.

use super::permission::Placeholder;
use super::place::Kind;
use super::policy::{Policy, Statement};
use super::role::Setting;

/// The issuer of the tokens of GitHub Actions.
const GITHUB: &str = "token.actions.githubusercontent.com";

/// The trust policy of a role for `kind`, and what has to be filled in. None where no role is written by hand: IAM Identity
/// Center makes its own.
///
/// Conditions are those that AWS documents for each service: `aws:SourceAccount` and `aws:SourceArn` for ECS (developer
/// guide, "Amazon ECS task IAM role") and `CodeBuild` ("Cross-service confused deputy prevention"); Lambda and EC2 send
/// neither when they assume a role. EKS sends namespace and service account as session tags. Tokens are bound to `aud` and `sub`, as each issuer documents them.
pub(super) fn trust(kind: Kind, setting: &Setting) -> (Option<Policy>, Vec<Placeholder>) {
    let mut blanks = Blanks { found: Vec::new(), setting };
    let service = |name: &str| Statement::trust("Service", name.to_owned(), &["sts:AssumeRole"]);
    let statement = match kind {
        Kind::Lambda => service("lambda.amazonaws.com"),
        Kind::Ec2 => service("ec2.amazonaws.com"),
        Kind::Ecs => {
            let (region, account) = (blanks.region(), blanks.account());
            service("ecs-tasks.amazonaws.com").when("StringEquals", "aws:SourceAccount", &account).when(
                "ArnLike",
                "aws:SourceArn",
                &format!("arn:aws:ecs:{region}:{account}:*"),
            )
        }
        Kind::Kubernetes => {
            let namespace = blanks.blank("NAMESPACE", "the namespace of the pods");
            let name = blanks.blank("SERVICE_ACCOUNT", "the service account of the pods");
            let actions = ["sts:AssumeRole", "sts:TagSession"];
            Statement::trust("Service", "pods.eks.amazonaws.com".to_owned(), &actions)
                .when("StringEquals", "aws:RequestTag/kubernetes-namespace", &namespace)
                .when("StringEquals", "aws:RequestTag/kubernetes-service-account", &name)
        }
        Kind::GithubActions => {
            let (name, branch) = (blanks.repository(), blanks.branch());
            blanks.token(GITHUB, "sts.amazonaws.com").when(
                "StringEquals",
                &format!("{GITHUB}:sub"),
                &format!("repo:{name}:ref:refs/heads/{branch}"),
            )
        }
        Kind::Gitlab => {
            let host =
                setting.repository.as_ref().map_or("gitlab.com", |repository| repository.host.as_str()).to_owned();
            let (name, branch) = (blanks.repository(), blanks.branch());
            blanks.token(&host, &format!("https://{host}")).when(
                "StringEquals",
                &format!("{host}:sub"),
                &format!("project_path:{name}:ref_type:branch:ref:{branch}"),
            )
        }
        Kind::Bitbucket => {
            let workspace = setting.repository.as_ref().and_then(|repository| repository.name.split('/').next());
            let workspace = workspace.map_or_else(
                || blanks.blank("WORKSPACE", "the workspace of the repository at Bitbucket"),
                str::to_owned,
            );
            let (uuid, repository) = (
                blanks.blank("WORKSPACE_UUID", "the workspace's UUID: repository settings, OpenID Connect"),
                blanks.blank("REPOSITORY_UUID", "the repository's UUID: repository settings, OpenID Connect"),
            );
            let issuer = format!("api.bitbucket.org/2.0/workspaces/{workspace}/pipelines-config/identity/oidc");
            blanks.token(&issuer, &format!("ari:cloud:bitbucket::workspace/{uuid}")).when(
                "StringLike",
                &format!("{issuer}:sub"),
                &format!("{{{repository}}}:*"),
            )
        }
        Kind::Circleci => {
            let organisation = blanks.blank("ORG_ID", "the organisation's id at CircleCI: organisation settings");
            let project = blanks.blank("PROJECT_ID", "the project's id at CircleCI: project settings");
            let issuer = format!("oidc.circleci.com/org/{organisation}");
            blanks.token(&issuer, &organisation).when(
                "StringLike",
                &format!("{issuer}:sub"),
                &format!("org/{organisation}/project/{project}/user/*"),
            )
        }
        Kind::Codebuild => {
            let (region, account) = (blanks.region(), blanks.account());
            let project = blanks.blank("PROJECT_NAME", "the project of CodeBuild");
            service("codebuild.amazonaws.com").when("StringEquals", "aws:SourceAccount", &account).when(
                "ArnEquals",
                "aws:SourceArn",
                &format!("arn:aws:codebuild:{region}:{account}:project/{project}"),
            )
        }
        Kind::OtherAccount => {
            let other = blanks.blank("OTHER_ACCOUNT_ID", "the account that calls from outside, twelve digits");
            let role = blanks.blank("CALLER_ROLE_NAME", "the role there that calls");
            let external = blanks.blank("EXTERNAL_ID", "an id that only the two of you know, such as a UUID");
            Statement::trust("AWS", format!("arn:aws:iam::{other}:role/{role}"), &["sts:AssumeRole"]).when(
                "StringEquals",
                "sts:ExternalId",
                &external,
            )
        }
        Kind::Server => {
            let (region, account) = (blanks.region(), blanks.account());
            let anchor = blanks
                .blank("TRUST_ANCHOR_ID", "the trust anchor: the authority that issues your servers' certificates");
            let name = blanks.blank("CERTIFICATE_NAME", "the common name in the server's certificate");
            let actions = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];
            Statement::trust("Service", "rolesanywhere.amazonaws.com".to_owned(), &actions)
                .when(
                    "ArnEquals",
                    "aws:SourceArn",
                    &format!("arn:aws:rolesanywhere:{region}:{account}:trust-anchor/{anchor}"),
                )
                .when("StringEquals", "aws:PrincipalTag/x509Subject/CN", &name)
        }
        Kind::Laptop => return (None, Vec::new()),
    };
    (Some(Policy::new(vec![statement])), blanks.found)
}

struct Blanks<'a> {
    found: Vec<Placeholder>,
    setting: &'a Setting,
}

impl Blanks<'_> {
    fn blank(&mut self, name: &str, means: &str) -> String {
        if !self.found.iter().any(|one| one.name == name) {
            self.found.push(Placeholder { name: name.to_owned(), means: means.to_owned(), at: None });
        }
        name.to_owned()
    }

    fn account(&mut self) -> String {
        match self.setting.account.clone() {
            Some(account) => account,
            None => self.blank("ACCOUNT_ID", "the account that the key belongs to, twelve digits"),
        }
    }

    fn region(&mut self) -> String {
        match self.setting.region.clone() {
            Some(region) => region,
            None => self.blank("REGION", "the region, such as eu-west-1"),
        }
    }

    fn repository(&mut self) -> String {
        match &self.setting.repository {
            Some(repository) => repository.name.clone(),
            None => self.blank("OWNER/REPOSITORY", "the repository's owner and name"),
        }
    }

    fn branch(&mut self) -> String {
        match self.setting.branch.clone() {
            Some(branch) => branch,
            None => self.blank("BRANCH", "the branch that deploys"),
        }
    }

    /// A role for tokens of `issuer`, bound to their audience.
    fn token(&mut self, issuer: &str, audience: &str) -> Statement {
        let account = self.account();
        let provider = format!("arn:aws:iam::{account}:oidc-provider/{issuer}");
        Statement::trust("Federated", provider, &["sts:AssumeRoleWithWebIdentity"]).when(
            "StringEquals",
            &format!("{issuer}:aud"),
            audience,
        )
    }
}
