//! What a statement takes in: names, or all but some.

use super::pattern::Pattern;
use super::{Node, Value};

/// One name, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Item<'a> {
    pub(super) pattern: Pattern,
    pub(super) node: &'a Node,
}

/// All that matches one of `include` and none of `except`.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    pub(super) include: Vec<Item<'a>>,
    pub(super) except: Vec<Pattern>,
    /// Where `NotAction` or `NotResource` says so.
    pub(super) negated: Option<&'a Node>,
    /// Whether everything in it is known.
    pub(super) is_known: bool,
}

impl<'a> Scope<'a> {
    /// What `positive` names, or all but what `negative` names. Of neither, everything: a trust policy names no resource.
    pub(super) fn read(positive: Option<&'a Node>, negative: Option<&'a Node>, make: fn(&str) -> Pattern) -> Self {
        let patterns = |node: &'a Node| -> Vec<Item<'a>> {
            let items = node.items().iter();
            items
                .filter_map(|node| match &node.value {
                    Value::Text(text) => Some(Item { pattern: make(text), node }),
                    Value::Unknown(written) => Some(Item { pattern: Pattern::unknown(written), node }),
                    _ => None,
                })
                .collect()
        };
        let is_known = |items: &[Item<'_>]| items.iter().all(|item| !item.pattern.has_unknown());
        match (positive, negative) {
            (Some(node), _) => {
                let include = patterns(node);
                Self { is_known: is_known(&include), include, except: Vec::new(), negated: None }
            }
            (None, Some(node)) => {
                let items = patterns(node);
                let is_known = is_known(&items);
                let except = items.into_iter().map(|item| item.pattern).collect();
                Self { include: vec![Item { pattern: make("*"), node }], except, negated: Some(node), is_known }
                    .pruned()
            }
            (None, None) => Self { include: Vec::new(), except: Vec::new(), negated: None, is_known: true },
        }
    }

    /// Whether all that `name` stands for is taken in for sure.
    pub(super) fn covers(&self, name: &Pattern) -> bool {
        self.item(name).is_some()
    }

    /// The item that takes in all that `name` stands for.
    pub(super) fn item(&self, name: &Pattern) -> Option<&Item<'a>> {
        if self.except.iter().any(|except| except.meets(name)) {
            return None;
        }
        self.include.iter().find(|item| item.pattern.covers(name))
    }

    /// Characters of all names.
    pub(super) fn size(&self) -> usize {
        let names = self.include.iter().map(|item| &item.pattern).chain(&self.except);
        names.map(|pattern| pattern.as_str().len()).sum()
    }

    /// Whether all of `other` is taken in for sure.
    pub(super) fn covers_all(&self, other: &Self) -> bool {
        other.include.iter().all(|item| self.covers(&item.pattern))
    }

    /// What is in both, or a little more: of two patterns of which neither takes in the other, ours stays.
    pub(super) fn narrowed(&self, other: &Self) -> Self {
        let mut include: Vec<Item<'a>> = Vec::new();
        for item in &self.include {
            if other.include.iter().any(|wide| wide.pattern.covers(&item.pattern)) {
                include.push(item.clone());
                continue;
            }
            let narrow: Vec<&Pattern> =
                other.include.iter().map(|one| &one.pattern).filter(|one| one.meets(&item.pattern)).collect();
            if narrow.iter().all(|one| item.pattern.covers(one)) {
                include.extend(narrow.into_iter().map(|one| Item { pattern: one.clone(), node: item.node }));
            } else {
                include.push(item.clone());
            }
        }
        let except = self.except.clone();
        Self { include, except, negated: self.negated, is_known: self.is_known && other.is_known }
            .excepting(&other.except)
    }

    /// What is left without all of `taken`, a scope as it stands in a document.
    pub(super) fn without(&self, taken: &Self) -> Self {
        if taken.negated.is_none() {
            let taken: Vec<Pattern> = taken.include.iter().map(|item| item.pattern.clone()).collect();
            return self.clone().excepting(&taken);
        }
        // All but these is taken: these are what is left.
        let Some(node) = taken.negated else { return self.clone() };
        let include = taken.except.iter().map(|pattern| Item { pattern: pattern.clone(), node }).collect();
        self.narrowed(&Self { include, except: Vec::new(), negated: None, is_known: taken.is_known })
    }

    /// Without `more`, too.
    fn excepting(mut self, more: &[Pattern]) -> Self {
        for except in more {
            if !self.except.contains(except) {
                self.except.push(except.clone());
            }
        }
        self.include.retain(|item| !more.iter().any(|except| except.covers(&item.pattern)));
        self
    }

    /// Without what is excepted as a whole.
    fn pruned(mut self) -> Self {
        let Self { include, except, .. } = &mut self;
        include.retain(|item| !except.iter().any(|except| except.covers(&item.pattern)));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn left(scope: &Scope<'_>) -> (Vec<String>, Vec<String>) {
        let include = scope.include.iter().map(|item| item.pattern.to_string()).collect();
        (include, scope.except.iter().map(ToString::to_string).collect())
    }

    fn read(node: &Node) -> Scope<'_> {
        Scope::read(node.get("Action"), node.get("NotAction"), Pattern::action)
    }

    fn check(
        of: &serde_json::Value,
        by: &serde_json::Value,
        then: fn(&Scope<'_>, &Scope<'_>) -> Vec<String>,
    ) -> Vec<String> {
        let (of, by) = (Node::from(of), Node::from(by));
        then(&read(&of), &read(&by))
    }

    fn narrowed(one: &Scope<'_>, two: &Scope<'_>) -> Vec<String> {
        let (include, except) = left(&one.narrowed(two));
        include.into_iter().chain(except.into_iter().map(|except| format!("-{except}"))).collect()
    }

    fn without(one: &Scope<'_>, two: &Scope<'_>) -> Vec<String> {
        let (include, except) = left(&one.without(two));
        include.into_iter().chain(except.into_iter().map(|except| format!("-{except}"))).collect()
    }

    #[test]
    fn a_bound_leaves_what_is_in_both() {
        let all = json!({ "Action": "*" });
        let s3 = json!({ "Action": ["s3:*", "ec2:Describe*"] });
        assert_eq!(check(&all, &s3, narrowed), ["s3:*", "ec2:Describe*"]);
        assert_eq!(check(&json!({ "Action": ["s3:GetObject", "iam:PassRole"] }), &s3, narrowed), ["s3:GetObject"]);
        let neither = json!({ "Action": "s3:*Object" });
        assert_eq!(check(&neither, &json!({ "Action": "s3:Get*" }), narrowed), ["s3:*Object"]);
        assert_eq!(check(&all, &json!({ "NotAction": "iam:*" }), narrowed), ["*", "-iam:*"]);
    }

    #[test]
    fn what_is_taken_away_is_gone() {
        let some = json!({ "Action": ["s3:GetObject", "iam:CreateUser"] });
        assert_eq!(check(&some, &json!({ "Action": "iam:*" }), without), ["s3:GetObject", "-iam:*"]);
        assert_eq!(check(&some, &json!({ "NotAction": "s3:*" }), without), ["s3:GetObject"]);
        assert_eq!(check(&json!({ "Action": "*" }), &json!({ "NotAction": "s3:*" }), without), ["s3:*"]);
    }

    #[test]
    fn what_is_not_known_is_not_taken_in() {
        let node = Node::from(&json!({ "NotAction": ["iam:*", "${Service}:*"] }));
        let scope = Scope::read(None, node.get("NotAction"), Pattern::action);
        assert!(!scope.is_known && !scope.covers(&Pattern::action("s3:GetObject")));
    }
}
