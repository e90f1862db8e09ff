//! Which services' SDKs a file imports.

use super::super::lexer::{Language, Tokens};
use super::super::operations::Service;

/// Packages whose names say of which service they are: what stands before the service's name.
pub(super) const PACKAGES: [&str; 9] = [
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
/// The services whose packages a file imports; for Go and for things of the third SDK for JavaScript also by name.
pub(super) fn imports(tokens: &Tokens, text: &str, language: Language) -> Vec<&'static Service> {
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
