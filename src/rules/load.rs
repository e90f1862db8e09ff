//! Reads rules and compiles them: what comes out can be trusted by the matcher.

use super::file::{CheckForm, CredentialForm, DecodeForm, PatternForm, RuleForm, RulesForm};
use super::fragments::Fragments;
use super::{
    ByteSet, Check, CredentialRule, Decode, Expression, Harmless, Paths, Pattern, Rule, RuleSet, RulesError, Wrapped,
    WrappedForm,
};
use crate::model::{Coding, ComponentKind};
use regex::bytes::Regex;
use std::path::Path;
use toml::Spanned;

/// The files compiled in: name and text.
pub(super) const BUILTIN: [(&str, &str); 4] = [
    ("patterns/aws.toml", include_str!("../../patterns/aws.toml")),
    ("patterns/services.toml", include_str!("../../patterns/services.toml")),
    ("patterns/git.toml", include_str!("../../patterns/git.toml")),
    ("patterns/allowlist.toml", include_str!("../../patterns/allowlist.toml")),
];

/// No window may be wider on either side: hits are carried through deltas with their window.
const MAX_WINDOW: u32 = 64 * 1024;

/// A keyword shorter than this wakes its pattern in every other object.
const MIN_KEYWORD: usize = 3;

/// A shorter word has an encoded form of less than four bytes, which turns up by chance.
const MIN_WRAPPED: usize = 4;

/// The same for one that is looked for as a list of hexadecimal numbers only.
const MIN_LISTED: usize = 2;

/// The built-in rules. Their expressions are compiled when they are first needed: a test vouches for them.
pub fn builtin() -> Result<RuleSet, RulesError> {
    builtin_as(true)
}

fn builtin_as(vouched: bool) -> Result<RuleSet, RulesError> {
    let mut set = RuleSet::default();
    for (file, text) in BUILTIN {
        add_as(&mut set, file, text, vouched)?;
    }
    Ok(set)
}

/// Adds the rules of a user's file to `set`. Their ids must be new; they may be `near` rules already there. Whether
/// the examples hold is for [`crate::detect::prove`] to say.
pub fn load_user(set: &mut RuleSet, path: &Path) -> Result<(), RulesError> {
    let text = std::fs::read_to_string(path).map_err(|cause| RulesError::Read { path: path.to_path_buf(), cause })?;
    add(set, &path.display().to_string(), &text)
}

/// Adds what `text` holds to `set`; on an error `set` holds the rules before the bad one.
fn add(set: &mut RuleSet, file: &str, text: &str) -> Result<(), RulesError> {
    add_as(set, file, text, false)
}

fn add_as(set: &mut RuleSet, file: &str, text: &str, vouched: bool) -> Result<(), RulesError> {
    let mut place = Place { file, text, fragments: Fragments::default(), vouched };
    let form: RulesForm = toml::from_str(text).map_err(|cause| RulesError::Parse {
        file: file.to_owned(),
        line: place.line_at(cause.span().map_or(0, |span| span.start)),
        cause: Box::new(cause),
    })?;
    let fragments = form.fragments.iter().map(|(name, text)| (name.clone(), text.get_ref().clone())).collect();
    place.fragments = Fragments::new(&fragments).map_err(|(name, problem)| {
        let line = form.fragments.get(&name).map_or(1, |text| place.line(text));
        place.invalid(line, "fragments", problem)
    })?;
    for rule in form.rules {
        let rule = place.rule(set, rule)?;
        set.rules.push(rule);
    }
    for credential in form.credentials {
        let credential = place.credential(set, credential)?;
        set.credentials.push(credential);
    }
    for entry in form.harmless {
        let line = place.line(&entry.kind);
        let (text, exact) = match (entry.value, entry.contains) {
            (Some(value), None) => (value.join(), true),
            (None, Some(part)) => (part, false),
            _ => return Err(place.invalid(line, "harmless", "give one of `value` and `contains`")),
        };
        if text.len() < MIN_KEYWORD {
            return Err(place.invalid(line, "harmless", "a shorter text than three bytes hides too much"));
        }
        let kind = entry.kind.into_inner();
        set.allowlist.add(Harmless { kind, text: text.into_bytes(), exact, reason: entry.reason });
    }
    for entry in form.wrapped {
        // Every other form takes at least as many bytes as the word, a list of hexadecimal numbers five a byte.
        let is_list = entry.forms.iter().all(|form| *form == WrappedForm::HexList);
        let least = if is_list { MIN_LISTED } else { MIN_WRAPPED };
        if let Some(word) = entry.keywords.iter().find(|word| word.get_ref().len() < least) {
            let problem = format!("the keyword `{}` is shorter than {least} bytes", word.get_ref());
            return Err(place.invalid(place.line(word), "wrapped", problem));
        }
        let keywords = entry.keywords.into_iter().map(Spanned::into_inner).collect();
        set.wrapped.push(Wrapped { keywords, forms: entry.forms });
    }
    Ok(())
}

