//! Each place gets its role, and the calls beside it their policy.

use super::{Value, remedy, repo, statements};

fn place(remedy: &Value) -> (&str, &str) {
    (remedy["place"]["kind"].as_str().unwrap(), remedy["role"]["kind"].as_str().unwrap())
}

fn trust(remedy: &Value) -> &Value {
    &remedy["trust_policy"]["Statement"][0]
}

#[test]
fn a_function_of_sam_gets_an_execution_role_for_its_own_code() {
    let template = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nResources:\n  Orders:\n\
                    \x20   Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: shop-orders\n  Save:\n\
                    \x20   Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: save/\n      Handler: app.lambda_handler\n\
                    \x20     Environment:\n        Variables:\n          TABLE: !Ref Orders\n          AWS_KEY: {ID}\n          AWS_SECRET: {SECRET}\n\
                    \x20 Mail:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: mail/\n      Handler: app.lambda_handler\n";
    let save = "import os\nimport boto3\ntable = boto3.resource('dynamodb').Table(os.environ['TABLE'])\n\n\
                def lambda_handler(event, context):\n    table.put_item(Item={'id': event['id']})\n";
    let mail = "import boto3\nboto3.client('ses').send_email(Source='a@example.org')\n";
    let (repo, _) = repo(&[("template.yaml", template), ("save/app.py", save), ("mail/app.py", mail)]);
    let remedy = remedy(&repo);
    assert_eq!(place(&remedy), ("lambda", "execution_role"));
    assert_eq!(statements(&remedy), ["dynamodb:PutItem on arn:aws:dynamodb:REGION:210987654321:table/shop-orders"]);
    assert_eq!(remedy["evidence"][0]["calls"], serde_json::json!([{ "path": "save/app.py", "line": 6 }]));
    assert_eq!(trust(&remedy)["Principal"]["Service"], "lambda.amazonaws.com");
    assert!(remedy["role"]["attach"]["text"].as_str().unwrap().contains("Role: arn:aws:iam::210987654321:role/"));
}

#[test]
fn a_service_of_the_serverless_framework_is_read_without_its_neighbours() {
    let config = "service: shop\nprovider:\n  name: aws\n  region: eu-west-1\n  environment:\n    BUCKET: ${self:service}-uploads\n\
                  \x20   KEY: {ID}\n    SECRET: {SECRET}\nfunctions:\n  sign:\n    handler: src/sign.handler\n";
    let sign = "const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');\n\
                exports.handler = async (event) => {\n\
                  return getSignedUrl(client, new PutObjectCommand({ Bucket: process.env.BUCKET, Key: `in/${event.name}` }));\n};\n";
    let other = "const AWS = require('aws-sdk');\nnew AWS.SQS().sendMessage({ QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/210987654321/x' });\n";
    let files = [
        ("api/serverless.yml", config),
        ("api/src/sign.js", sign),
        ("other/serverless.yml", "service: o\n"),
        ("other/x.js", other),
    ];
    let (repo, _) = repo(&files);
    let remedy = remedy(&repo);
    assert_eq!(place(&remedy), ("lambda", "execution_role"));
    assert_eq!(statements(&remedy), ["s3:PutObject on arn:aws:s3:::shop-uploads/in/*"]);
    assert!(
        remedy["role"]["attach"]["text"].as_str().unwrap().starts_with("provider:\n  iam:\n    role: arn:aws:iam::")
    );
}

#[test]
fn user_data_gets_an_instance_profile() {
    let script = "#!/bin/bash\nexport AWS_ACCESS_KEY_ID={ID}\nexport AWS_SECRET_ACCESS_KEY={SECRET}\n\
                  aws s3 cp s3://acme-releases/app.tar.gz /opt/\naws sqs receive-message --region eu-central-1 --queue-url https://sqs.eu-central-1.amazonaws.com/210987654321/jobs\n";
    let (repo, _) = repo(&[("infra/user-data.sh", script)]);
    let remedy = remedy(&repo);
    assert_eq!(place(&remedy), ("ec2", "instance_profile"));
    assert_eq!(
        statements(&remedy),
        [
            "s3:GetObject on arn:aws:s3:::acme-releases/app.tar.gz",
            "sqs:ReceiveMessage on arn:aws:sqs:eu-central-1:210987654321:jobs",
        ]
    );
    assert!(remedy["role"]["attach"]["text"].as_str().unwrap().contains("--http-tokens required"));
}

