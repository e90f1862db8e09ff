//! The few lines that give each place its role.

use super::place::Kind;
use super::role::{Dialect, Setting, Snippet, label};

/// The lines that give the place its role.
pub(super) fn attach(kind: Kind, dialect: Dialect, setting: &Setting) -> Snippet {
    let (arn, name) = (setting.role_arn(), setting.role_name.as_str());
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
        _ => return elsewhere(kind, setting),
    };
    Snippet { into, text, also }
}

/// The same for pipelines, for people and for what runs outside of AWS; nothing for what runs on AWS.
fn elsewhere(kind: Kind, setting: &Setting) -> Snippet {
    let (arn, name, region) = (setting.role_arn(), setting.role_name.as_str(), setting.region_or_blank());
    let (into, also, text) = match kind {
        Kind::GithubActions => (
            "the workflow, in the place of the key",
            "delete the secrets of the repository that hold it",
            format!(
                "permissions:\n  id-token: write\n  contents: read\n\nsteps:\n  - uses: aws-actions/configure-aws-credentials@v4\n    with:\n      role-to-assume: {arn}\n      aws-region: {region}\n"
            ),
        ),
        Kind::Gitlab => {
            let host = setting.repository.as_ref().map_or("gitlab.com", |repository| repository.host.as_str());
            (
                "the job, in the place of the key",
                "delete the variables of the project that hold it",
                format!(
                    "  id_tokens:\n    AWS_TOKEN:\n      aud: https://{host}\n  variables:\n    AWS_ROLE_ARN: {arn}\n    AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token\n    AWS_REGION: {region}\n  before_script:\n    - printf '%s' \"$AWS_TOKEN\" > \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\n"
                ),
            )
        }
        Kind::Bitbucket => (
            "the step, in the place of the key",
            "delete the variables of the repository that hold it",
            format!(
                "    oidc: true\n    script:\n      - export AWS_ROLE_ARN={arn} AWS_REGION={region}\n      - export AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/aws-token\n      - printf '%s' \"$BITBUCKET_STEP_OIDC_TOKEN\" > \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\n"
            ),
        ),
        Kind::Circleci => (
            "the job, in the place of the key",
            "delete the variables of the context or project that hold it",
            format!(
                "    environment:\n      AWS_ROLE_ARN: {arn}\n      AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token\n      AWS_REGION: {region}\n    steps:\n      - run: printf '%s' \"$CIRCLE_OIDC_TOKEN\" > \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\n"
            ),
        ),
        Kind::Codebuild => (
            "the project (a command)",
            "remove the key from its variables",
            format!("aws codebuild update-project --name PROJECT_NAME --service-role {arn}\n"),
        ),
        Kind::Laptop => (
            "~/.aws/config",
            "delete ~/.aws/credentials and what else holds the key",
            format!(
                "[sso-session company]\nsso_start_url = START_URL\nsso_region = {region}\nsso_registration_scopes = sso:account:access\n\n[profile {name}]\nsso_session = company\nsso_account_id = {}\nsso_role_name = {name}\nregion = {region}\n\n# then: aws sso login --profile {name}\n",
                setting.account_or_blank()
            ),
        ),
        Kind::OtherAccount => (
            "~/.aws/config of who calls (or call AssumeRole in the code)",
            "remove the key there",
            format!(
                "[profile {name}]\nrole_arn = {arn}\nexternal_id = EXTERNAL_ID\ncredential_source = Ec2InstanceMetadata\n"
            ),
        ),
        Kind::Server => (
            "~/.aws/config of the server",
            "remove the key there",
            format!(
                "[default]\ncredential_process = aws_signing_helper credential-process --certificate CERTIFICATE_FILE --private-key PRIVATE_KEY_FILE --trust-anchor-arn arn:aws:rolesanywhere:{region}:{}:trust-anchor/TRUST_ANCHOR_ID --profile-arn arn:aws:rolesanywhere:{region}:{}:profile/PROFILE_ID --role-arn {arn}\n",
                setting.account_or_blank(),
                setting.account_or_blank()
            ),
        ),
        Kind::Lambda | Kind::Ec2 | Kind::Ecs | Kind::Kubernetes => ("", "", String::new()),
    };
    Snippet { into, text, also }
}
