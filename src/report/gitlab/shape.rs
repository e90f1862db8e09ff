//! The part of GitLab's schema that is written. Fields are written in the order they stand here.

use serde::Serialize;

/// The version of the schema, and where it lies.
pub(super) const VERSION: &str = "15.2.1";
pub(super) const SCHEMA: &str = "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.2.1/dist/secret-detection-report-format.json";

#[derive(Serialize)]
pub(super) struct Document {
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) scan: Scan,
    pub(super) vulnerabilities: Vec<Vulnerability>,
}

#[derive(Serialize)]
pub(super) struct Scan {
    pub(super) analyzer: Tool,
    pub(super) scanner: Tool,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) start_time: String,
    pub(super) end_time: String,
    pub(super) messages: Vec<Message>,
}

#[derive(Serialize)]
pub(super) struct Tool {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) vendor: Vendor,
}

#[derive(Serialize)]
pub(super) struct Vendor {
    pub(super) name: &'static str,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub(super) level: &'static str,
    pub(super) value: String,
}

#[derive(Serialize)]
pub(super) struct Vulnerability {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) severity: &'static str,
    pub(super) solution: String,
    pub(super) identifiers: [Identifier; 2],
    pub(super) location: Place,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<Link>,
    pub(super) details: Details,
    pub(super) tracking: Tracking,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flags: Option<[Flag; 1]>,
}

#[derive(Serialize)]
pub(super) struct Identifier {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) start_line: u32,
    pub(super) end_line: u32,
    pub(super) commit: Commit,
}

#[derive(Serialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Link {
    pub(super) url: String,
}

/// What is shown below the description. All of it is plain text: paths and names are other people's, and must not be read
/// as Markdown.
#[derive(Serialize)]
pub(super) struct Details {
    pub(super) values: Field,
    pub(super) summary: Field,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pairing: Option<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) removed: Option<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refs: Option<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) places: Option<Field>,
}

#[derive(Serialize)]
pub(super) struct Field {
    pub(super) name: &'static str,
    #[serde(flatten)]
    pub(super) content: Content,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Content {
    Text { value: String },
    Commit { value: String },
    List { items: Vec<Content> },
}

#[derive(Serialize)]
pub(super) struct Tracking {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) items: [Item; 1],
}

#[derive(Serialize)]
pub(super) struct Item {
    pub(super) file: String,
    pub(super) start_line: u32,
    pub(super) end_line: u32,
    pub(super) signatures: [Signature; 1],
}

#[derive(Serialize)]
pub(super) struct Signature {
    pub(super) algorithm: &'static str,
    pub(super) value: String,
}

#[derive(Serialize)]
pub(super) struct Flag {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) origin: &'static str,
    pub(super) description: String,
}
