//! What a file is, by its name and by what it holds.

use memchr::memmem;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    /// Also JSON, which is YAML.
    Yaml,
    Terraform,
    TerraformJson,
    /// Something that is filled in before it is used: `policy.json.tpl`.
    Filled,
}

impl Format {
    /// What the name of a file says.
    pub(super) fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next()?.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        match () {
            () if ends(&[".tf.json", ".tofu.json"]) => Some(Self::TerraformJson),
            () if ends(&[".tf", ".tofu"]) => Some(Self::Terraform),
            () if ends(&[".json"]) => Some(Self::Json),
            () if ends(&[".yaml", ".yml", ".template"]) => Some(Self::Yaml),
            () if ends(&[".tpl", ".tftpl", ".tmpl", ".j2", ".jinja", ".jinja2", ".erb"]) => Some(Self::Filled),
            () => None,
        }
    }

    /// Whether a file that cannot be read should hold policy documents or make users: by words that hardly stand in
    /// anything else.
    pub(super) fn is_surely_ours(self, path: &str, bytes: &[u8]) -> bool {
        let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
        let policy = has("Statement") && has("Effect") && (has("Allow") || has("Deny"));
        match self {
            Self::Terraform => policy || has("aws_iam_"),
            Self::TerraformJson | Self::Json | Self::Yaml => {
                let name = path.rsplit('/').next().unwrap_or(path);
                let serverless = name.starts_with("serverless.") && has("provider") && has("Statement");
                policy || has("AWS::IAM::") || serverless
            }
            // What is filled in is not always meant to be read without that.
            Self::Filled => false,
        }
    }
}

/// Whether a text holds a word without which there is no policy document, user or key in it.
pub(super) fn names_iam(bytes: &[u8]) -> bool {
    let has = |word: &&str| memmem::find(bytes, word.as_bytes()).is_some();
    // Statements by themselves, which another file includes, name only their elements.
    ["tatement", "AWS::IAM::", "aws_iam_"].iter().any(has) || ["Effect", "Action"].iter().all(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_how_a_file_is_read() {
        for (path, format) in [
            ("infra/main.tf", Some(Format::Terraform)),
            ("infra/MAIN.TF", Some(Format::Terraform)),
            ("cdk.tf.json", Some(Format::TerraformJson)),
            ("policy.json", Some(Format::Json)),
            ("app/serverless.yml", Some(Format::Yaml)),
            ("stack.template", Some(Format::Yaml)),
            ("policy.json.tpl", Some(Format::Filled)),
            ("main.tf/readme", None),
            ("main.rs", None),
            ("", None),
        ] {
            assert_eq!(Format::of(path), format, "{path}");
        }
    }
}
