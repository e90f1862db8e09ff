//! What actions do: read, write, open something to others; and which of them know no resources.
//!
//! Source: AWS's Service Authorization Reference, as of November 2026.

use super::pattern::Pattern;
use std::sync::LazyLock;

/// Verbs of reading. Of the 8,658 actions in the reference that begin so, 99.1 % are of level Read or List; 97 % of the actions of
/// those levels begin so.
const READING: &str = "batchdescribe batchdetect batchget check count describe detect estimate filter get head list lookup preview query \
                       read scan search select simulate view";

/// Verbs of looking at what there is. Many of these know no resources, so that `*` is all that can be said.
const LISTING: &str = "batchdescribe describe list";

/// Reading that gives out contents.
static CONTENTS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(
        "athena:GetQueryResults codecommit:GetFile dynamodb:BatchGetItem dynamodb:GetItem dynamodb:Query dynamodb:Scan
         ecr:GetDownloadUrlForLayer kinesis:GetRecords lambda:GetFunction logs:FilterLogEvents logs:GetLogEvents
         logs:GetQueryResults s3:GetObject
         s3:GetObjectVersion secretsmanager:GetSecretValue ssm:GetParameter ssm:GetParameters ssm:GetParametersByPath",
    )
});

/// Writing that adds to logs, or makes a report, only. With a wildcard for its resources it is in most policies, also of AWS's own.
static RECORDING: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns("iam:GenerateServiceLastAccessedDetails logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents")
});

/// Some actions of level "Permissions management" for each of the services that have ways to let others in, the most telling first.
static MANAGING: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(
        "acm-pca:PutPolicy apigateway:UpdateRestApiPolicy backup:PutBackupVaultAccessPolicy cognito-identity:SetIdentityPoolRoles
         dynamodb:PutResourcePolicy ec2:ModifySnapshotAttribute ec2:CreateNetworkInterfacePermission
         ec2:ModifyVpcEndpointServicePermissions ecr:SetRepositoryPolicy elasticfilesystem:PutFileSystemPolicy
         es:UpdateElasticsearchDomainConfig events:PutPermission glacier:SetVaultAccessPolicy glue:PutResourcePolicy
         iam:AttachUserPolicy iam:AttachRolePolicy iam:PutUserPolicy iam:PutRolePolicy iam:CreatePolicyVersion iam:CreateAccessKey
         iam:PassRole imagebuilder:PutImagePolicy iot:AttachPolicy kms:PutKeyPolicy kms:CreateGrant lakeformation:GrantPermissions
         lambda:AddPermission lambda:AddLayerVersionPermission logs:PutResourcePolicy mediastore:PutContainerPolicy
         ram:CreateResourceShare rds:ModifyDBSnapshotAttribute rds:ModifyDBClusterSnapshotAttribute redshift:AuthorizeSnapshotAccess
         redshift:PutResourcePolicy s3:PutBucketPolicy s3:PutBucketAcl s3:PutObjectAcl s3:PutAccessPointPolicy
         s3:PutBucketPublicAccessBlock s3tables:PutTableBucketPolicy secretsmanager:PutResourcePolicy
         servicecatalog:CreatePortfolioShare ses:PutIdentityPolicy signer:AddProfilePermission sns:AddPermission sqs:AddPermission
         ssm:ModifyDocumentPermission sso:PutPermissionsPolicy vpc-lattice:PutAuthPolicy wafv2:PutPermissionPolicy",
    )
});

