//! Calls of the AWS SDKs in Python, JavaScript, Java and Go.

use super::call::{Arguments, Call, Calls, Constants, Part, arguments, value};
use super::helpers;
use super::lexer::{Language, Tokens};
use super::operations::{Service, plain, services_with};
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
    /// Whether an SDK for JavaScript is imported at all.
    uses_sdk: bool,
}

/// The things of boto3's resources: how they are made, of which service, and what their arguments are.
const THINGS: [(&str, &str, &[&str]); 7] = [
    ("Table", "dynamodb", &["TableName"]),
    ("Bucket", "s3", &["Bucket"]),
    ("Object", "s3", &["Bucket", "Key"]),
    ("Queue", "sqs", &["QueueUrl"]),
    ("get_queue_by_name", "sqs", &["QueueName"]),
    ("Topic", "sns", &["TopicArn"]),
    ("PlatformEndpoint", "sns", &["TargetArn"]),
];

/// Packages whose names say of which service they are: what stands before the service's name.
const PACKAGES: [&str; 9] = [
    "@aws-sdk/client-",
    "@aws-sdk/lib-",
    "aws-sdk/clients/",
    "github.com/aws/aws-sdk-go-v2/service/",
    "github.com/aws/aws-sdk-go/service/",
    "software.amazon.awssdk.services.",
    "software.amazon.awssdk.enhanced.",
    "com.amazonaws.services.",
    "aws.sdk.kotlin.services.",
];

