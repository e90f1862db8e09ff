//! What lets a push in all the same: a push option with a reason, where the administrator allows it.

use crate::{server::Server, stage::Stage};

const REASON: &str = "--push-option=keytrail.bypass=rotated, see OPS-7";

/// Off unless it is on, and never without a reason that is written down.
pub fn bypass(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let (pair, commit) = stage.leak("known");
    stage.push(&["main", REASON]).refused().names(&pair, &commit, "known:2");
    stage.configure("bypass = true\n");
    stage.push(&["main", "--push-option=keytrail.bypass="]).refused().names(&pair, &commit, "known:2");
    stage.push(&["main"]).refused().says("keytrail.bypass=");
    stage.push(&["main", "--push-option=ci.skip", REASON]).accepted_with_a_word();
    assert!(stage.has("refs/heads/main"));
    let events = stage.events();
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["block", "block", "block", "bypass"]);
    let bypasses: Vec<Option<&str>> = events.iter().map(|event| event["bypass"].as_str()).collect();
    assert_eq!(bypasses, [Some("denied"), Some("no_reason"), None, Some("granted")]);
    assert_eq!(events[3]["reason"], "rotated, see OPS-7");
    for event in &events {
        if let Some(user) = server.user {
            assert_eq!(event["user"], user);
        }
        assert_eq!(event["refs"][0]["name"], "refs/heads/main");
        assert_eq!(event["findings"][0]["commit"], commit.as_str());
    }
}
