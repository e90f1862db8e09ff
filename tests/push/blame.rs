//! What is blamed on a push, and what is not.

use crate::{
    door::{found, knock, server},
    support::{Keys, Repo},
};

fn env_file(keys: &mut Keys) -> String {
    format!("AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n", keys.id(), keys.secret())
}

#[test]
fn an_edit_is_not_blamed_for_what_the_file_held_before() {
    let client = Repo::new();
    let server = server(&client, &[]);
    let mut keys = Keys::new(1);
    let old = env_file(&mut keys);
    client.put("conf/app.env", &old);
    client.git(&["push", "-q", "origin", "main"]);
    client.put("conf/app.env", format!("# edited\n{old}"));
    assert_eq!(found(&knock(&client, &server, 1, &["main"]).scan().report), [""; 0]);

    let new = env_file(&mut keys);
    let commit = client.put("conf/app.env", format!("# edited\n{old}\n[other]\n{new}"));
    let report = knock(&client, &server, 2, &["main"]).scan();
    assert_eq!(found(&report.report), ["access_key_id conf/app.env:6", "secret_access_key conf/app.env:7"]);
    assert_eq!(report.report.findings[0].trace.introductions[0].id.to_string(), commit);
    assert_eq!(report.brought_by.values().flat_map(|refs| refs.iter()).collect::<Vec<_>>(), ["refs/heads/main"]);
}

#[test]
fn what_history_holds_elsewhere_is_not_blamed_and_what_no_ref_reaches_any_more_is() {
    let client = Repo::new();
    let server = server(&client, &[]);
    let mut keys = Keys::new(2);
    let old = env_file(&mut keys);
    client.put("old.env", &old);
    client.drop_file("old.env");
    client.git(&["push", "-q", "origin", "main"]);
    client.put("deep/copy.env", format!("# a copy\n{old}"));
    assert_eq!(found(&knock(&client, &server, 1, &["main"]).scan().report), [""; 0]);

    client.git(&["reset", "-q", "--hard", "HEAD~1"]);
    client.branch("draft");
    let draft = env_file(&mut keys);
    client.put("draft.env", &draft);
    client.git(&["push", "-q", "origin", "draft"]);
    client.git(&["push", "-q", "origin", ":draft"]);
    let again = knock(&client, &server, 2, &["draft"]);
    assert!(again.listed("commits.new").len() == 1, "the commit lies in the store, and no ref reaches it");
    assert_eq!(found(&again.scan().report).len(), 2);
    // The same blob below other commits, which alone are pushed.
    client.checkout("main");
    client.put("other/name.env", &draft);
    assert_eq!(found(&knock(&client, &server, 3, &["main"]).scan().report)[0], "access_key_id other/name.env:1");
}

#[test]
fn what_was_taken_out_again_in_the_same_push_is_found_and_so_are_messages_names_and_loose_ends() {
    let client = Repo::new();
    let server = server(&client, &[]);
    let mut keys = Keys::new(3);
    client.put("a", "a\n");
    client.git(&["push", "-q", "origin", "main"]);
    let commit = client.put("app.env", env_file(&mut keys));
    client.drop_file("app.env");
    client.tag("v1", &format!("deployed with {}", keys.id()));
    let report = knock(&client, &server, 1, &["main", "v1"]).scan();
    assert_eq!(found(&report.report).len(), 3, "{:?}", found(&report.report));
    let by = |id: &str| report.brought_by.iter().find(|(oid, _)| oid.to_string() == id).unwrap().1.to_vec();
    assert_eq!(by(&commit), ["refs/heads/main", "refs/tags/v1"]);
    assert_eq!(by(&client.git(&["rev-parse", "v1"])), ["refs/tags/v1"]);

    let name = format!("deploy-{}", keys.id());
    client.git(&["branch", &name, "main~2"]);
    let blob = client.blob(format!("key: {}\n", keys.id()).as_bytes());
    client.git(&["update-ref", "refs/tags/blob", &blob]);
    client.git(&["reset", "-q", "--hard", "main~2"]);
    client.git(&["commit", "-q", "--allow-empty", "-m", &format!("use {}", keys.id())]);
    let head = client.head();
    let report = knock(&client, &server, 2, &[&name, "blob", "main"]).scan();
    let found = found(&report.report);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().any(|place| place.contains(&format!("commit {}", &head[..10]))), "{found:?}");
    assert!(found.iter().any(|place| place.contains("blob ")), "{found:?}");
}

