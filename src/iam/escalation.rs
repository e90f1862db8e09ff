//! Ways from some rights to more: what a principal may do to be able to do anything.
//!
//! All are publicly known. Sources: Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and Mitigation" (2018) and its
//! successors; Datadog's pathfinding.cloud; the IAM User Guide on iam:PassRole.

use super::Check;
use super::effective::{Grant, is_wide};
use super::flaw::{Flaw, lower};
use super::pattern::{Pattern, arn_parts};
use super::privilege::list;
use crate::model::Severity;

/// One way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) check: Check,
    /// What it lets a principal do: "may …".
    leads: &'static str,
    /// Lists of actions, each of which is enough. The first action of a list is that whose resource bounds the way.
    needs: &'static [&'static [&'static str]],
    /// The service that a role is passed to.
    service: Option<&'static str>,
}

macro_rules! ways {
    (@service) => { None };
    (@service $service:literal) => { Some($service) };
    ($($id:literal $severity:ident $name:literal $leads:literal $([$($action:literal)*])* $(via $service:literal)?;)*) => {
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
            service: ways!(@service $($service)?),
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
        ["iam:AttachUserPolicy"];
    "escalation-attach-group-policy" Critical "Attaches policies to groups"
        "attach AdministratorAccess to a group that it is in"
        ["iam:AttachGroupPolicy"];
    "escalation-attach-role-policy" Critical "Attaches policies to roles"
        "attach AdministratorAccess to a role that it may use"
        ["iam:AttachRolePolicy"];
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
        via "cloudformation.amazonaws.com";
    "escalation-pass-role-glue" High "Passes a role to Glue"
        "run code of its own in Glue as a role that Glue may assume"
        ["iam:PassRole" "glue:CreateDevEndpoint"]
        ["iam:PassRole" "glue:CreateJob" "glue:StartJobRun"]
        ["iam:PassRole" "glue:CreateJob" "glue:CreateTrigger"]
        ["iam:PassRole" "glue:UpdateJob" "glue:StartJobRun"]
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
}

/// Actions on a user's own password and keys, which the user has anyway.
const OWN: [&str; 3] = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];

/// A service, and a pattern of its resources.
type Target = (&'static str, &'static str);

/// What the resources of an action have to be for a way: all of these, the one that bounds it first. Where nothing is said here, any
/// will do.
const TARGETS: [(&str, &[Target]); 11] = [
    ("iam:CreatePolicyVersion", &[("iam", "policy/*")]),
    ("iam:SetDefaultPolicyVersion", &[("iam", "policy/*")]),
    ("iam:*GroupPolicy", &[("iam", "group/*")]),
    ("iam:AddUserToGroup", &[("iam", "group/*")]),
    ("iam:*RolePolicy", &[("iam", "role/*")]),
    ("iam:*RolePermissionsBoundary", &[("iam", "role/*")]),
    ("iam:*Role", &[("iam", "role/*")]),
    ("iam:*", &[("iam", "user/*")]),
    ("lambda:UpdateFunction*", &[("lambda", "function:*")]),
    ("ssm:StartSession", &[("ec2", "instance/*")]),
    // A document of AWS's that runs any command: most others run one.
    ("ssm:SendCommand", &[("ec2", "instance/*"), ("ssm", "document/AWS-RunShellScript")]),
];

fn targets(action: &str) -> &'static [Target] {
    let action = Pattern::action(action);
    let found = TARGETS.iter().find(|(name, _)| Pattern::action(name).covers(&action));
    found.map_or(&[], |(_, targets)| targets)
}

/// The resources of a grant that may be what is aimed at.
fn aims<'g>(grant: &'g Grant<'_>, target: Target) -> impl Iterator<Item = &'g Pattern> {
    grant.resources.include.iter().map(|item| &item.pattern).filter(move |pattern| is_aimed(pattern, target))
}

fn is_aimed(resource: &Pattern, (service, name): Target) -> bool {
    let meets = |part: &str, target: &str| Pattern::resource(part).meets(&Pattern::resource(target));
    match arn_parts(resource.as_str())[..] {
        [_, _, of, _, _, names] => meets(of, service) && meets(names, name),
        _ => true,
    }
}

/// The ways that `grants` open together, in the order of the table.
pub(super) fn flaws<'a>(grants: &[Grant<'a>]) -> Vec<Flaw<'a>> {
    let open = WAYS.iter().filter_map(|way| {
        let found = way.needs.iter().filter_map(|needs| Open::new(way, needs, grants));
        // The worst of its lists; of equals, the first.
        found.reduce(|one, two| if two.severity > one.severity { two } else { one })
    });
    let open: Vec<Open<'_, 'a>> = open.collect();
    open.iter().map(Open::flaw).collect()
}

