//! What stands for a name in templates and settings: values of environment variables, names of declared resources.
//!
//! Read by lines: a name, a sign, a value are the same in YAML, JSON, `.env`, Terraform and Dockerfiles, and a template that
//! does not parse still tells its names.

mod line;

use super::call::{Name, Part};
use super::source::{Evidence, Source, folder};
use line::{
    assignment, first_hole, is_terraform_reference, pair_object, referred, terraform_address, terraform_resource,
    unquoted,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Longest text that is taken for a name: ARNs have at most 2048 characters, names of things far fewer.
const MAX_NAME: usize = 300;

/// A value is looked for no deeper than through this many others: they may go round in circles.
const DEPTH: usize = 5;

/// Most values of one variable that are all taken: each function of a template may have its own.
const MAX_VALUES: usize = 4;

/// What the templates and settings of a repository say.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By key: raw values and where they stand.
    values: HashMap<String, Vec<(String, Evidence)>>,
    /// By logical name, or Terraform's address.
    resources: HashMap<String, Vec<Declared>>,
}

/// A resource that a template declares.
#[derive(Debug)]
struct Declared {
    /// The raw value of the property that names it.
    name: Option<String>,
    at: Evidence,
}

/// A name as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Resolved {
    /// The name, in which placeholders stand for what is not known.
    pub text: String,
    /// Placeholders, and what each means.
    pub holes: Vec<(String, String)>,
    /// Where what is known stands.
    pub from: BTreeSet<Evidence>,
}

/// Properties that name a resource: of `CloudFormation`, and of Terraform.
const NAMING: [&str; 16] = [
    "TableName",
    "BucketName",
    "QueueName",
    "TopicName",
    "FunctionName",
    "StreamName",
    "DeliveryStreamName",
    "StateMachineName",
    "LogGroupName",
    "RepositoryName",
    "Name",
    "bucket",
    "name",
    "function_name",
    "table_name",
    "DomainName",
];

impl Names {
    /// Reads all that is no code.
    pub fn of<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Self {
        let mut names = Self::default();
        for source in sources {
            names.read(source);
        }
        names
    }

