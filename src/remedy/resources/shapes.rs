//! Shapes of ARNs, by service and by action.

/// The things of a service that actions can be bounded to.
#[derive(Debug)]
pub(in crate::remedy) struct Shape {
    /// The prefix of its actions.
    pub prefix: &'static str,
    /// The arguments that name one: the first that a call gives counts. Compared without signs and letter case.
    pub arguments: &'static [&'static str],
    /// `{region}`, `{account}` and the name at `{}`.
    pub arn: &'static str,
    /// What stands for a name that is not known.
    pub placeholder: &'static str,
}

const fn shape(
    prefix: &'static str,
    arguments: &'static [&'static str],
    arn: &'static str,
    placeholder: &'static str,
) -> Shape {
    Shape { prefix, arguments, arn, placeholder }
}

/// From AWS's service authorization reference (2026). The first of a service stands for it where a call names nothing.
pub(super) static SHAPES: [Shape; 62] = [
    shape("s3", &["Bucket", "BucketName"], "arn:aws:s3:::{}", "BUCKET_NAME"),
    shape("dynamodb", &["TableName"], "arn:aws:dynamodb:{region}:{account}:table/{}", "TABLE_NAME"),
    shape("sqs", &["QueueUrl", "QueueName"], "arn:aws:sqs:{region}:{account}:{}", "QUEUE_NAME"),
    shape("sns", &["TopicArn", "TargetArn", "Name"], "arn:aws:sns:{region}:{account}:{}", "TOPIC_NAME"),
    shape("lambda", &["FunctionName"], "arn:aws:lambda:{region}:{account}:function:{}", "FUNCTION_NAME"),
    shape(
        "secretsmanager",
        &["SecretId", "Name"],
        "arn:aws:secretsmanager:{region}:{account}:secret:{}",
        "SECRET_NAME",
    ),
    shape("ssm", &["Name", "Names", "Path"], "arn:aws:ssm:{region}:{account}:parameter/{}", "PARAMETER_NAME"),
    shape("kms", &["KeyId"], "arn:aws:kms:{region}:{account}:key/{}", "KEY_ID"),
    shape("logs", &["logGroupName", "logGroupNames"], "arn:aws:logs:{region}:{account}:log-group:{}", "LOG_GROUP_NAME"),
    shape("kinesis", &["StreamName", "StreamARN"], "arn:aws:kinesis:{region}:{account}:stream/{}", "STREAM_NAME"),
    shape(
        "firehose",
        &["DeliveryStreamName"],
        "arn:aws:firehose:{region}:{account}:deliverystream/{}",
        "DELIVERY_STREAM_NAME",
    ),
    shape(
        "states",
        &["stateMachineArn", "name"],
        "arn:aws:states:{region}:{account}:stateMachine:{}",
        "STATE_MACHINE_NAME",
    ),
    shape("events", &["EventBusName"], "arn:aws:events:{region}:{account}:event-bus/{}", "EVENT_BUS_NAME"),
    shape("scheduler", &["Name"], "arn:aws:scheduler:{region}:{account}:schedule/default/{}", "SCHEDULE_NAME"),
    shape("ses", &["Source", "FromEmailAddress", "Identity"], "arn:aws:ses:{region}:{account}:identity/{}", "IDENTITY"),
    shape("bedrock", &["modelId"], "arn:aws:bedrock:{region}::foundation-model/{}", "MODEL_ID"),
    shape("ecr", &["repositoryName"], "arn:aws:ecr:{region}:{account}:repository/{}", "REPOSITORY_NAME"),
    shape("cognito-idp", &["UserPoolId"], "arn:aws:cognito-idp:{region}:{account}:userpool/{}", "USER_POOL_ID"),
    shape(
        "cognito-identity",
        &["IdentityPoolId"],
        "arn:aws:cognito-identity:{region}:{account}:identitypool/{}",
        "IDENTITY_POOL_ID",
    ),
    shape("ecs", &["service"], "arn:aws:ecs:{region}:{account}:service/{cluster}/{}", "SERVICE_NAME"),
    shape("eks", &["name", "clusterName"], "arn:aws:eks:{region}:{account}:cluster/{}", "CLUSTER_NAME"),
    shape("ec2", &["InstanceIds", "InstanceId"], "arn:aws:ec2:{region}:{account}:instance/{}", "INSTANCE_ID"),
    shape("rds", &["DBInstanceIdentifier"], "arn:aws:rds:{region}:{account}:db:{}", "DB_INSTANCE"),
    shape("rds-data", &["resourceArn"], "arn:aws:rds:{region}:{account}:cluster:{}", "DB_CLUSTER"),
    shape("redshift", &["ClusterIdentifier"], "arn:aws:redshift:{region}:{account}:cluster:{}", "CLUSTER_NAME"),
    shape("redshift-data", &["ClusterIdentifier"], "arn:aws:redshift:{region}:{account}:cluster:{}", "CLUSTER_NAME"),
    shape("cloudformation", &["StackName"], "arn:aws:cloudformation:{region}:{account}:stack/{}/*", "STACK_NAME"),
    shape("cloudfront", &["DistributionId", "Id"], "arn:aws:cloudfront::{account}:distribution/{}", "DISTRIBUTION_ID"),
    shape("route53", &["HostedZoneId"], "arn:aws:route53:::hostedzone/{}", "HOSTED_ZONE_ID"),
    shape("athena", &["WorkGroup"], "arn:aws:athena:{region}:{account}:workgroup/{}", "WORKGROUP"),
    shape("glue", &["JobName", "Name"], "arn:aws:glue:{region}:{account}:job/{}", "JOB_NAME"),
    shape("iot", &["topic"], "arn:aws:iot:{region}:{account}:topic/{}", "TOPIC"),
    shape("execute-api", &["ApiId"], "arn:aws:execute-api:{region}:{account}:{}/*/POST/@connections/*", "API_ID"),
    shape("apigateway", &["restApiId", "ApiId"], "arn:aws:apigateway:{region}::/restapis/{}/*", "API_ID"),
    shape("sagemaker", &["EndpointName"], "arn:aws:sagemaker:{region}:{account}:endpoint/{}", "ENDPOINT_NAME"),
    shape("iam", &["RoleName"], "arn:aws:iam::{account}:role/{}", "ROLE_NAME"),
    shape("sts", &["RoleArn"], "arn:aws:iam::{account}:role/{}", "ROLE_NAME"),
    shape(
        "elasticache",
        &["ReplicationGroupId"],
        "arn:aws:elasticache:{region}:{account}:replicationgroup:{}",
        "REPLICATION_GROUP",
    ),
    shape("codebuild", &["projectName", "name"], "arn:aws:codebuild:{region}:{account}:project/{}", "PROJECT_NAME"),
    shape("codepipeline", &["pipelineName", "name"], "arn:aws:codepipeline:{region}:{account}:{}", "PIPELINE_NAME"),
    shape("codecommit", &["repositoryName"], "arn:aws:codecommit:{region}:{account}:{}", "REPOSITORY_NAME"),
    shape(
        "codedeploy",
        &["applicationName"],
        "arn:aws:codedeploy:{region}:{account}:application:{}",
        "APPLICATION_NAME",
    ),
    shape("codeartifact", &["domain"], "arn:aws:codeartifact:{region}:{account}:domain/{}", "DOMAIN"),
    shape("es", &["DomainName"], "arn:aws:es:{region}:{account}:domain/{}", "DOMAIN_NAME"),
    shape("batch", &["jobQueue"], "arn:aws:batch:{region}:{account}:job-queue/{}", "JOB_QUEUE"),
    shape(
        "autoscaling",
        &["AutoScalingGroupName"],
        "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{}",
        "AUTO_SCALING_GROUP",
    ),
    shape(
        "elasticbeanstalk",
        &["ApplicationName"],
        "arn:aws:elasticbeanstalk:{region}:{account}:application/{}",
        "APPLICATION_NAME",
    ),
    shape("elasticmapreduce", &["ClusterId"], "arn:aws:elasticmapreduce:{region}:{account}:cluster/{}", "CLUSTER_ID"),
    shape(
        "elasticloadbalancing",
        &["TargetGroupArn"],
        "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{}",
        "TARGET_GROUP",
    ),
    shape("appsync", &["apiId"], "arn:aws:appsync:{region}:{account}:apis/{}", "API_ID"),
    shape(
        "appconfig",
        &["ApplicationIdentifier"],
        "arn:aws:appconfig:{region}:{account}:application/{}",
        "APPLICATION_ID",
    ),
    shape(
        "mobiletargeting",
        &["ApplicationId"],
        "arn:aws:mobiletargeting:{region}:{account}:apps/{}/*",
        "APPLICATION_ID",
    ),
    shape(
        "timestream",
        &["TableName"],
        "arn:aws:timestream:{region}:{account}:database/{database}/table/{}",
        "TABLE_NAME",
    ),
    shape("geo", &["IndexName"], "arn:aws:geo:{region}:{account}:place-index/{}", "PLACE_INDEX"),
    shape("kendra", &["IndexId"], "arn:aws:kendra:{region}:{account}:index/{}", "INDEX_ID"),
    shape("lex", &["botId"], "arn:aws:lex:{region}:{account}:bot-alias/{}/*", "BOT_ID"),
    shape("glacier", &["vaultName"], "arn:aws:glacier:{region}:{account}:vaults/{}", "VAULT_NAME"),
    shape("backup", &["BackupVaultName"], "arn:aws:backup:{region}:{account}:backup-vault:{}", "VAULT_NAME"),
    shape(
        "elasticfilesystem",
        &["FileSystemId"],
        "arn:aws:elasticfilesystem:{region}:{account}:file-system/{}",
        "FILE_SYSTEM_ID",
    ),
    shape("acm", &["CertificateArn"], "arn:aws:acm:{region}:{account}:certificate/{}", "CERTIFICATE_ID"),
    shape("personalize", &["campaignArn"], "arn:aws:personalize:{region}:{account}:campaign/{}", "CAMPAIGN"),
    shape("cloudtrail", &["TrailName", "Name"], "arn:aws:cloudtrail:{region}:{account}:trail/{}", "TRAIL_NAME"),
];

