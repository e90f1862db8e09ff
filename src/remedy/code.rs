//! Calls of the AWS SDKs in Python, JavaScript, Java and Go.

mod binding;
mod imports;

use super::call::{Arguments, Call, Calls, Constants, Part, arguments, value};
use super::helpers;
use super::lexer::{Language, Tokens};
use super::operations::{Service, plain, services_with};
use super::resources::is_telling;
use binding::is_thing;
use imports::imports;
use std::collections::HashMap;

/// What a name of the code stands for: a client, or what an SDK makes of a service's things.
#[derive(Debug, Clone)]
struct Binding {
    service: &'static Service,
    /// `Table`, `Bucket`, `Document`; empty for a client.
    thing: &'static str,
    /// What it was made with: the table's name.
    made_with: Arguments,
}

/// One file of code, and what it calls by which name.
pub(super) struct Code {
    tokens: Tokens,
    language: Language,
    constants: Constants,
    bound: HashMap<String, Binding>,
    /// Services whose SDK is imported.
    imported: Vec<&'static Service>,
    /// Services of which a client is made, whatever becomes of it.
    made: Vec<&'static Service>,
    /// Whether an SDK for JavaScript or Python is imported at all.
    uses_sdk: bool,
}

impl Code {
    /// Reads a file.
    pub fn read(text: &str, language: Language) -> Self {
        let tokens = Tokens::of(text, language);
        let constants = Constants::of(&tokens);
        let imported = imports(&tokens, text, language);
        let sdk = |text: &str| ["aws-sdk", "@aws-sdk/", "aws-xray-sdk"].iter().any(|start| text.starts_with(start));
        let boto = |at: usize| language == Language::Python && matches!(tokens.word(at), Some("boto3" | "aioboto3"));
        let uses_sdk = (0..tokens.0.len()).any(|at| tokens.text(at).is_some_and(sdk) || boto(at));
        let mut code =
            Self { tokens, language, constants, bound: HashMap::new(), imported, made: Vec::new(), uses_sdk };
        if language == Language::Go {
            code.bind_packages();
        }
        // Twice: what is made of a client may stand above it.
        for _ in 0..2 {
            code.bind();
        }
        code
    }

    /// The values of its constants, for files beside it that import them.
    pub fn into_constants(self) -> Constants {
        self.constants
    }

    /// The services it uses: through an import or a client.
    pub fn services(&self) -> impl Iterator<Item = &'static Service> + '_ {
        self.imported.iter().chain(&self.made).copied()
    }