    fn read(&mut self, source: &Source) {
        let mut above: Vec<(usize, String)> = Vec::new();
        let mut pending: Option<String> = None;
        for (number, line) in source.text.lines().enumerate() {
            let at = || Evidence::new(&source.path, number as u32 + 1);
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') || trimmed.starts_with("//") || trimmed.len() > 2_000 {
                continue;
            }
            let indent = line.len() - line.trim_start().len();
            above.retain(|(other, _)| *other < indent);
            if let Some(address) = terraform_resource(trimmed) {
                self.declare(&address, at());
                above.push((indent, address));
                continue;
            }
            // `{"name": "TABLE", "value": "orders"}`, on one line or on two.
            if let Some((key, value)) = pair_object(trimmed) {
                self.values.entry(key).or_default().push((value, at()));
                continue;
            }
            let Some((key, value)) = assignment(trimmed) else { continue };
            if value.is_empty() || matches!(value.as_str(), "{" | "[" | "|" | ">") {
                above.push((indent, key));
                continue;
            }
            match key.as_str() {
                "Type" if value.starts_with("AWS::") => {
                    if let Some((_, logical)) = above.last() {
                        let logical = logical.clone();
                        self.declare(&logical, at());
                    }
                }
                "name" => pending = Some(value.clone()),
                "value" => {
                    if let Some(key) = pending.take() {
                        self.values.entry(key).or_default().push((value.clone(), at()));
                    }
                }
                _ => {}
            }
            if NAMING.contains(&key.as_str()) {
                // Properties of the resource itself, not of what is nested deeper in it.
                let owner = above.iter().rev().take(2).find_map(|(_, name)| {
                    let all = self.resources.get(name)?;
                    let own = all.iter().position(|one| one.at.path == source.path && one.name.is_none())?;
                    Some((name.clone(), own))
                });
                let owner = owner.and_then(|(name, own)| self.resources.get_mut(&name)?.get_mut(own));
                if let Some(owner) = owner {
                    owner.name = Some(value.clone());
                }
            }
            self.values.entry(key).or_default().push((value, at()));
        }
    }

    fn declare(&mut self, name: &str, at: Evidence) {
        let all = self.resources.entry(name.to_owned()).or_default();
        if !all.iter().any(|one| one.at.path == at.path) {
            all.push(Declared { name: None, at });
        }
    }

    /// The resource that a template means by a name: its own, or that of the file nearest to it.
    fn resource(&self, name: &str, path: &str) -> Option<&Declared> {
        let all = self.resources.get(name)?;
        let near = |one: &&Declared| (one.at.path == path, shared(folder(&one.at.path), folder(path)));
        all.iter().rev().max_by_key(near)
    }

    /// The names that `name` may be, as code at `path` means it. `none` is the placeholder where nothing is known.
    pub fn resolve(&self, name: &Name, path: &str, none: &str) -> Vec<Resolved> {
        if let [Part::Variable(variable)] = &name[..] {
            let found: BTreeSet<Resolved> =
                self.nearest(variable, path).into_iter().map(|(raw, at)| self.raw(raw, at, none)).collect();
            if !found.is_empty() {
                return found.into_iter().take(MAX_VALUES).collect();
            }
        }
        let mut resolved = Resolved::default();
        for part in name {
            match part {
                Part::Text(text) => resolved.text.push_str(text),
                Part::Variable(variable) => match self.nearest(variable, path).first() {
                    Some((raw, at)) => self.expand(raw, at, &mut resolved, 0),
                    None => resolved.hole(variable, format!("the value of the variable {variable}"), none),
                },
                Part::Unknown(word) => resolved.hole(telling(word), format!("what the code calls {word}"), none),
            }
        }
        vec![resolved]
    }

    /// The values of a variable in the files that are nearest to `path`.
    fn nearest(&self, variable: &str, path: &str) -> Vec<(&str, &Evidence)> {
        let Some(values) = self.values.get(variable) else { return Vec::new() };
        let near = |at: &Evidence| shared(folder(&at.path), folder(path));
        let nearest = values.iter().map(|(_, at)| near(at)).max().unwrap_or(0);
        values.iter().filter(|(_, at)| near(at) == nearest).map(|(raw, at)| (raw.as_str(), at)).collect()
    }

    fn raw(&self, raw: &str, at: &Evidence, none: &str) -> Resolved {
        let mut resolved = Resolved::default();
        self.expand(raw, at, &mut resolved, 0);
        if resolved.text.is_empty() || resolved.text.len() > MAX_NAME {
            resolved = Resolved::default();
            resolved.hole(none, "a name that is not known".to_owned(), none);
        }
        resolved
    }

    /// Adds the raw value `raw`, which stands at `at`, to `resolved`.
    fn expand(&self, raw: &str, at: &Evidence, resolved: &mut Resolved, depth: usize) {
        resolved.from.insert(at.clone());
        let raw = raw.trim();
        let raw = raw.strip_prefix("!Sub").map_or(raw, |rest| unquoted(rest.trim()));
        if let Some(logical) = referred(raw) {
            return self.declared(logical, at, resolved, depth);
        }
        if is_terraform_reference(raw) {
            return self.declared(raw, at, resolved, depth);
        }
        let mut rest = raw;
        while let Some((before, hole, after)) = first_hole(rest) {
            resolved.text.push_str(before);
            self.declared(hole, at, resolved, depth);
            rest = after;
        }
        resolved.text.push_str(rest);
    }

    /// Adds what the reference `reference` stands for.
    fn declared(&self, reference: &str, at: &Evidence, resolved: &mut Resolved, depth: usize) {
        let reference = reference.trim().trim_start_matches('!');
        match reference {
            "AWS::Region" | "aws:region" | "self:provider.region" => return resolved.text.push_str("{region}"),
            "AWS::AccountId" | "aws:accountId" => return resolved.text.push_str("{account}"),
            "AWS::Partition" => return resolved.text.push_str("aws"),
            number if number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty() => {
                let means = format!("argument {number} of the script {}", at.path);
                return resolved.hole(&format!("ARGUMENT_{number}"), means, "ARGUMENT");
            }
            _ => {}
        }
        // `self:custom.table`, `opt:stage, 'dev'`, `env:TABLE`, `file(./x.yml):table`, `Orders.Arn`.
        let first = reference.split(',').next().unwrap_or(reference);
        let (scheme, path) = first.split_once(':').map_or(("", first), |(scheme, path)| (scheme, path));
        let last = path.trim_end_matches(".Arn").trim_end_matches(".arn").trim_end_matches(".id");
        let address = if is_terraform_reference(path) { terraform_address(path) } else { last.to_owned() };
        let key = last.rsplit(['.', ':']).next().unwrap_or(last);
        let known = self.resource(&address, &at.path);
        if let Some(Declared { name, at: declared }) = known {
            resolved.from.insert(declared.clone());
            match name {
                Some(name) if depth < DEPTH => self.expand(name, declared, resolved, depth + 1),
                _ => {
                    let means = format!("the name that {address} gets, {}:{}", declared.path, declared.line);
                    resolved.hole(&address, means, &address);
                }
            }
            return;
        }
        let follows = matches!(scheme, "self" | "env" | "file" | "") && depth < DEPTH && scheme != "opt";
        let values = if follows { self.nearest(key, &at.path) } else { Vec::new() };
        // A value that only repeats the reference says nothing.
        match values.iter().find(|(raw, _)| !raw.contains(reference) && !raw.is_empty()) {
            Some((raw, at)) => self.expand(raw, at, resolved, depth + 1),
            None => resolved.hole(key, format!("what {key} is at {}:{}", at.path, at.line), key),
        }
    }

    /// The one region that the settings name, and where; `None` if there is none, or several.
    pub fn region(&self) -> Option<(String, Evidence)> {
        let keys = ["AWS_REGION", "AWS_DEFAULT_REGION", "aws-region", "region", "region_name", "AWS_REGION_NAME"];
        let all = keys.iter().filter_map(|key| self.values.get(*key)).flatten();
        let regions: BTreeMap<&str, &Evidence> =
            all.filter(|(raw, _)| is_region(raw)).map(|(raw, at)| (raw.as_str(), at)).collect();
        match regions.len() {
            1 => regions.into_iter().next().map(|(region, at)| (region.to_owned(), at.clone())),
            _ => None,
        }
    }
}

