//! Whom to ask whether a credential works, and of which ones.

use crate::cli::audit::proxy;
use crate::cli::error::CliError;
use crate::cli::signal;
use crate::cli::terminal::Terminal;
use crate::cloud::{CallOptions, Caller, Leaked, Partition, Verifier, VerifyOptions};
use crate::model::{ComponentKind, Confidence, Finding, Report, Status, Verification, is_account_id};
use crate::net::{Base, SystemClock};
use crate::report::Mask;
use clap::{Args, ValueEnum};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

/// The options of `scan --verify` and of `verify` alike.
#[derive(Debug, Args)]
#[command(next_help_heading = "Verification")]
pub(in crate::cli) struct AskArgs {
    /// Ask STS here, and nowhere else: a private endpoint, or a stand-in
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) sts_endpoint: Option<String>,
    /// Ask in this partition (repeatable) [default: each in turn, until one knows the key]
    #[arg(long, value_enum, value_name = "NAME")]
    pub(in crate::cli) partition: Vec<PartitionArg>,
    /// Ask STS in this region [default: us-east-1, cn-north-1, us-gov-west-1]
    #[arg(long, value_name = "REGION", value_parser = parse_region)]
    pub(in crate::cli) region: Option<String>,
    /// Send no more than N requests a second
    #[arg(long, value_name = "N", value_parser = parse_rate)]
    pub(in crate::cli) rps: Option<f64>,
    /// Give each exchange with AWS so many seconds [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(in crate::cli) verify_timeout: Option<u64>,
    /// Ask only for keys of these accounts; an old id, which does not tell its account, is then not asked for (repeatable)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',', value_parser = parse_account)]
    pub(in crate::cli) only_account: Vec<String>,
    /// Never ask for keys of these accounts, nor for an old id, which may be of one (repeatable)
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',', value_parser = parse_account)]
    pub(in crate::cli) skip_account: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PartitionArg {
    /// The commercial regions
    Aws,
    /// Beijing and Ningxia
    AwsCn,
    /// `GovCloud` (US)
    AwsUsGov,
}

impl From<PartitionArg> for Partition {
    fn from(partition: PartitionArg) -> Self {
        match partition {
            PartitionArg::Aws => Self::Aws,
            PartitionArg::AwsCn => Self::China,
            PartitionArg::AwsUsGov => Self::GovCloud,
        }
    }
}

impl AskArgs {
    /// An option that was given.
    pub(in crate::cli) fn given(&self) -> Option<&'static str> {
        [
            (self.sts_endpoint.is_some(), "--sts-endpoint"),
            (!self.partition.is_empty(), "--partition"),
            (self.region.is_some(), "--region"),
            (self.rps.is_some(), "--rps"),
            (self.verify_timeout.is_some(), "--verify-timeout"),
            (!self.only_account.is_empty(), "--only-account"),
            (!self.skip_account.is_empty(), "--skip-account"),
        ]
        .into_iter()
        .find_map(|(given, name)| given.then_some(name))
    }

    /// What is asked, checked.
    pub(in crate::cli) fn asking(&self) -> Result<Asking, CliError> {
        let endpoint = self.sts_endpoint.as_deref().map(|url| endpoint("--sts-endpoint", url)).transpose()?;
        let accounts = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
        let options = VerifyOptions {
            partitions: self.partition.iter().map(|&partition| partition.into()).collect(),
            region: self.region.clone(),
            endpoint,
            only_accounts: accounts(&self.only_account),
            skip_accounts: accounts(&self.skip_account),
        };
        Ok(Asking { options, caller: caller(&self.calls())? })
    }

    /// How requests go out.
    pub(in crate::cli) fn calls(&self) -> CallOptions {
        CallOptions { per_second: self.rps, ..calls(self.verify_timeout.map(Duration::from_secs)) }
    }
}

/// How requests go out: by the proxy that the environment names, each exchange with so much time.
pub(in crate::cli) fn calls(timeout: Option<Duration>) -> CallOptions {
    let no_proxy = ["NO_PROXY", "no_proxy"].iter().find_map(|name| std::env::var(name).ok());
    let usual = CallOptions::default();
    let no_proxy = no_proxy.unwrap_or_default();
    CallOptions { timeout: timeout.unwrap_or(usual.timeout), proxy: proxy(), no_proxy, ..usual }
}

/// Asks AWS as the options say.
pub(in crate::cli) fn caller(options: &CallOptions) -> Result<Caller<'static>, CliError> {
    static CLOCK: SystemClock = SystemClock;
    Caller::new(options, &CLOCK, signal::flag()).map_err(CliError::new)
}

/// A URL that an option named.
pub(in crate::cli) fn endpoint(option: &str, url: &str) -> Result<Base, CliError> {
    Base::exact(url).ok_or_else(|| {
        CliError::new(format!("{option} '{url}': cannot be used")).with_hint(
            "write https://HOST[:PORT][/PATH], or http:// for a server on this machine, without a login or a query",
        )
    })
}

