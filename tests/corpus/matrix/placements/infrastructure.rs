//! Machines and services described in files.

use super::{Placement, at};

pub const ALL: &[Placement] = &[
    at(
        "Dockerfile ENV",
        "Dockerfile",
        "FROM python:3.12-slim\nENV AWS_ACCESS_KEY_ID=«id» \\\n    AWS_SECRET_ACCESS_KEY=«secret»\nCOPY . /app\nCMD [\"python\", \"/app/main.py\"]\n",
    ),
    at(
        "Dockerfile ENV, old form",
        "Dockerfile",
        "FROM ubuntu:14.04\nENV AWS_ACCESS_KEY_ID «id»\nENV AWS_SECRET_ACCESS_KEY «secret»\nRUN apt-get update\n",
    ),
    at(
        "Dockerfile ARG",
        "build.Dockerfile",
        "FROM node:20\nARG AWS_ACCESS_KEY_ID=«id»\nARG AWS_SECRET_ACCESS_KEY=«secret»\nRUN npm ci\n",
    ),
    at(
        "docker build arguments",
        "build.sh",
        "docker build --build-arg AWS_ACCESS_KEY_ID=«id» --build-arg AWS_SECRET_ACCESS_KEY=«secret» -t app .\n",
    ),
    at(
        "docker-compose map",
        "docker-compose.yml",
        r#"version: "3.8"
services:
  web:
    image: app:latest
    environment:
      AWS_ACCESS_KEY_ID: «id»
      AWS_SECRET_ACCESS_KEY: «secret»
    ports:
      - "8080:8080"
"#,
    ),
    at(
        "docker-compose list",
        "docker-compose.override.yml",
        r#"services:
  web:
    environment:
      - AWS_ACCESS_KEY_ID=«id»
      - "AWS_SECRET_ACCESS_KEY=«secret»"
"#,
    ),
    at(
        "Terraform provider",
        "main.tf",
        r#"provider "aws" {
  region     = "us-west-2"
  access_key = "«id»"
  secret_key = "«secret»"
}
"#,
    ),
    at(
        "Terraform variables",
        "variables.tf",
        r#"variable "aws_access_key" {
  description = "Access key"
  type        = string
  default     = "«id»"
}

