//! Stand-ins for AWS, and what the tests themselves ask of them: signed by curl, which shares nothing with the program under
//! test.

use crate::{
    process::{Process, free_port},
    skew::Skew,
};
use serde_json::Value;
use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// Whose keys are leaked.
pub const ACCOUNT: &str = "123456789012";

/// Another account, in which there is an admin, too.
pub const OTHER_ACCOUNT: &str = "210987654321";

/// A credential, as a program that uses it has it.
#[derive(Debug, Clone)]
pub struct Login {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

impl Login {
    /// Another secret for the same id.
    pub fn with_secret(&self, secret: &str) -> Self {
        Self { secret: secret.to_owned(), ..self.clone() }
    }
}

/// A running stand-in.
pub struct Cloud {
    pub endpoint: String,
    /// What is signed for: it tells the partition.
    region: &'static str,
    admin: Login,
    /// Of each account in each partition.
    admins: Vec<(String, String, Login)>,
    /// Ended before its home goes.
    _process: Process,
    home: TempDir,
}

/// What was answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: String,
}

impl Reply {
    /// The text of the first element with this name.
    pub fn text(&self, element: &str) -> String {
        self.find(element).unwrap_or_else(|| panic!("no {element} in {self:?}"))
    }

    fn find(&self, element: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("<{element}>"))?;
        Some(rest.split_once("</")?.0.to_owned())
    }

    /// The credential in it.
    pub fn login(&self) -> Login {
        let token = self.find("SessionToken");
        Login { id: self.text("AccessKeyId"), secret: self.text("SecretAccessKey"), token }
    }
}

/// Where `run.sh` has put the tools.
pub fn tools() -> PathBuf {
    PathBuf::from(std::env::var_os("KEYTRAIL_TOOLS").unwrap())
}

fn own(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/live").join(file)
}

impl Cloud {
    /// moto, made strict. Keys have AWS's own shape, accounts and partitions are apart, and status counts; it does not look
    /// at the clock.
    pub fn moto() -> Self {
        let (home, port) = (tempfile::tempdir().unwrap(), free_port());
        let file = home.path().join("admins");
        let mut command = Command::new(tools().join("moto/bin/python"));
        command.arg(own("strict_moto.py")).arg(port.to_string()).arg(&file).args([ACCOUNT, OTHER_ACCOUNT]);
        let process = Process::start(&mut command, home.path(), &home.path().join("log"), port);
        let admins: Vec<_> = fs::read_to_string(file).unwrap().lines().map(admin).collect();
        let (_, _, admin) = admins[0].clone();
        Self {
            endpoint: format!("http://127.0.0.1:{port}"),
            region: "us-east-1",
            admin,
            admins,
            _process: process,
            home,
        }
    }

    /// `MiniStack`, which looks at the clock, ends sessions, and knows root.
    pub fn ministack(clock: &Skew) -> Self {
        let (home, port) = (tempfile::tempdir().unwrap(), free_port());
        // `env`, because a server is started with nothing of this process's environment.
        let mut command = Command::new("env");
        command.args(clock.environment().map(|(name, value)| format!("{name}={}", value.display())));
        command.arg(tools().join("ministack/bin/python")).arg(own("true_ministack.py"));
        command.arg(port.to_string()).arg(home.path());
        let process = Process::start(&mut command, home.path(), &home.path().join("log"), port);
        // The root user, whose signature it does not look at.
        let admin = Login { id: ACCOUNT.into(), secret: "root".into(), token: None };
        let endpoint = format!("http://127.0.0.1:{port}");
        Self { endpoint, region: "us-east-1", admin, admins: Vec::new(), _process: process, home }
    }

    /// The same server, seen from another partition.
    pub fn within(&mut self, partition: &str) {
        self.region = match partition {
            "aws-cn" => "cn-north-1",
            "aws-us-gov" => "us-gov-west-1",
            _ => "us-east-1",
        };
        self.admin = self.admin(ACCOUNT, partition).clone();
    }

    /// One who may do everything in an account.
    pub fn admin(&self, account: &str, partition: &str) -> &Login {
        let found = self.admins.iter().find(|(of, within, _)| of == account && within == partition);
        found.map_or(&self.admin, |(_, _, login)| login)
    }

    /// Asks in the name of `by`.
    pub fn call(&self, by: &Login, service: &str, form: &[(&str, &str)]) -> Reply {
        let version = if service == "iam" { "2010-05-08" } else { "2011-06-15" };
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code}"]);
        command.args(["--aws-sigv4", &format!("aws:amz:{}:{service}", self.region), "--config", "-", &self.endpoint]);
        for (name, value) in form.iter().chain(&[("Version", version)]) {
            command.args(["--data-urlencode", &format!("{name}={value}")]);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let token = by.token.iter().map(|token| format!("header = \"X-Amz-Security-Token: {token}\"\n"));
        let config = format!("user = \"{}:{}\"\n{}", by.id, by.secret, token.collect::<String>());
        child.stdin.take().unwrap().write_all(config.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "curl: {}", output.status);
        let text = String::from_utf8(output.stdout).unwrap();
        let (body, status) = text.rsplit_once('\n').unwrap();
        Reply { status: status.parse().unwrap(), body: body.to_owned() }
    }

    /// Asks as one who may do everything; a refusal is the test's failure.
    #[track_caller]
    pub fn as_admin(&self, service: &str, form: &[(&str, &str)]) -> Reply {
        let reply = self.call(&self.admin, service, form);
        assert_eq!(reply.status, 200, "{form:?}: {}\n{}", reply.body, self.last_words());
        reply
    }

    /// A new user with a key.
    pub fn user(&self, name: &str) -> Login {
        self.as_admin("iam", &[("Action", "CreateUser"), ("UserName", name)]);
        self.key(name)
    }

    /// Another key of a user.
    pub fn key(&self, name: &str) -> Login {
        self.as_admin("iam", &[("Action", "CreateAccessKey"), ("UserName", name)]).login()
    }

    /// Makes a user's key `Active` or `Inactive`.
    pub fn set_status(&self, user: &str, key: &Login, status: &str) {
        let form = [("Action", "UpdateAccessKey"), ("UserName", user), ("AccessKeyId", &key.id), ("Status", status)];
        self.as_admin("iam", &form);
    }

    pub fn delete_key(&self, user: &str, key: &Login) {
        self.as_admin("iam", &[("Action", "DeleteAccessKey"), ("UserName", user), ("AccessKeyId", &key.id)]);
    }

    /// A session of a new role that anybody in the account may take on.
    pub fn session(&self, role: &str) -> Login {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
        let form = [("Action", "CreateRole"), ("RoleName", role), ("AssumeRolePolicyDocument", trust)];
        let arn = self.as_admin("iam", &form).text("Arn");
        let form = [("Action", "AssumeRole"), ("RoleArn", arn.as_str()), ("RoleSessionName", "deploy")];
        self.as_admin("sts", &form).login()
    }

    /// What it wrote down.
    pub fn last_words(&self) -> String {
        let log = fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

fn admin(line: &str) -> (String, String, Login) {
    let line: Value = serde_json::from_str(line).unwrap();
    let text = |name: &str| line[name].as_str().unwrap().to_owned();
    (text("account"), text("partition"), Login { id: text("id"), secret: text("secret"), token: None })
}