/// Shapes that only some actions have: the action, or what it begins with (`*`).
pub(super) static PARTICULAR: [(&str, Shape); 48] = [
    ("ssm:SendCommand", shape("ssm", &["DocumentName"], "arn:aws:ssm:{region}:{account}:document/{}", "DOCUMENT_NAME")),
    ("ssm:StartSession", shape("ssm", &["Target"], "arn:aws:ec2:{region}:{account}:instance/{}", "INSTANCE_ID")),
    (
        "ecs:RunTask",
        shape("ecs", &["taskDefinition"], "arn:aws:ecs:{region}:{account}:task-definition/{}:*", "TASK_DEFINITION"),
    ),
    ("ecs:StopTask", shape("ecs", &["task"], "arn:aws:ecs:{region}:{account}:task/{cluster}/{}", "TASK_ID")),
    ("ecs:DescribeTasks", shape("ecs", &["tasks"], "arn:aws:ecs:{region}:{account}:task/{cluster}/{}", "TASK_ID")),
    (
        "ecs:ListTasks",
        shape(
            "ecs",
            &["containerInstance"],
            "arn:aws:ecs:{region}:{account}:container-instance/{cluster}/{}",
            "CONTAINER_INSTANCE",
        ),
    ),
    (
        "ecs:DescribeClusters",
        shape("ecs", &["clusters", "cluster"], "arn:aws:ecs:{region}:{account}:cluster/{}", "CLUSTER_NAME"),
    ),
    ("states:DescribeExecution", EXECUTION),
    ("states:StopExecution", EXECUTION),
    ("states:GetExecutionHistory", EXECUTION),
    ("iam:*User*", shape("iam", &["UserName"], "arn:aws:iam::{account}:user/{}", "USER_NAME")),
    ("iam:*AccessKey*", shape("iam", &["UserName"], "arn:aws:iam::{account}:user/{}", "USER_NAME")),
    ("iam:*Policy", shape("iam", &["PolicyArn", "RoleName"], "arn:aws:iam::{account}:policy/{}", "POLICY_NAME")),
    ("iot:*ThingShadow", shape("iot", &["thingName"], "arn:aws:iot:{region}:{account}:thing/{}", "THING_NAME")),
    ("events:*Rule", shape("events", &["Name", "Rule"], "arn:aws:events:{region}:{account}:rule/{}", "RULE_NAME")),
    ("events:*Targets", shape("events", &["Rule"], "arn:aws:events:{region}:{account}:rule/{}", "RULE_NAME")),
    ("glue:*Crawler", shape("glue", &["Name"], "arn:aws:glue:{region}:{account}:crawler/{}", "CRAWLER_NAME")),
    (
        "rekognition:*Face*",
        shape(
            "rekognition",
            &["CollectionId"],
            "arn:aws:rekognition:{region}:{account}:collection/{}",
            "COLLECTION_ID",
        ),
    ),
    (
        "bedrock:Retrieve*",
        shape(
            "bedrock",
            &["knowledgeBaseId"],
            "arn:aws:bedrock:{region}:{account}:knowledge-base/{}",
            "KNOWLEDGE_BASE_ID",
        ),
    ),
    (
        "ec2:*SecurityGroup*",
        shape(
            "ec2",
            &["GroupId", "GroupName"],
            "arn:aws:ec2:{region}:{account}:security-group/{}",
            "SECURITY_GROUP_ID",
        ),
    ),
    (
        "ec2:*VpcEndpoint*",
        shape("ec2", &["VpcEndpointId"], "arn:aws:ec2:{region}:{account}:vpc-endpoint/{}", "VPC_ENDPOINT_ID"),
    ),
    ("ec2:*Vpc*", shape("ec2", &["VpcId"], "arn:aws:ec2:{region}:{account}:vpc/{}", "VPC_ID")),
    ("ec2:*Subnet*", shape("ec2", &["SubnetId"], "arn:aws:ec2:{region}:{account}:subnet/{}", "SUBNET_ID")),
    ("ec2:*Address", shape("ec2", &["AllocationId"], "arn:aws:ec2:{region}:{account}:elastic-ip/{}", "ALLOCATION_ID")),
    ("ec2:*KeyPair*", shape("ec2", &["KeyName"], "arn:aws:ec2:{region}:{account}:key-pair/{}", "KEY_NAME")),
    ("ec2:*Volume*", shape("ec2", &["VolumeId"], "arn:aws:ec2:{region}:{account}:volume/{}", "VOLUME_ID")),
    ("ec2:*Snapshot*", shape("ec2", &["SnapshotId"], "arn:aws:ec2:{region}::snapshot/{}", "SNAPSHOT_ID")),
    ("ec2:*Image*", shape("ec2", &["ImageId"], "arn:aws:ec2:{region}::image/{}", "IMAGE_ID")),
    (
        "ec2:*LaunchTemplate*",
        shape("ec2", &["LaunchTemplateId"], "arn:aws:ec2:{region}:{account}:launch-template/{}", "LAUNCH_TEMPLATE_ID"),
    ),
    (
        "ec2:*NetworkInterface*",
        shape(
            "ec2",
            &["NetworkInterfaceId"],
            "arn:aws:ec2:{region}:{account}:network-interface/{}",
            "NETWORK_INTERFACE_ID",
        ),
    ),
    ("ec2:*Route*", shape("ec2", &["RouteTableId"], "arn:aws:ec2:{region}:{account}:route-table/{}", "ROUTE_TABLE_ID")),
    (
        "ec2:*InternetGateway*",
        shape(
            "ec2",
            &["InternetGatewayId"],
            "arn:aws:ec2:{region}:{account}:internet-gateway/{}",
            "INTERNET_GATEWAY_ID",
        ),
    ),
    (
        "rds:*ParameterGroup*",
        shape(
            "rds",
            &["DBParameterGroupName", "DBClusterParameterGroupName"],
            "arn:aws:rds:{region}:{account}:pg:{}",
            "PARAMETER_GROUP",
        ),
    ),
    (
        "rds:*Snapshot*",
        shape(
            "rds",
            &["DBSnapshotIdentifier", "DBClusterSnapshotIdentifier"],
            "arn:aws:rds:{region}:{account}:snapshot:{}",
            "SNAPSHOT",
        ),
    ),
    (
        "rds:*Cluster*",
        shape("rds", &["DBClusterIdentifier"], "arn:aws:rds:{region}:{account}:cluster:{}", "DB_CLUSTER"),
    ),
    (
        "states:*Activity*",
        shape("states", &["activityArn", "name"], "arn:aws:states:{region}:{account}:activity:{}", "ACTIVITY_NAME"),
    ),
    ("ssm:*Document*", shape("ssm", &["Name"], "arn:aws:ssm:{region}:{account}:document/{}", "DOCUMENT_NAME")),
    (
        "ssm:*MaintenanceWindow*",
        shape("ssm", &["WindowId"], "arn:aws:ssm:{region}:{account}:maintenancewindow/{}", "WINDOW_ID"),
    ),
    ("ssm:*OpsItem*", shape("ssm", &["OpsItemId"], "arn:aws:ssm:{region}:{account}:opsitem/{}", "OPS_ITEM_ID")),
    ("glue:*Table*", shape("glue", &["DatabaseName"], "arn:aws:glue:{region}:{account}:table/{}/*", "DATABASE_NAME")),
    (
        "glue:*Partition*",
        shape("glue", &["DatabaseName"], "arn:aws:glue:{region}:{account}:table/{}/*", "DATABASE_NAME"),
    ),
    (
        "glue:*Database*",
        shape("glue", &["Name", "DatabaseName"], "arn:aws:glue:{region}:{account}:database/{}", "DATABASE_NAME"),
    ),
    ("s3:*Job*", shape("s3", &["JobId"], "arn:aws:s3:{region}:{account}:job/{}", "JOB_ID")),
    ("lambda:*Layer*", shape("lambda", &["LayerName"], "arn:aws:lambda:{region}:{account}:layer:{}:*", "LAYER_NAME")),
    (
        "scheduler:*ScheduleGroup*",
        shape("scheduler", &["Name"], "arn:aws:scheduler:{region}:{account}:schedule-group/{}", "SCHEDULE_GROUP"),
    ),
    (
        "elasticloadbalancing:*LoadBalancer*",
        shape(
            "elasticloadbalancing",
            &["LoadBalancerArn", "Name"],
            "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/{}",
            "LOAD_BALANCER",
        ),
    ),
    (
        "iam:*InstanceProfile*",
        shape("iam", &["InstanceProfileName"], "arn:aws:iam::{account}:instance-profile/{}", "INSTANCE_PROFILE"),
    ),
    ("iam:*Group*", shape("iam", &["GroupName"], "arn:aws:iam::{account}:group/{}", "GROUP_NAME")),
];

const EXECUTION: Shape =
    shape("states", &["executionArn"], "arn:aws:states:{region}:{account}:execution:{}:*", "STATE_MACHINE_NAME");
