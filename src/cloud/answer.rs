//! What AWS answers, in XML.

use std::fmt;
use zeroize::Zeroizing;

/// The most characters of a message that are taken over: what a hostile endpoint writes goes to people.
const MAX_MESSAGE: usize = 300;

/// The most elements of an answer. A page of a thousand keys has some 6,000.
const MAX_NODES: u32 = 200_000;

/// A good answer. It may hold the credentials of a session: `Debug` shows nothing of it, and its memory is zeroed.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer(Zeroizing<String>);

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer(… {} bytes)", self.0.len())
    }
}

impl Answer {
    /// Takes a body that is XML, or JSON.
    ///
    /// # Errors
    /// It is neither: what it is instead.
    pub(super) fn read(body: Vec<u8>) -> Result<Self, String> {
        let text = String::from_utf8(body).map_err(|_| "the answer is no text".to_owned())?;
        if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_err() {
            parse(&text).map_err(|error| format!("the answer is not AWS's: {error}"))?;
        }
        Ok(Self(Zeroizing::new(text)))
    }

    /// The text itself: JSON, of services that answer so.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The texts of all elements with this path of names from anywhere in the answer: `["Groups", "member", "GroupName"]`.
    pub fn all(&self, path: &[&str]) -> Vec<String> {
        let Ok(document) = parse(&self.0) else { return Vec::new() };
        elements(&document, path).map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
    }

    /// The first of them, if it has a text.
    pub fn one(&self, path: &[&str]) -> Option<String> {
        self.all(path).into_iter().next().filter(|text| !text.is_empty())
    }

    /// For each element with this path, the texts of its children by `names`, in that order; empty where there is none.
    pub fn rows<const N: usize>(&self, path: &[&str], names: [&str; N]) -> Vec<[String; N]> {
        let Ok(document) = parse(&self.0) else { return Vec::new() };
        let text = |row: roxmltree::Node<'_, '_>, name: &str| {
            let child = row.children().find(|child| child.tag_name().name() == name);
            child.and_then(|child| child.text()).unwrap_or_default().trim().to_owned()
        };
        elements(&document, path).map(|row| names.map(|name| text(row, name))).collect()
    }
}

/// A bad one: AWS says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Of HTTP.
    pub status: u16,
    /// AWS's word for it: `InvalidClientTokenId`. Empty if what came back is not AWS's.
    pub code: String,
    /// AWS's sentence, cleaned of what is no printable text.
    pub message: String,
}

impl Refusal {
    /// Reads `<ErrorResponse><Error><Code>…`, whatever levels are between, or `{"__type": …}`.
    pub(super) fn read(status: u16, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let (code, message) = in_xml(&text).or_else(|| in_json(&text)).unwrap_or_default();
        Self { status, code: clean(&code), message: clean(&message) }
    }

    /// Whether to ask again later.
    pub fn is_throttling(&self) -> bool {
        let codes = [
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "TooManyRequestsException",
            "PriorRequestNotComplete",
            "SlowDown",
        ];
        self.status == 429 || codes.contains(&self.code.as_str())
    }

    /// Whether it is only the clock that is wrong.
    pub fn is_about_time(&self) -> bool {
        let codes = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"];
        let words = ["Signature expired", "Signature not yet current"];
        codes.contains(&self.code.as_str()) || words.iter().any(|words| self.message.starts_with(words))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code.as_str(), self.message.as_str()) {
            ("", _) => write!(f, "HTTP status {} with an answer that is not AWS's", self.status),
            (code, "") => f.write_str(code),
            (code, message) => write!(f, "{code}: {message}"),
        }
    }
}

/// The elements that end this path of names, wherever it begins.
fn elements<'d>(
    document: &'d roxmltree::Document<'d>,
    path: &'d [&str],
) -> impl Iterator<Item = roxmltree::Node<'d, 'd>> {
    document.descendants().filter(roxmltree::Node::is_element).filter(|node| {
        let mut upwards = node.ancestors();
        path.iter().rev().all(|name| upwards.next().is_some_and(|node| node.tag_name().name() == *name))
    })
}

