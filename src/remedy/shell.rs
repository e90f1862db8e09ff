//! Calls of aws-cli, and of what works like it, in scripts, workflows, Dockerfiles and the like.

use super::call::{Arguments, Call, Calls, Name, Part};
use super::helpers;
use super::operations::{Service, plain};

/// Options of aws-cli itself that take a value.
const GLOBAL: [&str; 9] = [
    "--region",
    "--profile",
    "--output",
    "--endpoint-url",
    "--query",
    "--color",
    "--ca-bundle",
    "--cli-read-timeout",
    "--cli-connect-timeout",
];

/// Tools whose calls follow from what they are given, and not from the line that starts them.
const TOOLS: [(&str, &[&str]); 12] = [
    ("terraform", &["apply", "plan", "destroy", "init", "import"]),
    ("tofu", &["apply", "plan", "destroy", "init", "import"]),
    ("terragrunt", &["apply", "plan", "destroy", "run-all"]),
    ("cdk", &["deploy", "destroy", "diff", "bootstrap"]),
    ("sam", &["deploy", "sync", "delete"]),
    ("serverless", &["deploy", "remove", "deploy:function"]),
    ("sls", &["deploy", "remove"]),
    ("pulumi", &["up", "preview", "destroy"]),
    ("eksctl", &["create", "delete", "get", "upgrade"]),
    ("copilot", &["deploy", "svc", "env", "job"]),
    ("eb", &["deploy", "create", "terminate"]),
    ("zappa", &["deploy", "update", "undeploy"]),
];

/// Steps of GitHub Actions that call AWS: what they are called, service, operations, and the input that names the thing.
/// From each action's own documentation.
const ACTIONS: [(&str, &str, &[&str]); 6] = [
    ("aws-actions/amazon-ecr-login@", "ecr", &["GetAuthorizationToken"]),
    (
        "aws-actions/amazon-ecs-deploy-task-definition@",
        "ecs",
        &["RegisterTaskDefinition", "DescribeServices", "UpdateService"],
    ),
    ("aws-actions/aws-cloudformation-github-deploy@", "cloudformation", DEPLOY),
    ("jakejarvis/s3-sync-action@", "s3", &["ListObjectsV2", "PutObject", "DeleteObject"]),
    ("aws-actions/aws-lambda-deploy@", "lambda", &["GetFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"]),
    ("aws-actions/aws-codebuild-run-build@", "codebuild", &["StartBuild", "BatchGetBuilds"]),
];

const DEPLOY: &[&str] =
    &["CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks", "GetTemplateSummary"];

/// What `docker push` asks of ECR, and what `docker pull` does (ECR user guide, "Pushing an image").
const PUSH: [&str; 6] = [
    "BatchCheckLayerAvailability",
    "BatchGetImage",
    "InitiateLayerUpload",
    "UploadLayerPart",
    "CompleteLayerUpload",
    "PutImage",
];
const PULL: [&str; 3] = ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"];

