//! Where the code runs that a leaked key was for: by what the file is called, what stands in it, and what lies beside it.

use super::source::{Evidence, Source, folder, name};
use serde::Serialize;

/// A kind of place. Each has a way to get credentials that nobody has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A Lambda function.
    Lambda,
    /// An instance of EC2.
    Ec2,
    /// A task of ECS, on Fargate or on instances.
    Ecs,
    /// A pod of Kubernetes on EKS.
    Kubernetes,
    /// A workflow of GitHub Actions.
    GithubActions,
    /// A pipeline of GitLab.
    Gitlab,
    /// A pipeline of Bitbucket.
    Bitbucket,
    /// A job of `CircleCI`.
    Circleci,
    /// A build of AWS `CodeBuild`.
    Codebuild,
    /// A person's own machine.
    Laptop,
    /// Another account of AWS.
    OtherAccount,
    /// A machine outside of AWS: a server, or a CI system without tokens of its own.
    Server,
}

impl Kind {
    /// What a person calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lambda => "Lambda",
            Self::Ec2 => "EC2",
            Self::Ecs => "ECS",
            Self::Kubernetes => "Kubernetes (EKS)",
            Self::GithubActions => "GitHub Actions",
            Self::Gitlab => "GitLab CI",
            Self::Bitbucket => "Bitbucket Pipelines",
            Self::Circleci => "CircleCI",
            Self::Codebuild => "CodeBuild",
            Self::Laptop => "a person's machine",
            Self::OtherAccount => "another account",
            Self::Server => "a server outside of AWS",
        }
    }
}

/// A place that a leak may be for, and why it is taken for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// What it is.
    pub kind: Kind,
    /// One sentence.
    pub reason: String,
    /// What that rests on.
    pub evidence: Evidence,
    /// How sure: only for the order.
    #[serde(skip)]
    weight: u32,
}

/// A leak: where it stands, and the account its key belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    /// The file.
    pub path: &'a str,
    /// The line, from 1.
    pub line: u32,
    /// Twelve digits, where the key tells.
    pub account: Option<&'a str>,
}

