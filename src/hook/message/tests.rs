use super::*;
use crate::hook::sample::{Scene, commit, key_id, lone, pair, secret};
use crate::hook::{Ended, Fallback};
use crate::model::{Oid, Place};

const MAIN: &str = "refs/heads/main";

fn text_of(case: &Case<'_>, verdict: &Verdict<'_>) -> String {
    let mut out = Vec::new();
    write(case, verdict, &case.mask().unwrap(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn message(scene: &Scene) -> String {
    text_of(&scene.case(), &scene.case().judge())
}

fn scene(settings: &str) -> Scene {
    Scene::new(settings).update(MAIN, 1, 5).brings(5, &[MAIN]).brings(4, &[MAIN])
}

#[test]
fn a_refusal_says_what_where_who_and_what_to_do() {
    let text = message(&scene("contact = 'security@example.org'").finding(pair(1, "config/prod.env", &[4])));
    let short = Oid::short(&crate::hook::sample::oid(4));
    let wanted = format!(
        "keytrail: push refused: it brings in 1 credential\n\
         \n\
         CRITICAL  AWS access key with its secret · account 123456789012 · long-lived\n\
         \x20 AKIA…(20)  config/prod.env:12\n\
         \x20 hmrw…(40)  config/prod.env:13\n\
         \x20 commit {short} of 2026-11-05 by Jane Doe\n\
         \n\
         How to get it out. Deleting it in a later commit is not enough: the earlier one is pushed, too.\n\
         \x20 On main:\n\
         \x20   git rebase -i {short}~1\n\
         \x20 In the list, change \"pick\" to \"edit\" for {short}\n\
         \x20 and each time git stops, take it out of the files, then:\n\
         \x20   git commit --amend --all && git rebase --continue\n\
         \x20 Then push again.\n\
         \n\
         This server has not taken it in. If it was ever pushed or shown elsewhere, it is known:\n\
         \x20 → Make the access key inactive now, then read CloudTrail for its use\n\
         Questions: security@example.org\n"
    );
    assert_eq!(text, wanted);
}

#[test]
fn the_commands_fit_the_case() {
    let tip = message(&scene("").finding(pair(1, "a", &[5])));
    assert!(tip.contains("On main it is in the last commit only") && tip.contains("    git commit --amend --all\n"));
    assert!(!tip.contains("rebase"), "{tip}");

    let new = message(&Scene::new("").update(MAIN, 0, 5).brings(4, &[MAIN]).finding(pair(1, "a", &[4])));
    assert!(new.contains("git rebase -i --root"), "{new}");

    let in_message = message(&scene("").finding(lone(1, Place::Commit, &[5])));
    assert!(in_message.contains("Take it out of the message and the files, then:"), "{in_message}");

    for (tag, shown, command) in [
        ("refs/tags/v1", "v1", Some("git tag -d v1\n")),
        ("refs/tags/a;rm$(b)", "a;rm$(b)", Some("git tag -d 'a;rm$(b)'\n")),
        ("refs/tags/it's", "it's", Some(r"git tag -d 'it'\''s'")),
        ("refs/tags/\u{202e}v1", "\\u{202e}v1", None),
    ] {
        let text = message(&Scene::new("").update(tag, 0, 8).brings(8, &[tag]).finding(lone(1, Place::Tag, &[8])));
        assert!(text.contains(&format!("set the tag {shown} anew")), "{text}");
        assert_eq!(text.contains("git tag -d"), command.is_some(), "{text}");
        assert!(command.is_none_or(|command| text.contains(command)), "{text}");
    }

    let name = format!("refs/heads/{}", key_id(1));
    let text = message(&scene("").update(&name, 0, 5).finding(lone(1, Place::RefName(name.into_bytes()), &[])));
    assert!(text.contains("AKIA…(20)  the name of refs/heads/AKIA…(20)\n"), "{text}");
    assert!(text.contains("Give refs/heads/AKIA…(20) another name"), "{text}");

    let nowhere = message(&scene("").finding(lone(1, Place::Unnamed, &[])));
    assert!(nowhere.contains("No commit holds it"), "{nowhere}");
}

#[test]
fn a_bypass_is_told_of_only_where_it_is_on_or_asked_for() {
    const ON: &str = "audit-log = '/log'\nbypass = true\ncontact = 'us'\n";
    let of = |settings: &str, option: &str| message(&scene(settings).option(option).finding(pair(1, "a", &[5])));
    let off = of("", "");
    assert!(!off.to_lowercase().contains("bypass") && !off.contains("Questions"), "{off}");
    assert!(of(ON, "").contains("git push -o keytrail.bypass=\"reason\""));
    let denied = of("contact = 'us'", "keytrail.bypass=x");
    assert!(
        denied.contains("is off here") && denied.contains("Questions: us") && !denied.contains("push -o"),
        "{denied}"
    );
    assert!(of("", "keytrail.bypass=x").contains("Questions: those who run this server"));
    assert!(of(ON, "keytrail.bypass=").contains("A bypass needs a reason"));
    assert!(of(ON, &format!("keytrail.bypass={}", "x".repeat(9000))).contains("500 characters at most"));
    let granted = of(ON, "keytrail.bypass=x");
    assert!(granted.starts_with("keytrail: this push is let in for the reason you gave") && granted.contains("→"));
}

#[test]
fn what_was_not_scanned_is_named() {
    let late = message(&scene("deadline = 3.5").ended(Ended::TimedOut).gap("refs/heads/main", "stopped"));
    assert!(late.starts_with("keytrail: push refused: it was not scanned to its end within 3.5s\n"), "{late}");
    assert!(late.contains("  not read: too large: refs/heads/main: stopped\n"), "{late}");
    let failed = message(&scene("").ended(Ended::Failed("no\nroom".into())));
    assert!(failed.starts_with("keytrail: push refused: it could not be scanned: no\\nroom\n"), "{failed}");
    let mut gaps = scene("on-error = 'accept'");
    for n in 0..9 {
        gaps = gaps.gap(&format!("/srv/git/team/app.git/objects/{n}"), "");
    }
    let gaps = message(&gaps);
    assert!(
        gaps.starts_with("keytrail: warning: this push is let in, although not all of it could be read\n"),
        "{gaps}"
    );
    assert!(gaps.contains("  not read: too large: …/objects/0\n") && gaps.contains("  … and 4 more\n"), "{gaps}");
    let both = message(&scene("").ended(Ended::TimedOut).finding(pair(1, "a", &[5])));
    assert!(both.contains("push refused: it brings in 1") && both.contains("There may be more: it was not"), "{both}");
}

#[test]
fn a_log_that_failed_is_told_of_without_its_path() {
    let scene = scene("audit-log = '/var/log/secret-place'\nblock = []").finding(pair(1, "a", &[5]));
    let text = text_of(&scene.case(), &scene.case().judge().unlogged(Fallback::Reject));
    assert!(text.starts_with("keytrail: push refused: what it brings in could not be written down"), "{text}");
    assert!(text.contains("could not be written to the audit log") && !text.contains("secret-place"), "{text}");
}

#[test]
fn nothing_is_said_of_a_clean_push() {
    assert_eq!(message(&scene("contact = 'us'")), "");
}

#[test]
fn every_line_for_gitlab_begins_as_its_pages_want_it() {
    let mut scene = scene("").finding(pair(1, "a\nb", &[5]));
    scene.pusher.host = Host::GitLab;
    let text = message(&scene);
    assert!(text.lines().all(|line| line.is_empty() || line.starts_with("GL-HOOK-ERR: ")), "{text}");
}

#[test]
fn ten_thousand_findings_make_a_short_message() {
    let mut scene = scene("");
    for n in 0..10_000 {
        scene = scene.finding(pair(n, &format!("{}{n}", "deep/".repeat(800)), &[5]));
    }
    let text = message(&scene);
    assert!(text.contains("brings in 10000 credentials") && text.contains("… and 9995 more"), "{text}");
    assert!(text.lines().count() < 60 && text.len() < 10_000, "{} bytes", text.len());
}

/// Whatever the pusher chooses, no value and nothing that a terminal obeys gets out.
#[test]
fn attacks_on_the_terminal_and_on_the_mask_fail() {
    let (id, key) = (key_id(1), secret(1));
    let evil = format!("\u{1b}[2J\r\n\u{9b}31m\u{202e}\u{200b}\u{e0041}{key}\u{7}{id}");
    let branch = format!("refs/heads/{evil}");
    let tag = format!("refs/tags/{evil}");
    let mut finding = pair(1, &evil, &[5]);
    finding.title.clone_from(&evil);
    finding.advice.clone_from(&evil);
    let mut author = commit(5);
    author.author.clone_from(&evil);
    author.date.clone_from(&evil);
    finding.trace.introductions = vec![author.clone()];
    finding.components[1].location.wrapping.layers = vec![format!("zip:{evil}")];
    let named = lone(1, Place::RefName(branch.clone().into_bytes()), &[]);
    let bypass = "audit-log = '/log'\nbypass = true\n";
    for (settings, ended) in [
        ("", Ended::Finished),
        ("block = []", Ended::Finished),
        ("", Ended::Failed(evil.clone())),
        ("on-error = 'accept'\nblock = []", Ended::Failed(evil.clone())),
        (bypass, Ended::TimedOut),
    ] {
        let base = || Scene::new(settings).update(&branch, 0, 5).update(&tag, 0, 8);
        let base = || base().brings(5, &[&branch, &tag]).brings(8, &[&tag]).gap(&evil, &evil).ended(ended.clone());
        let mut scene = base().finding(finding.clone()).finding(named.clone()).finding(lone(1, Place::Tag, &[8]));
        scene = scene.option(&format!("keytrail.bypass={evil}"));
        scene.pusher.user = Some(evil.clone());
        scene.pusher.repository.clone_from(&evil);
        for host in [Host::Plain, Host::GitLab] {
            scene.pusher.host = host;
            let text = message(&scene);
            assert!(!text.is_empty());
            assert!(!text.contains(&key) && !text.contains(&id), "{text}");
            let obeyed = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{e0041}".contains(c);
            assert!(!text.contains(obeyed), "{text:?}");
            assert!(text.lines().all(|line| !line.starts_with("31m")), "{text}");
        }
    }
}

#[test]
fn a_long_text_loses_its_middle() {
    assert_eq!(shorten("abcdef", 6), "abcdef");
    assert_eq!(shorten("äbcdefg", 6), "äbc…fg");
    let id = key_id(1);
    let text = message(&scene("").finding(pair(1, &format!("{}{id}/x", "a".repeat(MAX_TEXT / 2 - 4)), &[5])));
    assert!(!text.contains(&id[..8]), "cut after it was masked: {text}");
}
