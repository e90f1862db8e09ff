//! From calls to the policy that allows them and nothing else.

use super::actions::{actions, passes_role};
use super::call::{Call, Name, Part};
use super::names::{Names, Resolved, placeholder};
use super::policy::{Condition, Policy, Statement};
use super::resources::{is_bucket_action, is_particular, is_regional, is_unbounded, shape_of};
use super::source::Evidence;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What has to be filled in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Placeholder {
    /// As it stands in the policies.
    pub name: String,
    /// What belongs there.
    pub means: String,
    /// The line that needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Evidence>,
}

/// Where in AWS a policy is for.
#[derive(Debug, Clone, Default)]
pub(super) struct Whereabouts {
    pub account: Option<String>,
    pub region: Option<String>,
}

/// What calls add up to.
#[derive(Debug, Default)]
pub(super) struct Permission {
    /// None where nothing needs a permission.
    pub policy: Option<Policy>,
    pub placeholders: Vec<Placeholder>,
    /// What each statement rests on: the Sid, and the calls.
    pub evidence: Vec<(String, Vec<Evidence>)>,
    /// Why a statement says `*`.
    pub notes: Vec<String>,
}

/// A set of actions with what they act on.
#[derive(Debug, Default)]
struct Grant {
    resources: BTreeSet<String>,
    condition: Condition,
    from: BTreeSet<Evidence>,
}

/// Service, resources and condition: what makes one statement.
type Group = (String, BTreeSet<String>, String);

/// Builds one.
struct Builder<'a> {
    names: &'a Names,
    place: &'a Whereabouts,
    /// By action and condition.
    grants: BTreeMap<(String, String), Grant>,
    placeholders: BTreeMap<String, Placeholder>,
    notes: BTreeSet<String>,
    /// Actions whose things no call names.
    guessed: BTreeSet<String>,
}

/// The policy for `calls`, each with the path of its file.
pub(super) fn permission(calls: &[(&str, Call)], names: &Names, place: &Whereabouts) -> Permission {
    let mut builder = Builder {
        names,
        place,
        grants: BTreeMap::new(),
        placeholders: BTreeMap::new(),
        notes: BTreeSet::new(),
        guessed: BTreeSet::new(),
    };
    for (path, call) in calls {
        builder.add(path, call);
    }
    builder.finish()
}