impl Resolved {
    /// A name that is known whole.
    pub fn known(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// A placeholder, called after `word`, or else `none`.
    pub fn hole(&mut self, word: &str, means: String, none: &str) {
        let name = placeholder(if word.len() < 2 { none } else { word });
        self.text.push_str(&name);
        self.holes.push((name, means));
    }
}

/// The last part of `event.bucket.name` that says what it is.
fn telling(path: &str) -> &str {
    let general =
        ["name", "getname", "key", "getkey", "id", "getid", "value", "arn", "url", "tostring", "get", "self", "this"];
    let mut parts = path.rsplit('.').filter(|part| !general.contains(&part.to_ascii_lowercase().as_str()));
    parts.next().unwrap_or_default()
}

/// `ordersTable` as a placeholder is written: `ORDERS_TABLE`.
pub(super) fn placeholder(word: &str) -> String {
    let mut written = String::new();
    let mut last_lower = false;
    for c in word.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && last_lower {
                written.push('_');
            }
            written.push(c.to_ascii_uppercase());
            last_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        } else if !written.ends_with('_') && !written.is_empty() {
            written.push('_');
            last_lower = false;
        }
    }
    let written = written.trim_end_matches('_');
    if written.is_empty() { "NAME".to_owned() } else { written.chars().take(40).collect() }
}

/// Whether the text is the name of a region.
pub(super) fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let (first, last) = (parts.next().unwrap_or(""), text.rsplit('-').next().unwrap_or(""));
    let known = matches!(first, "us" | "eu" | "ap" | "sa" | "ca" | "me" | "af" | "cn" | "il" | "mx");
    known
        && text.len() <= 16
        && text.matches('-').count() >= 2
        && last.bytes().all(|byte| byte.is_ascii_digit())
        && last.len() == 1
}

