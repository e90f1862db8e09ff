//! What an access key id says of itself.

use crate::model::Lifetime;

/// The twelve digits of the account that an access key id belongs to, where the id carries them.
///
/// After the four-letter prefix come sixteen base32 characters, ten bytes. The account is bits 1 to 40 of the first six
/// (Aidan Steele 2020, Tal Be'ery 2023). The first bit tells the generation of the key: the fifth character of an id is A
/// to P in old keys, which carry no account, and Q to 7 in those issued since March 2019.
pub fn account_id(key_id: &[u8]) -> Option<String> {
    if key_id.len() != 20 {
        return None;
    }
    let mut bits: u64 = 0;
    // Ten characters are fifty bits: the first six bytes and two bits more.
    for &character in &key_id[4..14] {
        let digit = match character {
            b'A'..=b'Z' => character - b'A',
            b'2'..=b'7' => character - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(digit);
    }
    let six_bytes = bits >> 2;
    let carries_account = six_bytes >> 47 == 1;
    let account = (six_bytes & 0x7fff_ffff_ff80) >> 7;
    (carries_account && account < 1_000_000_000_000).then(|| format!("{account:012}"))
}

/// How long a key with this id lives: `AKIA` and the rarer bearer ids until somebody ends it, `ASIA` for hours.
pub fn lifetime(key_id: &[u8]) -> Option<Lifetime> {
    match key_id.get(..4)? {
        b"AKIA" | b"ABIA" | b"ACCA" => Some(Lifetime::LongLived),
        b"ASIA" => Some(Lifetime::Temporary),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published by those who found the encoding, with the account each belongs to. In parts, so that no scanner trips
    /// on this file.
    #[test]
    fn published_ids_give_their_accounts() {
        for (prefix, rest, account) in [
            ("ASIA", "QNZGKIQY56JQ7WML", "029608264753"),
            ("ASIA", "Y34FZKBOKMUTVV7A", "609629065308"),
            ("AKIA", "Y34FZKBOKMUTVV7A", "609629065308"),
        ] {
            assert_eq!(account_id(format!("{prefix}{rest}").as_bytes()).as_deref(), Some(account));
        }
    }

    #[test]
    fn old_ids_and_non_ids_give_none() {
        for (prefix, rest) in
            [("AKIA", "IOSFODNN7EXAMPLE"), ("AKIA", "PZGKIQY56JQ7WMLA"), ("AKIA", "I44QH8DHBEXAMPLE"), ("AKIA", "Q")]
        {
            assert_eq!(account_id(format!("{prefix}{rest}").as_bytes()), None, "{rest}");
        }
    }

    #[test]
    fn the_prefix_tells_the_lifetime() {
        assert_eq!(lifetime(b"AKIAx"), Some(Lifetime::LongLived));
        assert_eq!(lifetime(b"ASIAx"), Some(Lifetime::Temporary));
        assert_eq!(lifetime(b"AROAx"), None);
        assert_eq!(lifetime(b"A"), None);
    }
}
