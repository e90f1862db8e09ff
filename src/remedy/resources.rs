//! What an action acts on, and which actions act on nothing that can be named.

mod shapes;

use shapes::{PARTICULAR, SHAPES, Shape};

/// Actions that know no resource, so that their statement must say `*`: exact, or what they begin with (`*`). From AWS's
/// service authorization reference (2026): the actions whose column "Resource types" is empty.
const UNBOUNDED: [&str; 131] = [
    "glue:GetJobs",
    "iam:CreateAccountAlias",
    "iam:DeleteAccountAlias",
    "rds:DescribeDBEngineVersions",
    "rds:DescribeOrderableDBInstanceOptions",
    "s3:CreateJob",
    "s3:ListJobs",
    "ses:*Receipt*",
    "ses:*Template",
    "ses:Verify*",
    "ses:GetIdentity*",
    "ses:DeleteIdentity",
    "ses:SetIdentity*",
    "states:SendTask*",
    "ssm:CreateMaintenanceWindow",
    "ssm:CreateOpsItem",
    "ssm:DescribeOpsItems",
    "ssm:ListCommandInvocations",
    "iam:GetOrganizationsAccessReport",
    "acm:ListCertificates",
    "acm:RequestCertificate",
    "application-autoscaling:Describe*",
    "athena:ListWorkGroups",
    "athena:ListDataCatalogs",
    "autoscaling:Describe*",
    "batch:Describe*",
    "batch:ListJobs",
    "bedrock:ListFoundationModels",
    "ce:Get*",
    "ce:List*",
    "cloudformation:ListStacks",
    "cloudformation:ValidateTemplate",
    "cloudformation:GetTemplateSummary",
    "cloudfront:List*",
    "cloudtrail:LookupEvents",
    "cloudtrail:DescribeTrails",
    "cloudwatch:GetMetricData",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:ListMetrics",
    "cloudwatch:GetMetricWidgetImage",
    "cloudwatch:PutMetricData",
    "codebuild:ListProjects",
    "codecommit:ListRepositories",
    "codepipeline:ListPipelines",
    "cognito-idp:ListUserPools",
    "cognito-idp:CreateUserPool",
    "cognito-identity:ListIdentityPools",
    "comprehend:BatchDetect*",
    "comprehend:Detect*",
    "comprehend:ContainsPiiEntities",
    "config:Describe*",
    "config:SelectResourceConfig",
    "dynamodb:ListTables",
    "dynamodb:DescribeLimits",
    "dynamodb:DescribeEndpoints",
    "dynamodb:ListStreams",
    "ec2:Describe*",
    "ec2:AllocateHosts",
    "ecr:GetAuthorizationToken",
    "ecr:DescribeRegistry",
    "ecr-public:GetAuthorizationToken",
    "ecs:ListClusters",
    "ecs:RegisterTaskDefinition",
    "ecs:DeregisterTaskDefinition",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTaskDefinitions",
    "ecs:ListTaskDefinitionFamilies",
    "eks:ListClusters",
    "elasticache:DescribeEvents",
    "elasticbeanstalk:CheckDNSAvailability",
    "elasticloadbalancing:Describe*",
    "elasticmapreduce:ListClusters",
    "elasticmapreduce:RunJobFlow",
    "es:ListDomainNames",
    "events:ListEventBuses",
    "events:TestEventPattern",
    "firehose:ListDeliveryStreams",
    "glue:ListJobs",
    "guardduty:ListDetectors",
    "iam:ListUsers",
    "iam:ListRoles",
    "iam:ListPolicies",
    "iam:ListGroups",
    "iam:GetAccountSummary",
    "iam:ListAccountAliases",
    "iam:GetAccountAuthorizationDetails",
    "iam:GenerateCredentialReport",
    "iam:GetCredentialReport",
    "iot:DescribeEndpoint",
    "iot:ListThings",
    "kinesis:ListStreams",
    "kms:CreateKey",
    "kms:GenerateRandom",
    "kms:ListAliases",
    "kms:ListKeys",
    "lambda:ListFunctions",
    "lambda:ListLayers",
    "lambda:GetAccountSettings",
    "lambda:CreateEventSourceMapping",
    "lambda:ListEventSourceMappings",
    "logs:DescribeQueries",
    "logs:GetQueryResults",
    "logs:StopQuery",
    "mediaconvert:DescribeEndpoints",
    "organizations:List*",
    "organizations:DescribeOrganization",
    "polly:*",
    "pricing:*",
    "rekognition:Detect*",
    "rekognition:RecognizeCelebrities",
    "rekognition:CompareFaces",
    "rekognition:ListCollections",
    "rekognition:Get*",
    "route53:ListHostedZones",
    "route53:ListHostedZonesByName",
    "s3:ListAllMyBuckets",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:ListSecrets",
    "ses:ListIdentities",
    "ses:GetSendQuota",
    "ses:GetSendStatistics",
    "ses:VerifyEmailIdentity",
    "sns:ListTopics",
    "sns:ListSubscriptions",
    "sqs:ListQueues",
    "ssm:DescribeParameters",
    "ssm:DescribeInstanceInformation",
    "ssm:GetCommandInvocation",
    "ssm:ListCommands",
    "states:ListStateMachines",
    "sts:GetServiceBearerToken",
];

