//! What people push. Each case is one promise, kept on every server and with both kinds of ids.

use crate::{
    server::Server,
    stage::{Pair, Stage},
    support::Keys,
};
use std::{fmt::Write, fs};

/// Runs on a server, with ids of a format.
type Case = fn(&Server, &str);

pub const ALL: &[(&str, Case)] = &[
    ("clean pushes pass", clean),
    ("a key is refused", dirty),
    ("a key that a later commit of the push removes is refused", removed_again),
    ("a new branch", new_branch),
    ("a forced push", forced),
    ("a tag with a key in its message", tag_message),
    ("a commit with a key in its message", commit_message),
    ("a key as a name: of an author, of a branch", named),
    ("ten refs at once", ten_refs),
    ("deleting", deleting),
    ("ten thousand objects", many_objects),
    ("an empty repository", empty),
    ("a branch that was deleted comes again", deleted_again),
    ("objects that another repository lends", lent),
    ("a push out of a shallow clone", shallow),
    ("a push that says where history ends", cut_short),
    ("what a merge alone brings in", merge_only),
    ("replace refs hide nothing", replaced),
    ("symbolic links and submodules", links),
    ("paths that a terminal would obey", wild_paths),
];

fn clean(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    stage.client.put("readme", "Still nothing\n");
    stage.push(&["main"]).accepted();
    // Nothing new at all.
    stage.push(&["main"]).accepted();
    stage.push(&["main:again"]).accepted();
    assert!(stage.events().is_empty());
}

fn dirty(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let (pair, commit) = stage.leak("deploy/credentials");
    stage.push(&["main"]).refused().names(&pair, &commit, "deploy/credentials:2");
    let events = stage.events();
    assert_eq!(events.len(), 1, "{events:?}");
    // Once the commit is mended, as the message says, the same branch passes.
    stage.client.write("deploy/credentials", "Ask the vault\n");
    stage.client.amend();
    stage.push(&["main"]).accepted();
    assert_eq!(stage.events().len(), 1);
}

fn removed_again(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let (pair, commit) = stage.leak("old.env");
    stage.client.drop_file("old.env");
    stage.push(&["main"]).refused().names(&pair, &commit, "old.env:2");
}

fn new_branch(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    stage.client.branch("same");
    stage.push(&["same"]).accepted();
    stage.client.branch("good");
    stage.client.put("good", "x\n");
    stage.push(&["good"]).accepted();
    stage.client.branch("bad");
    let (pair, commit) = stage.leak("bad");
    stage.push(&["bad"]).refused().names(&pair, &commit, "bad:2");
    stage.client.orphan("alone");
    let (pair, commit) = stage.leak("alone");
    stage.push(&["alone"]).refused().names(&pair, &commit, "alone:2");
}

fn forced(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let pair = stage.pair();
    stage.client.write("src/main.c", pair.file());
    let commit = stage.client.amend();
    stage.push(&["--force", "main"]).refused().names(&pair, &commit, "src/main.c:2");
    stage.client.write("src/main.c", "int main(void) { return 1; }\n");
    stage.client.amend();
    stage.push(&["--force", "main"]).accepted();
}

fn tag_message(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    stage.client.tag("v1", "The first");
    stage.push(&["v1"]).accepted();
    let pair = stage.pair();
    stage.client.tag("v2", &format!("deployed with\n\n{}", pair.file()));
    let tag = stage.client.git(&["rev-parse", "v2"]);
    stage.push(&["v2"]).refused().names(&pair, &tag, "v2");
    // A tag of a tag.
    stage.client.tag("v3", "Harmless");
    stage.client.git(&["tag", "-a", "-m", "Harmless itself", "v4", "v2"]);
    stage.push(&["v3", "v4"]).refused().names(&pair, &tag, "v4");
}

fn commit_message(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let pair = stage.pair();
    let commit = stage.client.commit(&format!("deployed with\n\n{}", pair.file()));
    stage.push(&["main"]).refused().names(&pair, &commit, "message");
}

fn named(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let pair = stage.pair();
    stage.client.branch("author");
    let message = ["commit", "-q", "--allow-empty", "-m", "x"];
    stage.client.git_with_env(&message, &[("GIT_AUTHOR_NAME", &pair.id)]);
    let commit = stage.client.head();
    stage.push(&["author"]).refused().names(&pair, &commit, "author");
    let pair = stage.pair();
    stage.client.checkout("main");
    stage.client.branch(&pair.id);
    stage.push(&[&pair.id]).refused().says(&format!("{}…(20)", &pair.id[..4]));
}