fn parse(text: &str) -> Result<roxmltree::Document<'_>, roxmltree::Error> {
    let options = roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..Default::default() };
    roxmltree::Document::parse_with_options(text, options)
}

fn in_xml(text: &str) -> Option<(String, String)> {
    let document = parse(text).ok()?;
    let error = document.descendants().find(|node| node.tag_name().name() == "Error")?;
    let child = |name: &str| {
        let child = error.children().find(|child| child.tag_name().name() == name);
        child.and_then(|child| child.text()).unwrap_or_default().trim().to_owned()
    };
    Some((child("Code"), child("Message")))
}

fn in_json(text: &str) -> Option<(String, String)> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    // `com.amazonaws.organizations#AccessDeniedException`.
    let code = json.get("__type")?.as_str()?;
    let code = code.rsplit('#').next().unwrap_or(code);
    let message = json.get("message").or_else(|| json.get("Message")).and_then(serde_json::Value::as_str);
    Some((code.to_owned(), message.unwrap_or_default().to_owned()))
}

/// One line of printable text, and not too much of it.
fn clean(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(MAX_MESSAGE) {
        // Between two words: a part of a value, cut off by us, would not be known for one and hidden.
        Some((end, _)) => format!("{}…", &line[..line[..end].rfind(' ').unwrap_or(0)]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_in_each_of_its_shapes() {
        let aws = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
                   <Code>InvalidClientTokenId</Code><Message>The security token\n is invalid.</Message></Error></ErrorResponse>";
        let levels = "<ErrorResponse><Errors><Error><Code>InvalidClientTokenId</Code><Message>The security token is \
                      invalid.</Message></Error></Errors></ErrorResponse>";
        let json = r#"{"__type": "com.amazonaws.x#InvalidClientTokenId", "message": "The security token is invalid."}"#;
        for body in [aws, levels, json] {
            let refusal = Refusal::read(403, body.as_bytes());
            assert_eq!(refusal.to_string(), "InvalidClientTokenId: The security token is invalid.");
        }
    }

    #[test]
    fn what_is_not_awss_has_no_code() {
        for body in ["<html><body>Please log in</body></html>", "", "{}", "<Error><Code>", "\u{0}"] {
            assert_eq!(Refusal::read(403, body.as_bytes()).code, "", "{body}");
        }
        for body in ["<html><p>Please<br>log in", "", "login", "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>"] {
            assert!(Answer::read(body.as_bytes().to_vec()).is_err(), "{body}");
        }
    }

    #[test]
    fn elements_are_found_by_their_path() {
        let text = "<R><Groups><member><Name>a</Name><Id>1</Id></member><member><Name>b</Name></member></Groups>\
                    <Other><member><Name>c</Name></member></Other></R>";
        let answer = Answer::read(text.as_bytes().to_vec()).unwrap();
        assert_eq!(answer.all(&["Groups", "member", "Name"]), ["a", "b"]);
        assert_eq!(answer.one(&["Other", "member", "Name"]).as_deref(), Some("c"));
        assert_eq!(answer.one(&["R", "Name"]), None);
        let rows = answer.rows(&["Groups", "member"], ["Name", "Id"]);
        assert_eq!(rows, [["a".to_owned(), "1".to_owned()], ["b".to_owned(), String::new()]]);
    }

    #[test]
    fn a_message_stays_on_its_line() {
        assert_eq!(clean("a\u{1b}[2J\r\nb\tc"), "a [2J b c");
        let cut = clean(&"word ".repeat(1000));
        assert!(cut.ends_with("word…") && cut.chars().count() <= MAX_MESSAGE + 1, "{cut}");
        assert_eq!(clean(&"x".repeat(1000)), "…", "no part of what may be a value");
    }
}
