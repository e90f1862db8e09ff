//! From a leak and the files beside it to what replaces the key.

use super::beside::is_script;
use super::call::{Call, Constants};
use super::code::Code;
use super::lexer::Language;
use super::names::Names;
use super::operations::Service;
use super::permission::{Placeholder, Whereabouts, permission};
use super::place::{Kind, Place, Spot, place};
use super::policy::Policy;
use super::role::{Dialect, Role, Setting, role};
use super::shell;
use super::source::{Evidence, Source, folder, name};
use super::trust::trust;
use serde::Serialize;
use std::collections::BTreeSet;

/// A leak, as it is asked about.
#[derive(Debug, Clone)]
pub struct Leak<'a> {
    /// The finding's fingerprint.
    pub fingerprint: &'a str,
    /// What was found, in a few words.
    pub title: &'a str,
    /// Where it stands.
    pub spot: Spot<'a>,
    /// The file's text; empty where there is none.
    pub text: &'a str,
}

/// The files beside a leak.
#[derive(Debug, Default)]
pub struct Beside {
    /// Files whose calls count.
    pub code: Vec<Source>,
    /// Files that only give names their values, and say where code runs.
    pub settings: Vec<Source>,
    /// What was not read, and why.
    pub left_out: Vec<String>,
}

/// What a statement of a policy rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ground {
    /// The statement.
    pub sid: String,
    /// The calls.
    pub calls: Vec<Evidence>,
}

/// How many calls of AWS were seen, and how many of them were understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Operation and service are known.
    pub understood: usize,
    /// They look like calls of AWS, but of which service is not known.
    pub not_understood: usize,
}

/// What replaces a key.
#[derive(Debug, Clone, Serialize)]
pub struct Remedy {
    /// The finding.
    pub fingerprint: String,
    /// What was found.
    pub title: String,
    /// Where: path and line.
    pub leak: Evidence,
    /// Where the key is for.
    pub place: Place,
    /// Where else it may be for, best first.
    pub other_places: Vec<Place>,
    /// What replaces it there.
    pub role: Role,
    /// None where nobody writes one: IAM Identity Center makes its own.
    pub trust_policy: Option<Policy>,
    /// None where no call was found that needs a permission.
    pub permission_policy: Option<Policy>,
    /// What has to be filled in.
    pub placeholders: Vec<Placeholder>,
    /// What the statements of the permission policy rest on.
    pub evidence: Vec<Ground>,
    /// Calls, counted.
    pub calls: Count,
    /// What this does not know, and where IAM stops.
    pub limits: Vec<String>,
    #[serde(skip)]
    pub(super) kind: Kind,
    #[serde(skip)]
    pub(super) setting: Setting,
}

/// What replaces the key of `leak`.
pub fn advise(leak: &Leak<'_>, beside: &Beside, mut setting: Setting) -> Remedy {
    let near: Vec<Source> = beside.code.iter().chain(&beside.settings).cloned().collect();
    let (place, other_places) = place(&leak.spot, leak.text, &near);
    let kind = place.kind;
    let names = Names::of(&near);
    let region = names.region();
    setting.region = region.as_ref().map(|(region, _)| region.clone());
    if setting.role_name.is_empty() {
        setting.role_name = role_name(leak.spot.path, kind, &setting);
    }
    let found = calls(&beside.code);
    let whereabouts = Whereabouts { account: setting.account.clone(), region: setting.region.clone() };
    let allowed = permission(&found.known, &names, &whereabouts);
    let (trust_policy, blanks) = trust(kind, &setting);
    let role = role(kind, dialect(&place, leak, &near), &setting, leak.fingerprint);
    let mut placeholders = allowed.placeholders;
    let more = blanks.into_iter().chain(in_snippet(&role.attach.text));
    for blank in more {
        if !placeholders.iter().any(|one| one.name == blank.name) {
            placeholders.push(blank);
        }
    }
    placeholders.sort();
    let calls = Count { understood: found.known.len(), not_understood: found.unknown.len() };
    let mut limits = limits(&found, allowed.policy.as_ref(), kind);
    limits.extend(allowed.notes);
    if kind == Kind::GithubActions && leak.text.contains("environment:") {
        limits.push(
            "a job that names an `environment` has another subject: write repo:OWNER/REPOSITORY:environment:NAME for it, in \
             the place of ref:refs/heads/…"
                .to_owned(),
        );
    }
    if let Some((region, at)) = region.filter(|_| allowed.policy.is_some()) {
        limits.push(format!("the region {region} is the only one that the settings name ({}:{})", at.path, at.line));
    }
    limits.extend(beside.left_out.iter().cloned());
    Remedy {
        fingerprint: leak.fingerprint.to_owned(),
        title: leak.title.to_owned(),
        leak: Evidence::new(leak.spot.path, leak.spot.line),
        place,
        other_places,
        role,
        trust_policy,
        permission_policy: allowed.policy,
        placeholders,
        evidence: allowed.evidence.into_iter().map(|(sid, calls)| Ground { sid, calls }).collect(),
        calls,
        limits,
        kind,
        setting,
    }
}