impl Code {
    /// Reads a file.
    pub fn read(text: &str, language: Language) -> Self {
        let tokens = Tokens::of(text, language);
        let constants = Constants::of(&tokens);
        let imported = imports(&tokens, text, language);
        let sdk = |text: &str| ["aws-sdk", "@aws-sdk/", "aws-xray-sdk"].iter().any(|start| text.starts_with(start));
        let uses_sdk = (0..tokens.0.len()).any(|at| tokens.text(at).is_some_and(sdk));
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
        if words == 0 || candidates.is_empty() || self.language == Language::Go {
            return;
        }
        let used = |service: &&'static Service| {
            self.imported.iter().chain(&self.made).chain(beside).any(|one| std::ptr::eq(*one, *service))
        };
        let near: Vec<_> = candidates.iter().filter(|(service, _)| used(&service)).collect();
        let given = self.given(open);
        // Arguments of AWS begin with a capital; those of other libraries seldom do.
        let like_aws = given.iter().any(|(name, _)| name.starts_with(|c: char| c.is_ascii_uppercase()));
        let line = tokens.line(dot + 1);
        // `self.acm_client`: the name says it, where a client is handed over.
        let called = tokens.word(receiver).unwrap_or_default();
        let is_client = called.to_ascii_lowercase().ends_with("client");
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
            (_, &[(service, operation)]) if like_aws => {
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
            if object == "s3" && calls.known.last().is_some_and(|call| call.values("Bucket").next().is_none()) {
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

    /// What the expression that ends at `end` is.
    fn expression(&self, end: usize, depth: usize) -> Option<Binding> {
        let tokens = &self.tokens;
        if depth > 4 {
            return None;
        }
        if let Some(word) = tokens.word(end) {
            // `bucket.objects.all()`: what belongs to a thing is the thing.
            let inner = matches!(word, "objects" | "object_versions") && tokens.is(end.checked_sub(1)?, '.');
            return if inner { self.expression(end.checked_sub(2)?, depth + 1) } else { self.bound.get(word).cloned() };
        }
        if !tokens.is(end, ')') {
            return None;
        }
        let open = tokens.open(end)?;
        self.made(open, depth)
    }

    /// What a call makes whose bracket is at `open`: a client, a thing, or what the function returns.
    fn made(&self, open: usize, depth: usize) -> Option<Binding> {
        let tokens = &self.tokens;
        let at = open.checked_sub(1)?;
        let callee = tokens.word(at)?;
        let binding = |service, thing| Some(Binding { service, thing, made_with: Vec::new() });
        let client = |service: Option<&'static Service>| service.and_then(|service| binding(service, ""));
        if matches!(callee, "client" | "resource" | "create_client")
            && let Some(name) = tokens.text(open + 1)
        {
            return client(Service::named(name));
        }
        let is_method = at > 0 && tokens.is(at - 1, '.');
        if is_method
            && let Some((_, service, names)) = THINGS.iter().find(|(make, ..)| *make == callee)
            && self.language == Language::Python
        {
            let of = self.expression(at.checked_sub(2)?, depth + 1).map(|of| of.service.name);
            if of.is_some_and(|of| of != *service) {
                return None;
            }
            let thing = if callee == "get_queue_by_name" { "Queue" } else { THINGS.iter().find(|t| t.0 == callee)?.0 };
            let given = names
                .iter()
                .enumerate()
                .filter_map(|(place, name)| Some(((*name).to_owned(), self.positional(open, place)?)));
            let mut made_with: Arguments = given.collect();
            made_with.extend(arguments(tokens, open, tokens.close(open), self.language));
            return Some(Binding { service: Service::named(service)?, thing, made_with });
        }
        match self.language {
            Language::JavaScript => {
                if matches!(callee, "DocumentClient") || callee == "from" && self.is_document(at) {
                    return binding(Service::named("dynamodb")?, "Document");
                }
                if callee.starts_with("capture") && tokens.is(tokens.close(open), ')') {
                    return self.expression(tokens.close(open).checked_sub(1)?, depth + 1);
                }
                let is_new = self.word_before_path(at) == Some("new");
                let aws = is_method && at > 1 && matches!(tokens.word(at - 2), Some("AWS" | "aws" | "Aws"));
                let known = || {
                    Service::named(callee).filter(|service| {
                        aws || self.imported.iter().any(|one| std::ptr::eq(*one, *service)) || self.uses_sdk
                    })
                };
                if is_new && let Some(binding) = client(known()) {
                    return Some(binding);
                }
            }
            // The enhanced client of the second SDK for Java: `client.table("orders", schema)`.
            Language::Java
                if callee == "table" && is_method && self.imported.iter().any(|one| one.name == "dynamodb") =>
            {
                let name = self.positional(open, 0)?;
                let made_with = vec![("TableName".to_owned(), name)];
                return Some(Binding { service: Service::named("dynamodb")?, thing: "Table", made_with });
            }
            Language::Go if matches!(callee, "New" | "NewFromConfig" | "NewFromOptions") && is_method => {
                return self.bound.get(tokens.word(at.checked_sub(2)?)?).cloned();
            }
            Language::Java
                if matches!(callee, "build" | "create" | "defaultClient" | "builder" | "standard") && is_method =>
            {
                let mut begin = at;
                while begin > 1 && tokens.is(begin - 1, '.') {
                    let before = begin - 2;
                    begin = if tokens.is(before, ')') { tokens.open(before)?.checked_sub(1)? } else { before };
                }
                return client(self.client_type(tokens.word(begin)?));
            }
            _ => {}
        }
        self.bound.get(callee).filter(|_| !is_method).cloned()
    }

    /// Whether `at` is the `from` of `DynamoDBDocumentClient.from(…)`.
    fn is_document(&self, at: usize) -> bool {
        at > 1 && self.tokens.word(at - 2).is_some_and(|word| word.starts_with("DynamoDBDocument"))
    }

    /// Go's packages by the names that the file has for them.
    fn bind_packages(&mut self) {
        for at in 0..self.tokens.0.len() {
            let Some(path) = self.tokens.text(at) else { continue };
            let Some(rest) = PACKAGES.iter().find_map(|start| path.strip_prefix(start)) else { continue };
            let own = rest.split('/').next().unwrap_or(rest);
            let alias = at.checked_sub(1).and_then(|before| self.tokens.word(before));
            let alias = alias.filter(|alias| *alias != "import" && self.tokens.line(at) == self.tokens.line(at - 1));
            if let Some(service) = Service::named(own).filter(|_| rest == own) {
                let binding = Binding { service, thing: "", made_with: Vec::new() };
                self.bound.insert(alias.unwrap_or(own).to_owned(), binding);
            }
        }
    }

    /// The word before the path `a.b.c` that ends at `at`.
    fn word_before_path(&self, mut at: usize) -> Option<&str> {
        while at > 1 && self.tokens.is(at - 1, '.') && self.tokens.word(at - 2).is_some() {
            at -= 2;
        }
        self.tokens.word(at.checked_sub(1)?)
    }

    /// The service whose client this type of Java is.
    fn client_type(&self, word: &str) -> Option<&'static Service> {
        let is_client = ["Client", "AsyncClient", "ClientBuilder"].iter().any(|end| word.ends_with(end))
            || word.starts_with("Amazon")
            || word.starts_with("AWS");
        let service = Service::named(word).filter(|_| is_client && !self.imported.is_empty())?;
        Some(service)
    }

    /// Notes which names stand for what.
    fn bind(&mut self) {
        let tokens = &self.tokens;
        let mut found: Vec<(String, Binding)> = Vec::new();
        let mut made = Vec::new();
        for at in 0..tokens.0.len() {
            if tokens.is(at, '(')
                && let Some(binding) = self.made(at, 0)
            {
                made.push(binding.service);
                if let Some(name) = self.target(at) {
                    found.push((name, binding));
                }
            }
            // `S3Client s3`, `private final AmazonS3 s3`; `s3: S3`, `docClient: DocumentClient`.
            let typed = match self.language {
                Language::Java => tokens.word(at).and_then(|word| self.client_type(word)).zip(tokens.word(at + 1)),
                Language::JavaScript if tokens.is(at + 1, ':') => self.annotated(at + 2).zip(tokens.word(at)),
                _ => None,
            };
            // The mapper of the first SDK for Java: `@DynamoDBTable(tableName = "orders")` stands at a class.
            let mapper = self.language == Language::Java && tokens.word(at) == Some("DynamoDBMapper");
            if let (true, Some(name), Some(service)) = (mapper, tokens.word(at + 1), Service::named("dynamodb")) {
                let table = vec![("TableName".to_owned(), vec![Part::Unknown("tableName".to_owned())])];
                found.push((name.to_owned(), Binding { service, thing: "Mapper", made_with: table }));
            } else if let Some((service, name)) = typed {
                let document = (at + 2..at + 7).any(|at| tokens.word(at) == Some("DocumentClient"));
                let thing = if document && self.language == Language::JavaScript { "Document" } else { "" };
                found.push((name.to_owned(), Binding { service, thing, made_with: Vec::new() }));
            }
        }
        for (name, binding) in found {
            made.push(binding.service);
            self.bound.entry(name).or_insert(binding);
        }
        for service in made {
            if !self.made.iter().any(|one| std::ptr::eq(*one, service)) {
                self.made.push(service);
            }
        }
    }

    /// The service of a type after a colon: `AWS.S3`, `DocumentClient`.
    fn annotated(&self, at: usize) -> Option<&'static Service> {
        let tokens = &self.tokens;
        let aws = tokens.word(at) == Some("AWS") && tokens.is(at + 1, '.');
        let class = tokens.word(if aws { at + 2 } else { at })?;
        if class == "DocumentClient" {
            return Service::named("dynamodb").filter(|_| self.uses_sdk || aws);
        }
        let ends = [')', ',', ';', '=', '.'].iter().any(|&sign| tokens.is(at + if aws { 3 } else { 1 }, sign));
        Service::named(class).filter(|_| aws && ends)
    }