/// Whole services whose actions know no resource, or only optional ones.
const UNBOUNDED_SERVICES: [&str; 8] =
    ["textract", "translate", "transcribe", "support", "tag", "xray", "health", "comprehendmedical"];

/// Services that are in no region: `aws:RequestedRegion` bounds nothing useful there.
const GLOBAL: [&str; 12] = [
    "iam",
    "sts",
    "s3",
    "cloudfront",
    "route53",
    "organizations",
    "ce",
    "budgets",
    "support",
    "pricing",
    "health",
    "globalaccelerator",
];

/// Actions of S3 on a bucket itself; all others act on its objects.
pub(super) fn is_bucket_action(action: &str) -> bool {
    let name = action.strip_prefix("s3:").unwrap_or(action);
    let on_objects = ["ListMultipartUploadParts"];
    let on_bucket = [
        "GetLifecycleConfiguration",
        "PutLifecycleConfiguration",
        "GetEncryptionConfiguration",
        "PutEncryptionConfiguration",
        "GetReplicationConfiguration",
        "PutReplicationConfiguration",
        "GetAccelerateConfiguration",
        "PutAccelerateConfiguration",
        "GetInventoryConfiguration",
        "PutInventoryConfiguration",
        "GetMetricsConfiguration",
        "PutMetricsConfiguration",
        "GetAnalyticsConfiguration",
    ];
    (name.contains("Bucket") || on_bucket.contains(&name)) && !on_objects.contains(&name)
}

/// Whether the action knows no resource.
pub(super) fn is_unbounded(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or(action);
    UNBOUNDED_SERVICES.contains(&service) || UNBOUNDED.iter().any(|pattern| matches(pattern, action))
}

/// Whether the action belongs to a region.
pub(super) fn is_regional(action: &str) -> bool {
    !GLOBAL.contains(&action.split(':').next().unwrap_or(action))
}

/// Whether the action is known to act on what its shape is of, and not on the service's usual thing.
pub(super) fn is_particular(action: &str) -> bool {
    PARTICULAR.iter().any(|(pattern, _)| matches(pattern, action))
}

/// Whether an argument called so names a thing of the service as no other's does.
pub(super) fn is_telling(prefix: &str, argument: &str) -> bool {
    let general = ["Name", "Names", "name", "Id", "service", "topic", "task", "Source", "Path", "Target"];
    let of_service = |shape: &Shape| shape.prefix == prefix && shape.arguments.contains(&argument);
    let particular = PARTICULAR.iter().map(|(_, shape)| shape);
    !general.contains(&argument) && SHAPES.iter().chain(particular).any(of_service)
}

/// What the action acts on; `None` for a service whose ARNs are not known here.
pub(super) fn shape_of(action: &str) -> Option<&'static Shape> {
    let particular = PARTICULAR.iter().find(|(pattern, _)| matches(pattern, action)).map(|(_, shape)| shape);
    let prefix = action.split(':').next().unwrap_or(action);
    particular.or_else(|| SHAPES.iter().find(|shape| shape.prefix == prefix))
}

fn matches(pattern: &str, action: &str) -> bool {
    let mut rest = action;
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or("");
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::operations::Service;
    use super::*;

    #[test]
    fn patterns_match_as_they_are_read() {
        assert!(matches("ec2:Describe*", "ec2:DescribeVpcs") && !matches("ec2:Describe*", "ec2:RunInstances"));
        assert!(matches("iam:*User*", "iam:CreateUser") && matches("iam:*Policy", "iam:PutRolePolicy"));
        assert!(!matches("sqs:ListQueues", "sqs:ListQueueTags") && !matches("iam:*User*", "iam:GetRole"));
    }

    #[test]
    fn every_shape_is_of_a_service_and_says_where_the_name_stands() {
        let all = SHAPES.iter().chain(PARTICULAR.iter().map(|(_, shape)| shape));
        for shape in all {
            assert!(shape.arn.starts_with("arn:aws:") && shape.arn.contains("{}"), "{}", shape.arn);
            assert!(
                !shape.arguments.is_empty() && shape.placeholder.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            );
        }
        let listed = ["s3", "dynamodb", "sqs", "logs", "stepfunctions", "events"];
        assert!(listed.iter().all(|name| {
            Service::named(name).is_some_and(|service| shape_of(&format!("{}:X", service.prefix)).is_some())
        }));
    }

    #[test]
    fn a_bucket_is_told_from_its_objects() {
        for action in ["s3:ListBucket", "s3:GetBucketCORS", "s3:PutLifecycleConfiguration", "s3:CreateBucket"] {
            assert!(is_bucket_action(action), "{action}");
        }
        for action in ["s3:GetObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"] {
            assert!(!is_bucket_action(action), "{action}");
        }
    }

    #[test]
    fn what_cannot_be_bounded_is_known() {
        assert!(is_unbounded("s3:ListAllMyBuckets") && is_unbounded("textract:AnalyzeDocument"));
        assert!(!is_unbounded("s3:ListBucket") && !is_unbounded("sqs:SendMessage"));
        assert!(is_regional("ec2:DescribeInstances") && !is_regional("iam:ListUsers"));
    }
}
