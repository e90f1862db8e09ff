//! From files to policies, and that these are sound: each place, each shape of an ARN.

use super::advise::{Beside, Leak, Remedy, advise};
use super::place::{Kind, Spot};
use super::policy::Policy;
use super::role::{Repository, Setting};
use super::source::Source;
use super::terraform::terraform;
use super::text::text;
use crate::iam::{self, Node};
use crate::model::Severity;
use std::str::FromStr;

const PRINT: &str = "0123456789abcdef0123456789abcdef";

fn sources(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

/// The remedy for a leak in the first of `code`, of an account that is known and a repository that is.
fn remedy(code: &[(&str, &str)], settings: &[(&str, &str)]) -> Remedy {
    let (path, text) = code[0];
    let spot = Spot { path, line: 1, account: Some("210987654321") };
    let leak = Leak { fingerprint: PRINT, title: "AWS access key with its secret", spot, text };
    let beside = Beside { code: sources(code), settings: sources(settings), left_out: Vec::new() };
    let setting = Setting {
        repository: Repository::of_url("https://github.com/acme/shop.git"),
        branch: Some("main".to_owned()),
        account: Some("210987654321".to_owned()),
        ..Setting::default()
    };
    advise(&leak, &beside, setting)
}

/// Each statement as `actions on resources`, and its condition.
fn statements(remedy: &Remedy) -> Vec<String> {
    let policy = remedy.permission_policy.iter().flat_map(|policy| &policy.statements);
    policy
        .map(|one| {
            let condition = if one.condition.is_empty() {
                String::new()
            } else {
                format!(" if {}", serde_json::to_string(&one.condition).unwrap())
            };
            format!("{} on {}{condition}", one.actions.join(" "), one.resources.join(" "))
        })
        .collect()
}

/// Nothing of severity high or worse is wrong with a policy that is written here.
#[track_caller]
fn assert_sound(policy: &Policy, kind: iam::Kind) {
    let node = Node::from(&serde_json::to_value(policy).unwrap());
    let bad: Vec<_> = iam::check(&node, kind).into_iter().filter(|issue| issue.severity >= Severity::High).collect();
    assert!(bad.is_empty(), "{bad:#?}\n{}", policy.json());
    for statement in &policy.statements {
        let all = |list: &[String]| list.iter().any(|one| one == "*");
        assert!(!(all(&statement.actions) && all(&statement.resources)));
        assert!(statement.actions.iter().all(|action| !action.contains('*')), "{:?}", statement.actions);
        let bounded = !all(&statement.resources) || !statement.condition.is_empty();
        let global = ["iam:", "s3:ListAllMyBuckets", "sns:Publish", "organizations:", "ce:", "route53:", "cloudfront:"];
        let may = statement.actions.iter().all(|action| global.iter().any(|start| action.starts_with(start)));
        assert!(bounded || may, "{:?} on * without a condition", statement.actions);
    }
    let mut sids: Vec<&str> = policy.statements.iter().map(|one| one.sid.as_str()).collect();
    sids.sort_unstable();
    sids.dedup();
    assert_eq!(sids.len(), policy.statements.len());
    assert!(sids.iter().all(|sid| !sid.is_empty() && sid.bytes().all(|byte| byte.is_ascii_alphanumeric())), "{sids:?}");
}

#[track_caller]
fn assert_whole(remedy: &Remedy) {
    if let Some(policy) = &remedy.permission_policy {
        assert_sound(policy, iam::Kind::Identity);
    }
    if let Some(policy) = &remedy.trust_policy {
        assert_sound(policy, iam::Kind::Trust);
    }
    let written = terraform(remedy, &mut Vec::new());
    assert!(hcl_edit::structure::Body::from_str(&written).is_ok(), "{written}");
    // What has to be filled in is explained, in every output.
    let (json, person) = (serde_json::to_string(remedy).unwrap(), text(remedy));
    for word in ["ACCOUNT_ID", "REGION", "CLUSTER_NAME", "EXTERNAL_ID", "TRUST_ANCHOR_ID", "ORG_ID"] {
        let used = |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|one| one == word);
        let explained = remedy.placeholders.iter().any(|one| one.name == word);
        assert!(explained || !used(&person) && !used(&json), "{word} is not explained: {person}");
    }
}

