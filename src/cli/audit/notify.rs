//! `keytrail audit notify`, and what `audit run` does of it at its end.

use super::{StoreArgs, now, proxy};
use crate::audit::{Channel, Mail, Webhook, WebhookKey, deliver, subscribe};
use crate::cli::{error::CliError, exit, terminal::Terminal};
use crate::store::Store;
use clap::{Args, ValueHint};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Who is told what is new.
#[derive(Debug, Args)]
#[command(next_help_heading = "Who is told of new findings")]
pub(super) struct ChannelArgs {
    /// Post new findings to this URL, as JSON, signed
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, requires = "webhook_key_file", conflicts_with = "webhook_file")]
    webhook: Option<String>,
    /// The same, with the URL in a file: it may hold a token
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "webhook_key_file")]
    webhook_file: Option<PathBuf>,
    /// Sign with the key in this file: `whsec_…`, or 16 bytes and more
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    webhook_key_file: Option<PathBuf>,
    /// Mail new findings to this address (repeatable)
    #[arg(long, value_name = "ADDRESS", value_hint = ValueHint::EmailAddress)]
    mail_to: Vec<String>,
    /// From this address
    #[arg(long, value_name = "ADDRESS", value_hint = ValueHint::EmailAddress)]
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
            (None, None) => None,
        };
        if let Some((url, file)) = url.zip(self.webhook_key_file.as_deref()) {
            let key = WebhookKey::parse(&read(file)?).ok_or_else(|| {
                let message = format!("{}: a key is whsec_ and base64, or 16 bytes and more", file.display());
                CliError::new(message).with_hint("make one with `openssl rand -hex 32`")
            })?;
            channels.push(Channel::Webhook(Webhook::new(&url, key, proxy().as_ref()).map_err(CliError::new)?));
        }
        for to in &self.mail_to {
            let mail = Mail::new(to, self.mail_from.as_deref(), self.sendmail.clone()).map_err(CliError::new)?;
            channels.push(Channel::Mail(mail));
        }
        Ok(channels)
    }
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
        return Err(CliError::new("nobody to tell: name a --webhook or somebody to --mail-to"));
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
