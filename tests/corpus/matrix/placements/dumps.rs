//! What other programs write down along the way: logs, dumps, notebooks, pages, messages.

use super::{Placement, at};

pub const ALL: &[Placement] = &[
    at(
        "JSON, camel case",
        "config.json",
        "{\n  \"accessKeyId\": \"«id»\",\n  \"secretAccessKey\": \"«secret»\",\n  \"region\": \"us-east-1\"\n}\n",
    ),
    at(
        "JSON, one line",
        "aws.json",
        "{\"region\":\"us-east-1\",\"accessKeyId\":\"«id»\",\"secretAccessKey\":\"«secret»\"}",
    ),
    at(
        "JSON in a string",
        "event.json",
        r#"{"Records":[{"body":"{\"accessKeyId\":\"«id»\",\"secretAccessKey\":\"«secret»\",\"region\":\"us-east-1\"}"}]}"#,
    ),
    at(
        "JSON in a string in a string",
        "step.json",
        r#"{"input":"{\"body\":\"{\\\"accessKeyId\\\":\\\"«id»\\\",\\\"secretAccessKey\\\":\\\"«secret»\\\"}\"}"}"#,
    ),
    at(
        "JSON in a Java string",
        "Fixture.java",
        "  private static final String BODY = \"{\\\"AccessKeyId\\\": \\\"«id»\\\", \\\"SecretAccessKey\\\": \\\"«secret»\\\"}\";\n",
    ),
    at(
        "Jupyter notebook",
        "analysis.ipynb",
        r#"{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 1,
   "metadata": {},
   "outputs": [],
   "source": [
    "import boto3\n",
    "s3 = boto3.client('s3',\n",
    "                  aws_access_key_id='«id»',\n",
    "                  aws_secret_access_key='«secret»')\n"
   ]
  }
 ],
 "nbformat": 4,
 "nbformat_minor": 2
}
"#,
    ),
    at(
        "Jupyter notebook, output",
        "env.ipynb",
        r#"{
 "cells": [{"cell_type": "code", "metadata": {}, "source": ["!env | grep AWS"], "outputs": [{"name": "stdout", "output_type": "stream",
   "text": [
    "AWS_ACCESS_KEY_ID=«id»\r\n",
    "AWS_SECRET_ACCESS_KEY=«secret»\r\n"
   ]}]}]
}
"#,
    ),
    at(
        "HAR",
        "session.har",
        r#"{"log":{"version":"1.2","entries":[{"request":{"method":"GET","url":"https://api.example.org/v1/upload"},
"response":{"status":200,"content":{"mimeType":"application/json",
"text":"{\"accessKeyId\":\"«id»\",\"secretAccessKey\":\"«secret»\",\"sessionToken\":\"«token»\"}"}}}]}}"#,
    ),
    at(
        "log of a request",
        "app.log",
        r"2023-08-01 12:00:00,123 INFO  [main] Starting
2023-08-01 12:00:01,456 DEBUG [s3] config: {region: us-east-1, accessKeyId: «id», secretAccessKey: «secret», retries: 3}
2023-08-01 12:00:01,501 INFO  [s3] connected
",
    ),
    at(
        "log of an environment",
        "build.log",
        "+ env\nHOME=/root\nAWS_SECRET_ACCESS_KEY=«secret»\nHOSTNAME=runner-7\nAWS_ACCESS_KEY_ID=«id»\nPWD=/builds\n",
    ),
    at(
        "log, Python repr",
        "debug.log",
        "DEBUG:root:{'AccessKeyId': '«id»', 'SecretAccessKey': '«secret»', 'SessionToken': '«token»', 'Expiration': datetime.datetime(2024, 5, 6)}\n",
    ),
    at("log, Java toString", "catalina.out", "WARN  AwsConfig(accessKey=«id», secretKey=«secret», region=eu-west-1)\n"),
    at(
        "log, Go struct",
        "svc.log",
        "time=2024-01-01T00:00:00Z level=debug msg=\"creds {AccessKeyID:«id» SecretAccessKey:«secret» SessionToken: Source:env}\"\n",
    ),
    at(
        "log, coloured",
        "ci.log",
        "\u{1b}[32mAWS_ACCESS_KEY_ID\u{1b}[0m=\u{1b}[33m«id»\u{1b}[0m\n\u{1b}[32mAWS_SECRET_ACCESS_KEY\u{1b}[0m=\u{1b}[33m«secret»\u{1b}[0m\n",
    ),
    at(
        "SQL INSERT",
        "dump.sql",
        "INSERT INTO `settings` VALUES (1,'aws_access_key_id','«id»'),(2,'aws_secret_access_key','«secret»'),(3,'aws_region','us-east-1');\n",
    ),
    at(
        "SQL INSERT, columns",
        "accounts.sql",
        "INSERT INTO accounts (id, name, access_key, secret_key) VALUES\n(1, 'prod', '«id»', '«secret»'),\n(2, 'test', '«id2»', '«secret2»');\n",
    ),
    at(
        "SQL COPY",
        "pg_dump.sql",
        "COPY public.s3_accounts (id, name, access_key_id, secret_access_key, created_at) FROM stdin;\n1\tprod\t«id»\t«secret»\t2020-01-01 00:00:00\n\\.\n",
    ),
    at(
        "SQL, PHP-serialized",
        "wp.sql",
        r#"INSERT INTO `wp_options` VALUES (101,'tantan_wordpress_s3','a:2:{s:17:\"aws-access-key-id\";s:20:\"«id»\";s:21:\"aws-secret-access-key\";s:40:\"«secret»\";}','yes');
"#,
    ),
    at("PHP-serialized", "options.txt", "a:2:{s:3:\"key\";s:20:\"«id»\";s:6:\"secret\";s:40:\"«secret»\";}"),
    at(
        "MongoDB export",
        "tenants.json",
        "{\"_id\":{\"$oid\":\"5f3e1c2b9d1e8a0017c0ffee\"},\"s3\":{\"key\":\"«id»\",\"secret\":\"«secret»\"},\"__v\":0}\n",
    ),
    at(
        "PowerShell transcript",
        "transcript.txt",
        "**********************\r\nWindows PowerShell transcript start\r\nStart time: 20230801120000\r\n**********************\r\nPS C:\\> $env:AWS_ACCESS_KEY_ID=\"«id»\"\r\nPS C:\\> $env:AWS_SECRET_ACCESS_KEY=\"«secret»\"\r\nPS C:\\> aws s3 ls\r\n",
    ),
    at(
        "shell history",
        ".bash_history",
        "ls\naws configure\nexport AWS_ACCESS_KEY_ID=«id»\nexport AWS_SECRET_ACCESS_KEY=«secret»\naws s3 ls\n",
    ),
    at(
        "aws configure session",
        "session.log",
        "$ aws configure\nAWS Access Key ID [None]: «id»\nAWS Secret Access Key [None]: «secret»\nDefault region name [None]: us-east-1\n",
    ),
    at(
        "URL query",
        "links.txt",
        "https://upload.example.org/put?bucket=a&accesskey=«id»&secretkey=«secret»&region=us-east-1\n",
    ),
    at(
        "URL query, AWS names",
        "camel.txt",
        "from(\"aws-s3://bucket?accessKey=«id»&secretKey=RAW(«secret»)&region=us-east-1\")\n",
    ),
    at("URL user info", "backup.conf", "target = s3://«id»:«secret»@s3.amazonaws.com/backups/daily\n"),
    at(
        "curl user",
        "fetch.sh",
        "curl --aws-sigv4 aws:amz:us-east-1:s3 --user \"«id»:«secret»\" https://b.s3.amazonaws.com/x\n",
    ),
    at(
        "Markdown table",
        "ACCESS.md",
        "| Account | Access key | Secret key |\n| --- | --- | --- |\n| prod | `«id»` | `«secret»` |\n",
    ),
    at("Markdown list", "README.md", "## Setup\n\n* Access Key ID: **«id»**\n* Secret Access Key: **«secret»**\n"),
    at(
        "HTML table",
        "wiki.html",
        "<table>\n<tr><th>Access Key ID</th><td>«id»</td></tr>\n<tr><th>Secret Access Key</th><td><code>«secret»</code></td></tr>\n</table>\n",
    ),
    at("TSV", "accounts.tsv", "name\tkey\tsecret\nprod\t«id»\t«secret»\n"),
    at("semicolons", "accounts.csv", "name;key;secret;region\nprod;«id»;«secret»;eu-west-1\n"),
    at(
        "diff",
        "fix.patch",
        "--- a/s3.py\n+++ b/s3.py\n@@ -1,2 +1,2 @@\n-KEY = '«id»'\n-SECRET = '«secret»'\n+KEY = os.environ['KEY']\n+SECRET = os.environ['SECRET']\n",
    ),
    at(
        "diff of an env file",
        "env.patch",
        "@@ -3,2 +3,2 @@\n-AWS_ACCESS_KEY_ID=«id»\n-AWS_SECRET_ACCESS_KEY=«secret»\n+AWS_ACCESS_KEY_ID=\n+AWS_SECRET_ACCESS_KEY=\n",
    ),
    at(
        "chat export",
        "general.json",
        r#"[{"type":"message","user":"U024BE7LH","text":"key is `«id»` and the secret `«secret»`","ts":"1355517523.000005"}]"#,
    ),
    at("lone id", "todo.txt", "rotate «id» before Friday\n"),
    at("lone secret", "secret.txt", "aws_secret_access_key = «secret»\n"),
    at("lone secret in an env file", "prod.env", "AWS_DEFAULT_REGION=us-east-1\nAWS_SECRET_ACCESS_KEY=«secret»\n"),
    at("lone secret in tfvars", "secret.tfvars", "secret_key = \"«secret»\"\n"),
];
