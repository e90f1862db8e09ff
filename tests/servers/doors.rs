//! Refs for which other things hold than for the rest of the push.

use crate::{server::Server, stage::Stage};

#[test]
fn what_comes_in_by_a_ref_that_is_not_watched_is_held_against_no_other() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    stage.configure("[[override]]\nrefs = ['refs/heads/upstream/**']\nenabled = false\n");
    stage.client.branch("theirs");
    stage.leak("theirs");
    stage.client.checkout("main");
    stage.client.put("ours", "x\n");
    let named = format!("theirs:refs/heads/upstream/{}", stage.pair().id);
    stage.push(&["main", "theirs:refs/heads/upstream/x", &named]).accepted();
    stage.client.branch("mine");
    let (pair, commit) = stage.leak("mine");
    stage.push(&["mine", "theirs:refs/heads/upstream/y"]).refused().names(&pair, &commit, "mine:2");
}
