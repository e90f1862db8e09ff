//! What is seen of each SDK.

use super::super::call::Name;
use super::*;

/// Every call as `line service:Operation name=value …`; what is not known of a value is `?name`, a variable `<NAME>`.
fn said(text: &str, language: Language) -> Vec<String> {
    let calls = Code::read(text, language).calls(&[], &Constants::default());
    calls.known.iter().map(shown).collect()
}

fn shown(call: &Call) -> String {
    let given: Vec<String> = call.arguments.iter().map(|(name, value)| format!(" {name}={}", written(value))).collect();
    format!("{} {}:{}{}", call.line, call.service.name, call.operation, given.concat())
}

fn written(name: &Name) -> String {
    let one = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Variable(name) => format!("<{name}>"),
        Part::Unknown(name) => format!("?{name}"),
    };
    name.iter().map(one).collect()
}

#[test]
fn clients_of_boto3_are_followed() {
    let text = "import boto3\ns3 = boto3.client('s3', region_name='eu-west-1')\nBUCKET = os.environ['BUCKET']\n\
                class A:\n    def __init__(self):\n        self.sqs = boto3.session.Session().client(\"sqs\")\n\
                \x20   def f(self):\n        s3.put_object(Bucket=BUCKET, Key=f'in/{x}.txt', Body=b)\n\
                \x20       self.sqs.send_message(QueueUrl='https://q/1/orders', MessageBody='x')\n\
                \x20       boto3.client('sns').publish(TopicArn='arn:aws:sns:eu-west-1:1:t')\n\
                \x20       s3.upload_file('a.txt', 'docs', 'k')\n\
                \x20       for p in s3.get_paginator('list_objects_v2').paginate(Bucket='logs'): pass\n\
                \x20       url = s3.generate_presigned_url('get_object', Params={'Bucket': 'docs', 'Key': k})\n\
                \x20       # s3.delete_object(Bucket='no')\n";
    assert_eq!(
        said(text, Language::Python),
        [
            "8 s3:PutObject Bucket=<BUCKET> Key=in/?x.txt Body=?b",
            "9 sqs:SendMessage QueueUrl=https://q/1/orders MessageBody=x",
            "10 sns:Publish TopicArn=arn:aws:sns:eu-west-1:1:t",
            "11 s3:PutObject Bucket=docs",
            "11 s3:AbortMultipartUpload Bucket=docs",
            "12 s3:ListObjectsV2 Bucket=logs",
            "13 s3:GetObject Bucket=docs Key=?k",
        ]
    );
}

#[test]
fn things_of_boto3_are_followed() {
    let text = "dynamodb = boto3.resource('dynamodb')\ntable = dynamodb.Table(os.environ.get('TABLE', 'x'))\n\
                def handler(event, context):\n    table.put_item(Item={'id': 1})\n\
                \x20   boto3.resource('s3').Bucket('logs').upload_file('a', 'b')\n\
                \x20   boto3.resource('s3').Object('docs', 'a/b').put(Body='x')\n\
                \x20   with table.batch_writer() as batch:\n        batch.put_item(Item={})\n\
                def q():\n    inner = boto3.client('sts')\n    inner.assume_role(RoleArn='r')\n    return boto3.resource('sqs').get_queue_by_name(QueueName='inbox')\nq().send_message(MessageBody='x')\n";
    let found = said(text, Language::Python);
    let expected = [
        "4 dynamodb:PutItem TableName=<TABLE> id=?1",
        "5 s3:PutObject Bucket=logs",
        "5 s3:AbortMultipartUpload Bucket=logs",
        "6 s3:PutObject Bucket=docs Key=a/b Body=x",
        "7 dynamodb:BatchWriteItem TableName=<TABLE>",
    ];
    assert_eq!(found[..5], expected);
    assert!(!found.iter().any(|call| call.starts_with("8 ")), "{found:?}");
    assert!(found.contains(&"11 sts:AssumeRole RoleArn=r".to_owned()), "{found:?}");
    assert!(found.last().unwrap().starts_with("13 sqs:SendMessage QueueName=inbox"), "{found:?}");
}