/// Actions without resource-level permissions, which are allowed on `*` or not at all: those that policies often have, and that are not
/// for listing.
static WITHOUT_RESOURCES: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    patterns(
        "aws-marketplace:Subscribe aws-marketplace:ViewSubscriptions cloudformation:ValidateTemplate cloudtrail:LookupEvents
         cloudwatch:GetMetricData cloudwatch:GetMetricStatistics cloudwatch:PutMetricData ds:CreateDirectory ec2messages:*
         ecr-public:GetAuthorizationToken ecr:GetAuthorizationToken iam:CreateAccountAlias iam:GenerateCredentialReport
         iam:GetAccountPasswordPolicy iam:GetAccountSummary iam:GetCredentialReport kms:CreateKey kms:GenerateRandom
         lakeformation:GetDataAccess lambda:CreateEventSourceMapping lambda:GetAccountSettings logs:CreateLogDelivery
         logs:DeleteLogDelivery logs:GetLogDelivery logs:PutResourcePolicy logs:StopQuery logs:UpdateLogDelivery
         organizations:DisableAWSServiceAccess organizations:EnableAWSServiceAccess pricing:* redshift-data:GetStatementResult
         route53:CreateHostedZone route53domains:* s3:CreateJob s3:PutAccountPublicAccessBlock secretsmanager:GetRandomPassword
         ses:GetAccount ses:GetSendQuota ssm:CreateOpsItem ssmmessages:* sts:DecodeAuthorizationMessage sts:GetAccessKeyInfo
         sts:GetCallerIdentity sts:GetServiceBearerToken sts:GetSessionToken support:* tag:* xray:PutTelemetryRecords
         xray:PutTraceSegments",
    )
});

fn patterns(names: &str) -> Vec<Pattern> {
    names.split_whitespace().map(Pattern::action).collect()
}

/// What an action pattern takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Nothing that a resource could bound.
    NoResources,
    /// What there is.
    List,
    /// How it is made.
    Read,
    /// Adds to what is recorded.
    Record,
    /// What is in it.
    Contents,
    /// Changes, as far as is known.
    Write,
    /// Who else may do what.
    Manage,
}

/// The most that `action` takes in.
pub(super) fn level(action: &Pattern) -> Level {
    let covered_by = |list: &[Pattern]| list.iter().any(|name| name.covers(action));
    let takes_in = |list: &[Pattern]| list.iter().any(|name| action.covers(name));
    if covered_by(&WITHOUT_RESOURCES) {
        Level::NoResources
    } else if begins(action, LISTING) {
        Level::List
    } else if begins(action, READING) {
        if takes_in(&CONTENTS) { Level::Contents } else { Level::Read }
    } else if covered_by(&RECORDING) {
        Level::Record
    } else if takes_in(&MANAGING) {
        Level::Manage
    } else {
        Level::Write
    }
}

/// An action that lets others in, if `action` takes one in.
/// What is taken off by `except` does not count.
pub(super) fn managing(action: &Pattern, except: &[Pattern]) -> Option<&'static str> {
    let is_left = |name: &&Pattern| action.covers(name) && !except.iter().any(|taken| taken.covers(name));
    MANAGING.iter().find(is_left).map(Pattern::as_str)
}

/// Whether the name of every action that `action` takes in begins with one of the `verbs`.
fn begins(action: &Pattern, verbs: &str) -> bool {
    let name = action.as_str().split_once(':').map_or("", |(_, name)| name).to_ascii_lowercase();
    verbs.split(' ').any(|verb| name.starts_with(verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_as_much_as_it_takes_in() {
        for (action, wanted) in [
            ("ec2:Describe*", Level::List),
            ("s3:List*", Level::List),
            ("s3:Get*", Level::Contents),
            ("s3:GetBucketLocation", Level::Read),
            ("dynamodb:getitem", Level::Contents),
            ("s3:PutObject", Level::Write),
            ("s3:G*", Level::Write),
            ("s3:Put*", Level::Manage),
            ("kms:*", Level::Manage),
            ("*", Level::Manage),
            ("cloudwatch:PutMetricData", Level::NoResources),
            ("ssmmessages:Open*", Level::NoResources),
            ("sts:*", Level::Write),
        ] {
            assert_eq!(level(&Pattern::action(action)), wanted, "{action}");
        }
        assert_eq!(managing(&Pattern::action("lambda:Add*"), &[]), Some("lambda:AddPermission"));
        assert_eq!(managing(&Pattern::action("lambda:Get*"), &[]), None);
    }
}
