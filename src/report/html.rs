//! The morning picture: one page of HTML that needs no network and no other file.
//!
//! Everything is in the page as plain tables; the script sorts, filters and pages what stands there, and holds no data. The
//! policy in its head lets this style and this script run, by their hashes, and nothing else: no other script, no request, no
//! form. Texts are escaped by the templates, and each goes through [`words::shown`] before.

mod coverage;
mod findings;
mod groups;
mod headline;
mod timeline;
mod words;

use super::picture::{Picture, PictureFinding};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};
use timeline::Axis;
use words::{minute, shown};

/// A line end must not become another one on its way here, or the hash is that of another text.
const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");
/// Tells the style that scripts run, before there is a table: one that is to be paged is not laid out as a whole first. Where
/// no script runs, or another policy forbids ours, nothing is hidden.
const MARK: &str = r#"document.documentElement.classList.add("js")"#;

/// What all parts of the page need.
struct Page<'a> {
    picture: &'a Picture,
    /// All findings, in the order of the page.
    findings: Vec<&'a PictureFinding>,
    /// Numbers of accounts and of repositories with findings: what rows and filters name them by.
    accounts: BTreeMap<&'a str, usize>,
    repositories: BTreeMap<&'a str, usize>,
    axis: Axis,
}

/// What findings of no known account go by.
const NO_ACCOUNT: &str = "unknown";

impl<'a> Page<'a> {
    fn new(picture: &'a Picture) -> Self {
        let findings = picture.sorted();
        let numbered = |of: fn(&'a PictureFinding) -> &'a str| {
            let mut names: Vec<&str> = findings.iter().map(|&finding| of(finding)).collect();
            names.sort_unstable();
            names.dedup();
            names.into_iter().enumerate().map(|(number, name)| (name, number)).collect()
        };
        Self {
            picture,
            accounts: numbered(account),
            repositories: numbered(|finding| &finding.repository),
            axis: Axis::of(picture),
            findings,
        }
    }
}

fn account(finding: &PictureFinding) -> &str {
    finding.account.as_deref().unwrap_or(NO_ACCOUNT)
}

pub(super) fn write(picture: &Picture, out: &mut dyn Write) -> io::Result<()> {
    let page = Page::new(picture);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            (head(picture))
            body {
                a.skip href="#findings" { "Skip to the findings" }
                header {
                    p.brand { "Keytrail" }
                    h1 { (shown(&picture.title)) }
                    p.quiet { "As of " time datetime=(picture.made_at) { (minute(picture.made_at)) } }
                }
                main {
                    (headline::section(&page))
                    (timeline::section(&page))
                    (groups::sections(&page))
                    (findings::section(&page))
                    (coverage::sections(&page))
                }
                footer {
                    p.quiet {
                        "Values are shown by their first characters and length. Written by Keytrail "
                        (env!("CARGO_PKG_VERSION")) "; this page asks nobody for anything."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    out.write_all(markup.into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn head(picture: &Picture) -> Markup {
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}' '{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(MARK),
        hash(SCRIPT)
    );
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            meta name="robots" content="noindex";
            title { (shown(&picture.title)) " · Keytrail" }
            style { (PreEscaped(STYLE)) }
            script { (PreEscaped(MARK)) }
        }
    }
}

/// As a policy names an inline block.
fn hash(block: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(block)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_block_ends_early_and_none_has_another_line_end() {
        for block in [STYLE, SCRIPT] {
            assert!(block.len() > 1_000 && !block.contains("</") && !block.contains("<!--") && !block.contains('\r'));
        }
    }

    #[test]
    fn a_block_is_named_by_the_hash_that_browsers_compute() {
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