#[test]
fn a_task_definition_gets_a_task_role_that_only_ecs_of_this_account_assumes() {
    let task = "{\n  \"family\": \"api\",\n  \"containerDefinitions\": [{\n    \"name\": \"api\",\n    \"environment\": [\n\
                \x20     {\"name\": \"QUEUE\", \"value\": \"https://sqs.eu-west-1.amazonaws.com/210987654321/jobs\"},\n\
                \x20     {\"name\": \"AWS_ACCESS_KEY_ID\", \"value\": \"{ID}\"},\n      {\"name\": \"AWS_SECRET_ACCESS_KEY\", \"value\": \"{SECRET}\"}\n    ]\n  }]\n}\n";
    let main = "package main\n\nimport \"github.com/aws/aws-sdk-go-v2/service/sqs\"\n\nfunc main() {\n\tc := sqs.NewFromConfig(cfg)\n\
                \tc.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(os.Getenv(\"QUEUE\"))})\n}\n";
    let (repo, _) = repo(&[("task-definition.json", task), ("main.go", main)]);
    let remedy = remedy(&repo);
    assert_eq!(place(&remedy), ("ecs", "task_role"));
    assert_eq!(statements(&remedy), ["sqs:SendMessage on arn:aws:sqs:eu-west-1:210987654321:jobs"]);
    let condition = &trust(&remedy)["Condition"];
    assert_eq!(condition["StringEquals"]["aws:SourceAccount"][0], "210987654321");
    assert!(condition["ArnLike"]["aws:SourceArn"][0].as_str().unwrap().starts_with("arn:aws:ecs:"));
}

#[test]
fn a_secret_of_kubernetes_gets_a_pod_identity() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: aws\nstringData:\n  AWS_ACCESS_KEY_ID: {ID}\n  AWS_SECRET_ACCESS_KEY: {SECRET}\n";
    let java = "import software.amazon.awssdk.services.s3.S3Client;\nimport software.amazon.awssdk.services.s3.model.GetObjectRequest;\n\
                class App {\n  S3Client s3 = S3Client.create();\n  void f() {\n    s3.getObject(GetObjectRequest.builder().bucket(\"acme-docs\").key(name).build());\n  }\n}\n";
    let (repo, _) = repo(&[("k8s/secret.yaml", secret), ("src/main/java/App.java", java)]);
    let remedy = remedy(&repo);
    assert_eq!(place(&remedy), ("kubernetes", "pod_identity"));
    assert_eq!(statements(&remedy), ["s3:GetObject on arn:aws:s3:::acme-docs/*"]);
    assert_eq!(trust(&remedy)["Principal"]["Service"], "pods.eks.amazonaws.com");
}

#[test]
fn a_workflow_of_github_gets_a_role_for_this_repository_and_branch() {
    let workflow = "on: push\njobs:\n  site:\n    env:\n      AWS_ACCESS_KEY_ID: {ID}\n      AWS_SECRET_ACCESS_KEY: {SECRET}\n      AWS_REGION: eu-west-1\n    steps:\n\
                    \x20     - run: aws s3 sync build s3://acme-site --delete\n      - run: ./scripts/flush.sh\n      - run: terraform apply\n";
    let flush = "#!/bin/sh\naws cloudfront create-invalidation --distribution-id E123ABC --paths '/*'\n";
    let app = "import boto3\nboto3.client('s3').delete_bucket(Bucket='no')\n";
    let files = [(".github/workflows/site.yml", workflow), ("scripts/flush.sh", flush), ("app.py", app)];
    let (repo, _) = repo(&files);
    let remedy = remedy(&repo);
    assert_eq!(place(&remedy), ("github_actions", "oidc_role"));
    assert_eq!(
        statements(&remedy),
        [
            "cloudfront:CreateInvalidation on arn:aws:cloudfront::210987654321:distribution/E123ABC",
            "s3:ListBucket on arn:aws:s3:::acme-site",
            "s3:AbortMultipartUpload s3:DeleteObject s3:PutObject on arn:aws:s3:::acme-site/*",
        ]
    );
    let condition = &trust(&remedy)["Condition"]["StringEquals"];
    assert_eq!(condition["token.actions.githubusercontent.com:sub"][0], "repo:acme/shop:ref:refs/heads/main");
    assert_eq!(condition["token.actions.githubusercontent.com:aud"][0], "sts.amazonaws.com");
    assert!(remedy["limits"].to_string().contains("terraform at .github/workflows/site.yml:11"));
}