/// The calls in a text, and the tools that it starts, each with its line.
pub(super) fn read(text: &str) -> (Calls, Vec<(&'static str, u32)>) {
    let (mut calls, mut tools) = (Calls::default(), Vec::new());
    for (line, words) in commands(text) {
        let all: Vec<&str> = words.iter().map(String::as_str).collect();
        match all[..] {
            ["aws", ..] => aws(&all[1..], line, &mut calls),
            ["docker", verb @ ("push" | "pull"), .., image] => docker(verb, image, line, &mut calls),
            [tool, first, ..] => tools.extend(
                TOOLS
                    .iter()
                    .find(|(name, verbs)| *name == tool && verbs.contains(&first))
                    .map(|(name, _)| (*name, line)),
            ),
            _ => {}
        }
    }
    for (number, line) in text.lines().enumerate() {
        let Some(used) = line.trim_start().trim_start_matches("- ").strip_prefix("uses:") else { continue };
        let used = used.trim().trim_matches(['"', '\'']);
        for (_, service, operations) in ACTIONS.iter().filter(|(name, ..)| used.starts_with(name)) {
            let inputs = inputs(text, number);
            for operation in *operations {
                push(&mut calls, service, operation, &inputs, number as u32 + 1);
            }
        }
    }
    (calls, tools)
}

/// What a step is given below the line `number`: its inputs, by the names of AWS's arguments.
fn inputs(text: &str, number: usize) -> Arguments {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = text.lines().nth(number).map_or(0, indent);
    let mut found = Vec::new();
    for line in text.lines().skip(number + 1) {
        if !line.trim().is_empty() && (indent(line) < own || line.trim_start().starts_with("- ")) {
            break;
        }
        let Some((name, value)) = line.trim().split_once(':') else { continue };
        let name = match name {
            "AWS_S3_BUCKET" => "Bucket",
            "function-name" => "FunctionName",
            "name" => "StackName",
            "service" => "service",
            "cluster" => "cluster",
            "project-name" => "projectName",
            _ => continue,
        };
        if !value.trim().is_empty() {
            found.push((name.to_owned(), parts(value.trim().trim_matches(['"', '\'']))));
        }
    }
    found
}

fn push(calls: &mut Calls, service: &str, operation: &str, arguments: &Arguments, line: u32) {
    if let Some(service) = Service::named(service) {
        let (operation, arguments) = (operation.to_owned(), arguments.clone());
        calls.known.push(Call { service, operation, arguments, line });
    }
}

fn docker(verb: &str, image: &str, line: u32, calls: &mut Calls) {
    let image = image.trim_end_matches(['"', '\'']);
    let repository = image.split_once(".amazonaws.com/").map(|(_, rest)| rest);
    // `$REGISTRY/$REPOSITORY:$TAG`: whether that is ECR is not known here; it is if a login to ECR stands beside it.
    let Some(repository) =
        repository.or_else(|| image.starts_with('$').then(|| image.split_once('/'))?.map(|(_, rest)| rest))
    else {
        return;
    };
    let repository = repository.split(':').next().unwrap_or(repository);
    let given = vec![("repositoryName".to_owned(), parts(repository))];
    for operation in if verb == "push" { &PUSH[..] } else { &PULL[..] } {
        push(calls, "ecr", operation, &given, line);
    }
}

/// What follows `aws`.
fn aws(words: &[&str], line: u32, calls: &mut Calls) {
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.starts_with("--")) {
        at += if GLOBAL.contains(word) { 2 } else { 1 };
    }
    let (Some(&service), Some(&command)) = (words.get(at), words.get(at + 1)) else { return };
    let rest = &words[at + 2..];
    if service == "s3" {
        return s3(command, rest, line, calls);
    }
    let Some(service) = Service::named(service).filter(|service| !service.operations.is_empty()) else { return };
    let given = options(rest);
    if service.name == "cloudformation" && command == "package" {
        let bucket: Arguments = given
            .iter()
            .filter(|(name, _)| name == "s3-bucket")
            .map(|(_, value)| ("Bucket".to_owned(), value.clone()))
            .collect();
        return push(calls, "s3", "PutObject", &bucket, line);
    }
    if let Some(operations) = helpers::operations(service.name, &plain(command)) {
        for operation in operations {
            push(calls, service.name, operation, &given, line);
        }
    } else if command == "wait" {
        // A waiter asks again and again what its name says: `instance-running` is no operation, `stack-exists` neither.
        for operation in waited(service.name) {
            push(calls, service.name, operation, &options(rest.get(1..).unwrap_or_default()), line);
        }
    } else if let Some(operation) = service.operation(command) {
        push(calls, service.name, &operation, &given, line);
    } else if !command.starts_with(['-', '$', '<']) && command != "help" {
        calls.unknown.push((format!("aws {} {command}", service.name), line));
    }
}

/// What the waiters of a service ask.
fn waited(service: &str) -> &'static [&'static str] {
    match service {
        "cloudformation" => &["DescribeStacks"],
        "ec2" => &["DescribeInstances"],
        "ecs" => &["DescribeServices", "DescribeTasks"],
        "lambda" => &["GetFunction"],
        "rds" => &["DescribeDBInstances"],
        "s3" => &["HeadObject"],
        "cloudfront" => &["GetInvalidation", "GetDistribution"],
        "eks" => &["DescribeCluster"],
        "dynamodb" => &["DescribeTable"],
        _ => &[],
    }
}

