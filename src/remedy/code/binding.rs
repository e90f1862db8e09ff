//! Which names of the code stand for a client, or for what an SDK makes of a service's things.

use super::super::call::{Arguments, Part, arguments};
use super::super::lexer::Language;
use super::super::operations::Service;
use super::imports::PACKAGES;
use super::{Binding, Code};

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

/// Whether boto3's resources make this, as far as it is known here.
pub(super) fn is_thing(name: &str) -> bool {
    THINGS.iter().any(|(make, ..)| *make == name)
}

impl Code {
    /// What the expression that ends at `end` is.
    pub(super) fn expression(&self, end: usize, depth: usize) -> Option<Binding> {
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
        if callee == "batch_writer" && self.language == Language::Python {
            // What is put into it goes out as `BatchWriteItem`, which the call itself stands for.
            return binding(Service::named("dynamodb")?, "Batch");
        }
        if is_method
            && let Some((_, service, names)) = THINGS.iter().find(|(make, ..)| *make == callee)
            && self.language == Language::Python
        {
            let of = self.expression(at.checked_sub(2)?, depth + 1);
            if of.as_ref().is_some_and(|of| of.service.name != *service) {
                return None;
            }
            // `bucket.Object(key)`: the bucket is known already.
            let bucket = of.filter(|of| of.thing == "Bucket" && callee == "Object").map(|of| of.made_with);
            let names = if bucket.is_some() { &names[1..] } else { names };
            let thing = if callee == "get_queue_by_name" { "Queue" } else { THINGS.iter().find(|t| t.0 == callee)?.0 };
            let given = names
                .iter()
                .enumerate()
                .filter_map(|(place, name)| Some(((*name).to_owned(), self.positional(open, place)?)));
            let mut made_with: Arguments = given.collect();
            made_with.extend(arguments(tokens, open, tokens.close(open), self.language));
            made_with.extend(bucket.unwrap_or_default());
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
    pub(super) fn bind_packages(&mut self) {
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
    pub(super) fn bind(&mut self) {
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