/// Ready to ask.
pub(in crate::cli) struct Asking {
    options: VerifyOptions,
    caller: Caller<'static>,
}

impl Asking {
    /// A verification for each of `leaked`, in their order, of which no text holds a value of `mask`.
    pub(in crate::cli) fn verify(&self, leaked: &[Leaked], mask: &Mask, terminal: &Terminal) -> Vec<Verification> {
        let told = |done: usize| terminal.wait(&format!("verifying: {done} of {}", leaked.len()));
        let mut answers = Verifier::new(&self.caller, &self.options).verify(leaked, &told);
        terminal.clear();
        for answer in &mut answers {
            answer.clean_texts(|text| mask.line(text));
        }
        warn(&answers, terminal);
        answers
    }

    /// The same for findings.
    pub(in crate::cli) fn verify_findings(
        &self,
        findings: &[&Finding],
        mask: &Mask,
        terminal: &Terminal,
    ) -> Vec<Verification> {
        let leaked: Vec<Leaked> = findings.iter().map(|finding| leaked(finding)).collect();
        self.verify(&leaked, mask, terminal)
    }
}

/// Has `ask` verify what counts in `report`, and grades it anew.
pub(in crate::cli) fn verify_report(
    report: &mut Report,
    ask: impl FnOnce(&[&Finding], &Mask) -> Result<Vec<Verification>, CliError>,
) -> Result<(), CliError> {
    let findings = report.repositories.iter().flat_map(|repository| &repository.findings);
    let findings: Vec<&Finding> = findings.filter(|finding| is_asked_for(finding)).collect();
    let mask = Mask::new(&report.repositories, false);
    let mask = mask.map_err(|error| CliError::new(format!("cannot mask what AWS answers: {error}")))?;
    let mut answers = ask(&findings, &mask)?.into_iter();
    for repository in &mut report.repositories {
        for finding in &mut repository.findings {
            let answer = if is_asked_for(finding) { answers.next() } else { None };
            let other = || Verification::unknown("it is no access key, and there is no way to ask about it");
            finding.verified(answer.unwrap_or_else(other));
        }
        // The order within one severity stays.
        repository.findings.sort_by_key(|finding| Reverse(finding.severity));
    }
    Ok(())
}

/// Whether a finding is one of AWS's credentials, of which STS may know.
fn is_asked_for(finding: &Finding) -> bool {
    let kinds = [ComponentKind::AccessKeyId, ComponentKind::SecretAccessKey, ComponentKind::SessionToken];
    finding.rule_id.starts_with("aws-") && kinds.iter().any(|kind| finding.value(kind).is_some())
}

fn leaked(finding: &Finding) -> Leaked {
    let value = |kind| finding.value(&kind).cloned();
    Leaked {
        id: value(ComponentKind::AccessKeyId),
        secret: value(ComponentKind::SecretAccessKey),
        session: value(ComponentKind::SessionToken),
        confidence: finding.pairing.as_ref().map_or(Confidence::Low, |pairing| pairing.confidence),
    }
}

/// Says what could not be found out, and what needs somebody now.
pub(in crate::cli) fn warn(answers: &[Verification], terminal: &Terminal) {
    let unanswered: Vec<&Verification> = answers.iter().filter(|answer| answer.is_unanswered()).collect();
    if let Some(first) = unanswered.first() {
        let count = unanswered.len();
        let plural = if count == 1 { "" } else { "s" };
        terminal.warning(&format!("of {count} credential{plural} AWS did not say whether it works: {}", first.why));
    }
    let active = answers.iter().filter(|answer| answer.status == Status::Active).count();
    if active > 0 {
        let plural = if active == 1 { " works" } else { "s work" };
        terminal.warning(&format!("{active} credential{plural} at this moment"));
    }
}

pub(in crate::cli) fn parse_region(text: &str) -> Result<String, String> {
    let is_region = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_region && text.contains('-') {
        Ok(text.to_owned())
    } else {
        Err("write a region, e.g. eu-central-1".to_owned())
    }
}

fn parse_rate(text: &str) -> Result<f64, String> {
    let rate: Option<f64> = text.parse().ok().filter(|rate: &f64| (0.01..=1000.0).contains(rate));
    rate.ok_or_else(|| "write a number from 0.01 to 1000".to_owned())
}

/// Twelve digits.
pub(in crate::cli) fn parse_account(text: &str) -> Result<String, String> {
    if is_account_id(text) { Ok(text.to_owned()) } else { Err("an account has twelve digits".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_values_are_refused() {
        assert!(
            parse_region("eu-central-1").is_ok() && parse_region("evil.example/").is_err() && parse_region("").is_err()
        );
        assert!(parse_rate("0.5").is_ok() && ["0", "-1", "nan", "x"].iter().all(|text| parse_rate(text).is_err()));
        assert!(parse_account("012345678901").is_ok() && parse_account("12345").is_err());
        for url in ["http://sts.example.org", "sts.example.org", "https://h?x", "ftp://h"] {
            assert!(endpoint("--sts-endpoint", url).is_err(), "{url}");
        }
    }
}