fn ten_refs(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let names: Vec<String> = (0..10).map(|n| format!("branch-{n}")).collect();
    for name in &names {
        stage.client.checkout("main");
        stage.client.branch(name);
        stage.client.put(name, "x\n");
    }
    let refs: Vec<&str> = names.iter().map(String::as_str).collect();
    // Of ten refs only the last is bad: all are refused, for git asks once for all of them.
    let (pair, commit) = stage.leak("last");
    stage.push(&refs).refused().names(&pair, &commit, "last:2").says("branch-9");
    stage.client.git(&["reset", "-q", "--hard", "HEAD~"]);
    stage.push(&refs).accepted();
    assert!(stage.has("refs/heads/branch-9"));
}

fn deleting(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    stage.client.branch("old");
    let (_, commit) = stage.leak("old");
    stage.smuggle(&["old"]);
    stage.push(&["--delete", "old"]).accepted();
    stage.smuggle(&["old"]);
    // Deleting one is no cover for another: the same objects under a new name.
    stage.push(&[":old", "old:new"]).accepted();
    assert!(stage.has("refs/heads/new"), "{commit} was there before the push");
    let (pair, commit) = stage.leak("newer");
    stage.push(&[":new", "old:newest"]).refused().names(&pair, &commit, "newer:2");
}

fn many_objects(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let mut keys = Keys::new(10_000);
    let pair = stage.pair();
    // 128 bytes that do not compress: the pack has more than the megabyte up to which git sends it in one piece over HTTP.
    let mut content = |n: usize| match n {
        7_777 => pair.file(),
        _ => format!("{n}\n{}", (0..8).map(|_| format!("{:016x}", keys.number())).collect::<String>()),
    };
    let mut stream = "commit refs/heads/many\ncommitter A <a@example.org> 1700000000 +0000\ndata 4\nmany\n".to_owned();
    for n in 0..10_000 {
        let text = content(n);
        write!(stream, "M 100644 inline {}/{n}\ndata {}\n{text}\n", n % 100, text.len()).unwrap();
    }
    stage.client.git_with_input(&["fast-import", "--quiet"], stream.as_bytes());
    let commit = stage.client.git(&["rev-parse", "many"]);
    stage.push(&["many"]).refused().names(&pair, &commit, "77/7777:2");
    let mended = "commit refs/heads/many\ncommitter A <a@example.org> 1700000001 +0000\ndata 6\nmended\n\
                  from refs/heads/many^0\nD 77/7777\n";
    stage.client.git_with_input(&["fast-import", "--quiet"], mended.as_bytes());
    let tree = stage.client.git(&["rev-parse", "many^{tree}"]);
    let squashed = stage.client.git(&["commit-tree", "-m", "squashed", &tree]);
    stage.push(&[&format!("{squashed}:refs/heads/many")]).accepted();
}

fn empty(server: &Server, format: &str) {
    let stage = Stage::new(server, format);
    let (pair, commit) = stage.leak("first");
    stage.client.drop_file("first");
    stage.push(&["main"]).refused().names(&pair, &commit, "first:2");
    stage.client.orphan("fresh");
    stage.client.put("readme", "x\n");
    stage.push(&["fresh:main"]).accepted();
}

fn deleted_again(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    stage.client.branch("gone");
    let (pair, commit) = stage.leak("gone");
    // As if it had come before the hook was there. Its objects stay, and so git adds nothing to them when they come again.
    stage.smuggle(&["gone"]);
    stage.smuggle(&[":gone"]);
    stage.push(&["gone"]).refused().names(&pair, &commit, "gone:2");
    stage.client.put("more", "x\n");
    stage.push(&["gone:main"]).refused().names(&pair, &commit, "gone:2");
}

fn lent(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let pool = stage.client.beside("pool.git");
    let folder = pool.to_str().unwrap();
    stage.client.git(&["init", "-q", "--bare", &format!("--object-format={format}"), folder]);
    let (pair, commit) = stage.leak("theirs");
    stage.client.git(&["push", "-q", folder, "main"]);
    fs::write(stage.bare.join("objects/info/alternates"), format!("{folder}/objects\n")).unwrap();
    // Git offers what the pool has, and so nothing is sent; yet this repository had no key before.
    stage.push(&["main"]).refused().names(&pair, &commit, "theirs:2");
    stage.client.write("theirs", "x\n");
    stage.client.amend();
    stage.push(&["main"]).accepted();
}