/// `aws s3`: commands of their own.
fn s3(command: &str, rest: &[&str], line: u32, calls: &mut Calls) {
    let has = |option: &str| {
        rest.iter().any(|word| *word == option || word.strip_prefix(option).is_some_and(|rest| rest.starts_with('=')))
    };
    let places: Vec<Option<Arguments>> =
        rest.iter().take_while(|word| !word.starts_with("--")).map(|word| place(word)).collect();
    // Options may come first.
    let places = if places.is_empty() {
        rest.iter().filter(|word| word.starts_with("s3://")).map(|word| place(word)).collect()
    } else {
        places
    };
    let nothing = Vec::new();
    let mut say = |at: Option<&Arguments>, operations: &[&str]| {
        for operation in operations {
            push(calls, "s3", operation, at.unwrap_or(&nothing), line);
        }
    };
    let many = has("--recursive") || command == "sync";
    let (from, to) = (places.first().and_then(Option::as_ref), places.get(1).and_then(Option::as_ref));
    match command {
        "cp" | "mv" | "sync" => {
            if from.is_some() {
                say(from, if many { &["ListObjectsV2", "GetObject"] } else { &["GetObject"] });
                if command == "mv" {
                    say(from, &["DeleteObject"]);
                }
            }
            if to.is_some() {
                say(to, &["PutObject", "AbortMultipartUpload"]);
                if command == "sync" {
                    say(to, &["ListObjectsV2"]);
                }
                if has("--delete") {
                    say(to, &["DeleteObject"]);
                }
                if has("--acl") {
                    say(to, &["PutObjectAcl"]);
                }
            }
        }
        "rm" => say(from, if many { &["ListObjectsV2", "DeleteObject"] } else { &["DeleteObject"] }),
        "ls" if from.is_none() => say(None, &["ListBuckets"]),
        "ls" => say(from, &["ListObjectsV2"]),
        "presign" => say(from, &["GetObject"]),
        "mb" => say(from, &["CreateBucket"]),
        "rb" if has("--force") => say(from, &["ListObjectsV2", "DeleteObject", "DeleteBucket"]),
        "rb" => say(from, &["DeleteBucket"]),
        _ => {}
    }
}

/// Bucket and key of `s3://bucket/key`.
fn place(word: &str) -> Option<Arguments> {
    let path = word.strip_prefix("s3://")?;
    let (bucket, key) = split_outside(path).unwrap_or((path, ""));
    let mut given = vec![("Bucket".to_owned(), parts(bucket))];
    if !key.is_empty() {
        given.push(("Key".to_owned(), parts(key)));
    }
    Some(given)
}

/// Splits at the first `/` outside of `${…}`.
fn split_outside(path: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in path.char_indices() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            '/' if depth == 0 => return Some((&path[..at], &path[at + 1..])),
            _ => {}
        }
    }
    None
}

/// Options by their names: `--queue-url x`, `--queue-url=x`.
fn options(words: &[&str]) -> Arguments {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if let Some(option) = words[at].strip_prefix("--") {
            if let Some((name, value)) = option.split_once('=') {
                found.push((name.to_owned(), parts(value)));
            } else {
                // A list goes on until the next option.
                while let Some(value) = words.get(at + 1).filter(|value| !value.starts_with("--")) {
                    found.push((option.to_owned(), parts(value)));
                    at += 1;
                }
            }
        }
        at += 1;
    }
    found
}

/// The parts of a word of the shell, of a workflow or of a Makefile.
fn parts(word: &str) -> Name {
    let (mut found, mut rest) = (Vec::new(), word);
    while let Some(at) = rest.find('$') {
        if at > 0 {
            found.push(Part::Text(rest[..at].to_owned()));
        }
        let after = &rest[at + 1..];
        let (inside, end) = if let Some(open) = after.strip_prefix("{{") {
            (open.split("}}").next().unwrap_or(open), after.find("}}").map_or(after.len(), |end| end + 2))
        } else if let Some(open) = after.strip_prefix(['{', '(']) {
            let end = after.find(['}', ')']).unwrap_or(after.len());
            (open.get(..end.saturating_sub(1)).unwrap_or(open), (end + 1).min(after.len()))
        } else {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
            (&after[..end], end)
        };
        let name = inside.trim().rsplit('.').next().unwrap_or(inside);
        let name = name.split([':', '%', '#']).next().unwrap_or(name);
        found.push(if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.is_empty() {
            Part::Variable(name.to_owned())
        } else {
            Part::Unknown(name.to_owned())
        });
        rest = &after[end..];
    }
    if !rest.is_empty() || found.is_empty() {
        found.push(Part::Text(rest.to_owned()));
    }
    found
}

/// Every command in the text that may be of interest, with the line it begins on.
fn commands(text: &str) -> Vec<(u32, Vec<String>)> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        let mut whole = line.trim().to_owned();
        while whole.ends_with('\\') {
            whole.pop();
            let Some((_, next)) = lines.next() else { break };
            whole.push(' ');
            whole.push_str(next.trim());
        }
        if whole.starts_with('#') || whole.starts_with("//") {
            continue;
        }
        let names = ["aws", "docker"].into_iter().chain(TOOLS.iter().map(|(name, _)| *name));
        for name in names {
            let mut from = 0;
            while let Some(at) = whole[from..].find(name).map(|at| at + from) {
                from = at + name.len();
                let before = whole[..at].chars().next_back();
                let begins =
                    before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '/' | '@' | '$'));
                if begins && whole[from..].starts_with([' ', '\t']) {
                    let quote = before.filter(|c| matches!(c, '"' | '\''));
                    found.push((number as u32 + 1, words(&whole[at..], quote)));
                }
            }
        }
    }
    found
}

