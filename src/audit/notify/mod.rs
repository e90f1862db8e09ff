//! Tells people what is new: by a signed webhook, or by mail.
//!
//! A finding is told once a channel: when it is found first, and when it has come back. The store remembers what was told, so
//! that what could not be delivered goes out the next time, and nothing twice. What somebody has decided upon meanwhile is not
//! told. No message holds a value: findings are the redacted lines of the store.

mod mail;
mod webhook;

pub use mail::Mail;
pub use webhook::{Webhook, WebhookKey};

use crate::store::{Moment, RunId, Store, StoreError, StoredFinding};
use sha2::{Digest, Sha256};

/// Where news go.
#[derive(Debug)]
pub enum Channel {
    /// To a program.
    Webhook(Webhook),
    /// To a person.
    Mail(Mail),
}

/// What became of a channel's news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The channel, as it may be shown.
    pub channel: String,
    /// How many findings it was told.
    pub told: usize,
    /// Why the others were not.
    pub failed: Option<String>,
}

impl Channel {
    /// As it may be shown: a webhook's path may be as good as a password.
    pub fn name(&self) -> String {
        match self {
            Self::Webhook(webhook) => format!("webhook {}", webhook.host()),
            Self::Mail(mail) => format!("mail to {}", mail.to),
        }
    }

    /// What the store knows it by.
    fn id(&self) -> String {
        let target = match self {
            Self::Webhook(webhook) => format!("webhook\n{}", webhook.url()),
            Self::Mail(mail) => format!("mail\n{}", mail.to),
        };
        hex(&Sha256::digest(target))
    }

    /// So many findings go into one message.
    fn batch(&self) -> usize {
        match self {
            Self::Webhook(_) => webhook::BATCH,
            Self::Mail(_) => mail::BATCH,
        }
    }

    fn send(&self, findings: &[StoredFinding], now: &Moment) -> Result<(), String> {
        match self {
            Self::Webhook(webhook) => webhook.send(findings, now),
            Self::Mail(mail) => mail.send(findings),
        }
    }
}

/// Tells each of `channels` what it was not told yet. One that is new is told what `run` and later ones found, and nothing older.
///
/// # Errors
///
/// The store cannot be used. That a message could not be delivered is in the answer.
pub fn deliver(store: &Store, channels: &[Channel], run: RunId, now: &Moment) -> Result<Vec<Delivery>, StoreError> {
    let one = |channel: &Channel| {
        let id = channel.id();
        let news = store.undelivered(&id, run, now)?;
        let mut delivery = Delivery { channel: channel.name(), told: 0, failed: None };
        for some in news.chunks(channel.batch()) {
            if let Err(why) = channel.send(some, now) {
                delivery.failed = Some(why);
                break;
            }
            store.delivered(&id, some, now)?;
            delivery.told += some.len();
        }
        Ok(delivery)
    };
    channels.iter().map(one).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One line, fit for a terminal and for a mail.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