/// How many folders two paths have in common from the root on.
fn shared(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[(&str, &str)]) -> Names {
        let sources: Vec<Source> =
            files.iter().map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned() }).collect();
        Names::of(&sources)
    }

    fn variable(names: &Names, name: &str, path: &str) -> Vec<String> {
        let found = names.resolve(&vec![Part::Variable(name.to_owned())], path, "NONE");
        found.into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn a_variable_is_followed_to_the_resource_that_a_template_declares() {
        let names = names(&[(
            "template.yaml",
            "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: shop-orders\n\
             \x20 Inbox:\n    Type: AWS::SQS::Queue\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n\
             \x20     Environment:\n        Variables:\n          TABLE: !Ref Orders\n          QUEUE: !Ref Inbox\n\
             \x20         BUCKET: !Sub \"${AWS::AccountId}-pictures\"\n",
        )]);
        assert_eq!(variable(&names, "TABLE", "src/app.py"), ["shop-orders"]);
        assert_eq!(variable(&names, "QUEUE", "src/app.py"), ["INBOX"]);
        assert_eq!(variable(&names, "BUCKET", "src/app.py"), ["{account}-pictures"]);
        assert_eq!(variable(&names, "OTHER", "src/app.py"), ["OTHER"]);
    }

    #[test]
    fn a_template_means_its_own_resource() {
        let template = |name: &str| {
            format!(
                "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: {name}\n  E:\n    T_NAME: !Ref T\n"
            )
        };
        let (one, two) = (template("one"), template("two"));
        let names = names(&[("a/template.yaml", &one), ("b/template.yaml", &two)]);
        assert_eq!(variable(&names, "T_NAME", "b/app.py"), ["two"]);
        assert_eq!(variable(&names, "T_NAME", "a/app.py"), ["one"]);
    }

    #[test]
    fn serverless_and_terraform_are_followed_too() {
        let serverless = names(&[(
            "serverless.yml",
            "service: shop\ncustom:\n  table: ${self:service}-orders-${opt:stage, 'dev'}\nprovider:\n  region: eu-west-1\n\
             \x20 environment:\n    TABLE: ${self:custom.table}\n",
        )]);
        assert_eq!(variable(&serverless, "TABLE", "handler.js"), ["shop-orders-STAGE"]);
        assert_eq!(serverless.region().map(|(region, _)| region).as_deref(), Some("eu-west-1"));
        let terraform = names(&[(
            "main.tf",
            "resource \"aws_s3_bucket\" \"logs\" {\n  bucket = \"acme-logs\"\n}\nresource \"aws_lambda_function\" \"f\" {\n\
             \x20 environment {\n    variables = {\n      LOGS = aws_s3_bucket.logs.id\n    }\n  }\n}\n",
        )]);
        assert_eq!(variable(&terraform, "LOGS", "main.py"), ["acme-logs"]);
    }

    #[test]
    fn the_nearest_file_says_what_a_variable_is() {
        let names = names(&[
            ("a/.env", "T=one\n"),
            ("b/.env", "export T='two'\n"),
            ("task.json", "{\"name\": \"Q\", \"value\": \"q-1\"},\n"),
        ]);
        assert_eq!(variable(&names, "T", "a/x.py"), ["one"]);
        assert_eq!(variable(&names, "T", "b/x.py"), ["two"]);
        assert_eq!(variable(&names, "T", "x.py"), ["one", "two"]);
        assert_eq!(variable(&names, "Q", "x.py"), ["q-1"]);
    }

    #[test]
    fn an_argument_of_a_script_is_a_blank() {
        let names = names(&[("run.sh", "NAME=$1\nBOTH=\"app-$STAGE\"\n")]);
        assert_eq!(variable(&names, "NAME", "run.sh"), ["ARGUMENT_1"]);
        assert_eq!(variable(&names, "BOTH", "run.sh"), ["app-STAGE"]);
    }

    #[test]
    fn circles_end() {
        let names = names(&[("s.yml", "a: ${self:b}\nb: ${self:a}\n")]);
        assert_eq!(variable(&names, "a", "x").len(), 1);
    }

    #[test]
    fn regions_and_placeholders_are_told() {
        assert!(is_region("eu-west-1") && is_region("us-gov-west-1") && !is_region("us") && !is_region("eu-west-x"));
        for (word, written) in [("ordersTable", "ORDERS_TABLE"), ("a.b", "A_B"), ("DBName", "DBNAME"), ("…", "NAME")]
        {
            assert_eq!(placeholder(word), written);
        }
    }
}
