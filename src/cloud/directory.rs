//! All access keys of an account's users: a report that shows no value names a key by its fingerprint only.

use super::CallError;
use super::account::{Account, KeyEntry};
use crate::model::{Fingerprint, FingerprintKey};

/// The keys of all users of one account.
#[derive(Debug, Clone)]
pub struct Directory {
    keys: Vec<KeyEntry>,
    /// Users whose keys cannot be listed, with the reason.
    pub not_read: Vec<String>,
}

impl Directory {
    /// Lists them: a request for each user.
    ///
    /// # Errors
    /// The users cannot be listed, or it was stopped.
    pub fn of(account: &Account<'_>) -> Result<Self, CallError> {
        let (mut keys, mut not_read) = (Vec::new(), Vec::new());
        for user in account.users()? {
            match account.keys(&user) {
                Ok(mut found) => keys.append(&mut found),
                Err(CallError::Cancelled) => return Err(CallError::Cancelled),
                // A user that is gone by now has no keys.
                Err(error) if super::account::is_unknown(&error) => {}
                Err(error) => not_read.push(format!("the keys of user {user}: {error}")),
            }
        }
        Ok(Self { keys, not_read })
    }

    /// The key with this id.
    pub fn by_id(&self, id: &str) -> Option<&KeyEntry> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The key whose id has this fingerprint under `rule`.
    pub fn by_fingerprint(&self, fingerprint: &Fingerprint, rule: &str, key: &FingerprintKey) -> Option<&KeyEntry> {
        self.keys.iter().find(|entry| Fingerprint::new(key, rule, &[entry.id.as_bytes()]) == *fingerprint)
    }
}
