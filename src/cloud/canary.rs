//! Accounts whose keys are laid out to be found: a request with one tells its owner that somebody took it.
//!
//! Source: the lists that `TruffleHog` (Thinkst's accounts, and those of others like it) and Kingfisher keep in the open, read in
//! November 2026. An account number is a fact that the key id itself carries.

/// Accounts of Thinkst, whose canarytokens.org gives such keys away.
const THINKST: [&str; 13] = [
    "052310077262",
    "171436882533",
    "266735846894",
    "528757803018",
    "534261010715",
    "538784191382",
    "595918472158",
    "717712589309",
    "729780141977",
    "730335385048",
    "819147034852",
    "893192397702",
    "992382622183",
];

/// Accounts of others who do the same.
const LOOK_ALIKES: [&str; 16] = [
    "044858866125",
    "251535659677",
    "344043088457",
    "351906852752",
    "390477818340",
    "426127672474",
    "427150556519",
    "439872796651",
    "445142720921",
    "465867158099",
    "637958123769",
    "693412236332",
    "732624840810",
    "735421457923",
    "959235150393",
    "982842642351",
];

/// Whose canary a key of this account is; `None` if it is not known for one.
pub fn canary(account_id: &str) -> Option<&'static str> {
    if THINKST.binary_search(&account_id).is_ok() {
        Some("Thinkst (canarytokens.org)")
    } else {
        LOOK_ALIKES.binary_search(&account_id).is_ok().then_some("an issuer of canaries like Thinkst's")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_for_the_search_and_hold_accounts() {
        assert!(THINKST.is_sorted() && LOOK_ALIKES.is_sorted());
        let all = || THINKST.iter().chain(&LOOK_ALIKES);
        assert!(all().all(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())));
        assert!(all().all(|account| canary(account).is_some()));
        assert_eq!(canary("123456789012"), None);
    }
}