impl Builder<'_> {
    fn add(&mut self, path: &str, call: &Call) {
        let at = Evidence::new(path, call.line);
        for action in actions(call.service, &call.operation) {
            if action == "sns:Publish" && !call.values("PhoneNumber").is_empty() && call.values("TopicArn").is_empty() {
                self.notes.insert("sns:Publish to a phone number has no ARN: its statement says *".to_owned());
                self.grant(action, "*".to_owned(), Condition::new(), at.clone());
            } else if is_unbounded(&action) {
                self.unbounded(&action, call, &at);
            } else {
                self.bounded(&action, call, &at);
            }
        }
        if let Some((to, arguments)) = passes_role(call.service, &call.operation) {
            let roles: Vec<&Name> = arguments.iter().flat_map(|argument| call.values(argument)).collect();
            // A new task may be given roles by a file that is not read here; a stack need not have one.
            if roles.is_empty() && call.service.name != "ecs" {
                return;
            }
            let condition =
                [("StringEquals".to_owned(), [("iam:PassedToService".to_owned(), vec![to.to_owned()])].into())];
            let resolved = self.resolve(&roles, &at, "ROLE_NAME");
            for role in resolved {
                let arn = self.arn("arn:aws:iam::{account}:role/{}", &role, &at);
                self.grant("iam:PassRole".to_owned(), arn, condition.clone().into(), at.clone());
            }
        }
    }

    /// An action that knows no resource.
    fn unbounded(&mut self, action: &str, call: &Call, at: &Evidence) {
        let mut condition = Condition::new();
        let mut only = |key: &str, values: Vec<String>| {
            condition.entry("StringEquals".to_owned()).or_default().insert(key.to_owned(), values);
        };
        let mut why = format!("{action} knows no resource, so its statement says *");
        if action == "cloudwatch:PutMetricData" {
            let given = call.values("Namespace");
            let spaces = self.resolve(&given, at, "NAMESPACE");
            only("cloudwatch:namespace", spaces.into_iter().map(|one| one.text).collect());
            why.push_str(", bounded by cloudwatch:namespace");
        } else if is_regional(action) {
            let region = self.region(at);
            only("aws:RequestedRegion", vec![region]);
            why.push_str(", bounded by aws:RequestedRegion");
        }
        self.notes.insert(why);
        self.grant(action.to_owned(), "*".to_owned(), condition, at.clone());
    }

    fn bounded(&mut self, action: &str, call: &Call, at: &Evidence) {
        let service = action.split(':').next().unwrap_or(action).to_owned();
        let Some(shape) = shape_of(action) else {
            let region = if is_regional(action) { "{region}" } else { "" };
            let mut unknown = Resolved::default();
            let means = format!("what {action} acts on: see the service authorization reference");
            unknown.hole("RESOURCE", means, "RESOURCE");
            let arn = self.arn(&format!("arn:aws:{service}:{region}:{{account}}:{{}}"), &unknown, at);
            return self.grant(action.to_owned(), arn, Condition::new(), at.clone());
        };
        if action == "ec2:RunInstances" {
            return self.run_instances(at);
        }
        if action == "s3:GetObject" && matches!(call.operation.as_str(), "CopyObject" | "UploadPartCopy") {
            return self.copied(call, at);
        }
        let given: Vec<&Name> = shape
            .arguments
            .iter()
            .find_map(|name| {
                let values = call.values(name);
                (!values.is_empty()).then_some(values)
            })
            .unwrap_or_default();
        let makes = ["Create", "Allocate", "Import", "Copy"].iter().any(|verb| call.operation.starts_with(verb));
        let default = match (service.as_str(), given.is_empty()) {
            ("events", true) if action == "events:PutEvents" => Some("default"),
            ("athena", true) => Some("primary"),
            // What is made gets its id from AWS.
            ("ec2", true) if makes => Some("*"),
            _ => None,
        };
        if given.is_empty() && default.is_none() && !is_particular(action) {
            self.guessed.insert(action.to_owned());
        }
        let found = match default {
            Some(name) => vec![Resolved::known(name)],
            None => self.resolve(&given, at, shape.placeholder),
        };
        let arn = shape.arn.replace("{cluster}", &self.cluster(call, at));
        for name in found {
            self.on(action, call, &arn, name, at);
        }
    }

    /// The cluster of a call of ECS: one that is not named is the default one.
    fn cluster(&mut self, call: &Call, at: &Evidence) -> String {
        let given = call.values("cluster");
        if given.is_empty() || call.service.name != "ecs" {
            return "default".to_owned();
        }
        let found = self.resolve(&given, at, "CLUSTER_NAME");
        found.first().map_or_else(|| "default".to_owned(), |one| one.text.clone())
    }

    /// Grants an action on the thing called `name`.
    fn on(&mut self, action: &str, call: &Call, shape: &str, mut name: Resolved, at: &Evidence) {
        let mut condition = Condition::new();
        let mut shape = shape.to_owned();
        match action.split(':').next().unwrap_or_default() {
            "s3" if !is_bucket_action(action) && !action.contains("Job") => {
                let keys: Vec<String> = call.own_values("Key").into_iter().map(|key| self.key(key, &at.path)).collect();
                let key = keys.first().cloned().unwrap_or_else(|| "*".to_owned());
                shape.push('/');
                shape.push_str(&key);
            }
            "dynamodb" if matches!(action, "dynamodb:Query" | "dynamodb:Scan") => {
                let given = call.values("IndexName");
                if !given.is_empty() {
                    let index = self.resolve(&given, at, "INDEX_NAME");
                    shape.push_str("/index/");
                    shape.push_str(&index[0].text);
                }
            }
            "sqs" => name.text = queue(&name.text),
            "secretsmanager" if !name.text.starts_with("arn:") => shape.push_str("-??????"),
            "ssm" => {
                name.text = name.text.trim_start_matches('/').to_owned();
                if action == "ssm:GetParametersByPath" {
                    name.text = format!("{}/*", name.text.trim_end_matches('/'));
                }
            }
            "kms" if name.text.starts_with("alias/") => {
                // A policy names keys by their ids; the alias goes into a condition ("ABAC for AWS KMS").
                condition.insert(
                    "ForAnyValue:StringEquals".to_owned(),
                    [("kms:ResourceAliases".to_owned(), vec![name.text.clone()])].into(),
                );
                "*".clone_into(&mut name.text);
            }
            "logs" if !matches!(action, "logs:DescribeLogGroups" | "logs:CreateLogGroup") => shape.push_str(":*"),
            "ses" => {
                name.text = address(&name.text).to_owned();
                if let Some((_, domain)) = name.text.clone().split_once('@') {
                    // Either the address or its domain is the verified identity.
                    let domain = Resolved { text: domain.to_owned(), ..name.clone() };
                    let arn = self.arn(&shape, &domain, at);
                    self.grant(action.to_owned(), arn, Condition::new(), at.clone());
                }
            }
            _ => {}
        }
        let arn = self.arn(&shape, &name, at);
        self.grant(action.to_owned(), arn, condition, at.clone());
    }

    /// The key of an object as far as it is the same for all: up to the folder before what only the program knows.
    fn key(&self, key: &Name, path: &str) -> String {
        let resolved = self.names.resolve(key, path, "KEY");
        match &resolved[..] {
            [one] if one.holes.is_empty() && !one.text.is_empty() && one.text.len() < 200 => one.text.clone(),
            _ => match key.first() {
                Some(Part::Text(text)) => {
                    text.rsplit_once('/').map_or_else(|| "*".to_owned(), |(folder, _)| format!("{folder}/*"))
                }
                _ => "*".to_owned(),
            },
        }
    }

    /// What `CopyObject` reads: `bucket/key`.
    fn copied(&mut self, call: &Call, at: &Evidence) {
        let source =
            call.values("CopySource").first().copied().map(|source| self.names.resolve(source, &at.path, "SOURCE"));
        let bucket = source.and_then(|found| {
            let text = found.into_iter().next()?.text;
            let text = text.trim_start_matches('/').to_owned();
            text.split_once('/').map(|(bucket, _)| bucket.to_owned()).filter(|bucket| !bucket.is_empty())
        });
        let mut name = Resolved::default();
        let is_hole = |bucket: &String| bucket.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        match bucket.filter(|bucket| !is_hole(bucket)) {
            Some(bucket) => name.text = bucket,
            None => name.hole("SOURCE_BUCKET", "the bucket that is copied from".to_owned(), "SOURCE_BUCKET"),
        }
        let arn = self.arn("arn:aws:s3:::{}/*", &name, at);
        self.grant("s3:GetObject".to_owned(), arn, Condition::new(), at.clone());
    }

    /// What `RunInstances` makes and uses (EC2 user guide, "Example policies", launch instances).
    fn run_instances(&mut self, at: &Evidence) {
        for (shape, word, means) in [
            ("arn:aws:ec2:{region}:{account}:instance/*", "", ""),
            ("arn:aws:ec2:{region}:{account}:volume/*", "", ""),
            ("arn:aws:ec2:{region}:{account}:network-interface/*", "", ""),
            ("arn:aws:ec2:{region}::image/{}", "IMAGE_ID", "the image that instances are started from"),
            ("arn:aws:ec2:{region}:{account}:subnet/{}", "SUBNET_ID", "the subnet that instances are started in"),
            (
                "arn:aws:ec2:{region}:{account}:security-group/{}",
                "SECURITY_GROUP_ID",
                "the security group of instances",
            ),
            ("arn:aws:ec2:{region}:{account}:key-pair/{}", "KEY_PAIR", "the key pair for logins, if there is one"),
        ] {
            let mut name = Resolved::default();
            if !word.is_empty() {
                name.hole(word, means.to_owned(), word);
            }
            let arn = self.arn(shape, &name, at);
            self.grant("ec2:RunInstances".to_owned(), arn, Condition::new(), at.clone());
        }
    }

    fn resolve(&mut self, given: &[&Name], at: &Evidence, none: &str) -> Vec<Resolved> {
        let mut found = BTreeSet::new();
        for name in given {
            found.extend(self.names.resolve(name, &at.path, none));
        }
        found.retain(|one| !one.text.is_empty() && is_name(&one.text));
        if found.is_empty() {
            let mut unknown = Resolved::default();
            unknown.hole(none, "a name that no call near the leak tells".to_owned(), none);
            return vec![unknown];
        }
        found.into_iter().collect()
    }

    /// The ARN of what is called `name`, in this shape; a name that is an ARN already stays one.
    fn arn(&mut self, shape: &str, name: &Resolved, at: &Evidence) -> String {
        // The variable QUEUE_URL is no name; what belongs into the ARN is.
        let mut name = name.clone();
        for (hole, means) in &mut name.holes {
            let stem = ["_URL", "_ARN"].iter().find_map(|end| hole.strip_suffix(end)).filter(|_| *hole == name.text);
            if let Some(stem) = stem {
                *hole = format!("{stem}_NAME");
                name.text.clone_from(hole);
            }
            self.placeholder(hole, means, at);
        }
        let last = shape.rsplit_once("{}").map_or("", |(_, last)| last);
        let mut arn = match name.text.find("arn:") {
            Some(0) => format!("{}{last}", name.text),
            // A whole ARN that only the deployment knows: its name stands for the last part.
            _ => shape.replace("{}", &name.text),
        };
        if arn.contains("{region}") {
            let region = self.region(at);
            arn = arn.replace("{region}", &region);
        }
        if arn.contains("{account}") {
            let account = if let Some(account) = &self.place.account {
                account.clone()
            } else {
                self.placeholder("ACCOUNT_ID", "the account that the key belongs to, twelve digits", at);
                "ACCOUNT_ID".to_owned()
            };
            arn = arn.replace("{account}", &account);
        }
        if arn.contains("{database}") {
            self.placeholder("DATABASE_NAME", "the database of the table", at);
            arn = arn.replace("{database}", "DATABASE_NAME");
        }
        arn
    }

    fn region(&mut self, at: &Evidence) -> String {
        if let Some(region) = &self.place.region {
            return region.clone();
        }
        self.placeholder("REGION", "the region, such as eu-west-1", at);
        "REGION".to_owned()
    }

    fn placeholder(&mut self, name: &str, means: &str, at: &Evidence) {
        let (name, means, at) = (name.to_owned(), means.to_owned(), Some(at.clone()));
        self.placeholders.entry(name.clone()).or_insert(Placeholder { name, means, at });
    }

    fn grant(&mut self, action: String, resource: String, condition: Condition, from: Evidence) {
        let key = (action, serde_json::to_string(&condition).unwrap_or_default());
        let grant = self.grants.entry(key).or_default();
        grant.resources.insert(resource);
        grant.condition = condition;
        grant.from.insert(from);
    }

    fn finish(mut self) -> Permission {
        if !self.guessed.is_empty() {
            let actions: Vec<&str> = self.guessed.iter().map(String::as_str).collect();
            self.notes.insert(format!(
                "no call names what these act on, and their ARNs are the usual ones of the service: {}",
                actions.join(", ")
            ));
        }
        // Actions of one service on the same things make one statement.
        let mut groups: BTreeMap<Group, (Vec<String>, Grant)> = BTreeMap::new();
        for ((action, condition), grant) in self.grants {
            let service = action.split(':').next().unwrap_or_default().to_owned();
            let group = groups.entry((service, grant.resources.clone(), condition)).or_default();
            group.0.push(action);
            group.1.from.extend(grant.from.iter().cloned());
            group.1.condition = grant.condition;
            group.1.resources = grant.resources;
        }
        let (mut statements, mut evidence, mut sids) = (Vec::new(), Vec::new(), BTreeSet::new());
        for ((service, ..), (mut actions, grant)) in groups {
            actions.sort();
            let sid = unique(&sid(&service, &actions, &grant.resources), &mut sids);
            let mut statement = Statement::allow(sid.clone(), actions, grant.resources.into_iter().collect());
            statement.condition = grant.condition;
            statements.push(statement);
            evidence.push((sid, grant.from.into_iter().collect()));
        }
        Permission {
            policy: (!statements.is_empty()).then(|| Policy::new(statements)),
            placeholders: self.placeholders.into_values().collect(),
            evidence,
            notes: self.notes.into_iter().collect(),
        }
    }
}

