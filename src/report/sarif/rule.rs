//! Rule descriptors: each rule twice, for what HEAD still holds and for what only history does.

use super::log::{Configuration, Help, Message, NotificationDescriptor, ReportingDescriptor, RuleProperties};
use super::place::is_absolute_url;
use crate::model::{Confidence, Coverage, Finding, GapKind, Severity};
use crate::report::mask::Mask;
use crate::report::words::{cut, sentence};
use crate::rules::RuleSet;
use std::collections::{BTreeSet, HashMap};

/// Code scanning cuts a description that is longer, in characters.
const DESCRIPTION: usize = 1_024;

/// The descriptors of a run, found by id.
pub(super) struct RuleTable {
    rules: Vec<ReportingDescriptor>,
    index: HashMap<String, usize>,
}

impl RuleTable {
    /// All rules of the scan, in their order, whether they found anything or not.
    pub(super) fn new(rules: &RuleSet, mask: &Mask) -> Self {
        let mut table = Self { rules: Vec::new(), index: HashMap::new() };
        let credentials = rules.credentials.iter().map(|rule| Source {
            id: &rule.id,
            name: &rule.name,
            description: &rule.description,
            advice: &rule.advice,
            references: &rule.references,
            severity: rule.severity,
            // Several values of one credential side by side.
            confidence: Confidence::High,
        });
        let lone = rules.rules.iter().map(|rule| Source {
            id: &rule.id,
            name: &rule.name,
            description: &rule.description,
            advice: &rule.advice,
            references: &rule.references,
            severity: rule.severity,
            confidence: rule.patterns.iter().map(|pattern| pattern.confidence).max().unwrap_or(Confidence::Low),
        });
        credentials.chain(lone).for_each(|source| table.add(&source, mask));
        table
    }

    /// The index of the rule for `finding`. One that the rule set does not know is described from the finding itself.
    pub(super) fn index_of(&mut self, finding: &Finding, mask: &Mask) -> usize {
        if !self.index.contains_key(&finding.rule_id) {
            let source = Source {
                id: &finding.rule_id,
                name: &finding.title,
                description: &finding.title,
                advice: &finding.advice,
                references: &[],
                severity: finding.severity,
                confidence: finding.confidence,
            };
            self.add(&source, mask);
        }
        let plain = self.index.get(&finding.rule_id).copied().unwrap_or_default();
        plain + usize::from(!finding.trace.is_current())
    }

    pub(super) fn id(&self, index: usize) -> String {
        self.rules.get(index).map(|rule| rule.id.clone()).unwrap_or_default()
    }

    pub(super) fn into_rules(self) -> Vec<ReportingDescriptor> {
        self.rules
    }

    /// Adds the pair: the plain rule, and next to it the one for history.
    fn add(&mut self, source: &Source<'_>, mask: &Mask) {
        if self.index.contains_key(source.id) {
            return;
        }
        self.index.insert(source.id.to_owned(), self.rules.len());
        self.rules.push(source.descriptor(false, mask));
        self.rules.push(source.descriptor(true, mask));
    }
}

/// What a descriptor is made of.
struct Source<'a> {
    id: &'a str,
    name: &'a str,
    description: &'a str,
    advice: &'a str,
    references: &'a [String],
    severity: Severity,
    confidence: Confidence,
}

impl Source<'_> {
    fn descriptor(&self, history: bool, mask: &Mask) -> ReportingDescriptor {
        let (suffix, where_) = if history {
            ("/history", "It is not in HEAD any more, but anybody who can clone the repository still gets it.")
        } else {
            ("", "It is in HEAD, or in a file that is there now.")
        };
        let name = mask.text(self.name);
        let description = sentence(&mask.text(self.description));
        let advice = sentence(&mask.text(self.advice));
        let id = format!("{}{suffix}", self.id);
        let bullets: Vec<String> = self.references.iter().map(|url| format!("\n- <{url}>")).collect();
        let (bullets, lines) = (bullets.concat(), self.references.join("\n"));
        ReportingDescriptor {
            name: pascal_case(&id),
            short_description: Message {
                text: cut(&if history { format!("{name}, in history only.") } else { sentence(&name) }, DESCRIPTION),
            },
            full_description: Message { text: cut(&format!("{description} {where_}"), DESCRIPTION) },
            help_uri: self.references.iter().find(|url| is_absolute_url(url)).cloned(),
            help: Help {
                text: format!("{description} {where_}\n\nWhat to do: {advice}\n{lines}").trim_end().to_owned(),
                markdown: format!("{description} {where_}\n\n**What to do:** {advice}\n{bullets}")
                    .trim_end()
                    .to_owned(),
            },
            default_configuration: Configuration { level: level(self.severity) },
            properties: RuleProperties {
                tags: &["security", "secret", "credential"],
                precision: match self.confidence {
                    Confidence::High => "high",
                    Confidence::Medium => "medium",
                    Confidence::Low => "low",
                },
                security_severity: security_severity(self.severity),
            },
            id,
        }
    }
}

/// SARIF's word for how bad.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// Code scanning's number for how bad, which it shows as a word.
pub(super) fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

/// What the notifications of a run are about.
pub(super) fn gap_kinds(coverage: &Coverage) -> Vec<NotificationDescriptor> {
    let gaps = coverage.gaps.iter().chain(&coverage.accepted_gaps).chain(&coverage.sealed);
    let kinds: BTreeSet<GapKind> = gaps.map(|gap| gap.kind).collect();
    let descriptor = |kind: GapKind| {
        let message = || Message { text: gap_words(kind).to_owned() };
        NotificationDescriptor {
            id: kind.as_str(),
            short_description: message(),
            full_description: message(),
            help: message(),
        }
    };
    kinds.into_iter().map(descriptor).collect()
}

fn gap_words(kind: GapKind) -> &'static str {
    match kind {
        GapKind::MissingObject => "An object that others name is not in the store.",
        GapKind::LfsNotStored => "Git LFS keeps the content of a file elsewhere.",
        GapKind::ShallowBoundary => "History ends at a shallow boundary.",
        GapKind::TooLarge => "An object is larger than the limit.",
        GapKind::UnpackLimit => "More is packed or encoded in an object than may be unpacked.",
        GapKind::Sealed => "A part of a container cannot be unpacked: encrypted, damaged or of an unknown method.",
        GapKind::CorruptObject => "The bytes of an object do not decode.",
        GapKind::MissingBase => "A delta names a base that is not there.",
        GapKind::UnreadableStore => "A part of the object store cannot be used.",
        GapKind::UnreadableFile => "A file cannot be read.",
        GapKind::BadRef => "A ref names nothing usable.",
        GapKind::Interrupted => "The scan was stopped.",
        GapKind::NotOpened => "The repository could not be opened.",
    }
}

/// `aws-access-key/history` as `AwsAccessKeyHistory`.
pub(super) fn pascal_case(id: &str) -> String {
    let words = id.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.flat_map(|word| word.chars().take(1).map(|c| c.to_ascii_uppercase()).chain(word.chars().skip(1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_pascal_case() {
        assert_eq!(pascal_case("aws-access-key/history"), "AwsAccessKeyHistory");
    }
}