#[test]
fn a_bucket_is_told_from_its_objects_and_a_key_bounds_them() {
    let code = "s3 = boto3.client('s3')\ns3.list_objects_v2(Bucket='docs')\ns3.get_object(Bucket='docs', Key='in/a.txt')\n\
                s3.put_object(Bucket='docs', Key=f'out/{day}/x.txt')\ns3.delete_object(Bucket=name, Key=key)\ns3.list_buckets()\n\
                s3.copy_object(Bucket='docs', Key='a', CopySource='old/b')\n";
    let remedy = remedy(&[("app.py", code)], &[]);
    assert_eq!(
        statements(&remedy),
        [
            "s3:ListAllMyBuckets on *",
            "s3:DeleteObject on arn:aws:s3:::BUCKET_NAME/*",
            "s3:ListBucket on arn:aws:s3:::docs",
            "s3:PutObject on arn:aws:s3:::docs/a arn:aws:s3:::docs/out/*",
            "s3:GetObject on arn:aws:s3:::docs/in/a.txt arn:aws:s3:::old/*",
        ]
    );
    assert_whole(&remedy);
}

#[test]
fn names_become_arns_as_each_service_writes_them() {
    let code = "q = boto3.client('sqs')\nq.send_message_batch(QueueUrl='https://sqs.eu-west-1.amazonaws.com/123456789012/orders')\n\
                boto3.client('sns').publish(TopicArn='arn:aws:sns:eu-west-1:123456789012:news', Message='x')\n\
                boto3.client('secretsmanager').get_secret_value(SecretId='prod/db')\n\
                boto3.client('ssm').get_parameters_by_path(Path='/shop/prod')\n\
                boto3.client('kms').decrypt(KeyId='alias/shop', CiphertextBlob=b)\n\
                boto3.client('logs').put_log_events(logGroupName='/shop/api', logStreamName=s)\n\
                boto3.client('lambda').invoke(FunctionName='resize')\n\
                boto3.client('events').put_events(Entries=[])\n\
                boto3.client('cloudwatch').put_metric_data(Namespace='Shop', MetricData=[])\n\
                boto3.client('ses').send_email(Source='Shop <orders@example.org>')\n\
                boto3.client('dynamodb').query(TableName='orders', IndexName='by-day')\n\
                boto3.client('ec2').describe_instances()\nboto3.client('sts').get_caller_identity()\n\
                boto3.client('stepfunctions').start_execution(stateMachineArn=os.environ['MACHINE'])\n\
                boto3.client('amplify').start_job(appId='x')\n";
    let remedy = remedy(&[("app.py", code)], &[(".env", "AWS_REGION=eu-west-1\n")]);
    let found = statements(&remedy);
    for line in [
        "sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:orders",
        "sns:Publish on arn:aws:sns:eu-west-1:123456789012:news",
        "secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/db-??????",
        "ssm:GetParametersByPath on arn:aws:ssm:eu-west-1:210987654321:parameter/shop/prod/*",
        "kms:Decrypt on arn:aws:kms:eu-west-1:210987654321:key/* if {\"ForAnyValue:StringEquals\":{\"kms:ResourceAliases\":[\"alias/shop\"]}}",
        "logs:PutLogEvents on arn:aws:logs:eu-west-1:210987654321:log-group:/shop/api:*",
        "lambda:InvokeFunction on arn:aws:lambda:eu-west-1:210987654321:function:resize",
        "events:PutEvents on arn:aws:events:eu-west-1:210987654321:event-bus/default",
        "cloudwatch:PutMetricData on * if {\"StringEquals\":{\"cloudwatch:namespace\":[\"Shop\"]}}",
        "ses:SendEmail on arn:aws:ses:eu-west-1:210987654321:identity/example.org arn:aws:ses:eu-west-1:210987654321:identity/orders@example.org",
        "dynamodb:Query on arn:aws:dynamodb:eu-west-1:210987654321:table/orders/index/by-day",
        "ec2:DescribeInstances on * if {\"StringEquals\":{\"aws:RequestedRegion\":[\"eu-west-1\"]}}",
        "states:StartExecution on arn:aws:states:eu-west-1:210987654321:stateMachine:MACHINE",
        "amplify:StartJob on arn:aws:amplify:eu-west-1:210987654321:RESOURCE",
    ] {
        assert!(found.iter().any(|one| one == line), "{line}\nis not among {found:#?}");
    }
    assert_eq!(found.len(), 14, "GetCallerIdentity needs no permission: {found:#?}");
    assert_whole(&remedy);
}

#[test]
fn a_role_that_is_handed_over_needs_passing_to_one_service_only() {
    let code =
        "l = boto3.client('lambda')\nl.create_function(FunctionName='f', Role='arn:aws:iam::210987654321:role/f')\n";
    let remedy = remedy(&[("deploy.py", code)], &[]);
    let passed = "iam:PassRole on arn:aws:iam::210987654321:role/f if {\"StringEquals\":{\"iam:PassedToService\":[\"lambda.amazonaws.com\"]}}";
    assert!(statements(&remedy).contains(&passed.to_owned()), "{:?}", statements(&remedy));
    assert_whole(&remedy);
}

