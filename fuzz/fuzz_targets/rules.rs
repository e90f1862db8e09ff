//! A file of rules, whatever it holds, is understood or refused.
#![no_main]

use keytrail::rules::{self, RuleSet};
use libfuzzer_sys::fuzz_target;
use std::io::Write;

fuzz_target!(|text: &str| {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let mut set = RuleSet::default();
    if let Err(error) = rules::load_user(&mut set, file.path()) {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
});