/// A way that is open.
struct Open<'g, 'a> {
    way: &'static Way,
    needs: &'static [&'static str],
    /// What allows the first action.
    key: Vec<&'g Grant<'a>>,
    /// What allows the others.
    rest: Vec<&'g Grant<'a>>,
    severity: Severity,
    is_wide: bool,
    /// The keys of the conditions that every grant for one of the actions has.
    under: Option<String>,
}

impl<'g, 'a> Open<'g, 'a> {
    fn new(way: &'static Way, needs: &'static [&'static str], grants: &'g [Grant<'a>]) -> Option<Self> {
        let (first, others) = needs.split_first()?;
        let allowing = |action: &str| grants.iter().filter(|grant| grant.allows(action).is_some()).collect::<Vec<_>>();
        let mut key = allowing(first);
        let targets = targets(first);
        key.retain(|grant| !(OWN.contains(first) && is_own(grant)) && passes(grant, way.service));
        let is_on = |grant: &Grant<'_>, target: &Target| aims(grant, *target).next().is_some();
        key.retain(|grant| targets.is_empty() || targets.iter().any(|target| is_on(grant, target)));
        if !targets.iter().all(|target| key.iter().any(|grant| is_on(grant, target))) {
            return None;
        }
        let mut under = only_conditional(&key, way.service);
        let mut rest = Vec::new();
        for action in others {
            let found = allowing(action);
            if found.is_empty() {
                return None;
            }
            under = under.or_else(|| only_conditional(&found, None));
            rest.extend(found);
        }
        if key.is_empty() {
            return None;
        }
        let is_wide = match targets.first() {
            Some(target) => key.iter().any(|grant| aims(grant, *target).any(is_wide)),
            None => key.iter().any(|grant| grant.is_wide()),
        };
        let mut severity = way.check.severity;
        if !is_wide {
            severity = lower(severity);
        }
        if under.is_some() {
            severity = lower(severity);
        }
        Some(Self { way, needs, key, rest, severity, is_wide, under })
    }

    fn flaw(&self) -> Flaw<'a> {
        let first = self.key[0];
        let mut says = format!("with {} it may {}", list(self.needs), self.way.leads);
        if !self.is_wide {
            let mut resources: Vec<&str> = self.key.iter().flat_map(|grant| resources(grant)).collect();
            resources.dedup();
            says += &format!(" (on {})", list(&resources));
        }
        if let Some(keys) = &self.under {
            says += &format!(", under a condition on {keys}");
        }
        let advice = if self.way.service.is_some() {
            "name the roles that may be passed, and bound them by a condition on iam:PassedToService".to_owned()
        } else {
            format!("take {} away, or name the resources that it is needed for", self.needs.join(" or "))
        };
        let node = first.allows(self.needs[0]).map_or(first.statement.node, |item| item.node);
        let all = self.key.iter().chain(&self.rest);
        let is_one = all.clone().all(|grant| std::ptr::eq(grant.statement.node, first.statement.node));
        let mut policies: Vec<&str> = all.map(|grant| grant.policy).collect();
        policies.sort_unstable();
        policies.dedup();
        let flaw = Flaw::new(&self.way.check, node, says, advice).severity(self.severity);
        let flaw = flaw.policy(&policies.join(", "));
        if is_one { flaw.statement(&first.statement.name) } else { flaw }
    }
}

fn resources<'g>(grant: &'g Grant<'_>) -> impl Iterator<Item = &'g str> {
    grant.resources.include.iter().map(|item| item.pattern.as_str())
}

/// Whether the user itself is all that it allows something on.
fn is_own(grant: &Grant<'_>) -> bool {
    resources(grant).all(|resource| resource.ends_with("/${aws:username}"))
}

/// Whether it lets a role be passed to `service`, as far as its condition on the service is known.
fn passes(grant: &Grant<'_>, service: Option<&str>) -> bool {
    let Some(service) = service else { return true };
    let mut conditions = grant.statement.conditions.iter().filter(|one| one.key == "iam:passedtoservice");
    conditions.all(|condition| match condition.operator {
        Some(operator) if operator.is_positive => condition.values.iter().any(|value| {
            let pattern = value.text().map(Pattern::resource);
            pattern.is_none_or(|pattern| pattern.meets(&Pattern::resource(service)))
        }),
        _ => true,
    })
}

/// The keys of the conditions, if each has one besides that on the service which it is for.
fn only_conditional(grants: &[&Grant<'_>], service: Option<&str>) -> Option<String> {
    let is_free = |grant: &&Grant<'_>| {
        let only_service = service.is_some()
            && grant.statement.are_conditions_known
            && !grant.statement.conditions.is_empty()
            && { grant.statement.conditions.iter().all(|condition| condition.key == "iam:passedtoservice") };
        !grant.is_conditional || only_service
    };
    if grants.iter().any(is_free) { None } else { grants.first().map(|first| first.keys()) }
}