#[test]
fn every_place_gets_a_sound_role() {
    let call = "s3 = boto3.client('s3')\ns3.get_object(Bucket='docs')\n";
    for (path, text, kind) in [
        ("serverless.yml", "service: x\n", Kind::Lambda),
        ("user-data.sh", "aws s3 cp s3://docs/a .\n", Kind::Ec2),
        ("task-definition.json", "{}\n", Kind::Ecs),
        ("k8s/app.yaml", "kind: Secret\n", Kind::Kubernetes),
        (".github/workflows/d.yml", "run: aws s3 sync . s3://docs\n", Kind::GithubActions),
        (".gitlab-ci.yml", "script: aws s3 ls\n", Kind::Gitlab),
        ("bitbucket-pipelines.yml", "script: aws s3 ls\n", Kind::Bitbucket),
        (".circleci/config.yml", "run: aws s3 ls\n", Kind::Circleci),
        ("buildspec.yml", "- aws s3 ls\n", Kind::Codebuild),
        (".aws/credentials", "[default]\n", Kind::Laptop),
        ("partner.py", "sts.assume_role(RoleArn=a, ExternalId=b)\n", Kind::OtherAccount),
        ("Jenkinsfile", "sh 'aws s3 ls'\n", Kind::Server),
    ] {
        let remedy = remedy(&[(path, text), ("app.py", call)], &[]);
        assert_eq!(remedy.place.kind, kind, "{path}");
        assert_eq!(remedy.trust_policy.is_none(), kind == Kind::Laptop, "{path}");
        assert!(remedy.permission_policy.is_some(), "{path}");
        assert_whole(&remedy);
    }
}

#[test]
fn a_token_is_bound_to_this_repository_and_branch_and_to_a_blank_where_they_are_not_known() {
    let code = [(".github/workflows/d.yml", "run: aws s3 ls\n")];
    let trust = remedy(&code, &[]).trust_policy.unwrap().json();
    assert!(
        trust.contains("\"repo:acme/shop:ref:refs/heads/main\"") && trust.contains("\"sts.amazonaws.com\""),
        "{trust}"
    );
    let leak =
        Leak { fingerprint: PRINT, title: "t", spot: Spot { path: code[0].0, line: 1, account: None }, text: "" };
    let blank = advise(&leak, &Beside { code: sources(&code), ..Beside::default() }, Setting::default());
    let trust = blank.trust_policy.as_ref().unwrap().json();
    assert!(
        trust.contains("repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH") && trust.contains("::ACCOUNT_ID:"),
        "{trust}"
    );
    let names: Vec<&str> = blank.placeholders.iter().map(|one| one.name.as_str()).collect();
    assert!(["OWNER/REPOSITORY", "BRANCH", "ACCOUNT_ID"].iter().all(|name| names.contains(name)), "{names:?}");
}

#[test]
fn what_is_not_known_is_said() {
    let code = "def f(client):\n    client.list_tags_for_resource(ResourceArn=a)\n";
    let remedy = remedy(&[("app.py", code), ("run.sh", "terraform apply\n")], &[]);
    assert!(remedy.permission_policy.is_none());
    let said = remedy.limits.join("\n");
    for part in ["list_tags_for_resource at app.py:2", "terraform at run.sh:1", "yours to write", "IAM stops"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!((remedy.calls.understood, remedy.calls.not_understood), (0, 1));
}

#[test]
fn what_is_no_name_is_not_shown() {
    let odd = "x\"; drop §";
    let remedy = remedy(&[("app.py", &format!("s3 = boto3.client('s3')\ns3.get_object(Bucket='{odd}')\n"))], &[]);
    assert_eq!(statements(&remedy), ["s3:GetObject on arn:aws:s3:::BUCKET_NAME/*"]);
    assert!(!text(&remedy).contains(odd) && !terraform(&remedy, &mut Vec::new()).contains(odd));
}

#[test]
fn two_remedies_in_one_file_have_labels_of_their_own() {
    let remedy = remedy(&[("user-data.sh", "aws s3 ls\n")], &[]);
    let mut taken = Vec::new();
    let both = terraform(&remedy, &mut taken) + &terraform(&remedy, &mut taken);
    assert_eq!(both.matches("resource \"aws_iam_role\" \"shop_instance\"").count(), 1, "{both}");
    assert_eq!(both.matches("resource \"aws_iam_role\" \"shop_instance_2\"").count(), 1);
}

#[test]
fn names_are_no_templates_of_terraforms() {
    let remedy = remedy(&[("a.py", "boto3.client('ses').send_email(Source='%{x}')\n")], &[]);
    let written = terraform(&remedy, &mut Vec::new());
    assert!(!written.contains("${") && !written.contains(" %{"), "{written}");
}
