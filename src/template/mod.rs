//! Where policy documents stand in files: JSON, `CloudFormation`, SAM, Serverless, Terraform.