#[test]
fn bases_that_git_puts_beside_a_thin_pack_are_not_blamed_on_the_pusher() {
    let client = Repo::new();
    let server = server(&client, &[]);
    client.git_in(&server, &["config", "receive.unpackLimit", "1"]);
    let mut keys = Keys::new(4);
    let padding: String = (0..400).map(|_| keys.filler() + "\n").collect();
    client.put("big.env", format!("{}{padding}", env_file(&mut keys)));
    client.git(&["push", "-q", "origin", "main"]);
    client.put("big.env", format!("{padding}and a line\n"));
    let taken = knock(&client, &server, 1, &["main"]);
    let repository = taken.repository();
    let store = taken.follow(&repository).store(&[]);
    assert!(store.table().len() > taken.listed("objects.new").len(), "git completed the pack with a base");
    assert_eq!(found(&taken.scan().report), [""; 0]);
    assert!(taken.scan().report.coverage.is_complete());
}

#[test]
fn a_packed_ref_that_a_file_overrules_reaches_nothing_and_names_that_lead_astray_are_not_followed() {
    let client = Repo::new();
    let server = server(&client, &[]);
    let mut keys = Keys::new(5);
    let first = client.put("a", "a\n");
    client.git(&["push", "-q", "origin", "main"]);
    client.put("app.env", env_file(&mut keys));
    let dirty = client.head();
    client.git(&["push", "-q", "origin", "main"]);
    client.git_in(&server, &["pack-refs", "--all"]);
    client.git(&["push", "-q", "-f", "origin", &format!("{first}:main")]);
    client.git(&["branch", "-f", "again", &dirty]);
    let taken = knock(&client, &server, 1, &["again"]);
    assert_eq!(taken.listed("commits.new").len(), 1);
    assert_eq!(found(&taken.scan().report).len(), 2);

    // Git checks names only later: this one would be a file of the pusher's choice that says what existing refs are.
    let stolen = server.join("stolen");
    std::fs::write(&stolen, format!("{dirty}\n")).unwrap();
    let repository = taken.repository();
    let mut updates = taken.updates();
    updates[0].name = b"refs/heads/../../stolen".to_vec();
    let push = taken.follow_updates(&repository, &updates);
    assert!(push.is_new(&keytrail::model::Oid::from_hex(dirty.as_bytes()).unwrap()));
}

#[test]
fn many_commits_at_once_are_told_apart_as_few_are() {
    let client = Repo::new();
    let server = server(&client, &[]);
    let mut keys = Keys::new(6);
    client.put("a", "a\n");
    client.git(&["push", "-q", "origin", "main"]);
    let commits: Vec<String> = (0..40)
        .map(|n| {
            client.git(&["checkout", "-q", "-f", "-B", &format!("b{n}"), "main"]);
            client.put("b.env", env_file(&mut keys));
            client.tag(&format!("t{n}"), "harmless");
            client.head()
        })
        .collect();
    let all = ["refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"];
    client.git(&[&["push", "-q", "origin"], &all[..]].concat());
    client.git_in(&server, &["pack-refs", "--all"]);
    // Of these no ref is left, of others a tag or a file that overrules.
    for n in 0..10 {
        client.git_in(&server, &["update-ref", "-d", &format!("refs/tags/t{n}")]);
        client.git_in(&server, &["update-ref", &format!("refs/heads/b{n}"), "main"]);
    }
    for n in 10..20 {
        client.git_in(&server, &["update-ref", "-d", &format!("refs/heads/b{n}")]);
    }
    let refs: Vec<String> = commits.iter().enumerate().map(|(n, commit)| format!("{commit}:refs/heads/c{n}")).collect();
    let taken = knock(&client, &server, 1, &refs.iter().map(String::as_str).collect::<Vec<_>>());
    let repository = taken.repository();
    let push = taken.follow(&repository);
    let new = taken.listed("commits.new");
    assert_eq!(new.len(), 10);
    for commit in commits {
        let commit = keytrail::model::Oid::from_hex(commit.as_bytes()).unwrap();
        assert_eq!(push.is_new(&commit), new.contains(&commit), "{commit}");
    }
}