variable "aws_secret_key" {
  description = "Secret key"
  type        = string
  default     = "«secret»"
}
"#,
    ),
    at(
        "Terraform tfvars",
        "terraform.tfvars",
        "access_key = \"«id»\"\nsecret_key = \"«secret»\"\nregion     = \"us-east-1\"\n",
    ),
    at(
        "Terraform tfvars JSON",
        "prod.tfvars.json",
        "{\n  \"aws_access_key\": \"«id»\",\n  \"aws_secret_key\": \"«secret»\"\n}\n",
    ),
    at(
        "Terraform state",
        "terraform.tfstate",
        r#"{
  "version": 4,
  "terraform_version": "1.5.7",
  "serial": 12,
  "lineage": "3c0c3b0e-2f5f-8a0c-5f1d-1b0c8d6e2a11",
  "outputs": {},
  "resources": [
    {
      "mode": "managed",
      "type": "aws_iam_access_key",
      "name": "deploy",
      "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
      "instances": [
        {
          "schema_version": 0,
          "attributes": {
            "create_date": "2024-03-01T10:00:00Z",
            "encrypted_secret": null,
            "id": "«id»",
            "key_fingerprint": null,
            "pgp_key": null,
            "secret": "«secret»",
            "status": "Active",
            "user": "deploy"
          },
          "sensitive_attributes": [],
          "private": "bnVsbA=="
        }
      ]
    }
  ]
}
"#,
    ),
    at(
        "Terraform backend",
        ".terraform/terraform.tfstate",
        r#"{
    "version": 3,
    "backend": {
        "type": "s3",
        "config": {
            "access_key": "«id»",
            "bucket": "state",
            "key": "prod/terraform.tfstate",
            "secret_key": "«secret»"
        },
        "hash": 1234567890
    }
}
"#,
    ),
    at(
        "Serverless",
        "serverless.yml",
        r"service: thumbnails
provider:
  name: aws
  runtime: nodejs20.x
  environment:
    ACCESS_KEY_ID: «id»
    SECRET_ACCESS_KEY: «secret»
functions:
  resize:
    handler: handler.resize
",
    ),
    at(
        "SAM template",
        "template.yaml",
        r"AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Environment:
        Variables:
          APP_AWS_ACCESS_KEY_ID: '«id»'
          APP_AWS_SECRET_ACCESS_KEY: '«secret»'
",
    ),
    at(
        "CloudFormation parameters",
        "parameters.json",
        r#"[
  { "ParameterKey": "AccessKeyId", "ParameterValue": "«id»" },
  { "ParameterKey": "SecretAccessKey", "ParameterValue": "«secret»" }
]
"#,
    ),
    at(
        "CloudFormation user data",
        "stack.json",
        r##"{
  "Resources": { "Host": { "Type": "AWS::EC2::Instance", "Properties": { "UserData": { "Fn::Base64": { "Fn::Join": ["", [
    "#!/bin/bash -xe\n",
    "export AWS_ACCESS_KEY_ID=«id»\n",
    "export AWS_SECRET_ACCESS_KEY=«secret»\n",
    "yum update -y aws-cfn-bootstrap\n"
  ]] } } } } }
}
"##,
    ),
    at(
        "ECS task definition",
        "task-definition.json",
        r#"{
  "family": "web",
  "containerDefinitions": [
    {
      "name": "web",
      "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:latest",
      "environment": [
        { "name": "NODE_ENV", "value": "production" },
        { "name": "AWS_ACCESS_KEY_ID", "value": "«id»" },
        { "name": "AWS_SECRET_ACCESS_KEY", "value": "«secret»" }
      ]
    }
  ]
}
"#,
    ),
    at(
        "ECS task definition, value first",
        "task.json",
        r#"{"environment": [{"value": "«id»", "name": "AWS_ACCESS_KEY_ID"}, {"value": "«secret»", "name": "AWS_SECRET_ACCESS_KEY"}]}
"#,
    ),
    at(
        "Elastic Beanstalk",
        ".ebextensions/env.config",
        "option_settings:\n  - option_name: AWS_ACCESS_KEY_ID\n    value: «id»\n  - option_name: AWS_SECRET_KEY\n    value: «secret»\n",
    ),
    at(
        "Kubernetes stringData",
        "secret.yaml",
        r"apiVersion: v1
kind: Secret
metadata:
  name: aws
type: Opaque
stringData:
  AWS_ACCESS_KEY_ID: «id»
  AWS_SECRET_ACCESS_KEY: «secret»
",
    ),
    at(
        "Kubernetes container env",
        "deployment.yaml",
        r#"apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: app
          env:
            - name: AWS_ACCESS_KEY_ID
              value: "«id»"
            - name: AWS_SECRET_ACCESS_KEY
              value: "«secret»"
"#,
    ),
    at(
        "Helm values",
        "values.yaml",
        "replicaCount: 2\ns3:\n  bucket: media\n  accessKey: «id»\n  secretKey: «secret»\n",
    ),
    at(
        "kubectl create secret",
        "install.sh",
        "kubectl create secret generic aws --from-literal=access-key=«id» --from-literal=secret-key=«secret»\n",
    ),
    at(
        "Ansible variables",
        "group_vars/all.yml",
        "---\nec2_access_key: «id»\nec2_secret_key: «secret»\nec2_region: us-east-1\n",
    ),
    at(
        "Ansible module",
        "playbook.yml",
        r"- name: Upload
  amazon.aws.s3_object:
    bucket: releases
    object: app.tgz
    src: app.tgz
    mode: put
    aws_access_key: «id»
    aws_secret_key: «secret»
",
    ),
    at(
        "Packer HCL",
        "image.pkr.hcl",
        "source \"amazon-ebs\" \"base\" {\n  access_key    = \"«id»\"\n  secret_key    = \"«secret»\"\n  region        = \"us-east-1\"\n}\n",
    ),
    at(
        "Packer JSON",
        "packer.json",
        "{\n  \"builders\": [{\n    \"type\": \"amazon-ebs\",\n    \"access_key\": \"«id»\",\n    \"secret_key\": \"«secret»\",\n    \"region\": \"us-east-1\"\n  }]\n}\n",
    ),
    at(
        "Vagrantfile",
        "Vagrantfile",
        r#"Vagrant.configure("2") do |config|
  config.vm.provider :aws do |aws, override|
    aws.access_key_id = "«id»"
    aws.secret_access_key = "«secret»"
    aws.keypair_name = "vagrant"
  end
end
"#,
    ),
    at(
        "Hadoop core-site.xml",
        "core-site.xml",
        r#"<?xml version="1.0"?>
<configuration>
  <property>
    <name>fs.s3a.access.key</name>
    <value>«id»</value>
  </property>
  <property>
    <name>fs.s3a.secret.key</name>
    <value>«secret»</value>
  </property>
</configuration>
"#,
    ),
    at(
        "Hadoop core-site.xml, old names",
        "hdfs-site.xml",
        r"<configuration>
  <property><name>fs.s3n.awsAccessKeyId</name><value>«id»</value></property>
  <property><name>fs.s3n.awsSecretAccessKey</name><value>«secret»</value></property>
</configuration>
",
    ),
    at(
        "Spark defaults",
        "spark-defaults.conf",
        "spark.master                     yarn\nspark.hadoop.fs.s3a.access.key   «id»\nspark.hadoop.fs.s3a.secret.key   «secret»\nspark.serializer                 org.apache.spark.serializer.KryoSerializer\n",
    ),
    at(
        "spark-submit",
        "submit.sh",
        "spark-submit --conf spark.hadoop.fs.s3a.access.key=«id» --conf spark.hadoop.fs.s3a.secret.key=«secret» job.py\n",
    ),
    at(
        "s3n URL",
        "job.hql",
        "CREATE EXTERNAL TABLE logs (line STRING) LOCATION 's3n://«id»:«secret»@logs-bucket/2014/';\n",
    ),
    at(
        "Redshift COPY",
        "load.sql",
        "COPY events FROM 's3://events/2016/' CREDENTIALS 'aws_access_key_id=«id»;aws_secret_access_key=«secret»' DELIMITER '\\t' GZIP;\n",
    ),
    at(
        "Redshift COPY, clauses",
        "load2.sql",
        "copy users from 's3://users/'\naccess_key_id '«id»'\nsecret_access_key '«secret»'\ncsv;\n",
    ),
    at(
        "Snowflake stage",
        "stage.sql",
        "CREATE STAGE s URL='s3://bucket/load/' CREDENTIALS=(AWS_KEY_ID='«id»' AWS_SECRET_KEY='«secret»');\n",
    ),
    at(
        "Logstash",
        "pipeline.conf",
        "output {\n  s3 {\n    access_key_id => \"«id»\"\n    secret_access_key => \"«secret»\"\n    region => \"us-east-1\"\n    bucket => \"logs\"\n  }\n}\n",
    ),
    at(
        "Fluentd",
        "fluent.conf",
        "<match s3.**>\n  @type s3\n  aws_key_id «id»\n  aws_sec_key «secret»\n  s3_bucket logs\n</match>\n",
    ),
    at(
        "Alertmanager",
        "alertmanager.yml",
        "receivers:\n  - name: sns\n    sns_configs:\n      - sigv4:\n          region: us-east-1\n          access_key: «id»\n          secret_key: «secret»\n",
    ),
    at(
        "Elasticsearch repository",
        "register.sh",
        "curl -XPUT localhost:9200/_snapshot/s3 -d '{\"type\":\"s3\",\"settings\":{\"bucket\":\"snap\",\"access_key\":\"«id»\",\"secret_key\":\"«secret»\"}}'\n",
    ),
    at(
        "Docker registry",
        "registry.yml",
        "storage:\n  s3:\n    accesskey: «id»\n    secretkey: «secret»\n    region: us-east-1\n    bucket: registry\n",
    ),
];