/// The file being read, for errors.
struct Place<'a> {
    file: &'a str,
    text: &'a str,
    fragments: Fragments,
    /// Whether expressions are known to be usable, so that compiling them can wait.
    vouched: bool,
}

impl Place<'_> {
    fn line<T>(&self, at: &Spanned<T>) -> usize {
        self.line_at(at.span().start)
    }

    fn line_at(&self, byte: usize) -> usize {
        let before = self.text.as_bytes().get(..byte).unwrap_or_default();
        1 + memchr::memchr_iter(b'\n', before).count()
    }

    fn invalid(&self, line: usize, subject: &str, problem: impl Into<String>) -> RulesError {
        let (file, subject) = (self.file.to_owned(), subject.to_owned());
        RulesError::Invalid { file, line, subject, problem: problem.into() }
    }

    /// Checks an id and that it is new.
    fn id(&self, set: &RuleSet, id: &Spanned<String>) -> Result<(), RulesError> {
        let name = id.get_ref().as_str();
        let problem = if !is_kebab(name) {
            "an id is lower-case words and digits joined by hyphens, e.g. `acme-api-key`".to_owned()
        } else if let Some(other) = set.rule(name) {
            format!("the id is taken by the rule at {}; choose another", other.source)
        } else if set.credential(name).is_some() {
            "the id is taken by a credential; choose another".to_owned()
        } else {
            return Ok(());
        };
        Err(self.invalid(self.line(id), &format!("rule {name}"), problem))
    }

    fn rule(&self, set: &RuleSet, form: RuleForm) -> Result<Rule, RulesError> {
        self.id(set, &form.id)?;
        let line = self.line(&form.id);
        let id = form.id.into_inner();
        let subject = format!("rule {id}");
        if form.patterns.is_empty() {
            return Err(self.invalid(line, &subject, "it has no pattern; add `[[rule.pattern]]`"));
        }
        if form.examples.is_empty() {
            return Err(self.invalid(line, &subject, "it has no example; a rule proves itself by at least one"));
        }
        let checks = self.checks(&subject, form.checks)?;
        let mut patterns: Vec<Pattern> = Vec::with_capacity(form.patterns.len());
        for pattern in form.patterns {
            let line = self.line(&pattern.name);
            let pattern = self.pattern(set, &subject, pattern)?;
            if patterns.iter().any(|other| other.name == pattern.name) {
                return Err(self.invalid(line, &subject, format!("two patterns are called `{}`", pattern.name)));
            }
            patterns.push(pattern);
        }
        Ok(Rule {
            id,
            name: form.name,
            kind: form.kind,
            description: form.description.trim().to_owned(),
            severity: form.severity,
            advice: form.advice,
            only: form.only,
            references: form.references,
            escaped: form.escaped,
            patterns,
            checks,
            examples: form.examples.iter().map(super::file::Parts::join).collect(),
            negative_examples: form.negative_examples.iter().map(super::file::Parts::join).collect(),
            source: format!("{}:{line}", self.file),
        })
    }

    fn pattern(&self, set: &RuleSet, subject: &str, form: PatternForm) -> Result<Pattern, RulesError> {
        let subject = format!("{subject}, pattern {}", form.name.get_ref());
        let near = match &form.near {
            None => None,
            Some(id) => Some(set.rules.iter().position(|rule| rule.id == *id.get_ref()).ok_or_else(|| {
                let problem = format!("no rule `{}` stands before this one to be near to", id.get_ref());
                self.invalid(self.line(id), &subject, problem)
            })?),
        };
        if near.is_some() && !form.keywords.is_empty() {
            let problem = "`near` and `keywords` exclude each other; make two patterns";
            return Err(self.invalid(self.line(&form.name), &subject, problem));
        }
        for keyword in &form.keywords {
            if keyword.get_ref().len() < MIN_KEYWORD {
                let problem = format!("the keyword `{}` is shorter than three bytes", keyword.get_ref());
                return Err(self.invalid(self.line(keyword), &subject, problem));
            }
        }
        let whole = near.is_none() && form.keywords.is_empty();
        let window = |side: Option<Spanned<u32>>, name: &str| match side {
            None if whole => Ok(0),
            Some(bytes) if !whole && *bytes.get_ref() <= MAX_WINDOW => Ok(bytes.into_inner()),
            Some(bytes) if whole => {
                let problem = format!("`{name}` means nothing without `keywords` or `near`");
                Err(self.invalid(self.line(&bytes), &subject, problem))
            }
            Some(bytes) => {
                Err(self.invalid(self.line(&bytes), &subject, format!("`{name}` is more than {MAX_WINDOW} bytes")))
            }
            None => Err(self.invalid(self.line(&form.name), &subject, format!("`{name}` is missing"))),
        };
        Ok(Pattern {
            before: window(form.before, "before")?,
            after: window(form.after, "after")?,
            regex: self.regex(&subject, &form.regex)?,
            decode: form.decode.map(|decode| self.decode(&subject, decode)).transpose()?,
            checks: self.checks(&subject, form.checks)?,
            paths: form.paths.map(|globs| self.paths(&subject, globs)).transpose()?,
            name: form.name.into_inner(),
            keywords: form.keywords.into_iter().map(Spanned::into_inner).collect(),
            exact: form.exact,
            near,
            confidence: form.confidence,
        })
    }

    fn paths(&self, subject: &str, globs: Spanned<Vec<String>>) -> Result<Paths, RulesError> {
        let line = self.line(&globs);
        Paths::new(globs.into_inner()).map_err(|problem| self.invalid(line, subject, &problem))
    }

    /// The expression of a pattern.
    fn regex(&self, subject: &str, source: &Spanned<String>) -> Result<Expression, RulesError> {
        let bad = |problem: &str| self.invalid(self.line(source), subject, problem);
        let expression = self.expression(subject, source, |text| text)?;
        if self.vouched {
            return Ok(expression);
        }
        let regex = self.compiled(subject, source, &expression)?;
        if regex.is_match(b"") {
            return Err(bad("the regex matches nothing at all; ask for at least one byte"));
        }
        let named = regex.capture_names().flatten().any(|name| name == "value");
        if !named && regex.captures_len() > 1 {
            return Err(bad("the regex has groups but none called `value`; name it (?P<value>…)"));
        }
        Ok(expression)
    }

    fn decode(&self, subject: &str, form: DecodeForm) -> Result<Decode, RulesError> {
        let known = |coding: &Coding| matches!(coding, Coding::Base64 | Coding::Hex);
        if form.from.get_ref().is_empty() || !form.from.get_ref().iter().all(known) {
            let problem = "a value is decoded from `base64`, `hex` or both";
            return Err(self.invalid(self.line(&form.from), subject, problem));
        }
        let to = self.expression(subject, &form.to, |text| format!(r"\A(?:{text})\z"))?;
        let to = self.compiled(subject, &form.to, &to)?.clone();
        Ok(Decode { from: form.from.into_inner(), to })
    }

    /// An expression with its fragments put in, after `finish`.
    fn expression(
        &self,
        subject: &str,
        source: &Spanned<String>,
        finish: impl Fn(String) -> String,
    ) -> Result<Expression, RulesError> {
        let text = self.fragments.expand(source.get_ref());
        let text = text.map_err(|problem| self.invalid(self.line(source), subject, problem))?;
        Ok(Expression::new(&finish(text)))
    }

    /// An expression that must be usable.
    fn compiled<'e>(
        &self,
        subject: &str,
        source: &Spanned<String>,
        expression: &'e Expression,
    ) -> Result<&'e Regex, RulesError> {
        expression.check().map_err(|error| {
            let problem = format!("the regex is not usable: {}", last_line(&error));
            self.invalid(self.line(source), subject, problem)
        })
    }

    fn checks(&self, subject: &str, forms: Vec<Spanned<CheckForm>>) -> Result<Vec<Check>, RulesError> {
        let compile = |form: Spanned<CheckForm>| {
            let line = self.line(&form);
            let set = |list: &str| {
                let problem = format!("`{list}` is not a list of ASCII characters and ranges, e.g. `A-Za-z0-9/+`");
                ByteSet::parse(list).ok_or_else(|| self.invalid(line, subject, problem))
            };
            Ok(match form.into_inner() {
                CheckForm::Bounded(sides) => Check::Bounded { before: set(&sides.before)?, after: set(&sides.after)? },
                CheckForm::Entropy(bits) if (0.0..8.0).contains(&bits) => Check::Entropy(bits),
                CheckForm::Entropy(_) => return Err(self.invalid(line, subject, "entropy lies between 0 and 8 bits")),
                CheckForm::NotHex => Check::NotHex,
                CheckForm::NotWords => Check::NotWords,
                CheckForm::NotCapitalWords => Check::NotCapitalWords,
                CheckForm::Alphabet(list) => Check::Alphabet(set(&list)?),
                CheckForm::NotRepetitive => Check::NotRepetitive,
            })
        };
        forms.into_iter().map(compile).collect()
    }

    fn credential(&self, set: &RuleSet, form: CredentialForm) -> Result<CredentialRule, RulesError> {
        self.id(set, &form.id)?;
        let line = self.line(&form.id);
        let id = form.id.into_inner();
        let subject = format!("credential {id}");
        if form.requires.is_empty() {
            return Err(self.invalid(line, &subject, "`requires` is empty; name at least one kind"));
        }
        let found = |kind: &ComponentKind| set.rules.iter().any(|rule| rule.kind == *kind);
        if let Some(kind) = form.requires.iter().chain(&form.optional).find(|kind| !found(kind)) {
            return Err(self.invalid(line, &subject, format!("no rule finds a `{}`", kind.as_str())));
        }
        Ok(CredentialRule {
            id,
            name: form.name,
            description: form.description.trim().to_owned(),
            requires: form.requires,
            optional: form.optional,
            id_prefixes: form.id_prefixes,
            severity: form.severity,
            advice: form.advice,
            references: form.references,
        })
    }
}