/// The words of the command that `text` begins with. `within` is the quote that it stands in.
fn words(text: &str, within: Option<char>) -> Vec<String> {
    let (mut found, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut depth = 0_u32;
    let mut some = false;
    for c in text.chars() {
        if let Some(open) = quote {
            if c == open {
                quote = None;
            } else {
                word.push(c);
            }
            continue;
        }
        match c {
            c if Some(c) == within => break,
            '"' | '\'' => (quote, some) = (Some(c), true),
            '{' | '(' => {
                depth += 1;
                word.push(c);
            }
            '}' | ')' if depth > 0 => {
                depth -= 1;
                word.push(c);
            }
            '|' | ';' | '&' | '`' | ')' | '<' | '>' if depth == 0 => break,
            c if c.is_whitespace() && depth == 0 => {
                if some || !word.is_empty() {
                    found.push(std::mem::take(&mut word));
                }
                some = false;
            }
            c => word.push(c),
        }
    }
    if some || !word.is_empty() {
        found.push(word);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let (calls, _) = read(text);
        let one = |call: &Call| {
            let given: Vec<String> =
                call.arguments.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect();
            format!("{} {}:{} {}", call.line, call.service.name, call.operation, given.join(" ")).trim_end().to_owned()
        };
        calls.known.iter().map(one).collect()
    }

    fn shown(name: &Name) -> String {
        let one = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Variable(name) => format!("<{name}>"),
            Part::Unknown(name) => format!("?{name}"),
        };
        name.iter().map(one).collect()
    }

    #[test]
    fn operations_are_read_with_their_options() {
        let text = "#!/bin/sh\n# aws s3 rm s3://no\nX=$(aws --region eu-west-1 sqs send-message \\\n  --queue-url \"$QUEUE\" --message-body 'a b')\n";
        assert_eq!(said(text), ["3 sqs:SendMessage queue-url=<QUEUE> message-body=a b"]);
        assert_eq!(
            said("run: aws lambda update-function-code --function-name=app | jq ."),
            ["1 lambda:UpdateFunctionCode function-name=app"]
        );
        assert_eq!(
            said("\"deploy\": \"aws eks update-kubeconfig --name c && echo\","),
            ["1 eks:DescribeCluster name=c"]
        );
        assert_eq!(said("the aws s3 service, and aws sqs too; aws lambda is fine"), Vec::<String>::new());
    }

    #[test]
    fn copies_read_one_side_and_write_the_other() {
        assert_eq!(
            said("aws s3 sync ./build s3://site-$STAGE/app --delete"),
            [
                "1 s3:PutObject Bucket=site-<STAGE> Key=app",
                "1 s3:AbortMultipartUpload Bucket=site-<STAGE> Key=app",
                "1 s3:ListObjectsV2 Bucket=site-<STAGE> Key=app",
                "1 s3:DeleteObject Bucket=site-<STAGE> Key=app",
            ]
        );
        assert_eq!(said("aws s3 cp s3://b/k.txt ."), ["1 s3:GetObject Bucket=b Key=k.txt"]);
        assert_eq!(said("aws s3 ls"), ["1 s3:ListBuckets"]);
    }

    #[test]
    fn images_and_steps_of_workflows_are_calls_too() {
        let pushed = said("docker push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/api:$TAG");
        assert_eq!(pushed.len(), PUSH.len());
        assert!(pushed.iter().all(|call| call.ends_with("repositoryName=shop/api")), "{pushed:?}");
        let step = "- uses: jakejarvis/s3-sync-action@v1\n  env:\n    AWS_S3_BUCKET: ${{ secrets.BUCKET }}\n";
        assert_eq!(said(step)[1], "1 s3:PutObject Bucket=<BUCKET>");
    }

    #[test]
    fn tools_that_cannot_be_read_are_named() {
        let (_, tools) = read("terraform init\nnpx serverless deploy --stage prod\nterraform -v\n");
        assert_eq!(tools, [("terraform", 1), ("serverless", 2)]);
        let (calls, _) = read("aws s3api fly-away\n");
        assert_eq!(calls.unknown, [("aws s3 fly-away".to_owned(), 1)]);
    }

    #[test]
    fn every_step_and_image_names_operations_of_its_service() {
        let listed = ACTIONS.iter().map(|(_, service, operations)| (*service, *operations));
        for (service, operations) in listed.chain([("ecr", &PUSH[..]), ("ecr", &PULL[..])]) {
            let service = Service::named(service).unwrap();
            for operation in operations {
                assert!(service.operations.contains(operation), "{}: {operation}", service.name);
            }
        }
    }
}
