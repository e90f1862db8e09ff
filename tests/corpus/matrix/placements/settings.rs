//! Files of the user's own: settings of tools, shells, environments.

use super::{Placement, at};

pub const ALL: &[Placement] = &[
    at(
        "aws credentials",
        ".aws/credentials",
        "[default]\naws_access_key_id = «id»\naws_secret_access_key = «secret»\n",
    ),
    at(
        "aws credentials, no spaces",
        ".aws/credentials",
        "[default]\naws_access_key_id=«id»\naws_secret_access_key=«secret»\nregion=eu-west-1\n",
    ),
    at(
        "aws credentials, three profiles",
        ".aws/credentials",
        r"[default]
aws_access_key_id = «id»
aws_secret_access_key = «secret»

[staging]
aws_access_key_id = «id2»
aws_secret_access_key = «secret2»

[legacy-billing]
aws_access_key_id = «id3»
aws_secret_access_key = «secret3»
",
    ),
    at(
        "aws credentials, session",
        ".aws/credentials",
        r"[mfa]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
aws_session_token = «token»
",
    ),
    at(
        "aws credentials, one profile commented out",
        ".aws/credentials",
        r"[default]
#aws_access_key_id = «id2»
#aws_secret_access_key = «secret2»
aws_access_key_id = «id»
aws_secret_access_key = «secret»
",
    ),
    at(
        "aws config",
        ".aws/config",
        r"[default]
region = us-east-1
output = json

[profile deploy]
region = eu-central-1
aws_access_key_id = «id»
aws_secret_access_key = «secret»
s3 =
    max_concurrent_requests = 20
",
    ),
    at(
        "boto",
        ".boto",
        "[Credentials]\naws_access_key_id = «id»\naws_secret_access_key = «secret»\n\n[Boto]\nhttps_validate_certificates = True\n",
    ),
    at("key file of the old EC2 tools", "rootkey.csv", "AWSAccessKeyId=«id»\r\nAWSSecretKey=«secret»\r\n"),
    at(
        "shell export",
        ".bashrc",
        r#"export PATH="$HOME/.local/bin:$PATH"
export AWS_ACCESS_KEY_ID=«id»
export AWS_SECRET_ACCESS_KEY=«secret»
export AWS_DEFAULT_REGION=us-west-2
alias ll='ls -l'
"#,
    ),
    at(
        "shell export, quoted, session",
        "env.sh",
        r#"export AWS_ACCESS_KEY_ID="«id»"
export AWS_SECRET_ACCESS_KEY="«secret»"
export AWS_SESSION_TOKEN="«token»"
"#,
    ),
    at(
        "shell default",
        "run.sh",
        "#!/bin/sh\n: ${AWS_ACCESS_KEY_ID:=«id»}\n: ${AWS_SECRET_ACCESS_KEY:=«secret»}\nexport AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY\n",
    ),
    at("fish", "config.fish", "set -gx AWS_ACCESS_KEY_ID «id»\nset -gx AWS_SECRET_ACCESS_KEY «secret»\n"),
    at("csh", ".cshrc", "setenv AWS_ACCESS_KEY_ID «id»\nsetenv AWS_SECRET_ACCESS_KEY «secret»\n"),
    at(
        "cmd",
        "deploy.bat",
        "@echo off\r\nset AWS_ACCESS_KEY_ID=«id»\r\nset AWS_SECRET_ACCESS_KEY=«secret»\r\naws s3 sync build s3://site\r\n",
    ),
    at("cmd setx", "setup.cmd", "setx AWS_ACCESS_KEY_ID \"«id»\" /M\r\nsetx AWS_SECRET_ACCESS_KEY \"«secret»\" /M\r\n"),
    at(
        "PowerShell",
        "deploy.ps1",
        "$env:AWS_ACCESS_KEY_ID = '«id»'\r\n$env:AWS_SECRET_ACCESS_KEY = '«secret»'\r\nWrite-S3Object -BucketName site -File a.zip\r\n",
    ),
    at("PowerShell cmdlet", "login.ps1", "Set-AWSCredential -AccessKey «id» -SecretKey «secret» -StoreAs default\r\n"),
    at(
        "one line before a command",
        "notes.txt",
        "AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» aws s3 ls s3://backup --recursive\n",
    ),
    at(
        "aws configure set",
        "bootstrap.sh",
        "aws configure set aws_access_key_id «id» --profile ci\naws configure set aws_secret_access_key «secret» --profile ci\n",
    ),
    at(
        "one line with commas",
        "lambda-env.txt",
        "aws lambda update-function-configuration --environment Variables={AWS_KEY=«id»,AWS_SECRET=«secret»,REGION=eu-west-1}\n",
    ),
    at(
        "env",
        ".env",
        r"APP_ENV=production
DB_HOST=127.0.0.1
AWS_ACCESS_KEY_ID=«id»
AWS_SECRET_ACCESS_KEY=«secret»
AWS_DEFAULT_REGION=us-east-1
AWS_BUCKET=uploads
",
    ),
    at("env, quoted", ".env.production", "AWS_ACCESS_KEY_ID=\"«id»\"\nAWS_SECRET_ACCESS_KEY=\"«secret»\"\n"),
    at("env, short names", ".env.local", "AWS_KEY=«id»\nAWS_SECRET=«secret»\nAWS_REGION=us-east-1\n"),
    at("env, Java names", "app.env", "AWS_ACCESS_KEY=«id»\nAWS_SECRET_KEY=«secret»\n"),
    at("env, S3 names", ".env.s3", "S3_ACCESS_KEY=«id»\nS3_SECRET_KEY=«secret»\nS3_BUCKET=media\n"),
    at("env, secret first", ".envrc", "export AWS_SECRET_ACCESS_KEY=«secret»\nexport AWS_ACCESS_KEY_ID=«id»\n"),
    at(
        "s3cfg",
        ".s3cfg",
        r"[default]
access_key = «id»
access_token =
add_encoding_exts =
bucket_location = US
host_base = s3.amazonaws.com
human_readable_sizes = False
recv_chunk = 65536
reduced_redundancy = False
secret_key = «secret»
send_chunk = 65536
",
    ),
    at(
        "rclone",
        "rclone.conf",
        "[remote]\ntype = s3\nprovider = AWS\nenv_auth = false\naccess_key_id = «id»\nsecret_access_key = «secret»\nregion = us-east-1\nacl = private\n",
    ),
    at("passwd-s3fs", ".passwd-s3fs", "«id»:«secret»\n"),
    at("passwd-s3fs, bucket", "etc/passwd-s3fs", "assets-bucket:«id»:«secret»\n"),
    at("mc alias", "setup-minio.sh", "mc alias set s3 https://s3.amazonaws.com «id» «secret» --api S3v4\n"),
    at(
        "mc config",
        ".mc/config.json",
        r#"{
  "version": "10",
  "aliases": {
    "s3": {
      "url": "https://s3.amazonaws.com",
      "accessKey": "«id»",
      "secretKey": "«secret»",
      "api": "S3v4",
      "path": "dns"
    }
  }
}
"#,
    ),
    at("fog", ".fog", "default:\n  aws_access_key_id: «id»\n  aws_secret_access_key: «secret»\n"),
    at(
        "knife.rb",
        ".chef/knife.rb",
        "knife[:aws_access_key_id] = '«id»'\nknife[:aws_secret_access_key] = '«secret»'\nknife[:region] = 'us-east-1'\n",
    ),
    at(
        "systemd unit",
        "backup.service",
        r#"[Unit]
Description=Nightly backup
After=network-online.target

[Service]
Type=oneshot
Environment="AWS_ACCESS_KEY_ID=«id»" "AWS_SECRET_ACCESS_KEY=«secret»"
ExecStart=/usr/local/bin/backup

[Install]
WantedBy=multi-user.target
"#,
    ),
    at(
        "supervisord",
        "worker.conf",
        "[program:worker]\ncommand=/app/worker\nenvironment=AWS_ACCESS_KEY_ID=\"«id»\",AWS_SECRET_ACCESS_KEY=\"«secret»\",REGION=\"us-east-1\"\n",
    ),
    at(
        "crontab",
        "crontab",
        "AWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY=«secret»\n0 3 * * * /usr/local/bin/backup >/dev/null\n",
    ),
    at(
        "Apache SetEnv",
        "site.conf",
        "<VirtualHost *:80>\n  SetEnv AWS_ACCESS_KEY_ID «id»\n  SetEnv AWS_SECRET_ACCESS_KEY «secret»\n</VirtualHost>\n",
    ),
    at(
        "php-fpm pool",
        "www.conf",
        "[www]\npm = dynamic\nenv[AWS_ACCESS_KEY_ID] = «id»\nenv[AWS_SECRET_ACCESS_KEY] = «secret»\n",
    ),
    at(
        "Spring properties",
        "application.properties",
        "server.port=8080\ncloud.aws.credentials.access-key=«id»\ncloud.aws.credentials.secret-key=«secret»\ncloud.aws.region.static=us-east-1\n",
    ),
    at(
        "Spring properties, camel case",
        "application-prod.properties",
        "cloud.aws.credentials.accessKey=«id»\ncloud.aws.credentials.secretKey=«secret»\ncloud.aws.stack.auto=false\n",
    ),
    at(
        "Spring YAML",
        "application.yml",
        r"spring:
  cloud:
    aws:
      credentials:
        access-key: «id»
        secret-key: «secret»
      region:
        static: eu-west-1
",
    ),
    at(
        "Rails secrets",
        "config/storage.yml",
        "amazon:\n  service: S3\n  access_key_id: «id»\n  secret_access_key: «secret»\n  region: us-east-1\n  bucket: app\n",
    ),
    at(
        "ASP.NET web.config",
        "web.config",
        r#"<?xml version="1.0"?>
<configuration>
  <appSettings>
    <add key="AWSProfileName" value="default"/>
    <add key="AWSAccessKey" value="«id»"/>
    <add key="AWSSecretKey" value="«secret»"/>
  </appSettings>
</configuration>
"#,
    ),
    at(
        "ASP.NET appsettings",
        "appsettings.json",
        r#"{
  "Logging": { "LogLevel": { "Default": "Information" } },
  "AWS": {
    "Region": "eu-west-1",
    "AccessKey": "«id»",
    "SecretKey": "«secret»"
  }
}
"#,
    ),
    at(
        "Windows registry",
        "aws.reg",
        "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Environment]\r\n\"AWS_ACCESS_KEY_ID\"=\"«id»\"\r\n\"AWS_SECRET_ACCESS_KEY\"=\"«secret»\"\r\n",
    ),
    at(
        "VS Code launch.json",
        ".vscode/launch.json",
        r#"{
    // Use IntelliSense to learn about possible attributes.
    "configurations": [{
        "type": "node", "request": "launch", "program": "${workspaceFolder}/app.js",
        "env": { "AWS_ACCESS_KEY_ID": "«id»", "AWS_SECRET_ACCESS_KEY": "«secret»" }
    }]
}
"#,
    ),
    at(
        "JetBrains run configuration",
        ".idea/workspace.xml",
        r#"<component name="RunManager">
  <configuration name="App" type="Application">
    <envs>
      <env name="AWS_ACCESS_KEY_ID" value="«id»" />
      <env name="AWS_SECRET_ACCESS_KEY" value="«secret»" />
    </envs>
  </configuration>
</component>
"#,
    ),
    at(
        "Postman environment",
        "aws.postman_environment.json",
        r#"{
	"name": "aws",
	"values": [
		{ "key": "accessKey", "value": "«id»", "type": "default", "enabled": true },
		{ "key": "secretKey", "value": "«secret»", "type": "secret", "enabled": true }
	]
}
"#,
    ),
];
