#!/usr/bin/env python3
"""Writes src/remedy/operations.txt from the service models of botocore (Apache-2.0): names of services and operations.

    python3 tests/replace/operations.py BOTOCORE/botocore/data > src/remedy/operations.txt
"""
import gzip, json, pathlib, sys

# Services whose operations are listed; of the others only the names are. Chosen by how often code calls them.
LISTED = """acm apigateway apigatewaymanagementapi apigatewayv2 appconfig appconfigdata application-autoscaling
appsync athena autoscaling backup batch bedrock bedrock-agent-runtime bedrock-runtime budgets ce cloudformation
cloudfront cloudtrail cloudwatch codeartifact codebuild codecommit codedeploy codepipeline cognito-identity cognito-idp
comprehend config dynamodb dynamodbstreams ec2 ecr ecr-public ecs efs eks elasticache elasticbeanstalk elb elbv2 emr
emr-serverless es events firehose glacier glue guardduty iam inspector2 iot iot-data kafka kendra kinesis kms lambda
lex-runtime lexv2-runtime lightsail location logs mediaconvert mq opensearch opensearchserverless organizations
personalize-runtime pinpoint polly pricing rds rds-data redshift redshift-data rekognition resourcegroupstaggingapi
route53 s3 s3control sagemaker sagemaker-runtime scheduler secretsmanager securityhub servicediscovery ses sesv2 sns sqs
ssm stepfunctions sts support textract timestream-query timestream-write transcribe translate wafv2 xray""".split()

# Where the prefix of IAM's actions is neither the name that requests are signed with nor the first label of the host.
PREFIX = {
    "cloudwatch": "cloudwatch", "iot-data": "iot", "iot-jobs-data": "iotjobsdata", "mturk": "mechanicalturk",
    "resourcegroupstaggingapi": "tag", "cloudcontrol": "cloudformation", "customer-profiles": "profile",
    "connectparticipant": "execute-api", "ses": "ses", "pinpoint": "mobiletargeting",
}

data = pathlib.Path(sys.argv[1])
print("# Service in boto3 and aws-cli, service in the other SDKs, prefix of its IAM actions, operations.")
print("# Names only, from botocore's service models; written by tests/replace/operations.py.")
for folder in sorted(path for path in data.iterdir() if path.is_dir()):
    models = sorted(folder.glob("*/service-2.json*"))
    if not models:
        continue
    text = models[-1].read_bytes()
    model = json.loads(gzip.decompress(text) if models[-1].suffix == ".gz" else text)
    meta = model["metadata"]
    name = folder.name
    other = "".join(c for c in meta.get("serviceId", name).lower() if c.isalnum())
    prefix = PREFIX.get(name, meta.get("signingName") or meta["endpointPrefix"].split(".")[0])
    operations = sorted(model["operations"]) if name in LISTED else []
    print(" ".join([name, other, prefix.lower(), *operations]))
