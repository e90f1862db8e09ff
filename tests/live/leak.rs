//! Repositories with credentials in them.

use crate::{
    cloud::{ACCOUNT, Login},
    support::{Keys, Repo},
};

/// A repository, and what nobody may see of it.
pub struct Leak {
    pub repo: Repo,
    pub secrets: Vec<String>,
}

impl Leak {
    /// Of one credential.
    pub fn of(login: &Login) -> Self {
        Self::of_all(std::slice::from_ref(login))
    }

    /// Of several, each in a file of its own: `0/credentials`, `1/credentials`.
    pub fn of_all(logins: &[Login]) -> Self {
        let leak = Self { repo: Repo::new(), secrets: Vec::new() };
        logins.iter().enumerate().fold(leak, |leak, (n, login)| leak.and(&format!("{n}/credentials"), login))
    }

    /// Of a text with secrets in it.
    pub fn written(path: &str, text: &str, secrets: &[&str]) -> Self {
        let repo = Repo::new();
        repo.put(path, text);
        Self { repo, secrets: secrets.iter().map(|secret| (*secret).to_owned()).collect() }
    }

    /// Of a made-up key of [`ACCOUNT`].
    pub fn made_up(seed: u64) -> Self {
        Self::of(&made_up(seed, ACCOUNT))
    }

    /// And one more in a file of that name.
    pub fn and(mut self, path: &str, login: &Login) -> Self {
        self.repo.put(path, profile(login));
        self.secrets.push(login.secret.clone());
        self.secrets.extend(login.token.clone());
        self
    }
}

/// As `aws configure` writes it.
pub fn profile(login: &Login) -> String {
    let Login { id, secret, token } = login;
    let token = token.iter().map(|token| format!("aws_session_token = {token}\n")).collect::<String>();
    format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n{token}")
}

/// A key of `account` that no stand-in knows.
pub fn made_up(seed: u64, account: &str) -> Login {
    let mut keys = Keys::new(seed);
    Login { id: keys.id_of(account.parse().unwrap()), secret: keys.secret(), token: None }
}

/// A session of `account` that no stand-in knows.
pub fn session(seed: u64, account: &str) -> Login {
    let Login { id, secret, .. } = made_up(seed, account);
    let token = Keys::new(seed).token(400);
    Login { id: id.replacen("AKIA", "ASIA", 1), secret, token: Some(token) }
}
