//! Which id belongs to which secret, where one object holds several of each.

use std::collections::{BTreeMap, HashSet};

/// Something found in an object, as far as pairing cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// What the caller calls it.
    pub value: u32,
    /// First byte, from the start of the object.
    pub at: u64,
    /// Its line, from 1.
    pub line: u32,
    /// The profile it stands under, as the caller numbers them.
    pub profile: Option<u32>,
}

/// Two items that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The access key id.
    pub id: u32,
    /// Its secret or token.
    pub partner: u32,
    /// Bytes between their first bytes, less where one profile joins them, more where two part them.
    pub cost: u64,
    /// Lines between them.
    pub lines: u32,
}

/// Pairs `ids` with `partners` (secrets, or tokens) of the same object, each sorted by place.
///
/// Each id takes one partner, nearest first; under one profile is nearer, and under two is farther, than bytes alone tell. In a list of pairs the secret of one entry may stand nearer to the id of the
/// next than to its own, so the matching is made twice, once for "id first" and once for "secret first", and the one
/// with the smaller sum of distances is kept. Partners left over go to their nearest id: two secrets for one id is what a
/// half-done rotation looks like.
pub fn pair(ids: &[Item], partners: &[Item]) -> Vec<Pair> {
    if ids.is_empty() || partners.is_empty() {
        return Vec::new();
    }
    let mut best: Option<(usize, u64, Vec<Pair>)> = None;
    for forward in [true, false] {
        let pairs = match_up(ids, partners, forward);
        let sum = pairs.iter().map(|pair| pair.cost).sum();
        if best
            .as_ref()
            .is_none_or(|(count, least, _)| (std::cmp::Reverse(pairs.len()), sum) < (std::cmp::Reverse(*count), *least))
        {
            best = Some((pairs.len(), sum, pairs));
        }
    }
    let mut pairs = best.map(|(_, _, pairs)| pairs).unwrap_or_default();
    let taken: HashSet<u32> = pairs.iter().map(|pair| pair.partner).collect();
    // A value that stands several times goes by the place that is nearest to an id.
    let mut left: BTreeMap<u32, (u64, u64, Pair)> = BTreeMap::new();
    for &partner in partners.iter().filter(|partner| !taken.contains(&partner.value)) {
        let next = ids.partition_point(|id| id.at < partner.at);
        for &id in &ids[next.saturating_sub(1)..(next + 1).min(ids.len())] {
            let offer = (cost(id, partner), id.at, joined(id, partner));
            let best = left.entry(partner.value).or_insert(offer);
            if (offer.0, offer.1) < (best.0, best.1) {
                *best = offer;
            }
        }
    }
    pairs.extend(left.into_values().map(|(_, _, pair)| pair));
    pairs
}

/// How many neighbours on each side an item is compared with. Lists of thousands of pairs stay linear.
const NEIGHBOURS: usize = 8;

fn match_up(ids: &[Item], partners: &[Item], forward: bool) -> Vec<Pair> {
    let mut offers = Vec::new();
    for &id in ids {
        let next = partners.partition_point(|partner| partner.at < id.at);
        let near = next.saturating_sub(NEIGHBOURS)..(next + NEIGHBOURS).min(partners.len());
        for &partner in &partners[near] {
            let pair = joined(id, partner);
            // Against the grain of the list a distance counts four times: entries of a list lie closer together than that.
            let weight = if (id.at < partner.at) == forward { 1 } else { 4 };
            offers.push((cost(id, partner) * weight, id.at, partner.at, pair));
        }
    }
    offers.sort_unstable_by_key(|&(cost, id, partner, _)| (cost, id, partner));
    let mut pairs: Vec<Pair> = Vec::new();
    let (mut taken_ids, mut taken_partners) = (HashSet::new(), HashSet::new());
    for (_, _, _, pair) in offers {
        if !taken_ids.contains(&pair.id) && !taken_partners.contains(&pair.partner) {
            taken_ids.insert(pair.id);
            taken_partners.insert(pair.partner);
            pairs.push(pair);
        }
    }
    pairs
}

/// How far two items are from each other.
fn cost(id: Item, partner: Item) -> u64 {
    let distance = id.at.abs_diff(partner.at);
    match (id.profile, partner.profile) {
        // A list of ids and a list of secrets under the same names are blocks of ten entries at most.
        (Some(a), Some(b)) if a == b => distance / 16,
        (Some(_), Some(_)) => distance.saturating_mul(16),
        _ => distance,
    }
}

fn joined(id: Item, partner: Item) -> Pair {
    Pair { id: id.value, partner: partner.value, cost: cost(id, partner), lines: id.line.abs_diff(partner.line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(values: &[(u32, u64)]) -> Vec<Item> {
        values.iter().map(|&(value, at)| Item { value, at, line: at as u32 / 10, profile: None }).collect()
    }

    fn pairs(ids: &[(u32, u64)], secrets: &[(u32, u64)]) -> Vec<(u32, u32)> {
        let mut pairs: Vec<_> = pair(&items(ids), &items(secrets)).iter().map(|p| (p.id, p.partner)).collect();
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn in_a_list_each_id_takes_its_own_secret_whichever_comes_first() {
        // id, secret, id, secret: each secret is nearer to the next id than to its own.
        assert_eq!(pairs(&[(1, 0), (2, 50)], &[(11, 30), (12, 80)]), [(1, 11), (2, 12)]);
        // secret, id, secret, id
        assert_eq!(pairs(&[(1, 30), (2, 80)], &[(11, 0), (12, 50)]), [(1, 11), (2, 12)]);
    }

    #[test]
    fn a_second_secret_goes_to_the_nearest_id_and_a_lone_half_to_nobody() {
        assert_eq!(pairs(&[(1, 0), (2, 500)], &[(11, 30), (12, 530), (13, 560)]), [(1, 11), (2, 12), (2, 13)]);
        assert_eq!(pairs(&[(1, 0)], &[]), []);
    }

    #[test]
    fn a_left_over_value_goes_by_its_place_that_is_nearest_to_an_id() {
        let ids = [(1, 0), (2, 5000)];
        let secrets = [(11, 10), (13, 1000), (12, 5010), (13, 5030)];
        assert_eq!(pairs(&ids, &secrets), [(1, 11), (2, 12), (2, 13)]);
    }

    #[test]
    fn names_join_what_stands_apart_and_part_what_stands_together() {
        // Three ids, then their secrets in another order.
        let item = |value, at, profile| Item { value, at, line: 1, profile: Some(profile) };
        let ids = [item(1, 0, 1), item(2, 50, 2), item(3, 100, 3)];
        let secrets = [item(13, 150, 3), item(11, 200, 1), item(12, 250, 2)];
        let mut told: Vec<_> = pair(&ids, &secrets).iter().map(|pair| (pair.id, pair.partner)).collect();
        told.sort_unstable();
        assert_eq!(told, [(1, 11), (2, 12), (3, 13)]);
    }

    /// Two lists of a hundred thousand in one file would take minutes if each were compared with all.
    #[test]
    fn long_lists_are_paired_in_no_time() {
        let list = |first: u32, count: u32| (0..count).map(|n| (first + n, u64::from(n) * 90)).collect::<Vec<_>>();
        let (ids, secrets) = (list(0, 30_000), list(1_000_000, 100_000));
        assert_eq!(pairs(&ids, &secrets).len(), secrets.len());
    }

    #[test]
    fn a_value_that_stands_twice_is_paired_once() {
        assert_eq!(pairs(&[(1, 0), (1, 1000)], &[(11, 30), (11, 1030)]), [(1, 11)]);
    }
}
