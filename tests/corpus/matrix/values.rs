//! The values of one cell, and texts with places for them.

use super::{cell::Credential, keys::Keys};

/// How many credentials a text may hold.
const MOST: usize = 3;

/// Values that stand in one text.
pub struct Values {
    pub keys: Keys,
    ids: Vec<String>,
    secrets: Vec<String>,
    tokens: Vec<String>,
}

impl Values {
    /// Those that `name` always leads to: a new cell leaves the others' values as they are.
    pub fn new(name: &str, temporary: bool) -> Self {
        let mut keys =
            Keys::new(name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            }));
        let ids = (0..MOST).map(|_| if temporary { keys.temporary_id() } else { id(&mut keys) }).collect();
        let secrets = (0..MOST).map(|_| secret(&mut keys)).collect();
        let tokens = (0..MOST).map(|_| keys.token(356)).collect();
        Self { keys, ids, secrets, tokens }
    }

    /// Those that `text` has places for.
    pub fn of(name: &str, text: &str) -> Self {
        Self::new(name, text.contains("«token"))
    }

    pub fn id(&self) -> &str {
        &self.ids[0]
    }

    pub fn secret(&self) -> &str {
        &self.secrets[0]
    }

    /// The value called `name`: `id`, `secret2`, `token3`.
    fn get(&self, name: &str) -> &str {
        let (kind, n) = match name.as_bytes().last() {
            Some(digit @ b'2'..=b'3') => (&name[..name.len() - 1], usize::from(digit - b'1')),
            _ => (name, 0),
        };
        match kind {
            "id" => &self.ids[n],
            "secret" => &self.secrets[n],
            "token" => &self.tokens[n],
            _ => panic!("a text asks for «{name}»"),
        }
    }

    /// `text` with values for each `«id»`, and with parts of values for each `«secret 0..20»`.
    pub fn fill(&self, text: &str) -> String {
        self.fill_with(text, |_, value| value.to_owned())
    }

    /// The same, with each value (and its name) written as `write` says.
    pub fn fill_with(&self, text: &str, write: impl Fn(&str, &str) -> String) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('«') {
            let (place, after) = after.split_once('»').unwrap();
            filled += before;
            filled += &match place.split_once(' ') {
                None => write(place, self.get(place)),
                Some((name, part)) => {
                    let (value, (from, to)) = (self.get(name), part.split_once("..").unwrap());
                    let end = to.parse().unwrap_or(value.len());
                    value[from.parse().unwrap()..end].to_owned()
                }
            };
            rest = after;
        }
        filled + rest
    }

    /// What `text` holds once it is filled: one credential for each number.
    pub fn credentials(&self, text: &str) -> Vec<Credential> {
        let credential = |n: usize| {
            let n = ["", "2", "3"][n];
            let names = ["id", "secret", "token"].map(|kind| format!("{kind}{n}"));
            let is_there = |name: &String| text.contains(&format!("«{name}»")) || text.contains(&format!("«{name} "));
            let values: Vec<&str> = names.iter().filter(|name| is_there(name)).map(|name| self.get(name)).collect();
            Credential::new(&values)
        };
        (0..MOST).map(credential).filter(|credential| !credential.values.is_empty()).collect()
    }
}

/// An id as they are made today: it names an account.
pub fn id(keys: &mut Keys) -> String {
    let account = 100_000_000_000 + keys.number() % 900_000_000_000;
    keys.id_of(account)
}

/// A secret that holds what is escaped elsewhere, `/` and `+`: always within, and mostly at an end.
pub fn secret(keys: &mut Keys) -> String {
    let mut value = keys.secret().into_bytes();
    (value[11], value[27]) = (b'/', b'+');
    match keys.below(6) {
        0 => value[0] = b'/',
        1 => value[0] = b'+',
        2 => value[39] = b'/',
        3 => value[39] = b'+',
        4 => (value[0], value[39]) = (b'+', b'/'),
        _ => (value[0], value[39]) = (b'k', b'Z'),
    }
    String::from_utf8(value).unwrap()
}