    /// All calls. `beside` are the services that the files beside use: a client may come from one of them. `others` are
    /// the constants of those files.
    pub fn calls(&self, beside: &[&'static Service], others: &Constants) -> Calls {
        let mut calls = Calls::default();
        for at in 0..self.tokens.0.len() {
            match self.language {
                Language::JavaScript => self.command(at, &mut calls),
                Language::Java => self.request(at, &mut calls),
                Language::Go => self.input(at, &mut calls),
                Language::Python => {}
            }
            self.method(at, beside, &mut calls);
        }
        for (_, name) in calls.known.iter_mut().flat_map(|call| &mut call.arguments) {
            *name = self.constants.resolve(name, others);
        }
        calls
    }

    /// `new GetObjectCommand({…})` of the third SDK for JavaScript, and `new Upload({ params })` of its `lib-storage`.
    fn command(&self, at: usize, calls: &mut Calls) {
        let tokens = &self.tokens;
        if tokens.word(at) != Some("new") || !tokens.is(at + 2, '(') {
            return;
        }
        let Some(class) = tokens.word(at + 1) else { return };
        if class == "Upload" && self.imported.iter().any(|service| service.name == "s3") {
            let service = Service::named("s3");
            for &operation in helpers::operations("s3", "upload").unwrap_or_default() {
                self.push(calls, service, operation, at + 2);
            }
        }
        let Some(name) = class.strip_suffix("Command") else { return };
        let document = helpers::operations("dynamodb.Document", &plain(name));
        let service = self.imported.iter().copied().find(|service| service.operation(name).is_some());
        match (service, document) {
            (Some(service), _) => {
                let operation = service.operation(name).unwrap_or_else(|| name.to_owned());
                self.push(calls, Some(service), &operation, at + 2);
            }
            (None, Some(operations)) if self.imported.iter().any(|service| service.name == "dynamodb") => {
                for operation in operations {
                    self.push(calls, Service::named("dynamodb"), operation, at + 2);
                }
            }
            _ => match &services_with(name)[..] {
                [] => {}
                &[(service, operation)] => self.push(calls, Some(service), operation, at + 2),
                _ => calls.unknown.push((class.to_owned(), tokens.line(at))),
            },
        }
    }

    /// `GetObjectRequest.builder()…` and `new GetObjectRequest(…)` of the SDKs for Java.
    fn request(&self, at: usize, calls: &mut Calls) {
        let tokens = &self.tokens;
        let Some(name) = tokens.word(at).and_then(|word| word.strip_suffix("Request")) else { return };
        let builds = tokens.is(at + 1, '.') && tokens.word(at + 2) == Some("builder");
        let is_new = at > 0 && tokens.word(at - 1) == Some("new");
        // Kotlin has no `new`, and fills in a block.
        let blocks = tokens.is(at + 1, '{') && at > 0 && !matches!(tokens.word(at - 1), Some("class"));
        let Some(service) = self.imported.iter().copied().find(|service| service.operation(name).is_some()) else {
            return;
        };
        if !(builds || is_new || blocks) {
            return;
        }
        let operation = service.operation(name).unwrap_or_else(|| name.to_owned());
        let end = self.statement_end(at);
        let mut given = arguments(tokens, at + 1, end, self.language);
        if is_new && tokens.is(at + 1, '(') && service.name == "s3" {
            let bucket = value(tokens, at + 2);
            if !bucket.is_empty() {
                given.push(("Bucket".to_owned(), bucket));
            }
        }
        calls.known.push(Call { service, operation, arguments: given, line: tokens.line(at) });
    }

    /// Where the chain of builders that begins at `at` ends: at `build()`, or with the statement.
    fn statement_end(&self, at: usize) -> usize {
        let (tokens, mut end, mut depth) = (&self.tokens, at, 0_i32);
        while end < tokens.0.len() {
            if ['(', '{', '['].iter().any(|&sign| tokens.is(end, sign)) {
                depth += 1;
            } else if [')', '}', ']'].iter().any(|&sign| tokens.is(end, sign)) {
                depth -= 1;
            }
            let built = depth == 0 && tokens.word(end) == Some("build");
            if depth < 0 || depth == 0 && tokens.is(end, ';') || built {
                break;
            }
            end += 1;
        }
        end
    }

    /// `s3.GetObjectInput{…}` of the SDKs for Go.
    fn input(&self, at: usize, calls: &mut Calls) {
        let tokens = &self.tokens;
        let (Some(package), Some(class)) = (tokens.word(at), tokens.word(at + 2)) else { return };
        let Some(name) = class.strip_suffix("Input") else { return };
        if !tokens.is(at + 1, '.') || !tokens.is(at + 3, '{') {
            return;
        }
        if matches!(package, "s3manager" | "manager") {
            for &operation in helpers::operations("s3", &plain(name)).unwrap_or_default() {
                self.push(calls, Service::named("s3"), operation, at + 3);
            }
        }
        let service = self.bound.get(package).map(|binding| binding.service);
        let service = service.or_else(|| self.imported.iter().copied().find(|one| one.operation(name).is_some()));
        if let Some((service, operation)) = service.and_then(|service| Some((service, service.operation(name)?))) {
            self.push(calls, Some(service), &operation, at + 3);
        }
    }

    /// A call whose arguments are in the bracket at `open`.
    fn push(&self, calls: &mut Calls, service: Option<&'static Service>, operation: &str, open: usize) {
        let Some(service) = service else { return };
        let (arguments, line) = (self.given(open), self.tokens.line(open));
        calls.known.push(Call { service, operation: operation.to_owned(), arguments, line });
    }

    /// The arguments in the bracket at `open`. Where a name stands for all of them, those that it was given above.
    fn given(&self, open: usize) -> Arguments {
        let tokens = &self.tokens;
        let close = tokens.close(open);
        let mut found = arguments(tokens, open, close, self.language);
        for at in open + 1..close {
            let Some(name) = tokens.word(at) else { continue };
            let alone =
                (tokens.is(at - 1, '(') || tokens.is(at - 1, '*') || tokens.is(at - 1, '.') || tokens.is(at - 1, ','))
                    && (tokens.is(at + 1, ')') || tokens.is(at + 1, ','));
            if alone && let Some(object) = self.object_named(name, open) {
                found.extend(arguments(tokens, object, tokens.close(object), self.language));
            }
        }
        found
    }

    /// The last object that is given to `name` above `before`: `params = {`, `params: Input = {`.
    fn object_named(&self, name: &str, before: usize) -> Option<usize> {
        let tokens = &self.tokens;
        (0..before).rev().find_map(|at| {
            if tokens.word(at) != Some(name) {
                return None;
            }
            let assigned = (at + 1..(at + 8).min(before)).find(|&at| tokens.is(at, '='))?;
            let begins = assigned == at + 1 || tokens.is(at + 1, ':') || tokens.is(at + 2, '=');
            let opens = tokens.is(assigned + 1, '{')
                || tokens.word(assigned + 1) == Some("dict") && tokens.is(assigned + 2, '(');
            (begins && opens).then_some(assigned + 1 + usize::from(!tokens.is(assigned + 1, '{')))
        })
    }

    /// `client.get_object(…)`, whatever the language.
    fn method(&self, dot: usize, beside: &[&'static Service], calls: &mut Calls) {
        let tokens = &self.tokens;
        let (Some(name), true, true) = (tokens.word(dot + 1), tokens.is(dot, '.'), tokens.is(dot + 2, '(')) else {
            return;
        };
        let open = dot + 2;
        let Some(receiver) = dot.checked_sub(1) else { return };
        if let Some(binding) = self.expression(receiver, 0) {
            self.of_binding(&binding, name, open, calls);
            return;
        }
        // A receiver that is not known: only names that no other library is likely to use.
        let candidates = services_with(name);
        let words = name.chars().filter(|c| *c == '_' || c.is_ascii_uppercase()).count();
        let called = tokens.word(receiver).unwrap_or_default();
        let is_client = called.to_ascii_lowercase().ends_with("client");
        if words == 0 || candidates.is_empty() || self.language == Language::Go {
            // A client of a rarer service, handed over.
            if words > 0 && is_client && self.language == Language::Python && self.uses_sdk {
                calls.unknown.push((name.to_owned(), tokens.line(dot + 1)));
            }
            return;
        }
        let used = |service: &'static Service| {
            self.imported.iter().chain(&self.made).chain(beside).any(|one| std::ptr::eq(*one, service))
        };
        let near: Vec<_> = candidates.iter().filter(|(service, _)| used(service)).collect();
        let given = self.given(open);
        // Arguments of AWS begin with a capital; those of other libraries seldom do.
        let like_aws = given.iter().any(|(name, _)| name.starts_with(|c: char| c.is_ascii_uppercase()));
        let line = tokens.line(dot + 1);
        // `self.acm_client`: the name says it, where a client is handed over.
        let own = Service::named(called).filter(|_| is_client);
        if let Some((service, operation)) = own.and_then(|own| candidates.iter().find(|one| std::ptr::eq(one.0, own))) {
            calls.known.push(Call { service, operation: (*operation).to_owned(), arguments: given, line });
            return;
        }
        let like_aws = like_aws || is_client && !near.is_empty();
        match (&near[..], &candidates[..]) {
            // `entity.getObject()` is a getter.
            (&[&(service, operation)], _)
                if like_aws || self.language == Language::Java && !tokens.is(open + 1, ')') =>
            {
                calls.known.push(Call { service, operation: operation.to_owned(), arguments: given, line });
            }
            (_, &[(service, operation)]) if given.iter().any(|(name, _)| is_telling(service.prefix, name)) => {
                calls.known.push(Call { service, operation: operation.to_owned(), arguments: given, line });
            }
            _ if like_aws => calls.unknown.push((name.to_owned(), line)),
            _ => {}
        }
    }

    fn of_binding(&self, binding: &Binding, name: &str, open: usize, calls: &mut Calls) {
        let (tokens, service) = (&self.tokens, binding.service);
        let object = if binding.thing.is_empty() {
            service.name.to_owned()
        } else {
            format!("{}.{}", service.name, binding.thing)
        };
        let line = tokens.line(open);
        if self.is_told_by_request(open) {
            return;
        }
        let mut given = binding.made_with.clone();
        given.extend(self.given(open));
        let mut push = |operation: &str, arguments: &Arguments| {
            let (operation, arguments) = (operation.to_owned(), arguments.clone());
            calls.known.push(Call { service, operation, arguments, line });
        };
        let method = plain(name);
        if let Some(operations) = helpers::operations(&object, &method) {
            for operation in operations {
                push(operation, &given);
            }
            // `upload_file(path, bucket, key)` and `download_file(bucket, key, path)`.
            if object == "s3" && calls.known.last().is_some_and(|call| call.values("Bucket").is_empty()) {
                let place = usize::from(method.starts_with("upload"));
                let bucket = self.positional(open, place);
                for call in calls.known.iter_mut().rev().take(operations.len()) {
                    call.arguments.extend(bucket.clone().map(|bucket| ("Bucket".to_owned(), bucket)));
                }
            }
            return;
        }
        if !binding.thing.is_empty() {
            return;
        }
        // What boto3's resources make and is not known here: `iam.Role('x')`.
        if self.language == Language::Python && name.starts_with(|c: char| c.is_ascii_uppercase()) && !is_thing(name) {
            calls.unknown.push((format!("{}.{name}", service.name), line));
            return;
        }
        match method.as_str() {
            "getpaginator" | "generatepresignedurl" | "getsignedurl" | "getsignedurlpromise" => {
                if let Some(operation) = tokens.text(open + 1).and_then(|text| service.operation(text)) {
                    // A paginator's arguments come with `paginate`.
                    let next = tokens.close(open) + 1;
                    if tokens.is(next, '.') && tokens.is(next + 2, '(') {
                        given.extend(self.given(next + 2));
                    }
                    push(&operation, &given);
                }
            }
            "paginate" => {}
            _ => {
                let name = name.strip_suffix("WithContext").or(name.strip_suffix("Pages")).unwrap_or(name);
                let name = name.strip_suffix("Paginator").or(name.strip_suffix("Async")).unwrap_or(name);
                // Of a rarer service any name of two words is taken for an operation.
                let words = name.chars().skip(1).any(|c| c == '_' || c.is_ascii_uppercase());
                let Some(operation) = service.operation(name).filter(|_| words || !service.operations.is_empty())
                else {
                    return;
                };
                if self.language == Language::Java && service.name == "s3" && given.is_empty() {
                    given.extend(self.positional(open, 0).map(|bucket| ("Bucket".to_owned(), bucket)));
                }
                push(&operation, &given);
            }
        }
    }

    /// Whether what the call at `open` is given is a request, or a name that stands for one: that says the same, and more.
    fn is_told_by_request(&self, open: usize) -> bool {
        let tokens = &self.tokens;
        let mut words = (open + 1..tokens.close(open)).filter_map(|at| tokens.word(at));
        match self.language {
            Language::Go => words.any(|word| !matches!(word, "ctx" | "nil" | "context" | "TODO" | "Background")),
            Language::Java => words.any(|word| {
                let declared = |at: usize| {
                    tokens.word(at + 1) == Some(word) && tokens.word(at).is_some_and(|kind| kind.ends_with("Request"))
                };
                word.ends_with("Request") && word.starts_with(|c: char| c.is_ascii_uppercase())
                    || (0..tokens.0.len()).any(declared)
            }),
            Language::Python | Language::JavaScript => false,
        }
    }

    /// The positional argument number `place` of the call whose bracket is at `open`.
    fn positional(&self, open: usize, place: usize) -> Option<Vec<Part>> {
        let (tokens, close) = (&self.tokens, self.tokens.close(open));
        let (mut at, mut number) = (open + 1, 0);
        while at < close && number < place {
            if ['(', '[', '{'].iter().any(|&sign| tokens.is(at, sign)) {
                at = tokens.close(at);
            }
            number += usize::from(tokens.is(at, ','));
            at += 1;
        }
        let value = value(tokens, at);
        (at < close && !value.is_empty()).then_some(value)
    }
}

#[cfg(test)]
mod tests;