/// What was found in all files of code.
#[derive(Default)]
struct Found<'a> {
    known: Vec<(&'a str, Call)>,
    unknown: Vec<(&'a str, String, u32)>,
    tools: Vec<(&'a str, &'static str, u32)>,
}

fn calls(sources: &[Source]) -> Found<'_> {
    let mut found = Found::default();
    let code: Vec<(&str, Code)> = sources
        .iter()
        .filter_map(|source| Some((source.path.as_str(), Code::read(&source.text, Language::of(&source.path)?))))
        .collect();
    let mut services: Vec<&'static Service> = Vec::new();
    for service in code.iter().flat_map(|(_, code)| code.services()) {
        if !services.iter().any(|one| std::ptr::eq(*one, service)) {
            services.push(service);
        }
    }
    let mut constants = Constants::default();
    for source in sources {
        if let Some(language) = Language::of(&source.path) {
            constants.add(Code::read(&source.text, language).into_constants());
        }
    }
    for (path, code) in &code {
        let calls = code.calls(&services, &constants);
        found.known.extend(calls.known.into_iter().map(|call| (*path, call)));
        found.unknown.extend(calls.unknown.into_iter().map(|(name, line)| (*path, name, line)));
    }
    let commands = |source: &&Source| is_script(&source.path) || Language::of(&source.path).is_none();
    for source in sources.iter().filter(commands) {
        let (calls, tools) = shell::read(&source.text);
        let path = source.path.as_str();
        found.known.extend(calls.known.into_iter().map(|call| (path, call)));
        found.unknown.extend(calls.unknown.into_iter().map(|(name, line)| (path, name, line)));
        found.tools.extend(tools.into_iter().map(|(tool, line)| (path, tool, line)));
    }
    found
}

/// How many calls of a kind are named one by one.
const NAMED: usize = 10;

fn limits(found: &Found<'_>, policy: Option<&Policy>, kind: Kind) -> Vec<String> {
    let mut limits = Vec::new();
    if policy.is_none() {
        let what = if found.known.is_empty() {
            "no call of AWS was found"
        } else {
            "no call that needs a permission was found"
        };
        limits.push(format!(
            "{what} in the files beside the leak: the permission policy is yours to write; the key's own last use (`aws iam \
             get-access-key-last-used`) and CloudTrail say what it was used for"
        ));
    }
    if !found.unknown.is_empty() {
        let mut named: Vec<String> =
            found.unknown.iter().take(NAMED).map(|(path, name, line)| format!("{name} at {path}:{line}")).collect();
        if found.unknown.len() > NAMED {
            named.push(format!("and {} more", found.unknown.len() - NAMED));
        }
        limits.push(format!("calls found whose service is not known: {}", named.join(", ")));
    }
    let tools: BTreeSet<String> =
        found.tools.iter().map(|(path, tool, line)| format!("{tool} at {path}:{line}")).collect();
    if !tools.is_empty() {
        let tools: Vec<String> = tools.into_iter().take(NAMED).collect();
        limits.push(format!(
            "what these tools call follows from what they deploy, and is not in the policy: {}",
            tools.join(", ")
        ));
    }
    let uses = |prefix: &str| {
        policy.is_some_and(|policy| {
            policy.statements.iter().flat_map(|one| &one.actions).any(|action| action.starts_with(prefix))
        })
    };
    if uses("athena:StartQueryExecution") {
        limits.push(
            "a query of Athena also reads its tables in Glue and S3 and writes its result to S3: add those".to_owned(),
        );
    }
    if uses("s3:") || uses("dynamodb:") || uses("sqs:") || uses("sns:") || uses("secretsmanager:") {
        limits.push(
            "what is encrypted with a key of your own in KMS also needs kms:Decrypt, and kms:GenerateDataKey to write"
                .to_owned(),
        );
    }
    if kind == Kind::Lambda {
        limits.push(
            "a function also needs to write its log: add the managed policy AWSLambdaBasicExecutionRole".to_owned(),
        );
    }
    limits.push(if uses("dynamodb:") {
        "IAM stops at tables: which tenant or user may see which record is the code's to decide. The one exception is the \
         partition key: a condition on dynamodb:LeadingKeys with a session tag (${aws:PrincipalTag/tenant}), where each tenant \
         has a session of its own"
            .to_owned()
    } else {
        "IAM stops at the things of AWS: which tenant or user may see which record is the code's to decide".to_owned()
    });
    limits
}