#[test]
fn the_second_sdk_for_javascript_is_followed() {
    let text = "const AWS = require('aws-sdk');\nconst s3 = new AWS.S3();\n\
                const db = AWSXRay.captureAWSClient(new AWS.DynamoDB.DocumentClient({ region: 'x' }));\n\
                const TABLE = process.env.TABLE_NAME || 'fallback';\n\
                module.exports.handler = async (event) => {\n\
                  const params = { TableName: TABLE, Item: { id: 1 } };\n  await db.put(params).promise();\n\
                  s3.getObject({ Bucket: 'docs', Key: event.key }, (e, d) => {});\n\
                  s3.getSignedUrl('putObject', { Bucket: `up-${process.env.STAGE}` });\n};\n";
    assert_eq!(
        said(text, Language::JavaScript),
        [
            "7 dynamodb:PutItem TableName=<TABLE_NAME> .id=?1",
            "8 s3:GetObject Bucket=docs Key=?event.key",
            "9 s3:PutObject Bucket=up-<STAGE>",
        ]
    );
}

#[test]
fn commands_of_the_third_sdk_for_javascript_are_followed() {
    let text = "import { S3Client, GetObjectCommand } from \"@aws-sdk/client-s3\";\n\
                import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';\n\
                import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';\n\
                const client = new S3Client({});\nconst db = DynamoDBDocumentClient.from(new DynamoDBClient({}));\n\
                export const handler = async () => {\n  await client.send(new GetObjectCommand({ Bucket: \"docs\", Key: \"a.txt\" }));\n\
                  const input: PutCommandInput = { TableName: process.env.TABLE!, Item: {} };\n  await db.send(new PutCommand(input));\n\
                  await sfn.send(new StartExecutionCommand({ stateMachineArn: process.env.MACHINE }));\n};\n";
    assert_eq!(
        said(text, Language::JavaScript),
        [
            "7 s3:GetObject Bucket=docs Key=a.txt",
            "9 dynamodb:PutItem TableName=<TABLE>",
            "10 stepfunctions:StartExecution stateMachineArn=<MACHINE>",
        ]
    );
}

#[test]
fn a_client_that_is_handed_over_is_known_by_its_type() {
    let text = "import * as AWS from 'aws-sdk'\nimport { DocumentClient } from 'aws-sdk/clients/dynamodb'\n\
                export class Access {\n  constructor(\n    private readonly docClient: DocumentClient = create(),\n    private readonly t = process.env.T) {}\n\
                  async all() { return this.docClient.query({ TableName: this.t, IndexName: 'by-user' }).promise() }\n}\n";
    assert_eq!(said(text, Language::JavaScript), ["7 dynamodb:Query TableName=<T> IndexName=by-user"]);
}

#[test]
fn both_sdks_for_java_are_followed() {
    let second = "import software.amazon.awssdk.services.s3.S3Client;\nimport software.amazon.awssdk.services.s3.model.*;\n\
                  class A { private final S3Client s3 = S3Client.create();\n  void f() {\n\
                  s3.getObject(GetObjectRequest.builder().bucket(\"docs\").key(name).build());\n\
                  PutObjectRequest put = PutObjectRequest.builder()\n   .bucket(System.getenv(\"BUCKET\")).build();\n\
                  s3.putObject(put, body);\n s3.headObject(r -> r.bucket(\"docs\"));\n} }\n";
    let found = said(second, Language::Java);
    assert!(found.contains(&"5 s3:GetObject bucket=docs key=?name".to_owned()), "{found:?}");
    assert!(found.iter().any(|call| call.starts_with("6 s3:PutObject bucket=<BUCKET>")), "{found:?}");
    assert!(found.contains(&"9 s3:HeadObject bucket=docs".to_owned()), "{found:?}");
    let first = "import com.amazonaws.services.sqs.AmazonSQS;\nimport com.amazonaws.services.sqs.model.SendMessageRequest;\n\
                 class B { AmazonSQS sqs = AmazonSQSClientBuilder.defaultClient();\n void f() {\n\
                 sqs.sendMessage(new SendMessageRequest().withQueueUrl(\"https://q/1/in\").withMessageBody(\"x\"));\n} }\n";
    assert!(said(first, Language::Java).iter().any(|call| call.contains("sqs:SendMessage QueueUrl=https://q/1/in")));
}