fn is_kebab(id: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.split('-').all(word)
}

/// The gist of an error that draws a picture above it: what follows `error: ` in its last line.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rules_load_and_prove_themselves() {
        let rules = builtin().unwrap();
        let unproven: Vec<String> = crate::detect::prove::unproven(&rules).iter().map(ToString::to_string).collect();
        assert!(unproven.is_empty(), "{}", unproven.join("\n"));
    }

    const USER: &str = r#"
[[rule]]
id = "acme-key"
name = "Acme key"
kind = "acme_key"
severity = "high"
description = "A key of Acme."
advice = "Ask Acme for another"
checks = [{ entropy = 2.0 }]
examples = [["acme_", "0123456789abcdef"]]

[[rule.pattern]]
name = "prefix"
keywords = ["acme_"]
before = 0
after = 32
regex = 'acme_[0-9a-f]{16}'
confidence = "high"
"#;

    #[test]
    fn a_users_rules_join_the_built_in_ones() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), USER).unwrap();
        let mut rules = builtin().unwrap();
        load_user(&mut rules, file.path()).unwrap();
        assert_eq!(rules.rule("acme-key").unwrap().kind, ComponentKind::Other("acme_key".to_owned()));
        assert!(rules.rule("acme-key").unwrap().source.ends_with(":3"));
        assert!(crate::detect::prove::unproven(&rules).is_empty());
        let again = load_user(&mut rules, file.path()).unwrap_err().to_string();
        assert!(again.contains("taken by the rule at"), "{again}");
        assert!(load_user(&mut rules, Path::new("/nowhere.toml")).unwrap_err().to_string().contains("/nowhere.toml"));
    }

    #[test]
    fn a_pattern_uses_the_fragments_of_its_file() {
        let text = USER.replacen("[[rule]]", "[fragments]\ndigit = '[0-9a-f]'\n[[rule]]", 1);
        let text = text.replacen("[0-9a-f]{16}", "(?&digit){16}", 1);
        let mut rules = RuleSet::default();
        add(&mut rules, "mine.toml", &text).unwrap();
        assert!(crate::detect::prove::unproven(&rules).is_empty());
        assert!(add(&mut rules, "other.toml", &USER.replacen("[0-9a-f]{16}", "(?&digit)", 1)).is_err());
    }

    #[test]
    fn the_built_in_expressions_are_what_a_users_must_be() {
        builtin_as(false).unwrap();
    }

    /// Each change breaks the file; the error names the line and what is wrong.
    #[test]
    fn a_bad_rule_is_refused_with_its_line() {
        for (good, bad, line, said) in [
            ("acme-key\"", "Acme_Key\"", 3, "lower-case words"),
            ("acme-key\"", "aws-access-key\"", 3, "taken by a credential"),
            ("[\"acme_\"]", "[\"ac\"]", 14, "shorter than three bytes"),
            ("after = 32", "after = 65537", 16, "more than 65536 bytes"),
            ("after = 32\n", "", 13, "`after` is missing"),
            ("keywords = [\"acme_\"]\n", "", 14, "means nothing without"),
            ("keywords = [\"acme_\"]", "near = \"acme-id\"", 14, "no rule `acme-id`"),
            ("keywords", "near = \"aws-access-key-id\"\nkeywords", 13, "exclude each other"),
            ("{16}", "{16", 17, "not usable"),
            ("{16}'", "{16}|'", 17, "matches nothing at all"),
            ("[0-9a-f]{16}", "(x)", 17, "none called `value`"),
            ("entropy = 2.0", "entropy = 9.0", 9, "between 0 and 8"),
            ("{ entropy = 2.0 }", "{ bounded = { before = \"z-a\", after = \"a\" } }", 9, "not a list"),
            ("[[\"acme_\", \"0123456789abcdef\"]]", "[]", 3, "no example"),
            ("severity = \"high\"", "severity = \"huge\"", 6, "unknown variant"),
            ("advice", "advise", 8, "unknown field"),
            ("'acme_[", "'acme_(?&none)[", 17, "no fragment `none`"),
            ("[[rule]]", "[fragments]\na = '(?&b)'\nb = '(?&a)'\n[[rule]]", 3, "holds itself"),
            ("'\nconfidence", "'\ndecode = { from = [\"url\"], to = 'x' }\nconfidence", 18, "`base64`, `hex` or both"),
            ("'\nconfidence", "'\ndecode = { from = [\"hex\"], to = '(x' }\nconfidence", 18, "not usable"),
            ("[[rule]]", "[[wrapped]]\nkeywords = [\"key\"]\nforms = [\"hex\"]\n[[rule]]", 3, "shorter than 4"),
        ] {
            let text = USER.replacen(good, bad, 1);
            assert_ne!(text, USER, "{good}");
            let error = add(&mut builtin().unwrap(), "mine.toml", &text).unwrap_err().to_string();
            let named = error.starts_with(&format!("mine.toml:{line}: ")) || error.contains(&format!("line {line},"));
            assert!(named && error.contains(said), "{bad}: {error}");
        }
    }
}