/// What a path says: the last part of the file's name or a piece of the path, the place, how sure, and why.
enum Sign {
    /// The name is this.
    Named(&'static str),
    /// The name begins so.
    Begins(&'static str),
    /// The name ends so.
    Ends(&'static str),
    /// A folder of the path is called so.
    Under(&'static str),
}

const BY_PATH: [(Sign, Kind, u32, &str); 48] = [
    (Sign::Under(".github/workflows"), Kind::GithubActions, 95, "it is a workflow of GitHub Actions"),
    (Sign::Ends(".gitlab-ci.yml"), Kind::Gitlab, 95, "it is a pipeline of GitLab"),
    (Sign::Named("bitbucket-pipelines.yml"), Kind::Bitbucket, 95, "it is a pipeline of Bitbucket"),
    (Sign::Under(".circleci"), Kind::Circleci, 95, "it is a job of CircleCI"),
    (Sign::Begins("buildspec"), Kind::Codebuild, 95, "it is a build of CodeBuild"),
    (
        Sign::Begins("jenkinsfile"),
        Kind::Server,
        95,
        "it is a pipeline of Jenkins, which has no identity in AWS of its own",
    ),
    (
        Sign::Named(".travis.yml"),
        Kind::Server,
        95,
        "it is a build of Travis CI, which has no identity in AWS of its own",
    ),
    (Sign::Begins("azure-pipelines"), Kind::Server, 95, "it is a pipeline of Azure DevOps"),
    (Sign::Named(".drone.yml"), Kind::Server, 95, "it is a build of Drone"),
    (Sign::Begins("serverless."), Kind::Lambda, 95, "it is a service of the Serverless Framework"),
    (Sign::Named("samconfig.toml"), Kind::Lambda, 70, "it is the configuration of SAM"),
    (Sign::Under(".aws"), Kind::Laptop, 90, "it is a profile of aws-cli, as a person has it"),
    (Sign::Under(".git"), Kind::Laptop, 85, "it is the clone's own configuration"),
    (Sign::Named(".bashrc"), Kind::Laptop, 90, "it is the setup of a person's shell"),
    (Sign::Named(".bash_profile"), Kind::Laptop, 90, "it is the setup of a person's shell"),
    (Sign::Named(".bash_history"), Kind::Laptop, 90, "it is the history of a person's shell"),
    (Sign::Named(".zshrc"), Kind::Laptop, 90, "it is the setup of a person's shell"),
    (Sign::Named(".zsh_history"), Kind::Laptop, 90, "it is the history of a person's shell"),
    (Sign::Named(".profile"), Kind::Laptop, 90, "it is the setup of a person's shell"),
    (Sign::Named(".envrc"), Kind::Laptop, 85, "it is the setup of a person's shell in this folder"),
    (Sign::Named(".s3cfg"), Kind::Laptop, 85, "it is the configuration of s3cmd"),
    (Sign::Named(".boto"), Kind::Laptop, 85, "it is the configuration of boto"),
    (Sign::Named("rclone.conf"), Kind::Laptop, 80, "it is the configuration of rclone"),
    (Sign::Under(".idea"), Kind::Laptop, 90, "it is the setup of a person's editor"),
    (Sign::Under(".vscode"), Kind::Laptop, 90, "it is the setup of a person's editor"),
    (Sign::Ends(".ipynb"), Kind::Laptop, 75, "it is a notebook that a person runs"),
    (Sign::Ends("accesskeys.csv"), Kind::Laptop, 85, "it is a key as the console gives it to a person"),
    (Sign::Begins(".env"), Kind::Laptop, 60, "it is a file of settings that is read on a person's machine"),
    (Sign::Ends(".env"), Kind::Laptop, 60, "it is a file of settings that is read on a person's machine"),
    (Sign::Begins("task-definition"), Kind::Ecs, 95, "it is a task definition of ECS"),
    (Sign::Begins("taskdef"), Kind::Ecs, 95, "it is a task definition of ECS"),
    (Sign::Begins("task_definition"), Kind::Ecs, 95, "it is a task definition of ECS"),
    (Sign::Under("copilot"), Kind::Ecs, 90, "it is a service of AWS Copilot"),
    (Sign::Begins("user-data"), Kind::Ec2, 95, "it is the user data of an instance"),
    (Sign::Begins("user_data"), Kind::Ec2, 95, "it is the user data of an instance"),
    (Sign::Begins("userdata"), Kind::Ec2, 95, "it is the user data of an instance"),
    (Sign::Begins("cloud-init"), Kind::Ec2, 90, "it is what cloud-init runs on an instance"),
    (Sign::Ends(".pkr.hcl"), Kind::Ec2, 85, "it is an image that Packer builds"),
    (Sign::Under("packer"), Kind::Ec2, 85, "it is an image that Packer builds"),
    (Sign::Under(".ebextensions"), Kind::Ec2, 90, "it is an environment of Elastic Beanstalk, which runs on instances"),
    (Sign::Named("appspec.yml"), Kind::Ec2, 60, "it is a deployment of CodeDeploy"),
    (Sign::Ends(".service"), Kind::Ec2, 80, "it is a unit of systemd: it runs on a server"),
    (Sign::Begins("dockerfile"), Kind::Ecs, 40, "it builds a container, which ECS would run with this"),
    (Sign::Begins("docker-compose"), Kind::Laptop, 45, "it runs containers on a person's machine"),
    (Sign::Begins("docker-compose"), Kind::Ecs, 40, "it runs containers, which ECS would run with this"),
    (Sign::Under("k8s"), Kind::Kubernetes, 80, "it lies among manifests of Kubernetes"),
    (Sign::Under("charts"), Kind::Kubernetes, 80, "it lies in a Helm chart"),
    (Sign::Under("helm"), Kind::Kubernetes, 80, "it lies in a Helm chart"),
];

/// What a line of a file says of the file's place: all of these, in lower case, stand in one line; the place, how sure, and
/// why.
const BY_LINE: [(&[&str], Kind, u32, &str); 30] = [
    (&["aws::serverless::function"], Kind::Lambda, 92, "it is a template of SAM"),
    (&["aws::serverless-2016-10-31"], Kind::Lambda, 90, "it is a template of SAM"),
    (&["aws::lambda::function"], Kind::Lambda, 90, "its template declares a Lambda function"),
    (&["resource", "\"aws_lambda_function\""], Kind::Lambda, 90, "it declares a Lambda function"),
    (&["def lambda_handler("], Kind::Lambda, 90, "it is the handler of a Lambda function"),
    (&["(event, context)"], Kind::Lambda, 85, "it is the handler of a Lambda function"),
    (&["exports.handler"], Kind::Lambda, 90, "it is the handler of a Lambda function"),
    (&["export const handler"], Kind::Lambda, 90, "it is the handler of a Lambda function"),
    (&["export async function handler"], Kind::Lambda, 90, "it is the handler of a Lambda function"),
    (&["implements", "requesthandler"], Kind::Lambda, 90, "it is the handler of a Lambda function"),
    (&["implements", "requeststreamhandler"], Kind::Lambda, 90, "it is the handler of a Lambda function"),
    (&["github.com/aws/aws-lambda-go"], Kind::Lambda, 90, "it is the handler of a Lambda function"),
    (&["aws::ecs::taskdefinition"], Kind::Ecs, 90, "its template declares a task of ECS"),
    (&["containerdefinitions"], Kind::Ecs, 90, "it is a task definition of ECS"),
    (&["\"aws_ecs_task_definition\""], Kind::Ecs, 90, "it declares a task of ECS"),
    (&["x-aws-"], Kind::Ecs, 85, "it is a compose file for ECS"),
    (&["aws::ec2::instance"], Kind::Ec2, 90, "its template declares an instance"),
    (&["aws::ec2::launchtemplate"], Kind::Ec2, 90, "its template declares instances"),
    (&["aws::autoscaling::launchconfiguration"], Kind::Ec2, 90, "its template declares instances"),
    (&["resource", "\"aws_instance\""], Kind::Ec2, 90, "it declares an instance"),
    (&["resource", "\"aws_launch_template\""], Kind::Ec2, 90, "it declares instances"),
    (&["resource", "\"aws_launch_configuration\""], Kind::Ec2, 90, "it declares instances"),
    (&["#cloud-config"], Kind::Ec2, 92, "it is what cloud-init runs on an instance"),
    (&["amazon-ebs"], Kind::Ec2, 88, "it is an image that Packer builds"),
    (&["execstart="], Kind::Ec2, 80, "it is a unit of systemd: it runs on a server"),
    (&["aws::codebuild::project"], Kind::Codebuild, 90, "its template declares a build of CodeBuild"),
    (&["\"aws_codebuild_project\""], Kind::Codebuild, 90, "it declares a build of CodeBuild"),
    (&["external_id"], Kind::OtherAccount, 50, "it assumes a role of another account"),
    (&["externalid"], Kind::OtherAccount, 50, "it assumes a role of another account"),
    (&["sts", "assume_role("], Kind::OtherAccount, 30, "it assumes a role"),
];

/// Kinds of manifests of Kubernetes in which a key or what uses it may stand.
const MANIFESTS: [&str; 9] =
    ["Deployment", "Secret", "Pod", "CronJob", "Job", "StatefulSet", "DaemonSet", "ConfigMap", "ServiceAccount"];

/// The place that a leak in the file `leak.path` is for, and others that it may be for, best first. `beside` are files near
/// it and templates.
pub fn place(leak: &Spot<'_>, text: &str, beside: &[Source]) -> (Place, Vec<Place>) {
    let mut found: Vec<Place> = Vec::new();
    let here = |line| Evidence::new(leak.path, line);
    for (kind, weight, reason) in by_path(leak.path) {
        add(&mut found, kind, weight, reason, here(leak.line));
    }
    for (kind, weight, reason, line) in by_text(text, leak.line) {
        add(&mut found, kind, weight, &reason, here(line));
    }
    if let Some((line, account)) = other_account(text, leak.account) {
        let reason = format!("its key is of one account, and it names things of another ({account})");
        add(&mut found, Kind::OtherAccount, 45, &reason, here(line));
    }
    // A provider's block is read wherever Terraform runs.
    if let Some(line) = provider_line(text).filter(|_| ends(leak.path, &[".tf", ".tfvars"])) {
        for source in beside {
            for (kind, weight, _) in by_path(&source.path).into_iter().filter(|(kind, ..)| is_ci(*kind)) {
                let reason = "it is a provider of Terraform, and a pipeline beside it may run that";
                add(&mut found, kind, weight - 20, reason, Evidence::new(&source.path, 1));
            }
        }
        add(&mut found, Kind::Laptop, 70, "it is a provider of Terraform, which a person runs", here(line));
    }
    for source in beside.iter().filter(|source| source.path != leak.path) {
        for (kind, weight, reason, line) in through(leak.path, source) {
            add(&mut found, kind, weight, &reason, Evidence::new(&source.path, line));
        }
    }
    if found.is_empty() {
        let nothing = "nothing in it or beside it says where it runs";
        let person = super::lexer::Language::of(leak.path).is_none();
        add(&mut found, Kind::Ec2, 10, &format!("{nothing}; on an instance of EC2 it would be this"), here(leak.line));
        add(
            &mut found,
            Kind::Server,
            8,
            &format!("{nothing}; on a server elsewhere it would be this"),
            here(leak.line),
        );
        add(
            &mut found,
            Kind::Laptop,
            if person { 12 } else { 6 },
            &format!("{nothing}; on a person's machine it would be this"),
            here(leak.line),
        );
    }
    // Where a unit of systemd or a Jenkins runs is not said: on an instance or elsewhere.
    let unsure = found.iter().find(|one| one.reason.contains("systemd") || one.reason.contains("Jenkins")).cloned();
    if let Some(one) = unsure {
        let kind = if one.kind == Kind::Ec2 { Kind::Server } else { Kind::Ec2 };
        if !found.iter().any(|other| other.kind == kind) {
            let reason = format!("{}; where that is, is not said", one.reason);
            found.push(Place { kind, reason, evidence: one.evidence, weight: one.weight - 5 });
        }
    }
    found.sort_by(|a, b| b.weight.cmp(&a.weight).then(a.kind.cmp(&b.kind)));
    let best = found.remove(0);
    (best, found)
}

/// Of each kind the surest counts.
fn add(found: &mut Vec<Place>, kind: Kind, weight: u32, reason: &str, evidence: Evidence) {
    let place = Place { kind, reason: reason.to_owned(), evidence, weight };
    match found.iter_mut().find(|one| one.kind == kind) {
        Some(one) if one.weight >= weight => {}
        Some(one) => *one = place,
        None => found.push(place),
    }
}

/// What the path alone says.
fn by_path(path: &str) -> Vec<(Kind, u32, &'static str)> {
    let lower = path.to_ascii_lowercase();
    let (file, within) = (name(&lower), format!("/{}/", folder(&lower)));
    let fits = |sign: &Sign| match sign {
        Sign::Named(name) => file == *name,
        Sign::Begins(start) => file.starts_with(start),
        Sign::Ends(end) => file.ends_with(end),
        Sign::Under(folder) => within.contains(&format!("/{folder}/")),
    };
    BY_PATH.iter().filter(|(sign, ..)| fits(sign)).map(|&(_, kind, weight, reason)| (kind, weight, reason)).collect()
}

/// What the text says, and in which line. Of several the one that stands nearest above the leak counts most: a template
/// may declare all sorts.
fn by_text(text: &str, leak: u32) -> Vec<(Kind, u32, String, u32)> {
    let mut found: Vec<(Kind, u32, String, u32)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let (line, number) = (line.to_ascii_lowercase(), number as u32 + 1);
        for (pieces, kind, weight, reason) in &BY_LINE {
            if pieces.iter().all(|piece| line.contains(piece)) {
                found.push((*kind, *weight, (*reason).to_owned(), number));
            }
        }
    }
    let nearest = found.iter().filter(|(_, weight, _, line)| *line <= leak && *weight >= 88).map(|one| one.3).max();
    for one in &mut found {
        one.1 += u32::from(Some(one.3) == nearest) * 5;
    }
    if let Some((kind, line)) = manifest(text) {
        found.push((Kind::Kubernetes, 90, format!("it is a {kind} of Kubernetes"), line));
    }
    found
}

/// The kind of a manifest of Kubernetes, and its line.
fn manifest(text: &str) -> Option<(&str, u32)> {
    text.lines().find(|line| line.starts_with("apiVersion:"))?;
    text.lines().enumerate().find_map(|(number, line)| {
        let kind = line.strip_prefix("kind:")?.trim();
        MANIFESTS.contains(&kind).then_some((kind, number as u32 + 1))
    })
}

/// The line in which a provider of Terraform is given a key.
fn provider_line(text: &str) -> Option<u32> {
    let line = text.lines().position(|line| line.trim_start().starts_with("provider \"aws\""))?;
    Some(line as u32 + 1)
}

/// An account in an ARN that is not `own`, and the line.
fn other_account<'a>(text: &'a str, own: Option<&str>) -> Option<(u32, &'a str)> {
    let own = own?;
    text.lines().enumerate().find_map(|(number, line)| {
        let arn = &line[line.find("arn:aws:")?..];
        let account = arn.split(':').nth(4)?.get(..12)?;
        let digits = account.bytes().all(|byte| byte.is_ascii_digit());
        // AWS's own documentation writes this one.
        (digits && account != own && account != "123456789012").then_some((number as u32 + 1, account))
    })
}

/// What a file beside says of the leak's: a template names its folder as code, a container is built from it.
fn through(leak: &str, source: &Source) -> Vec<(Kind, u32, String, u32)> {
    let mut found = Vec::new();
    let file = source.name().to_ascii_lowercase();
    let within = folder(leak) == folder(&source.path)
        || leak.starts_with(&format!("{}/", folder(&source.path)))
        || folder(&source.path).is_empty();
    if !within || super::lexer::Language::of(leak).is_none() && !name(leak).starts_with(".env") {
        // A chart's values belong to it.
        if within && file == "chart.yaml" {
            found.push((Kind::Kubernetes, 85, "it lies in a Helm chart".to_owned(), 1));
        }
        return found;
    }
    if ends(&file, &[".yml", ".yaml", ".json", ".tf"]) {
        let is_settings = !source.path.contains(".github/");
        for (kind, weight, _, line) in by_text(&source.text, u32::MAX).into_iter().filter(|_| is_settings) {
            if matches!(kind, Kind::Lambda | Kind::Ecs | Kind::Ec2 | Kind::Kubernetes) {
                let named = names_code(&source.text, leak, folder(&source.path));
                let weight = if named.is_some() { weight - 10 } else { weight.saturating_sub(45) };
                let line = named.unwrap_or(line);
                found.push((kind, weight, format!("{} runs it", source.path), line));
            }
        }
    }
    if file.starts_with("serverless.") {
        let line = names_code(&source.text, leak, folder(&source.path));
        let weight = if line.is_some() { 85 } else { 55 };
        found.push((Kind::Lambda, weight, format!("{} deploys it", source.path), line.unwrap_or(1)));
    }
    if file == "dockerfile" {
        found.push((Kind::Ecs, 25, format!("{} puts it into a container", source.path), 1));
    }
    found
}

/// The line of a template in which the file's folder or its handler is named.
fn names_code(text: &str, leak: &str, base: &str) -> Option<u32> {
    let own = leak.strip_prefix(base).unwrap_or(leak).trim_start_matches('/');
    let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
    let line = text.lines().position(|line| {
        let Some((key, value)) = line.trim().split_once([':', '=']) else { return false };
        let value = value.trim().trim_matches(['"', '\'']).trim_start_matches("./").trim_end_matches('/');
        match key.trim().trim_start_matches("- ") {
            "CodeUri" | "ContextDir" | "source_dir" => {
                !value.is_empty() && own.starts_with(&format!("{value}/")) || value == "."
            }
            "handler" | "Handler" => {
                value.rsplit_once('.').is_some_and(|(module, _)| module == stem || module == name(stem))
            }
            _ => false,
        }
    })?;
    Some(line as u32 + 1)
}

/// Whether a path ends in one of these.
fn ends(path: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| path.ends_with(end))
}

fn is_ci(kind: Kind) -> bool {
    matches!(kind, Kind::GithubActions | Kind::Gitlab | Kind::Bitbucket | Kind::Circleci | Kind::Codebuild)
}

/// Whether the file is a pipeline's: what it runs is in its own lines.
pub(super) fn is_pipeline(path: &str) -> bool {
    by_path(path).iter().any(|&(kind, weight, _)| weight >= 95 && (is_ci(kind) || kind == Kind::Server))
}

/// From here on a path alone says enough.
const SURE: u32 = 60;

/// One sentence for other reports, by the path alone; `None` where a path says nothing.
pub fn advice(path: &str) -> Option<&'static str> {
    let sure = by_path(path).into_iter().filter(|(_, weight, _)| *weight >= SURE);
    let (kind, ..) = sure.max_by_key(|(_, weight, _)| *weight)?;
    Some(match kind {
        Kind::Lambda => {
            "This is a Lambda: its execution role replaces the key, and `keytrail replace` writes the policies."
        }
        Kind::Ec2 => {
            "This runs on an instance: an instance profile replaces the key, and `keytrail replace` writes the policies."
        }
        Kind::Ecs => {
            "This is a task of ECS: its task role replaces the key, and `keytrail replace` writes the policies."
        }
        Kind::Kubernetes => {
            "This runs on Kubernetes: EKS Pod Identity replaces the key, and `keytrail replace` writes the policies."
        }
        Kind::GithubActions | Kind::Gitlab | Kind::Bitbucket | Kind::Circleci => {
            "This is a pipeline: a role for its OpenID Connect token replaces the key, and `keytrail replace` writes the policies."
        }
        Kind::Codebuild => {
            "This is a build of CodeBuild: its service role replaces the key, and `keytrail replace` writes the policies."
        }
        Kind::Laptop => "This is a person's machine: IAM Identity Center (`aws configure sso`) replaces the key.",
        Kind::OtherAccount => "This is for another account: a role to assume replaces the key.",
        Kind::Server => {
            "This runs outside of AWS: IAM Roles Anywhere replaces the key, and `keytrail replace` writes the policies."
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(path: &str, text: &str, beside: &[(&str, &str)]) -> Vec<Kind> {
        let beside: Vec<Source> =
            beside.iter().map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned() }).collect();
        let spot = Spot { path, line: text.lines().count() as u32, account: Some("210987654321") };
        let (best, others) = place(&spot, text, &beside);
        std::iter::once(best).chain(others).map(|place| place.kind).collect()
    }

    #[test]
    fn a_name_says_where_it_runs() {
        for (path, kind) in [
            (".github/workflows/deploy.yml", Kind::GithubActions),
            ("app/.gitlab-ci.yml", Kind::Gitlab),
            (".circleci/config.yml", Kind::Circleci),
            ("svc/serverless.yml", Kind::Lambda),
            (".aws/credentials", Kind::Laptop),
            ("infra/user_data.sh", Kind::Ec2),
            ("deploy/task-definition.json", Kind::Ecs),
            ("charts/app/values.yaml", Kind::Kubernetes),
            ("buildspec.yml", Kind::Codebuild),
            ("Jenkinsfile", Kind::Server),
        ] {
            assert_eq!(kinds(path, "x", &[])[0], kind, "{path}");
            assert!(advice(path).is_some_and(|says| says.starts_with("This ")), "{path}");
        }
        assert_eq!((advice("src/main.rs"), advice("Dockerfile")), (None, None));
        assert_eq!(kinds("Dockerfile", "FROM x\n", &[]), [Kind::Ecs]);
    }

    #[test]
    fn the_text_says_where_it_runs() {
        let both =
            "Resources:\n  F:\n    Type: AWS::Lambda::Function\n  I:\n    Type: AWS::EC2::Instance\n    x: key\n";
        assert_eq!(kinds("stack.yaml", both, &[]), [Kind::Ec2, Kind::Lambda]);
        assert_eq!(kinds("a.py", "def lambda_handler(event, context):\n  pass\n", &[])[0], Kind::Lambda);
        assert_eq!(kinds("a.yaml", "apiVersion: v1\nkind: Secret\n", &[])[0], Kind::Kubernetes);
        assert_eq!(kinds("a.service", "[Service]\nExecStart=/x\n", &[]), [Kind::Ec2, Kind::Server]);
        assert_eq!(kinds("a.py", "role = 'arn:aws:iam::109876543210:role/x'\n", &[])[0], Kind::OtherAccount);
    }

    #[test]
    fn what_lies_beside_says_where_code_runs() {
        let template = ("template.yaml", "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    CodeUri: src/\n");
        assert_eq!(kinds("src/orders.py", "x\n", &[template])[0], Kind::Lambda);
        let serverless = ("serverless.yml", "functions:\n  a:\n    handler: lib/orders.create\n");
        assert_eq!(kinds("lib/orders.js", "x\n", &[serverless])[0], Kind::Lambda);
        let workflow = (".github/workflows/tf.yml", "x");
        assert_eq!(kinds("main.tf", "provider \"aws\" {\n k\n}\n", &[workflow]), [Kind::GithubActions, Kind::Laptop]);
        let other = ("other/template.yaml", "Resources:\n  F:\n    Type: AWS::Serverless::Function\n");
        assert_eq!(kinds("src/orders.py", "x\n", &[other]), [Kind::Ec2, Kind::Server, Kind::Laptop]);
    }
}