/// The dialect of the file that gives the first place its role: that which the place rests on, or the template above it.
fn dialect(place: &Place, leak: &Leak<'_>, near: &[Source]) -> Dialect {
    let of = |path: &str, text: &str| {
        let file = name(path).to_ascii_lowercase();
        let terraform = ["aws_lambda_function", "aws_instance", "aws_launch", "aws_ecs_task_definition"];
        if file.starts_with("serverless.") {
            Some(Dialect::Serverless)
        } else if file.rsplit_once('.').is_some_and(|(_, end)| end == "tf")
            && terraform.iter().any(|resource| text.contains(resource))
        {
            Some(Dialect::Terraform)
        } else if text.contains("AWS::Serverless") {
            Some(Dialect::Sam)
        } else if ["AWS::Lambda", "AWS::EC2", "AWS::ECS"].iter().any(|kind| text.contains(kind)) {
            Some(Dialect::CloudFormation)
        } else {
            None
        }
    };
    let resting = &place.evidence.path;
    let text = near.iter().find(|source| source.path == *resting).map_or(leak.text, |source| source.text.as_str());
    let own = of(resting, text);
    let mut above: Vec<&Source> = near
        .iter()
        .filter(|source| {
            place.kind == Kind::Lambda && (folder(&source.path).is_empty() || resting.starts_with(folder(&source.path)))
        })
        .collect();
    above.sort_by_key(|source| std::cmp::Reverse(folder(&source.path).len()));
    own.or_else(|| above.into_iter().find_map(|source| of(&source.path, &source.text))).unwrap_or(Dialect::Plain)
}

/// A name for the role: that of the service's folder or of the repository, and what the role is for.
fn role_name(path: &str, kind: Kind, setting: &Setting) -> String {
    let generic =
        ["src", "app", "lib", "config", "deploy", "infra", "scripts", "terraform", "workflows", "handlers", "k8s"];
    let parts = folder(path)
        .split('/')
        .rev()
        .filter(|part| !part.is_empty() && !part.starts_with('.') && !generic.contains(part));
    let repository = setting.repository.as_ref().and_then(|repository| repository.name.rsplit('/').next());
    let own = repository.or_else(|| parts.clone().next()).unwrap_or("service");
    let own = parts
        .clone()
        .next()
        .filter(|_| !matches!(kind, Kind::GithubActions | Kind::Gitlab | Kind::Bitbucket | Kind::Circleci))
        .unwrap_or(own);
    let role = match kind {
        Kind::Lambda => "function",
        Kind::Ec2 => "instance",
        Kind::Ecs => "task",
        Kind::Kubernetes => "pod",
        Kind::GithubActions | Kind::Gitlab | Kind::Bitbucket | Kind::Circleci => "deploy",
        Kind::Codebuild => "build",
        Kind::Laptop => "developer",
        Kind::OtherAccount => "partner",
        Kind::Server => "server",
    };
    let own: String =
        own.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).take(40).collect();
    format!("{}-{role}", own.trim_matches('-'))
}

/// What has to be filled in in the lines that attach a role.
fn in_snippet(text: &str) -> Vec<Placeholder> {
    const BLANKS: [(&str, &str); 9] = [
        ("FUNCTION_NAME", "the function's name"),
        ("INSTANCE_ID", "the instance's id"),
        ("CLUSTER_NAME", "the cluster's name"),
        ("PROJECT_NAME", "the project of CodeBuild"),
        ("START_URL", "the start page of your IAM Identity Center"),
        ("PROFILE_ID", "the profile of IAM Roles Anywhere"),
        ("CERTIFICATE_FILE", "the server's certificate"),
        ("PRIVATE_KEY_FILE", "the private key of the server's certificate"),
        ("REGION", "the region, such as eu-west-1"),
    ];
    let mut found: Vec<Placeholder> = BLANKS
        .iter()
        .filter(|(name, _)| text.contains(name))
        .map(|(name, means)| Placeholder { name: (*name).to_owned(), means: (*means).to_owned(), at: None })
        .collect();
    if text.contains("ACCOUNT_ID") {
        let means = "the account that the key belongs to, twelve digits".to_owned();
        found.push(Placeholder { name: "ACCOUNT_ID".to_owned(), means, at: None });
    }
    found.retain(|one| one.name != "REGION" || !text.contains("$AWS_REGION") || text.contains("REGION: REGION"));
    found
}
