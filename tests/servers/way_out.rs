//! What the message tells people to do: once they have done it, the push passes.

use crate::{pushed::Pushed, server::Server, stage::Stage};

const HARMLESS: &str = "Ask the vault\n";

/// The commands that a message names, in its order.
fn commands(pushed: &Pushed) -> Vec<String> {
    let told = |line: &str| line.strip_prefix("remote:     git ").map(|rest| format!("git {}", rest.trim_end()));
    pushed.message.lines().filter_map(told).collect()
}

/// Commits that are to be edited on the way.
fn edited(pushed: &Pushed) -> Vec<String> {
    let told = |line: &str| line.split_once(r#"change "pick" to "edit" for "#).map(|(_, ids)| ids.trim().to_owned());
    let ids: String = pushed.message.lines().filter_map(told).collect();
    ids.split(", ").map(str::to_owned).collect()
}

/// Runs a line as somebody at a prompt does who leaves every text as it is, and changes the list of a rebase as told.
fn type_in(stage: &Stage, line: &str, edited: &[String]) {
    let change = |id: &String| format!("-e 's/^pick {}/edit {0}/'", &id[..7]);
    let list = format!("sed -i {}", edited.iter().map(change).collect::<Vec<_>>().join(" "));
    let alias = format!("alias.typed=!{line}");
    let env = [("GIT_SEQUENCE_EDITOR", list.as_str()), ("GIT_EDITOR", "true")];
    stage.client.git_with_env(&["-c", &alias, "typed"], &env);
}

#[test]
fn amending_the_last_commit_as_told_lets_the_push_pass() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    stage.leak("src/main.c");
    let refused = stage.push(&["main"]).refused();
    stage.client.write("src/main.c", HARMLESS);
    for command in commands(&refused) {
        type_in(&stage, &command, &[]);
    }
    stage.push(&["main"]).accepted();
}

#[test]
fn rebasing_as_told_lets_the_push_pass() {
    let server = Server::local().hooked();
    // In the middle of a history, and from its first commit on.
    for stage in [Stage::with_history(&server, "sha1"), Stage::new(&server, "sha1")] {
        stage.leak("one.env");
        stage.client.put("between", "x\n");
        stage.leak("two.env");
        stage.client.put("after", "x\n");
        let refused = stage.push(&["main"]).refused();
        let commands = commands(&refused);
        let [mut rebase, amend] = [&commands[0][..], &commands[1][..]];
        if refused.message.contains("(if that is the very first commit: git rebase -i --root)") {
            rebase = "git rebase -i --root";
        }
        let edited = edited(&refused);
        type_in(&stage, rebase, &edited);
        for name in ["one.env", "two.env"] {
            stage.client.write(name, HARMLESS);
            type_in(&stage, amend, &edited);
        }
        stage.push(&["main"]).accepted();
        assert_eq!(stage.client.git(&["show", "main:after"]), "x");
    }
}

#[test]
fn setting_a_tag_anew_as_told_lets_the_push_pass() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    stage.client.tag("v1-of-it", &stage.pair().file());
    let refused = stage.push(&["v1-of-it"]).refused();
    for command in commands(&refused) {
        type_in(&stage, &command, &[]);
    }
    stage.client.tag("v1-of-it", HARMLESS);
    stage.push(&["v1-of-it"]).accepted();
}
