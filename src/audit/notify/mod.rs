//! Tells people what is new: by a signed webhook, or by mail.
//!
//! A finding is told once a channel: when it is found first, and when it has come back. The store remembers what was told, so
//! that what could not be delivered goes out the next time, and nothing twice. What somebody has decided upon meanwhile is not
//! told. No message holds a value: findings are the redacted lines of the store.

mod mail;
mod webhook;

pub use mail::Mail;
pub use webhook::{Webhook, WebhookKey};

use super::source::clean;
use crate::model::hex;
use crate::store::{Claim, Moment, RunId, Store, StoreError, StoredFinding};
use sha2::{Digest, Sha256};
use std::time::Duration;
use uuid::Uuid;

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
    /// How many another process is telling it at this moment.
    pub elsewhere: usize,
    /// Why the others were not told: the first reason.
    pub failed: Option<String>,
}

/// Why a message was not taken.
enum Refusal {
    /// It is this one that is not wanted; another may be.
    Message(String),
    /// Nothing can be told now.
    Channel(String),
}

/// How long a process may take to tell one message, before another one takes it for dead: twice what a webhook's attempts and
/// pauses come to.
const CLAIM: Duration = Duration::from_mins(10);

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

    /// So many findings go into one message, and so many bytes of their lines.
    fn bounds(&self) -> (usize, usize) {
        match self {
            Self::Webhook(_) => (webhook::BATCH, webhook::BYTES),
            // What a mail says of a finding has bounds of its own.
            Self::Mail(_) => (mail::BATCH, usize::MAX),
        }
    }

    fn send(&self, findings: &[&StoredFinding], now: &Moment) -> Result<(), Refusal> {
        match self {
            Self::Webhook(webhook) => webhook.send(findings, now),
            Self::Mail(mail) => mail.send(findings).map_err(Refusal::Channel),
        }
    }
}

/// Notes that each of `channels` is told what `run` and later ones find, and nothing older. A run does so when it begins.
///
/// # Errors
///
/// The store cannot be used.
pub fn subscribe(store: &Store, channels: &[Channel], run: RunId) -> Result<(), StoreError> {
    channels.iter().try_for_each(|channel| store.subscribe(&channel.id(), run))
}

/// Tells each of `channels` what it was not told yet. Any number of processes may do so at once. `now` is asked before each message.
///
/// # Errors
///
/// The store cannot be used. That a message could not be delivered is in the answer.
pub fn deliver(store: &Store, channels: &[Channel], now: &dyn Fn() -> Moment) -> Result<Vec<Delivery>, StoreError> {
    channels.iter().map(|channel| deliver_to(store, channel, now)).collect()
}

fn deliver_to(store: &Store, channel: &Channel, now: &dyn Fn() -> Moment) -> Result<Delivery, StoreError> {
    let id = channel.id();
    let news = store.undelivered(&id, &now())?;
    let mut delivery = Delivery { channel: channel.name(), told: 0, elsewhere: 0, failed: None };
    for batch in batches(&news, |finding| finding.line.len(), channel.bounds()) {
        let at = now();
        let claim = Claim { channel: &id, name: &Uuid::new_v4().to_string(), at: &at, until: &at.after(CLAIM) };
        let taken = store.claim(&claim, &batch)?;
        delivery.elsewhere += batch.len() - taken.len();
        if taken.is_empty() {
            continue;
        }
        let Err(refusal) = channel.send(&taken, &at) else {
            store.delivered(&claim, &now())?;
            delivery.told += taken.len();
            continue;
        };
        store.withdraw(&claim)?;
        let (why, is_over) = match refusal {
            Refusal::Message(why) => (why, false),
            Refusal::Channel(why) => (why, true),
        };
        delivery.failed.get_or_insert(why);
        if is_over {
            break;
        }
    }
    Ok(delivery)
}

/// `all` in order, in parts of so many and of so many bytes at most; what is larger by itself is a part of its own.
fn batches<T>(all: &[T], size: impl Fn(&T) -> usize, (most, bytes): (usize, usize)) -> Vec<Vec<&T>> {
    let (mut parts, mut filled): (Vec<Vec<&T>>, usize) = (Vec::new(), 0);
    for one in all {
        let size = size(one);
        match parts.last_mut() {
            Some(part) if part.len() < most && filled.saturating_add(size) <= bytes => {
                part.push(one);
                filled += size;
            }
            _ => {
                parts.push(vec![one]);
                filled = size;
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_bounds_and_nothing_is_left_out() {
        let parts = |sizes: &[usize]| {
            batches(sizes, |&size| size, (3, 10))
                .into_iter()
                .map(|part| part.into_iter().copied().collect())
                .collect::<Vec<Vec<_>>>()
        };
        assert_eq!(parts(&[]), Vec::<Vec<usize>>::new());
        assert_eq!(parts(&[1, 1, 1, 1]), [vec![1, 1, 1], vec![1]]);
        assert_eq!(parts(&[4, 6, 1, 99, 1]), [vec![4, 6], vec![1], vec![99], vec![1]]);
    }
}
