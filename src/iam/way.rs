//! Ways from some rights to more: what a principal may do to be able to do anything.
//!
//! All are publicly known. Sources: Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and Mitigation" (2018) and its
//! successors; Datadog's pathfinding.cloud; the IAM User Guide on iam:PassRole.

use super::Check;
use crate::model::Severity;

/// One way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) check: Check,
    /// What it lets a principal do: "may …".
    pub(super) leads: &'static str,
    /// Lists of actions, each of which is enough. The first action of a list is that whose resource bounds the way.
    pub(super) needs: &'static [&'static [&'static str]],
    /// A key, in small letters, and its value on the way. A condition that names other values closes it.
    pub(super) only: Option<(&'static str, &'static str)>,
}

/// The service that a role is passed to, and the policy that is attached. Source: Service Authorization Reference, condition keys of IAM.
pub(super) const PASSED_TO: &str = "iam:passedtoservice";
const ATTACHED: &str = "iam:policyarn";

macro_rules! ways {
    (@only) => { None };
    (@only via $service:literal) => { Some((PASSED_TO, $service)) };
    (@only with $policy:literal) => { Some((ATTACHED, $policy)) };
    ($($id:literal $severity:ident $name:literal $leads:literal $([$($action:literal)*])* $($key:ident $value:literal)?;)*) => {
        /// All ways, each under its own check.
        pub(super) const WAYS: &[Way] = &[$(Way {
            check: Check {
                id: $id,
                name: $name,
                severity: Severity::$severity,
                help: concat!("Whoever has these rights may ", $leads, "."),
            },
            leads: $leads,
            needs: &[$(&[$($action),*]),*],
            only: ways!(@only $($key $value)?),
        }),*];
    };
}

