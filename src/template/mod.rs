//! Where policy documents stand in files: JSON, `CloudFormation`, SAM, Serverless, Terraform.
//!
//! Bytes in, documents out: a file becomes a tree of [`Node`]s with their places (`json`, `yaml`, `hcl`), the tree is
//! searched for documents (`finder`, `terraform`), and what a template computes in them is read as far
//! as it can be (`intrinsic`): what cannot is [`Value::Unknown`](crate::iam::Value::Unknown).

mod declared;
mod embedded;
mod finder;
mod format;
mod hcl;
mod intrinsic;
mod json;
mod kind;
mod problem;
mod terraform;
mod text;
mod yaml;

pub use declared::{CHECKS, Declared};
pub use problem::Problem;

use crate::iam::{Kind, Node};
use format::Format;
use text::Text;

/// No file that is larger is parsed: a template of `CloudFormation` has at most 1 MB, one for Terraform is written by
/// hand.
pub const MAX_SIZE: usize = 5_000_000;

/// Nothing is nested deeper. A policy document has seven levels, and a template some more; readers recurse.
const MAX_DEPTH: usize = 100;

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub document: Node,
    /// What it is for.
    pub kind: Kind,
    /// Where it stands in its file: `Resources.Deploy.Policies[0]`, `aws_iam_policy.deploy`. Empty if it is the file.
    pub name: String,
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Documents {
    /// In the order of the file.
    pub found: Vec<Found>,
    /// Users and keys that the file makes.
    pub declared: Vec<Declared>,
    /// Documents in it that could not be read.
    pub unread: Vec<Problem>,
    /// Documents that grant nothing, but bound what others grant: of an organisation's service control policies and of
    /// VPC endpoints. They are not in `found`, since a wildcard in them is the rule.
    pub bounding: usize,
}

/// Whether a file may hold policy documents, as its name says.
pub fn concerns(path: &str) -> bool {
    Format::of(path).is_some()
}

/// The policy documents in a file.
///
/// A file whose name is that of no template and whose text names nothing of IAM has none.
///
/// # Errors
///
/// That the file should hold some and cannot be read.
pub fn documents(path: &str, bytes: &[u8]) -> Result<Documents, Problem> {
    let Some(format) = Format::of(path) else { return Ok(Documents::default()) };
    let bytes = text::utf8(bytes);
    if !format::names_iam(&bytes) {
        return Ok(Documents::default());
    }
    let certain = format.is_surely_ours(path, &bytes);
    if bytes.len() > MAX_SIZE {
        return Err(Problem::whole(format!("larger than {} MB", MAX_SIZE / 1_000_000), certain));
    }
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = 1 + memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() as u32;
            return Err(Problem { line, column: 1, says: "not UTF-8".to_owned(), certain });
        }
    };
    let read = read(format, text).map_err(|problem| Problem { certain, ..problem.explained(text) })?;
    let mut documents = match format {
        Format::Terraform | Format::TerraformJson => terraform::documents(&read.roots),
        Format::Json | Format::Yaml | Format::Filled => finder::documents(&read.roots),
    };
    documents.unread = read.unread;
    Ok(documents)
}

/// The trees in a text, and what in it could not be read.
#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    roots: Vec<Node>,
    unread: Vec<Problem>,
}

fn read(format: Format, text: &str) -> Result<Read, Problem> {
    let text = Text::whole(text);
    let starts_as_json = text.as_str().trim_start().starts_with(['{', '[']);
    match format {
        Format::Terraform => hcl::read(&text),
        Format::Json | Format::TerraformJson => json::read(&text),
        // JSON with comments, or without quotes, is YAML.
        Format::Yaml if starts_as_json => json::read(&text).or_else(|_| yaml::read(&text)),
        // What fills it in may put anything anywhere: it is read if it is JSON or YAML as it stands.
        Format::Filled if starts_as_json => json::read(&text),
        Format::Yaml | Format::Filled => yaml::read(&text),
    }
}
