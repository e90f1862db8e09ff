//! What a finding is, where it stands, and who brought it in.

use super::{Page, SHOWN, plural, shorten};
use crate::hook::doors::brought_in;
use crate::model::{Component, Finding, Place};
use std::collections::BTreeSet;

/// Characters of an author's name.
const MAX_NAME: usize = 60;

impl Page<'_> {
    pub(super) fn finding(&mut self, finding: &Finding) {
        let account = finding.account_id.as_ref().map(|account| format!("account {account}"));
        let lifetime = finding.lifetime.map(|lifetime| lifetime.as_str().to_owned());
        let expires = finding.expires.as_ref().map(|time| format!("valid until {time}"));
        let mut heading =
            format!("{}  {}", finding.severity.to_string().to_ascii_uppercase(), self.text(&finding.title));
        for part in [account, lifetime, expires].into_iter().flatten() {
            heading.push_str(" · ");
            heading.push_str(&part);
        }
        self.say(heading);
        for component in finding.components.iter().take(SHOWN) {
            self.say(format!("  {}  {}", component.secret.redacted(), self.spot(component)));
        }
        let mut commits = brought_in(self.case, finding);
        let Some(first) = commits.next() else { return };
        let others: BTreeSet<_> = commits.map(|commit| commit.id).filter(|id| *id != first.id).collect();
        let day = self.text(first.date.get(..10).unwrap_or(&first.date));
        let author = shorten(&self.mask.line(&first.author), MAX_NAME);
        let mut line = format!("  commit {} of {day} by {author}", first.id.short());
        if !others.is_empty() {
            line.push_str(&format!(", and {}", plural(others.len(), "other commit")));
        }
        self.say(line);
    }

    fn spot(&self, component: &Component) -> String {
        let location = &component.location;
        let place = match &location.place {
            Place::RefName(name) => return format!("the name of {}", self.text(&String::from_utf8_lossy(name))),
            place => place.display(&location.object),
        };
        let spot = format!("{}:{}", self.text(&place), location.line);
        let layers = location.wrapping.to_string();
        if layers.is_empty() { spot } else { format!("{spot}  ({})", self.text(&layers)) }
    }
}