fn shallow(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    fs::write(stage.client.path().join(".git/shallow"), format!("{}\n", stage.client.head())).unwrap();
    stage.client.put("clean", "x\n");
    stage.push(&["main"]).accepted();
    let (pair, commit) = stage.leak("deep/bad");
    stage.push(&["main"]).refused().names(&pair, &commit, "deep/bad:2");
}

fn cut_short(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let folder = stage.bare.to_str().unwrap();
    stage.client.git(&["--git-dir", folder, "config", "receive.shallowUpdate", "true"]);
    // The store has it all, and no ref reaches it.
    let (pair, dirty) = stage.leak("old");
    let end = stage.client.drop_file("old");
    stage.smuggle(&["main:gone"]);
    stage.smuggle(&[":gone"]);
    // What lies before the end is not what the push builds on.
    fs::write(stage.client.path().join(".git/shallow"), format!("{end}\n")).unwrap();
    stage.client.git(&["checkout", &dirty, "--", "old"]);
    stage.client.commit("again");
    stage.push(&["main:new"]).refused().says(&format!("{}…(20)", &pair.id[..4]));
}

fn merge_only(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    stage.client.branch("side");
    stage.client.put("side", "x\n");
    stage.client.checkout("main");
    stage.client.put("main", "x\n");
    let pair = stage.pair();
    let commit = stage.client.merge_as("side", &[("merged", Some(&pair.file()))]);
    stage.push(&["main"]).refused().names(&pair, &commit, "merged:2");
}

fn replaced(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let (pair, commit) = stage.leak("hidden");
    let harmless = stage.client.git(&["commit-tree", "-m", "harmless", "-p", "HEAD~", "HEAD~^{tree}"]);
    stage.client.git(&["replace", &commit, &harmless]);
    let refused = |refs: &[&str]| stage.push(refs).refused().names(&pair, &commit, "hidden:2");
    refused(&["main", "refs/replace/*:refs/replace/*"]);
    refused(&["main"]);
    // The server has the replacement already: of the commit, and of the blob.
    let blob = stage.client.git(&["--no-replace-objects", "rev-parse", &format!("{commit}:hidden")]);
    let empty = stage.client.blob(b"");
    stage.client.git(&["replace", &blob, &empty]);
    stage.smuggle(&[&format!("{harmless}:refs/replace/{commit}"), &format!("{empty}:refs/replace/{blob}")]);
    refused(&["main"]);
}

fn links(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    // A submodule's commit is in no store here, and is none that is missing.
    let elsewhere = stage.client.head().replace(|c: char| c != '0', "1");
    let entry = format!("160000,{elsewhere},lib");
    stage.client.git(&["update-index", "--add", "--cacheinfo", &entry]);
    std::os::unix::fs::symlink("../readme", stage.client.path().join("link")).unwrap();
    stage.client.git(&["add", "link"]);
    stage.client.git(&["commit", "-q", "-m", "links"]);
    stage.push(&["main"]).accepted();
    let Pair { id, secret } = stage.pair();
    let target = format!("aws_secret_access_key={secret} {id}");
    std::os::unix::fs::symlink(target, stage.client.path().join("bad")).unwrap();
    stage.client.git(&["add", "bad"]);
    stage.client.git(&["commit", "-q", "-m", "a link to nowhere"]);
    let commit = stage.client.head();
    stage.push(&["main"]).refused().names(&Pair { id, secret }, &commit, "bad:1");
}

fn wild_paths(server: &Server, format: &str) {
    let stage = Stage::with_history(server, format);
    let paths = ["two\nlines", "red \u{1b}[31m\u{7}", "\u{202e}txt.live", "c1 \u{9b}31m", "quote\"tab\t", "back\rover"];
    for path in paths {
        let (_, commit) = stage.leak(path);
        stage.push(&["main"]).refused().says(&commit[..7]);
        stage.client.drop_file(path);
        stage.client.git(&["reset", "-q", "--hard", "HEAD~2"]);
    }
    let latin: Vec<u8> = b"100644 blob ".to_vec();
    let pair = stage.pair();
    let blob = stage.client.blob(pair.file().as_bytes());
    let entry = [&latin[..], blob.as_bytes(), b"\tcaf\xe9\x1b]0;title\x07\0"].concat();
    let tree = stage.client.git_with_input(&["mktree", "-z"], &entry);
    let commit = stage.client.git(&["commit-tree", "-m", "not UTF-8", &tree]);
    stage.push(&[&format!("{commit}:refs/heads/latin")]).refused().says(&commit[..7]);
}