    /// The name that gets what the call with the bracket at `open` makes.
    fn target(&self, open: usize) -> Option<String> {
        let tokens = &self.tokens;
        let close = tokens.close(open);
        // `with session.client('s3') as s3`.
        if tokens.word(close + 1) == Some("as") {
            return tokens.word(close + 2).map(str::to_owned);
        }
        if tokens.is(close + 1, '.') && self.language == Language::Python {
            return None;
        }
        let mut at = open.checked_sub(1)?;
        loop {
            let before = at.checked_sub(1)?;
            if tokens.is(before, '.') || tokens.is(before, '?') && self.language == Language::JavaScript {
                at = before.checked_sub(1)?;
                if tokens.is(at, ')') {
                    at = tokens.open(at)?.checked_sub(1)?;
                }
            } else if matches!(tokens.word(before), Some("new" | "await")) || tokens.is(before, '&') {
                at = before;
            } else if tokens.is(before, '(')
                && before > 0
                && tokens.word(before - 1).is_some_and(|word| word.starts_with("capture") || word == "Must")
            {
                at = before - 1;
            } else if tokens.is(before, '(')
                && self.language == Language::JavaScript
                && tokens.is(close, ')')
                && before > 0
                && tokens.is(before - 1, '=')
            {
                at = before;
            } else {
                break;
            }
        }
        let before = at.checked_sub(1)?;
        if tokens.word(before) == Some("return") {
            return self.function_above(before);
        }
        if !tokens.is(before, '=') {
            return None;
        }
        let mut name = before.checked_sub(1)?;
        if tokens.is(name, ':') {
            name = name.checked_sub(1)?;
        }
        // `docClient: DocumentClient = …`: the name before the type.
        let mut type_start = name;
        while type_start > 1 && tokens.is(type_start - 1, '.') {
            type_start -= 2;
        }
        // On the same line: above it, a colon begins a block of Python's.
        let annotates = type_start > 1 && tokens.is(type_start - 1, ':');
        if annotates && tokens.line(type_start - 1) == tokens.line(name) {
            return tokens.word(type_start - 2).map(str::to_owned);
        }
        if tokens.word(name) == Some("_") || tokens.word(name) == Some("err") {
            name = name.checked_sub(2)?;
        }
        tokens.word(name).map(str::to_owned)
    }

    /// The function that the `return` at `at` belongs to, by the nearest above it.
    fn function_above(&self, at: usize) -> Option<String> {
        let tokens = &self.tokens;
        let named = |at: &usize| matches!(tokens.word(*at), Some("def" | "function" | "func"));
        (0..at).rev().find(named).and_then(|at| tokens.word(at + 1)).map(str::to_owned)
    }
}

/// The services whose packages a file imports; for Go and for things of the third SDK for JavaScript also by name.
fn imports(tokens: &Tokens, text: &str, language: Language) -> Vec<&'static Service> {
    let mut found: Vec<&'static Service> = Vec::new();
    let mut add = |name: &str| {
        let service = if name.starts_with("storage") { Service::named("s3") } else { Service::named(name) };
        if let Some(service) = service
            && !found.iter().any(|one| std::ptr::eq(*one, service))
        {
            found.push(service);
        }
    };
    let mut packages = |path: &str| {
        for start in PACKAGES {
            if let Some(rest) = path.strip_prefix(start) {
                let end = rest.find(['/', '.', ';']).unwrap_or(rest.len());
                add(&rest[..end]);
            }
        }
        if path.ends_with("s3/s3manager") || path.ends_with("feature/s3/manager") {
            add("s3");
        }
    };
    if language == Language::Java {
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("import ")) {
            packages(line.trim_start_matches("static "));
        }
    } else {
        for at in 0..tokens.0.len() {
            if let Some(text) = tokens.text(at) {
                packages(text);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
