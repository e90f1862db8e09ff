//! Which actions of IAM an operation asks for. Mostly the action is called as the operation is; here is where not.

use super::operations::Service;

/// Service, operation, actions. From AWS's service authorization reference (2026), and for S3 from "Required permissions
/// for Amazon S3 API operations".
const OTHERWISE: [(&str, &str, &[&str]); 83] = [
    ("s3", "HeadObject", &["s3:GetObject"]),
    ("s3", "SelectObjectContent", &["s3:GetObject"]),
    ("s3", "GetObjectAttributes", &["s3:GetObject", "s3:GetObjectAttributes"]),
    ("s3", "CopyObject", &["s3:GetObject", "s3:PutObject"]),
    ("s3", "UploadPartCopy", &["s3:GetObject", "s3:PutObject"]),
    ("s3", "CreateMultipartUpload", &["s3:PutObject"]),
    ("s3", "UploadPart", &["s3:PutObject"]),
    ("s3", "CompleteMultipartUpload", &["s3:PutObject"]),
    ("s3", "DeleteObjects", &["s3:DeleteObject"]),
    ("s3", "ListParts", &["s3:ListMultipartUploadParts"]),
    ("s3", "ListObjects", &["s3:ListBucket"]),
    ("s3", "ListObjectsV2", &["s3:ListBucket"]),
    ("s3", "HeadBucket", &["s3:ListBucket"]),
    ("s3", "ListObjectVersions", &["s3:ListBucketVersions"]),
    ("s3", "ListMultipartUploads", &["s3:ListBucketMultipartUploads"]),
    ("s3", "ListBuckets", &["s3:ListAllMyBuckets"]),
    ("s3", "GetBucketLifecycle", &["s3:GetLifecycleConfiguration"]),
    ("s3", "GetBucketLifecycleConfiguration", &["s3:GetLifecycleConfiguration"]),
    ("s3", "PutBucketLifecycle", &["s3:PutLifecycleConfiguration"]),
    ("s3", "PutBucketLifecycleConfiguration", &["s3:PutLifecycleConfiguration"]),
    ("s3", "DeleteBucketLifecycle", &["s3:PutLifecycleConfiguration"]),
    ("s3", "GetBucketEncryption", &["s3:GetEncryptionConfiguration"]),
    ("s3", "PutBucketEncryption", &["s3:PutEncryptionConfiguration"]),
    ("s3", "DeleteBucketEncryption", &["s3:PutEncryptionConfiguration"]),
    ("s3", "GetBucketReplication", &["s3:GetReplicationConfiguration"]),
    ("s3", "PutBucketReplication", &["s3:PutReplicationConfiguration"]),
    ("s3", "DeleteBucketReplication", &["s3:PutReplicationConfiguration"]),
    ("s3", "GetBucketCors", &["s3:GetBucketCORS"]),
    ("s3", "PutBucketCors", &["s3:PutBucketCORS"]),
    ("s3", "DeleteBucketCors", &["s3:PutBucketCORS"]),
    ("s3", "GetBucketNotificationConfiguration", &["s3:GetBucketNotification"]),
    ("s3", "PutBucketNotificationConfiguration", &["s3:PutBucketNotification"]),
    ("s3", "GetBucketAccelerateConfiguration", &["s3:GetAccelerateConfiguration"]),
    ("s3", "PutBucketAccelerateConfiguration", &["s3:PutAccelerateConfiguration"]),
    ("s3", "GetPublicAccessBlock", &["s3:GetBucketPublicAccessBlock"]),
    ("s3", "PutPublicAccessBlock", &["s3:PutBucketPublicAccessBlock"]),
    ("s3", "DeletePublicAccessBlock", &["s3:PutBucketPublicAccessBlock"]),
    ("s3", "DeleteBucketTagging", &["s3:PutBucketTagging"]),
    ("s3", "GetObjectLockConfiguration", &["s3:GetBucketObjectLockConfiguration"]),
    ("s3", "PutObjectLockConfiguration", &["s3:PutBucketObjectLockConfiguration"]),
    ("dynamodb", "TransactGetItems", &["dynamodb:GetItem"]),
    (
        "dynamodb",
        "TransactWriteItems",
        &["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    ),
    ("dynamodb", "ExecuteStatement", PARTIQL),
    ("dynamodb", "BatchExecuteStatement", PARTIQL),
    ("dynamodb", "ExecuteTransaction", PARTIQL),
    ("lambda", "Invoke", &["lambda:InvokeFunction"]),
    ("lambda", "InvokeAsync", &["lambda:InvokeFunction"]),
    ("lambda", "InvokeWithResponseStream", &["lambda:InvokeFunction"]),
    ("sqs", "SendMessageBatch", &["sqs:SendMessage"]),
    ("sqs", "DeleteMessageBatch", &["sqs:DeleteMessage"]),
    ("sqs", "ChangeMessageVisibilityBatch", &["sqs:ChangeMessageVisibility"]),
    ("sns", "PublishBatch", &["sns:Publish"]),
    ("secretsmanager", "BatchGetSecretValue", &["secretsmanager:GetSecretValue"]),
    ("kms", "ReEncrypt", &["kms:ReEncryptFrom", "kms:ReEncryptTo"]),
    ("apigatewaymanagementapi", "PostToConnection", &["execute-api:ManageConnections"]),
    ("apigatewaymanagementapi", "GetConnection", &["execute-api:ManageConnections"]),
    ("apigatewaymanagementapi", "DeleteConnection", &["execute-api:ManageConnections"]),
    ("bedrock-runtime", "Converse", &["bedrock:InvokeModel"]),
    ("bedrock-runtime", "ConverseStream", &["bedrock:InvokeModelWithResponseStream"]),
    ("bedrock-runtime", "StartAsyncInvoke", &["bedrock:InvokeModel"]),
    ("dynamodbstreams", "ListStreams", &["dynamodb:ListStreams"]),
    ("cloudwatch", "GetMetricWidgetImage", &["cloudwatch:GetMetricWidgetImage"]),
    ("sesv2", "SendEmail", &["ses:SendEmail"]),
    ("sesv2", "SendBulkEmail", &["ses:SendBulkTemplatedEmail", "ses:SendEmail"]),
    ("ses", "SendBulkTemplatedEmail", &["ses:SendBulkTemplatedEmail"]),
    ("ecr", "ListImages", &["ecr:ListImages"]),
    ("codeartifact", "GetAuthorizationToken", &["codeartifact:GetAuthorizationToken", "sts:GetServiceBearerToken"]),
    // These need no permission: whoever is known to AWS, or nobody at all, may call them.
    ("sts", "GetCallerIdentity", &[]),
    ("sts", "GetSessionToken", &[]),
    ("sts", "AssumeRoleWithWebIdentity", &[]),
    ("sts", "AssumeRoleWithSAML", &[]),
    ("cognito-idp", "InitiateAuth", &[]),
    ("cognito-idp", "RespondToAuthChallenge", &[]),
    ("cognito-idp", "SignUp", &[]),
    ("cognito-idp", "ConfirmSignUp", &[]),
    ("cognito-idp", "ResendConfirmationCode", &[]),
    ("cognito-idp", "ForgotPassword", &[]),
    ("cognito-idp", "ConfirmForgotPassword", &[]),
    ("cognito-idp", "ChangePassword", &[]),
    ("cognito-idp", "GetUser", &[]),
    ("cognito-idp", "GlobalSignOut", &[]),
    ("cognito-identity", "GetId", &[]),
    ("cognito-identity", "GetCredentialsForIdentity", &[]),
];

const PARTIQL: &[&str] =
    &["dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert", "dynamodb:PartiQLSelect", "dynamodb:PartiQLUpdate"];

/// Operations that hand a role to a service, the service, and the arguments that name the role: they need `iam:PassRole`.
/// From the services' user guides.
const PASSING: [(&str, &str, &str, &[&str]); 14] = [
    ("lambda", "CreateFunction", "lambda.amazonaws.com", &["Role"]),
    ("lambda", "UpdateFunctionConfiguration", "lambda.amazonaws.com", &["Role"]),
    ("ecs", "RegisterTaskDefinition", "ecs-tasks.amazonaws.com", &["taskRoleArn", "executionRoleArn"]),
    ("ecs", "RunTask", "ecs-tasks.amazonaws.com", &["taskRoleArn", "executionRoleArn"]),
    ("ec2", "RunInstances", "ec2.amazonaws.com", &["IamInstanceProfile"]),
    ("stepfunctions", "CreateStateMachine", "states.amazonaws.com", &["roleArn"]),
    ("glue", "CreateJob", "glue.amazonaws.com", &["Role"]),
    ("cloudformation", "CreateStack", "cloudformation.amazonaws.com", &["RoleARN"]),
    ("cloudformation", "CreateChangeSet", "cloudformation.amazonaws.com", &["RoleARN"]),
    ("sagemaker", "CreateTrainingJob", "sagemaker.amazonaws.com", &["RoleArn"]),
    ("sagemaker", "CreateModel", "sagemaker.amazonaws.com", &["ExecutionRoleArn"]),
    ("codebuild", "CreateProject", "codebuild.amazonaws.com", &["serviceRole"]),
    ("scheduler", "CreateSchedule", "scheduler.amazonaws.com", &["RoleArn"]),
    ("events", "PutTargets", "events.amazonaws.com", &["RoleArn"]),
];

/// The actions that an operation asks for; none where it needs no permission.
pub(super) fn actions(service: &Service, operation: &str) -> Vec<String> {
    let otherwise = OTHERWISE.iter().find(|(of, name, _)| *of == service.name && *name == operation);
    if let Some((.., actions)) = otherwise {
        return actions.iter().map(|&action| action.to_owned()).collect();
    }
    if service.prefix == "apigateway" {
        return vec![format!("apigateway:{}", verb(operation))];
    }
    vec![format!("{}:{operation}", service.prefix)]
}

/// API Gateway knows actions by the method of HTTP ("Actions, resources, and condition keys for Amazon API Gateway
/// Management"): which one follows from the first word of the operation.
fn verb(operation: &str) -> &'static str {
    match operation {
        _ if operation.starts_with("Get") || operation.starts_with("Export") => "GET",
        _ if operation.starts_with("Update") => "PATCH",
        _ if operation.starts_with("Delete") || operation.starts_with("Flush") || operation.starts_with("Reset") => {
            "DELETE"
        }
        _ if operation.starts_with("Put") || operation.starts_with("Tag") || operation.starts_with("Reimport") => "PUT",
        _ => "POST",
    }
}

/// The service that the operation hands a role to, and the arguments that name the role.
pub(super) fn passes_role(service: &Service, operation: &str) -> Option<(&'static str, &'static [&'static str])> {
    let passing = PASSING.iter().find(|(of, name, ..)| *of == service.name && *name == operation);
    passing.map(|(.., to, arguments)| (*to, *arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(service: &str, operation: &str) -> Vec<String> {
        actions(Service::named(service).unwrap(), operation)
    }

    #[test]
    fn the_table_knows_only_operations_that_there_are() {
        for (service, operation, actions) in OTHERWISE {
            let known = Service::named(service).unwrap();
            let old = ["GetBucketLifecycle", "PutBucketLifecycle", "InvokeAsync"].contains(&operation);
            assert!(old || known.operations.contains(&operation), "{service}:{operation}");
            assert!(
                actions
                    .iter()
                    .all(|action| action.split_once(':').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty()))
            );
        }
        for (service, operation, to, arguments) in PASSING {
            assert!(Service::named(service).unwrap().operations.contains(&operation), "{service}:{operation}");
            assert!(to.ends_with(".amazonaws.com") && !arguments.is_empty());
        }
    }

    #[test]
    fn names_agree_but_where_the_reference_says_otherwise() {
        assert_eq!(of("s3", "GetObject"), ["s3:GetObject"]);
        assert_eq!(of("s3", "HeadObject"), ["s3:GetObject"]);
        assert_eq!(of("stepfunctions", "StartExecution"), ["states:StartExecution"]);
        assert_eq!(of("iot-data", "Publish"), ["iot:Publish"]);
        assert_eq!(of("apigateway", "CreateDeployment"), ["apigateway:POST"]);
        assert_eq!(of("sts", "GetCallerIdentity"), Vec::<String>::new());
    }
}