/// The queue of `https://sqs.eu-west-1.amazonaws.com/123456789012/orders` as an ARN; anything else as it is.
fn queue(text: &str) -> String {
    let Some(rest) = text.strip_prefix("https://") else { return text.to_owned() };
    let parts: Vec<&str> = rest.split('/').collect();
    let [host, account, name] = parts[..] else { return rest.rsplit('/').next().unwrap_or(rest).to_owned() };
    let region =
        host.split('.').find(|part| super::names::is_region(part) || *part == "{region}").unwrap_or("{region}");
    format!("arn:aws:sqs:{region}:{account}:{name}")
}

/// `Shop <orders@example.org>` without the name.
fn address(text: &str) -> &str {
    let inside = text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inside, _)| inside);
    inside.unwrap_or(text).trim()
}

/// Whether a text can name something of AWS: what else stands in code is no name, and is not shown.
fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_./:@+=*<>{}$ ".contains(c);
    text.len() <= 256 && text.chars().all(fits)
}

fn sid(service: &str, actions: &[String], resources: &BTreeSet<String>) -> String {
    let capital = |text: &str| -> String {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words
            .map(|word| {
                let all_caps =
                    word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
                let rest = if all_caps { word[1..].to_ascii_lowercase() } else { word[1..].to_owned() };
                format!("{}{rest}", word[..1].to_ascii_uppercase())
            })
            .collect()
    };
    let about = match resources.first().filter(|_| resources.len() == 1).map(String::as_str) {
        Some("*") | None => actions.first().and_then(|action| action.split(':').nth(1)).unwrap_or_default().to_owned(),
        Some(arn) => {
            let name: Vec<&str> = arn.splitn(6, ':').collect();
            let name = name.last().copied().unwrap_or_default();
            let objects = if service == "s3" && name.contains('/') { " objects" } else { "" };
            let name = if service == "s3" { name.split('/').next().unwrap_or(name) } else { name };
            format!("{}{objects}", name.trim_end_matches(['*', '?', '-', ':', '/']))
        }
    };
    let sid: String = format!("{}{}", capital(service), capital(&about)).chars().take(60).collect();
    if sid.is_empty() { placeholder(service) } else { sid }
}

fn unique(sid: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = std::iter::once(sid.to_owned()).chain((2..).map(|number| format!("{sid}{number}")));
    for one in numbered {
        if taken.insert(one.clone()) {
            return one;
        }
    }
    sid.to_owned()
}
