//! Ids and secrets at any places of a text: each secret goes with one id, and none is left alone.
#![no_main]

use keytrail::detect::{Item, pair};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;

/// Gap to the one before, value, profile.
type Step = (u16, u8, u8);

/// Items in ascending order; few values and profiles, so that both recur.
fn items(steps: &[Step]) -> Vec<Item> {
    let mut at = 0;
    let item = |&(gap, value, profile): &Step| {
        at += u64::from(gap);
        let profile = Some(u32::from(profile % 4)).filter(|&profile| profile > 0);
        Item { value: u32::from(value % 32), at, line: at as u32 / 40 + 1, profile }
    };
    steps.iter().map(item).collect()
}

fuzz_target!(|input: (Vec<Step>, Vec<Step>)| {
    let (ids, mut partners) = (items(&input.0), items(&input.1));
    partners.iter_mut().for_each(|partner| partner.value += 1000);
    let pairs = pair(&ids, &partners);
    let values = |items: &[Item]| items.iter().map(|item| item.value).collect::<BTreeSet<u32>>();
    let (known_ids, known_partners) = (values(&ids), values(&partners));
    let told: BTreeSet<u32> = pairs.iter().map(|pair| pair.partner).collect();
    assert_eq!(told.len(), pairs.len(), "a partner is told once");
    assert!(pairs.iter().all(|pair| known_ids.contains(&pair.id)));
    if ids.is_empty() || partners.is_empty() {
        assert!(pairs.is_empty());
    } else {
        assert_eq!(told, known_partners);
    }
});