#[test]
fn a_pipeline_of_gitlab_gets_a_role_for_its_own_host() {
    let (repo, _) = repo(&[(
        ".gitlab-ci.yml",
        "variables:\n  AWS_ACCESS_KEY_ID: {ID}\n  AWS_SECRET_ACCESS_KEY: {SECRET}\ndeploy:\n  script:\n    - aws lambda update-function-code --function-name resize --zip-file fileb://x.zip\n",
    )]);
    repo.git(&["remote", "set-url", "origin", "git@gitlab.example.org:group/team/app.git"]);
    let remedy = remedy(&repo);
    assert_eq!(place(&remedy), ("gitlab", "oidc_role"));
    assert_eq!(
        statements(&remedy),
        ["lambda:UpdateFunctionCode on arn:aws:lambda:REGION:210987654321:function:resize"]
    );
    let condition = &trust(&remedy)["Condition"]["StringEquals"];
    assert_eq!(condition["gitlab.example.org:sub"][0], "project_path:group/team/app:ref_type:branch:ref:main");
}

#[test]
fn a_profile_of_a_person_gets_identity_center_and_no_trust_policy() {
    let (repo, _) =
        repo(&[(".aws/credentials", "[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n")]);
    let remedy = remedy(&repo);
    assert_eq!(place(&remedy), ("laptop", "permission_set"));
    assert!(remedy["trust_policy"].is_null() && remedy["permission_policy"].is_null());
    assert!(remedy["role"]["attach"]["text"].as_str().unwrap().contains("sso_account_id = 210987654321"));
    assert!(remedy["limits"][0].as_str().unwrap().contains("no call of AWS was found"));
}

#[test]
fn code_for_another_account_gets_a_role_with_an_external_id() {
    let code = "import boto3\nsts = boto3.client('sts', aws_access_key_id='{ID}', aws_secret_access_key='{SECRET}')\n\
                r = sts.assume_role(RoleArn='arn:aws:iam::109876543210:role/partner', ExternalId=x, RoleSessionName='s')\n";
    let (repo, _) = repo(&[("sync.py", code)]);
    let remedy = remedy(&repo);
    assert_eq!(place(&remedy), ("other_account", "assume_role"));
    assert_eq!(trust(&remedy)["Condition"]["StringEquals"]["sts:ExternalId"][0], "EXTERNAL_ID");
    assert_eq!(statements(&remedy), ["sts:AssumeRole on arn:aws:iam::109876543210:role/partner"]);
}

#[test]
fn a_folder_in_no_repository_is_read_as_it_lies_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = super::Keys::new(9);
    let text = format!(
        "import boto3\ns3 = boto3.client('s3', aws_access_key_id='{}', aws_secret_access_key='{}')\ns3.get_object(Bucket='docs')\n",
        keys.id(),
        keys.secret()
    );
    std::fs::write(folder.path().join("app.py"), text).unwrap();
    let outcome = super::Scan::bare().args(&["replace", "-f", "json"]).arg(folder.path()).run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let all: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(statements(&all[0]), ["s3:GetObject on arn:aws:s3:::docs/*"]);
    assert_eq!(all[0]["place"]["kind"], "ec2", "nothing says where it runs");
    assert!(all[0]["place"]["reason"].as_str().unwrap().contains("nothing"));
}
