//! Build servers.

use super::{Placement, at};

pub const ALL: &[Placement] = &[
    at(
        "GitHub workflow env",
        ".github/workflows/deploy.yml",
        r"name: deploy
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      AWS_ACCESS_KEY_ID: «id»
      AWS_SECRET_ACCESS_KEY: «secret»
    steps:
      - uses: actions/checkout@v4
      - run: aws s3 sync . s3://site
",
    ),
    at(
        "GitHub configure-aws-credentials",
        ".github/workflows/aws.yml",
        r"steps:
  - uses: aws-actions/configure-aws-credentials@v4
    with:
      aws-access-key-id: «id»
      aws-secret-access-key: «secret»
      aws-region: us-east-1
",
    ),
    at(
        "GitLab variables",
        ".gitlab-ci.yml",
        "variables:\n  AWS_ACCESS_KEY_ID: \"«id»\"\n  AWS_SECRET_ACCESS_KEY: \"«secret»\"\n\ndeploy:\n  script:\n    - aws s3 sync public s3://site\n",
    ),
    at(
        "GitLab runner cache",
        "config.toml",
        r#"[[runners]]
  name = "docker"
  [runners.cache]
    Type = "s3"
    [runners.cache.s3]
      ServerAddress = "s3.amazonaws.com"
      AccessKey = "«id»"
      SecretKey = "«secret»"
      BucketName = "runner-cache"
"#,
    ),
    at(
        "Travis env",
        ".travis.yml",
        "language: ruby\nenv:\n  global:\n    - AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret»\nscript: rake\n",
    ),
    at(
        "Travis deploy",
        ".travis.yml",
        "deploy:\n  provider: s3\n  access_key_id: «id»\n  secret_access_key: «secret»\n  bucket: releases\n  skip_cleanup: true\n",
    ),
    at(
        "CircleCI",
        ".circleci/config.yml",
        "version: 2.1\njobs:\n  build:\n    docker:\n      - image: cimg/base:stable\n        aws_auth:\n          aws_access_key_id: «id»\n          aws_secret_access_key: «secret»\n",
    ),
    at(
        "Jenkinsfile environment",
        "Jenkinsfile",
        "pipeline {\n  agent any\n  environment {\n    AWS_ACCESS_KEY_ID = '«id»'\n    AWS_SECRET_ACCESS_KEY = '«secret»'\n  }\n  stages { stage('Deploy') { steps { sh 'make deploy' } } }\n}\n",
    ),
    at(
        "Jenkinsfile withEnv",
        "Jenkinsfile",
        "node {\n  withEnv([\"AWS_ACCESS_KEY_ID=«id»\", \"AWS_SECRET_ACCESS_KEY=«secret»\"]) {\n    sh 'aws s3 ls'\n  }\n}\n",
    ),
    at(
        "Jenkins job XML",
        "config.xml",
        "<hudson.model.PasswordParameterDefinition>\n  <name>AWS_SECRET_ACCESS_KEY</name>\n  <description>for «id»</description>\n  <defaultValue>«secret»</defaultValue>\n</hudson.model.PasswordParameterDefinition>\n",
    ),
    at(
        "Bitbucket pipe",
        "bitbucket-pipelines.yml",
        "- pipe: atlassian/aws-s3-deploy:1.1.0\n  variables:\n    AWS_ACCESS_KEY_ID: '«id»'\n    AWS_SECRET_ACCESS_KEY: '«secret»'\n",
    ),
    at(
        "Drone",
        ".drone.yml",
        "steps:\n  - name: upload\n    image: plugins/s3\n    settings:\n      bucket: site\n      access_key: «id»\n      secret_key: «secret»\n",
    ),
    at(
        "Azure pipelines",
        "azure-pipelines.yml",
        "variables:\n- name: AWS.AccessKeyID\n  value: «id»\n- name: AWS.SecretAccessKey\n  value: «secret»\n",
    ),
    at(
        "Makefile",
        "Makefile",
        "AWS_ACCESS_KEY_ID := «id»\nAWS_SECRET_ACCESS_KEY := «secret»\nexport AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY\n\ndeploy:\n\taws s3 sync build s3://site\n",
    ),
    at(
        "Gradle properties",
        "gradle.properties",
        "org.gradle.daemon=true\nawsAccessKeyId=«id»\nawsSecretAccessKey=«secret»\n",
    ),
    at(
        "Maven settings",
        "settings.xml",
        "<settings>\n  <servers>\n    <server>\n      <id>s3-releases</id>\n      <username>«id»</username>\n      <password>«secret»</password>\n    </server>\n  </servers>\n</settings>\n",
    ),
];
