//! Damaged repositories and bad files: each is named clearly, what can be read is reported, nothing panics.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

mod access;
mod alternates;
mod crafted;
mod files;
mod fixture;
mod loose;
mod packs;
mod random;
mod refs;

#[test]
fn the_undamaged_repositories_are_covered_and_give_every_key() {
    for (repo, keys) in [(fixture::Repo::leaky(), 0..3), (fixture::Repo::packed(), 0..7)] {
        let run = repo.scan();
        assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
        assert_eq!(run.found(), fixture::keys(keys));
        assert_eq!(run.summary()["complete"], true);
    }
}