ways! {
    "escalation-create-policy-version" Critical "Writes new versions of policies"
        "write a new default version of a policy that it has, and so allow itself everything"
        ["iam:CreatePolicyVersion"];
    "escalation-set-default-policy-version" High "Brings back old versions of policies"
        "make an older version of a policy that it has the default one, which may allow more"
        ["iam:SetDefaultPolicyVersion"];
    "escalation-attach-user-policy" Critical "Attaches policies to users"
        "attach AdministratorAccess to itself"
        ["iam:AttachUserPolicy"] with "arn:*:iam::aws:policy/AdministratorAccess";
    "escalation-attach-group-policy" Critical "Attaches policies to groups"
        "attach AdministratorAccess to a group that it is in"
        ["iam:AttachGroupPolicy"] with "arn:*:iam::aws:policy/AdministratorAccess";
    "escalation-attach-role-policy" Critical "Attaches policies to roles"
        "attach AdministratorAccess to a role that it may use"
        ["iam:AttachRolePolicy"] with "arn:*:iam::aws:policy/AdministratorAccess";
    "escalation-put-user-policy" Critical "Writes policies into users"
        "write a policy into itself that allows everything"
        ["iam:PutUserPolicy"];
    "escalation-put-group-policy" Critical "Writes policies into groups"
        "write a policy into a group that it is in that allows everything"
        ["iam:PutGroupPolicy"];
    "escalation-put-role-policy" Critical "Writes policies into roles"
        "write a policy into a role that it may use that allows everything"
        ["iam:PutRolePolicy"];
    "escalation-add-user-to-group" Critical "Joins groups"
        "add itself to a group of administrators"
        ["iam:AddUserToGroup"];
    "escalation-create-access-key" Critical "Creates access keys of others"
        "create an access key of another user, and be that user"
        ["iam:CreateAccessKey"];
    "escalation-create-login-profile" Critical "Sets first passwords of others"
        "give another user a password, and sign in to the console as that user"
        ["iam:CreateLoginProfile"];
    "escalation-update-login-profile" Critical "Changes passwords of others"
        "change the password of another user, and sign in to the console as that user"
        ["iam:UpdateLoginProfile"];
    "escalation-update-assume-role-policy" Critical "Rewrites trust policies"
        "make a role trust it, and be that role"
        ["iam:UpdateAssumeRolePolicy"];
    "escalation-delete-boundary" High "Takes off permissions boundaries"
        "take off the permissions boundary that bounds what it may do"
        ["iam:DeleteUserPermissionsBoundary"] ["iam:DeleteRolePermissionsBoundary"]
        ["iam:PutUserPermissionsBoundary"] ["iam:PutRolePermissionsBoundary"];
    "escalation-permission-set" High "Changes what Identity Center gives"
        "give itself administrator's rights in accounts of the organisation by way of IAM Identity Center, if its account manages that"
        ["sso:PutInlinePolicyToPermissionSet"] ["sso:AttachManagedPolicyToPermissionSet"]
        ["sso:CreateAccountAssignment"];
    "escalation-pass-role-lambda" High "Passes a role to a new Lambda function"
        "run code of its own in a Lambda function as a role that Lambda may assume"
        ["iam:PassRole" "lambda:CreateFunction" "lambda:InvokeFunction"]
        ["iam:PassRole" "lambda:CreateFunction" "lambda:CreateEventSourceMapping"]
        ["iam:PassRole" "lambda:CreateFunction" "lambda:AddPermission"]
        via "lambda.amazonaws.com";
    "escalation-pass-role-ec2" High "Passes a role to a new instance"
        "start an instance with a role that EC2 may assume, and take the role's credentials from it"
        ["iam:PassRole" "ec2:RunInstances"]
        ["iam:PassRole" "ec2:RequestSpotInstances"]
        ["iam:PassRole" "ec2:AssociateIamInstanceProfile" "ssm:SendCommand"]
        ["iam:PassRole" "autoscaling:CreateLaunchConfiguration" "autoscaling:CreateAutoScalingGroup"]
        via "ec2.amazonaws.com";
    "escalation-pass-role-cloudformation" High "Passes a role to a stack"
        "have CloudFormation do anything that a role which CloudFormation may assume can do"
        ["iam:PassRole" "cloudformation:CreateStack"]
        ["iam:PassRole" "cloudformation:UpdateStack"]
        ["iam:PassRole" "cloudformation:CreateChangeSet" "cloudformation:ExecuteChangeSet"]
        ["iam:PassRole" "cloudformation:CreateStackSet" "cloudformation:CreateStackInstances"]
        ["iam:PassRole" "cloudformation:UpdateStackSet"]
        via "cloudformation.amazonaws.com";
    "escalation-pass-role-glue" High "Passes a role to Glue"
        "run code of its own in Glue as a role that Glue may assume"
        ["iam:PassRole" "glue:CreateDevEndpoint"]
        ["iam:PassRole" "glue:CreateJob" "glue:StartJobRun"]
        ["iam:PassRole" "glue:CreateJob" "glue:CreateTrigger"]
        ["iam:PassRole" "glue:UpdateJob" "glue:StartJobRun"]
        ["iam:PassRole" "glue:UpdateJob" "glue:CreateTrigger"]
        ["iam:PassRole" "glue:CreateSession" "glue:RunStatement"]
        via "glue.amazonaws.com";
    "escalation-pass-role-data-pipeline" High "Passes a role to Data Pipeline"
        "run commands of its own in a pipeline as a role that Data Pipeline may assume"
        ["iam:PassRole" "datapipeline:CreatePipeline" "datapipeline:PutPipelineDefinition" "datapipeline:ActivatePipeline"]
        via "datapipeline.amazonaws.com";
    "escalation-pass-role-sagemaker" High "Passes a role to SageMaker"
        "run code of its own in SageMaker as a role that SageMaker may assume"
        ["iam:PassRole" "sagemaker:CreateNotebookInstance" "sagemaker:CreatePresignedNotebookInstanceUrl"]
        ["iam:PassRole" "sagemaker:CreateTrainingJob"]
        ["iam:PassRole" "sagemaker:CreateProcessingJob"]
        via "sagemaker.amazonaws.com";
    "escalation-pass-role-ecs" High "Passes a role to a new task"
        "run a container of its own as a role that ECS tasks may assume"
        ["iam:PassRole" "ecs:RegisterTaskDefinition" "ecs:RunTask"]
        ["iam:PassRole" "ecs:RegisterTaskDefinition" "ecs:StartTask"]
        ["iam:PassRole" "ecs:RegisterTaskDefinition" "ecs:CreateService"]
        ["iam:PassRole" "ecs:RegisterTaskDefinition" "ecs:UpdateService"]
        ["iam:PassRole" "batch:RegisterJobDefinition" "batch:SubmitJob"]
        via "ecs-tasks.amazonaws.com";
    "escalation-pass-role-codebuild" High "Passes a role to CodeBuild"
        "run commands of its own in a build as a role that CodeBuild may assume"
        ["iam:PassRole" "codebuild:CreateProject" "codebuild:StartBuild"]
        ["iam:PassRole" "codebuild:CreateProject" "codebuild:StartBuildBatch"]
        ["iam:PassRole" "codebuild:UpdateProject" "codebuild:StartBuild"]
        via "codebuild.amazonaws.com";
    "escalation-pass-role-step-functions" High "Passes a role to a state machine"
        "have Step Functions call AWS as a role that Step Functions may assume"
        ["iam:PassRole" "states:CreateStateMachine" "states:StartExecution"]
        ["iam:PassRole" "states:UpdateStateMachine" "states:StartExecution"]
        via "states.amazonaws.com";
    "escalation-pass-role-scheduler" High "Passes a role to a schedule"
        "have EventBridge Scheduler call AWS as a role that it may assume"
        ["iam:PassRole" "scheduler:CreateSchedule"]
        ["iam:PassRole" "scheduler:UpdateSchedule"]
        via "scheduler.amazonaws.com";
    "escalation-pass-role-automation" High "Passes a role to Systems Manager"
        "have a Systems Manager automation call AWS as a role that Systems Manager may assume"
        ["iam:PassRole" "ssm:StartAutomationExecution"]
        via "ssm.amazonaws.com";
    "escalation-pass-role-code-interpreter" High "Passes a role to a Bedrock code interpreter"
        "run code of its own in a Bedrock AgentCore code interpreter as a role that AgentCore may assume"
        ["iam:PassRole" "bedrock-agentcore:CreateCodeInterpreter" "bedrock-agentcore:StartCodeInterpreterSession"
            "bedrock-agentcore:InvokeCodeInterpreter"]
        via "bedrock-agentcore.amazonaws.com";
    "escalation-pass-role-app-runner" High "Passes a role to App Runner"
        "run a container of its own as a role that App Runner tasks may assume"
        ["iam:PassRole" "apprunner:CreateService"]
        via "tasks.apprunner.amazonaws.com";
    "escalation-lambda-code" High "Changes the code of functions"
        "put code of its own into a Lambda function, and so act as the function's role"
        ["lambda:UpdateFunctionCode"];
    "escalation-lambda-layer" High "Changes the layers of functions"
        "put a layer of its own under a Lambda function, and so act as the function's role"
        ["lambda:UpdateFunctionConfiguration"];
    "escalation-run-command" High "Runs commands on instances"
        "run commands on an instance, and take the credentials of the instance's role from it"
        ["ssm:SendCommand"] ["ssm:StartSession"] ["ec2-instance-connect:SendSSHPublicKey"];
    "escalation-user-data" High "Changes what instances run at their start"
        "put commands of its own into an instance's user data, and act as the instance's role"
        ["ec2:ModifyInstanceAttribute" "ec2:StopInstances" "ec2:StartInstances"];
    "escalation-launch-template" High "Changes what new instances run at their start"
        "put commands of its own into a launch template, and act as the role of the instances made from it"
        ["ec2:CreateLaunchTemplateVersion" "ec2:ModifyLaunchTemplate"];
    "escalation-ecs-exec" High "Runs commands in tasks"
        "run commands in a container, and take the credentials of the task's role from it"
        ["ecs:ExecuteCommand"];
    "escalation-start-build" Medium "Starts builds with commands of its own"
        "start a build with commands of its own in place of the project's, and act as the project's role"
        ["codebuild:StartBuild"] ["codebuild:StartBuildBatch"];
    "escalation-update-stack" High "Changes stacks that have a role"
        "change a stack that was made with a role, and have CloudFormation act as that role"
        ["cloudformation:UpdateStack"]
        ["cloudformation:CreateChangeSet" "cloudformation:ExecuteChangeSet"];
    "escalation-glue-endpoint" High "Changes keys of development endpoints"
        "put an SSH key of its own onto a Glue development endpoint, and act as the endpoint's role"
        ["glue:UpdateDevEndpoint"];
    "escalation-notebook-url" High "Opens notebooks of others"
        "open a SageMaker notebook, and take the credentials of the notebook's role from it"
        ["sagemaker:CreatePresignedNotebookInstanceUrl"] ["sagemaker:CreatePresignedDomainUrl"];
    "escalation-notebook-start" High "Changes what notebooks run at their start"
        "have a SageMaker notebook run commands of its own at its start, and act as the notebook's role"
        ["sagemaker:UpdateNotebookInstance" "sagemaker:CreateNotebookInstanceLifecycleConfig"
            "sagemaker:StopNotebookInstance" "sagemaker:StartNotebookInstance"];
    "escalation-code-interpreter" High "Uses code interpreters of others"
        "run code of its own in a Bedrock AgentCore code interpreter, and act as the interpreter's role"
        ["bedrock-agentcore:InvokeCodeInterpreter" "bedrock-agentcore:StartCodeInterpreterSession"];
}
