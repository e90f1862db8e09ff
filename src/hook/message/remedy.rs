//! How to get what was found out of the commits, in commands.

use super::{Page, SHOWN};
use crate::hook::remedy::{Remedy, Rewrite};
use crate::model::Oid;
use std::collections::BTreeSet;

/// Lines of history that are told one by one.
const REWRITES: usize = 3;
/// Commits named of one.
const COMMITS: usize = 10;

impl Page<'_> {
    pub(super) fn remedy(&mut self) {
        let Remedy { rewrites, messages, tags, names } = Remedy::new(self.case, &self.verdict.blocking);
        self.say("How to get it out. Deleting it in a later commit is not enough: the earlier one is pushed, too.");
        for rewrite in rewrites.iter().take(REWRITES) {
            self.rewrite(rewrite, &messages);
        }
        if rewrites.len() > REWRITES {
            self.say(format!(
                "  The same on {} more",
                super::plural(rewrites.len() - REWRITES, "line") + " of history"
            ));
        }
        for tag in tags.iter().take(SHOWN) {
            let name = self.text(tag.strip_prefix("refs/tags/").unwrap_or(tag));
            self.say(format!("  Then set the tag {name} anew, without it in its message:"));
            // What is masked or spelt out is no name any more.
            if tag.ends_with(&name) {
                self.say(format!("    git tag -d {}", quoted(&name)));
            }
        }
        for name in names.iter().take(SHOWN) {
            self.say(format!("  Give {} another name: names are pushed, too", self.text(name)));
        }
        if rewrites.is_empty() && tags.is_empty() && names.is_empty() {
            self.say("  No commit holds it: leave the ref out that names its object.");
        }
        self.say("  Then push again.");
    }

    fn rewrite(&mut self, rewrite: &Rewrite, messages: &BTreeSet<Oid>) {
        let Some(oldest) = rewrite.commits.first() else { return };
        let place = if rewrite.commits.iter().any(|id| messages.contains(id)) {
            "the message and the files"
        } else {
            "the files"
        };
        let branches = some(&rewrite.refs.iter().map(|name| self.branch(name)).collect::<Vec<_>>(), REWRITES);
        if rewrite.is_last {
            self.say(format!("  On {branches} it is in the last commit only. Take it out of {place}, then:"));
            self.say("    git commit --amend --all");
            return;
        }
        self.say(format!("  On {branches}:"));
        self.say(format!("    git rebase -i {}~1", oldest.short()));
        if rewrite.is_new {
            self.say("    (if that is the very first commit: git rebase -i --root)");
        }
        let commits: Vec<String> = rewrite.commits.iter().map(Oid::short).collect();
        self.say(format!("  In the list, change \"pick\" to \"edit\" for {}", some(&commits, COMMITS)));
        self.say(format!("  and each time git stops, take it out of {place}, then:"));
        self.say("    git commit --amend --all && git rebase --continue");
    }

    /// A branch's short name; a tag's with what it is.
    fn branch(&self, name: &str) -> String {
        match (name.strip_prefix("refs/heads/"), name.strip_prefix("refs/tags/")) {
            (Some(short), _) => self.text(short),
            (_, Some(short)) => format!("the history of tag {}", self.text(short)),
            _ => self.text(name),
        }
    }
}

/// The first `most` of `items`, then how many more there are.
fn some(items: &[String], most: usize) -> String {
    let shown = items.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `name` as a shell takes it for one word.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if name.chars().all(plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}