#[test]
fn tables_of_java_are_followed() {
    let enhanced = "import software.amazon.awssdk.enhanced.dynamodb.DynamoDbTable;\nclass A { void f() {\n\
                    DynamoDbTable<Order> orders = client.table(\"orders\", schema);\n orders.putItem(order);\n} }\n";
    assert_eq!(said(enhanced, Language::Java), ["4 dynamodb:PutItem TableName=orders"]);
    let mapper = "import com.amazonaws.services.dynamodbv2.datamodeling.*;\n@DynamoDBTable(tableName = \"orders\")\nclass B {\n\
                  private DynamoDBMapper mapper = new DynamoDBMapper(client);\n void f() { mapper.load(B.class, id); }\n}\n";
    assert_eq!(said(mapper, Language::Java), ["5 dynamodb:GetItem TableName=orders"]);
}

#[test]
fn both_sdks_for_go_are_followed() {
    let text = "package main\nimport (\n \"github.com/aws/aws-sdk-go-v2/service/s3\"\n ddb \"github.com/aws/aws-sdk-go/service/dynamodb\"\n)\n\
                func f() {\n c := s3.NewFromConfig(cfg)\n c.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(\"docs\"), Key: aws.String(key)})\n\
                 in := &ddb.PutItemInput{\n  TableName: aws.String(os.Getenv(\"TABLE\")),\n }\n db.PutItem(in)\n}\n";
    assert_eq!(
        said(text, Language::Go),
        ["8 s3:GetObject Bucket=docs Key=?key", "9 dynamodb:PutItem TableName=<TABLE>"]
    );
}

#[test]
fn what_is_no_call_of_aws_is_none() {
    let text = "import requests\nr = requests.get('x')\nd = {}\nd.update(a=1)\nq.put(1)\nclient.send_message('x')\n";
    assert_eq!(said(text, Language::Python), Vec::<String>::new());
    let text = "const a = new Map(); a.get('x'); list.filter(x); fs.copy({ from: 1 });";
    assert_eq!(said(text, Language::JavaScript), Vec::<String>::new());
}

#[test]
fn a_call_of_an_unknown_client_is_taken_by_its_arguments_or_named() {
    let calls = |text| Code::read(text, Language::Python).calls(&[], &Constants::default());
    let found = calls(
        "def f(client):\n    client.send_message(QueueUrl=url)\n    client.list_tags_for_resource(ResourceArn=a)\n",
    );
    assert_eq!(found.known.iter().map(|call| call.service.name).collect::<Vec<_>>(), ["sqs"]);
    assert_eq!(found.unknown, [("list_tags_for_resource".to_owned(), 3)]);
    let found = calls("def f(acm_client):\n    acm_client.list_certificates(**more)\n");
    assert_eq!(found.known.iter().map(|call| call.service.name).collect::<Vec<_>>(), ["acm"]);
    let found = calls("import boto3\nanalytics_client.start_application(ApplicationName=n)\nhttp.get_x()\n");
    assert_eq!(found.unknown, [("start_application".to_owned(), 2)]);
    let found = calls("Wrapper(boto3.client('apigateway'))\nself.apig_client.get_resources(restApiId=i)\n");
    assert_eq!(found.known.iter().map(|call| call.service.name).collect::<Vec<_>>(), ["apigateway"]);
}
