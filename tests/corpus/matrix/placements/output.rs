//! What AWS's own programs and pages hand out.

use super::{Placement, at};

pub const ALL: &[Placement] = &[
    at(
        "create-access-key JSON",
        "key.json",
        r#"{
    "AccessKey": {
        "UserName": "deploy",
        "AccessKeyId": "«id»",
        "Status": "Active",
        "SecretAccessKey": "«secret»",
        "CreateDate": "2024-05-06T07:08:09+00:00"
    }
}
"#,
    ),
    at(
        "create-access-key YAML",
        "key.yaml",
        "AccessKey:\n  AccessKeyId: «id»\n  CreateDate: '2024-05-06T07:08:09+00:00'\n  SecretAccessKey: «secret»\n  Status: Active\n  UserName: deploy\n",
    ),
    at("create-access-key text", "key.txt", "ACCESSKEY\t«id»\t2024-05-06T07:08:09+00:00\t«secret»\tActive\tdeploy\n"),
    at(
        "create-access-key table",
        "key-table.txt",
        r"--------------------------------------------------------------------
|                          CreateAccessKey                         |
+------------------------------------------------------------------+
||                            AccessKey                           ||
|+------------------+---------------------------------------------+|
||  AccessKeyId     |  «id»                       ||
||  CreateDate      |  2024-05-06T07:08:09+00:00                  ||
||  SecretAccessKey |  «secret»   ||
||  Status          |  Active                                     ||
||  UserName        |  deploy                                     ||
|+------------------+---------------------------------------------+|
",
    ),
    at(
        "create-access-key query, text",
        "two-columns.txt",
        "$ aws iam create-access-key --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text\n«id»\t«secret»\n",
    ),
    at(
        "assume-role JSON",
        "session.json",
        r#"{
    "Credentials": {
        "AccessKeyId": "«id»",
        "SecretAccessKey": "«secret»",
        "SessionToken": "«token»",
        "Expiration": "2024-05-06T08:08:09+00:00"
    },
    "AssumedRoleUser": {
        "AssumedRoleId": "AROACLKWSDQRAOEXAMPLE:session",
        "Arn": "arn:aws:sts::123456789012:assumed-role/deploy/session"
    }
}
"#,
    ),
    at(
        "assume-role YAML",
        "session.yaml",
        "AssumedRoleUser:\n  Arn: arn:aws:sts::123456789012:assumed-role/deploy/session\nCredentials:\n  AccessKeyId: «id»\n  Expiration: '2024-05-06T08:08:09+00:00'\n  SecretAccessKey: «secret»\n  SessionToken: «token»\n",
    ),
    at(
        "assume-role text",
        "session.txt",
        "ASSUMEDROLEUSER\tarn:aws:sts::123456789012:assumed-role/deploy/session\tAROACLKWSDQRAOEXAMPLE:session\nCREDENTIALS\t«id»\t2024-05-06T08:08:09+00:00\t«secret»\t«token»\n",
    ),
    at(
        "assume-role table",
        "session-table.txt",
        r"-------------------------------------------------------------------
|                           AssumeRole                            |
+-----------------------------------------------------------------+
||                          Credentials                          ||
|+------------------+--------------------------------------------+|
||  AccessKeyId     |  «id»                      ||
||  Expiration      |  2024-05-06T08:08:09+00:00                 ||
||  SecretAccessKey |  «secret»  ||
||  SessionToken    |  «token»  ||
|+------------------+--------------------------------------------+|
",
    ),
    at(
        "STS answer in XML",
        "response.xml",
        r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <Credentials>
      <SessionToken>
       «token»
      </SessionToken>
      <SecretAccessKey>«secret»</SecretAccessKey>
      <Expiration>2024-05-06T08:08:09Z</Expiration>
      <AccessKeyId>«id»</AccessKeyId>
    </Credentials>
  </AssumeRoleResult>
</AssumeRoleResponse>
"#,
    ),
    at(
        "IAM answer in XML",
        "created.xml",
        r#"<CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateAccessKeyResult><AccessKey><UserName>bob</UserName><AccessKeyId>«id»</AccessKeyId><Status>Active</Status><SecretAccessKey>«secret»</SecretAccessKey></AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>"#,
    ),
    at(
        "instance metadata",
        "imds.txt",
        r#"$ curl http://169.254.169.254/latest/meta-data/iam/security-credentials/web
{
  "Code" : "Success",
  "LastUpdated" : "2024-05-06T07:08:09Z",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "«id»",
  "SecretAccessKey" : "«secret»",
  "Token" : "«token»",
  "Expiration" : "2024-05-06T13:08:09Z"
}
"#,
    ),
    at(
        "credential process",
        "process.json",
        "{\"Version\":1,\"AccessKeyId\":\"«id»\",\"SecretAccessKey\":\"«secret»\",\"SessionToken\":\"«token»\",\"Expiration\":\"2024-05-06T13:08:09Z\"}\n",
    ),
    at(
        "SSO portal, PowerShell",
        "sso.ps1",
        "$Env:AWS_ACCESS_KEY_ID=\"«id»\"\r\n$Env:AWS_SECRET_ACCESS_KEY=\"«secret»\"\r\n$Env:AWS_SESSION_TOKEN=\"«token»\"\r\n",
    ),
    at("console CSV", "deploy_accessKeys.csv", "Access key ID,Secret access key\n«id»,«secret»\n"),
    at(
        "console CSV, BOM and CRLF",
        "new_user_accessKeys.csv",
        "\u{feff}Access key ID,Secret access key\r\n«id»,«secret»\r\n",
    ),
    at("console CSV, user", "credentials.csv", "User Name,Access Key Id,Secret Access Key\n\"deploy\",«id»,«secret»\n"),
    at(
        "console CSV, user with password",
        "new_user_credentials.csv",
        "\u{feff}User name,Password,Access key ID,Secret access key,Console login link\r\ndeploy,,«id»,«secret»,https://123456789012.signin.aws.amazon.com/console\r\n",
    ),
    at(
        "console CSV, two users",
        "users.csv",
        "User Name,Access Key Id,Secret Access Key\r\n\"alice\",«id»,«secret»\r\n\"bob\",«id2»,«secret2»\r\n",
    ),
    at(
        "console page, copied",
        "mail.txt",
        "Hi,\n\nhere are the keys:\n\nAccess key\n«id»\nSecret access key\n«secret» Hide\n\nRegards\n",
    ),
];
