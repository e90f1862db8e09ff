//! `keytrail audit notify`, and what `audit run` does of it at its end.

use super::{StoreArgs, now, proxy};
use crate::audit::{Channel, Mail, Webhook, WebhookKey, deliver, subscribe};
use crate::cli::{error::CliError, exit, terminal::Terminal};
use crate::store::Store;
use clap::{Args, ValueHint};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where a webhook's URL may be, too.
pub(super) const URL: &str = "KEYTRAIL_WEBHOOK_URL";
/// Where its key may be, too.
pub(super) const KEY: &str = "KEYTRAIL_WEBHOOK_KEY";

/// Who is told what is new.
#[derive(Debug, Args)]
#[command(next_help_heading = "Who is told of new findings")]
pub(super) struct ChannelArgs {
    /// Post new findings to this URL, or to that in `KEYTRAIL_WEBHOOK_URL`, as JSON, signed
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, conflicts_with = "webhook_file")]
    webhook: Option<String>,
    /// The same, with the URL in a file: it may hold a token
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    webhook_file: Option<PathBuf>,
    /// Sign with the key in this file, or with that in `KEYTRAIL_WEBHOOK_KEY`: `whsec_…`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    webhook_key_file: Option<PathBuf>,
    /// Mail new findings to this address (repeatable)
    #[arg(long, value_name = "ADDRESS", value_hint = ValueHint::EmailAddress)]
    mail_to: Vec<String>,
    /// From this address
    #[arg(long, value_name = "ADDRESS", requires = "mail_to", value_hint = ValueHint::EmailAddress)]
    mail_from: Option<String>,
    /// The program that sends mail: it is given the message on standard input
    #[arg(long, value_name = "PROGRAM", default_value = "/usr/sbin/sendmail", value_hint = ValueHint::ExecutablePath)]
    sendmail: PathBuf,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct NotifyArgs {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    channels: ChannelArgs,
}

impl ChannelArgs {
    /// The channels. What is wrong with them shows before anything is done.
    pub(super) fn channels(&self) -> Result<Vec<Channel>, CliError> {
        let mut channels = Vec::new();
        let url = match (&self.webhook, &self.webhook_file) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(file)) => Some(String::from_utf8_lossy(&read(file)?).into_owned()),
            (None, None) => variable(URL).map(|url| url.to_string_lossy().into_owned()),
        };
        if let Some(url) = url {
            let webhook = Webhook::new(&url, self.key()?, proxy().as_ref()).map_err(CliError::new)?;
            channels.push(Channel::Webhook(webhook));
        } else if self.webhook_key_file.is_some() {
            return Err(CliError::new(format!("a key and no webhook: name one with --webhook-file or in {URL}")));
        }
        for to in &self.mail_to {
            let mail = Mail::new(to, self.mail_from.as_deref(), self.sendmail.clone()).map_err(CliError::new)?;
            channels.push(Channel::Mail(mail));
        }
        Ok(channels)
    }

    fn key(&self) -> Result<WebhookKey, CliError> {
        let wrong = |message| CliError::new(message).with_hint("make one: echo \"whsec_$(openssl rand -base64 32)\"");
        let (text, from) = match (&self.webhook_key_file, variable(KEY)) {
            (Some(file), _) => (read(file)?, file.display().to_string()),
            (None, Some(key)) => (key.into_encoded_bytes(), KEY.to_owned()),
            (None, None) => return Err(wrong(format!("a webhook needs a key: --webhook-key-file, or {KEY}"))),
        };
        let parsed = WebhookKey::parse(&text);
        parsed.ok_or_else(|| wrong(format!("{from}: a key is whsec_ and the base64 of 24 to 64 bytes")))
    }
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(file).map_err(|error| CliError::new(format!("{}: {error}", file.display())))
}

/// Tells what is new, and whether everybody was told.
pub(super) fn tell(store: &Store, channels: &[Channel], terminal: &Terminal) -> Result<bool, CliError> {
    let deliveries = deliver(store, channels, &now)?;
    for delivery in &deliveries {
        if delivery.elsewhere > 0 {
            let (channel, count) = (&delivery.channel, delivery.elsewhere);
            terminal.note(&format!("{channel}: {count} findings are being told by another process"));
        }
        if let Some(why) = &delivery.failed {
            terminal.note(&format!("NOT told: {}: {why} (it will be told the next time)", delivery.channel));
        }
    }
    Ok(deliveries.iter().all(|delivery| delivery.failed.is_none()))
}

pub(super) fn run(args: &NotifyArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let channels = args.channels.channels()?;
    if channels.is_empty() {
        return Err(CliError::new("nobody to tell: name a webhook or somebody to --mail-to"));
    }
    let store = args.store.open_existing()?;
    let Some(last) = store.runs(None, 1)?.first().map(|run| run.id) else {
        return Err(CliError::new("no run yet"));
    };
    // To a channel that is new, the last run's findings are news.
    subscribe(&store, &channels, last)?;
    let told = tell(&store, &channels, terminal)?;
    Ok(if told { ExitCode::SUCCESS } else { ExitCode::from(exit::ERROR) })
}
