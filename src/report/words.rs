//! What several formats say in the same words.

use super::mask::Mask;
use crate::model::{Finding, Place, Trace};

/// What a place beside the history means for a value that stands nowhere else.
pub(super) fn place(place: &Place) -> &'static str {
    match place {
        Place::Staged(_) => "staged, not committed yet",
        Place::Worktree(_) => "in a file, not in HEAD",
        Place::RefName(_) => "in the name of a ref, which every push and clone carries",
        Place::Config(_) => "in this repository's own configuration, which no push carries",
        Place::Reflog(_) => "in this repository's own reflogs, which no push carries",
        Place::Stdin => "on standard input",
        Place::File(_) | Place::Lfs(_) | Place::Commit | Place::Tag | Place::Unnamed => "in history",
    }
}

/// Where a value of the history is now.
pub(super) fn now(trace: &Trace) -> &'static str {
    match (trace.at_head, trace.reachable, trace.present_in.is_empty()) {
        (true, _, _) => "still in HEAD",
        (false, false, _) => "not in HEAD: no ref reaches it, but it is still in the object store",
        (false, true, false) => "not in HEAD, but other refs still hold it",
        (false, true, true) => "not in HEAD: history keeps it",
    }
}

/// One finding in a sentence or two: what, who brought it in, where it is now. Names no author: this is shown to all who see
/// the alert.
pub(super) fn summary(finding: &Finding, mask: &Mask) -> String {
    let trace = &finding.trace;
    let values: Vec<String> = finding.components.iter().map(|component| mask.shown(&component.secret)).collect();
    let values = values.join(", ");
    let account = finding.account_id.as_ref().map(|id| format!(" AWS account {id}.")).unwrap_or_default();
    let verified = finding
        .verification
        .as_ref()
        .map(|verification| format!(" Verified: {}.", mask.text(&super::verification::headline(verification))));
    let account = format!("{account}{}", verified.unwrap_or_default());
    if let (Some(at), false) = (trace.beside_history(), trace.at_head) {
        return format!("{} ({values}), {}.{account}", mask.text(&finding.title), place(at));
    }
    let introduced = match trace.introduced() {
        Some(commit) => {
            let day = commit.date.get(..10).unwrap_or(&commit.date);
            format!("introduced by commit {} on {}", commit.id.short(), mask.text(day))
        }
        None => "introduced by no commit of this repository".to_owned(),
    };
    let now = now(trace);
    let wrapped = mask.wrapping(&finding.primary().location).map(|wrapping| format!(", inside of {wrapping}"));
    let wrapped = wrapped.unwrap_or_default();
    let expires = finding.expires.as_ref().map(|time| format!(" Valid until {time}.")).unwrap_or_default();
    format!("{} ({values}){wrapped}, {introduced}, {now}.{account}{expires}", mask.text(&finding.title))
}

/// `text` with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// `text`, or as much of it as makes `most` characters with a sign that there was more.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 2).chain("….".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_end_and_fit() {
        assert_eq!(sentence("A key "), "A key.");
        assert_eq!(cut(&"é".repeat(2_000), 1_024).chars().count(), 1_024);
        assert!(cut(&"é".repeat(2_000), 1_024).ends_with("…."));
    }
}
