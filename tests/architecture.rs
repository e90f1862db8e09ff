//! Holds the floors of the house: what `src/lib.rs` and `docs/design.md` say of who knows whom.
//!
//! Sources are read as tokens. Comments, strings and `#[cfg(test)]` items do not count.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A room, and the rooms below it that it may import. A room that is not listed here has no place in the house.
const ROOMS: [(&str, &[&str]); 18] = [
    (
        "cli",
        &[
            "audit", "hook", "scan", "cloud", "template", "remedy", "iam", "net", "store", "policy", "report", "aws",
            "detect", "git", "rules", "model",
        ],
    ),
    ("hook", &["scan", "policy", "report", "git", "rules", "model"]),
    ("audit", &["scan", "store", "policy", "report", "aws", "git", "net", "rules", "model"]),
    ("scan", &["policy", "report", "aws", "decode", "detect", "git", "rules", "model"]),
    ("cloud", &["net", "aws", "iam", "model"]),
    ("remedy", &["template", "iam", "git", "model"]),
    ("template", &["iam", "model"]),
    ("iam", &["model"]),
    ("net", &["model"]),
    ("store", &["model"]),
    ("policy", &["rules", "model"]),
    ("report", &["iam", "rules", "model"]),
    ("aws", &["model"]),
    ("decode", &["model"]),
    ("detect", &["rules", "model"]),
    ("git", &["model"]),
    ("rules", &["model"]),
    ("model", &[]),
];

/// A file this long holds more than one noun.
const MAX_LINES: usize = 500;

/// Where a law does not hold, and why. One that is no longer needed is an error, too.
const EXCEPTIONS: [(&str, Law, &str); 1] = [(
    "src/git/mirror/login.rs",
    Law::Edge,
    "counts the settings that the caller hands to git, to add one for its child",
)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Law {
    /// Imports go down only.
    Down,
    /// Only `git` knows the git libraries.
    Git,
    /// Only what talks to other machines knows the HTTP client.
    Http,
    /// Only `cli` (and `main`) touches arguments, environment, terminal, exit.
    Edge,
    /// Nothing panics on purpose outside tests.
    NoUnwrap,
    /// A lint is switched off for a reason that is written down.
    Reason,
    /// One noun a file.
    Length,
}

#[derive(PartialEq, Eq)]
struct Breach {
    file: String,
    line: usize,
    law: Law,
    what: String,
}

impl fmt::Debug for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {:?}: {}", self.file, self.line, self.law, self.what)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    line: usize,
    /// An identifier, number, `::` or one other character; `"` for a string or character literal.
    text: String,
}

/// The tokens of `source` without comments.
fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut i, mut line, mut found) = (0, 1, Vec::new());
    while i < chars.len() {
        let start = i;
        let mut text = None;
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (at(i), at(i + 1)) {
                        ('/', '*') => (depth, i) = (depth + 1, i + 2),
                        ('*', '/') => (depth, i) = (depth - 1, i + 2),
                        _ => i += 1,
                    }
                    if depth == 0 || i >= chars.len() {
                        break;
                    }
                }
            }
            '"' => {
                i = string_end(&chars, i);
                text = Some("\"".to_owned());
            }
            // A lifetime has no closing quote after its first character.
            '\'' if at(i + 1) != '\\' && at(i + 2) != '\'' => i += 1,
            '\'' => {
                i += if at(i + 1) == '\\' { 3 } else { 2 };
                while at(i) != '\'' && i < chars.len() {
                    i += 1;
                }
                i += 1;
                text = Some("\"".to_owned());
            }
            c if is_word(c) => {
                while is_word(at(i)) {
                    i += 1;
                }
                let word: String = chars[start..i].iter().collect();
                let raw = ["r", "br", "cr"].contains(&word.as_str()) && (at(i) == '"' || at(i) == '#');
                if raw && let Some(end) = raw_string_end(&chars, i) {
                    i = end;
                    text = Some("\"".to_owned());
                } else if !(["b", "c"].contains(&word.as_str()) && at(i) == '"') {
                    text = Some(word);
                }
            }
            ':' if at(i + 1) == ':' => {
                i += 2;
                text = Some("::".to_owned());
            }
            c => {
                i += 1;
                text = (!c.is_whitespace()).then(|| c.to_string());
            }
        }
        found.extend(text.map(|text| Token { line, text }));
        line += chars[start..i.min(chars.len())].iter().filter(|&&c| c == '\n').count();
    }
    found
}

fn string_end(chars: &[char], open: usize) -> usize {
    let mut i = open + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// The end of a raw string whose marks begin at `i`; `None` for a raw identifier.
fn raw_string_end(chars: &[char], i: usize) -> Option<usize> {
    let marks = chars[i..].iter().take_while(|&&c| c == '#').count();
    if chars.get(i + marks) != Some(&'"') {
        return None;
    }
    let closes =
        |at: usize| chars[at] == '"' && chars[at + 1..].iter().take(marks).filter(|&&c| c == '#').count() == marks;
    (i + marks + 1..chars.len()).find(|&at| closes(at)).map(|at| at + 1 + marks)
}

fn starts_with(tokens: &[Token], words: &[&str]) -> bool {
    tokens.len() >= words.len() && tokens.iter().zip(words).all(|(token, word)| token.text == *word)
}

/// How many tokens the bracket at the start of `tokens` and all inside of it take.
fn bracket(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (n, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return n + 1;
        }
    }
    tokens.len()
}

/// How many tokens the item at the start of `tokens` takes, its attributes included.
fn item(tokens: &[Token]) -> usize {
    let mut n = 0;
    while n < tokens.len() {
        match tokens[n].text.as_str() {
            ";" | "," => return n + 1,
            "{" => return n + bracket(&tokens[n..]),
            "(" | "[" => n += bracket(&tokens[n..]),
            _ => n += 1,
        }
    }
    n
}

/// Drops the items that an attribute beginning with `attribute` marks; those that are modules in files of their own are
/// listed in `files`.
fn without_items(tokens: &[Token], is_marked: impl Fn(&[Token]) -> bool, files: &mut Vec<String>) -> Vec<Token> {
    let (mut kept, mut n) = (Vec::new(), 0);
    while n < tokens.len() {
        if starts_with(&tokens[n..], &["#", "["]) {
            let end = n + 1 + bracket(&tokens[n + 1..]);
            if is_marked(&tokens[n..end]) {
                let len = item(&tokens[end..]);
                let marked = &tokens[end..end + len];
                let name = marked.windows(2).find(|pair| pair[0].text == "mod").map(|pair| &pair[1].text);
                files.extend(name.filter(|_| marked.last().is_some_and(|last| last.text == ";")).cloned());
                n = end + len;
                continue;
            }
        }
        kept.push(tokens[n].clone());
        n += 1;
    }
    kept
}

fn is_test(attribute: &[Token]) -> bool {
    let on_some_systems = ["#", "[", "cfg", "(", "all", "(", "test", ","];
    starts_with(attribute, &["#", "[", "cfg", "(", "test", ")", "]"]) || starts_with(attribute, &on_some_systems)
}

fn allows_expect(attribute: &[Token]) -> bool {
    starts_with(attribute, &["#", "[", "allow", "("]) && attribute.iter().any(|token| token.text == "expect_used")
}

/// `git` for `src/git/walk.rs`, `main` for `src/main.rs`; and how many modules deep the file's own is.
fn place(file: &str) -> (&str, usize) {
    let parts: Vec<&str> = file.trim_start_matches("src/").trim_end_matches(".rs").split('/').collect();
    (parts[0], parts.iter().filter(|&&part| part != "mod" && part != "lib").count())
}

/// The first words of paths from the crate's root in `tokens`, which belong to a module `depth` deep.
fn roots(tokens: &[Token], depth: usize) -> Vec<&Token> {
    let mut found = Vec::new();
    for n in 0..tokens.len() {
        let follows_path = n > 0 && tokens[n - 1].text == "::";
        let mut after = n;
        if tokens[n].text == "crate" {
            after += 1;
        } else if tokens[n].text == "super" && !follows_path {
            let mut climbed = 0;
            while starts_with(&tokens[after..], &["super", "::"]) {
                (after, climbed) = (after + 2, climbed + 1);
            }
            if climbed < depth {
                continue;
            }
            after -= 1;
        } else {
            continue;
        }
        if tokens.get(after).is_none_or(|token| token.text != "::") {
            continue;
        }
        let path = &tokens[after + 1..];
        if path.first().is_some_and(|token| token.text == "{") {
            let group = &path[..bracket(path)];
            let mut nested = 0;
            for pair in group.windows(2) {
                nested += i32::from(pair[0].text == "{") - i32::from(pair[0].text == "}");
                if nested == 1 && ["{", ","].contains(&pair[0].text.as_str()) {
                    found.push(&pair[1]);
                }
            }
        } else {
            found.extend(path.first());
        }
    }
    found.retain(|token| !["}", "{"].contains(&token.text.as_str()));
    found
}

/// Everything in `source` that breaks a law. `tests_only` gets the names of modules that are for tests only.
fn breaches(file: &str, source: &str, tests_only: &mut Vec<String>) -> Vec<Breach> {
    let (room, depth) = place(file);
    let mut found = Vec::new();
    let mut report =
        |line: usize, law: Law, what: String| found.push(Breach { file: file.to_owned(), line, law, what });
    let lines = source.lines().count();
    if lines > MAX_LINES {
        report(lines, Law::Length, format!("{lines} lines"));
    }
    let code = without_items(&tokens(source), is_test, tests_only);
    if let Some((_, below)) = ROOMS.iter().find(|(name, _)| *name == room) {
        let rooms = roots(&code, depth).into_iter().filter(|token| token.text != room);
        for token in rooms.filter(|token| !below.contains(&token.text.as_str())) {
            report(token.line, Law::Down, format!("{room} imports {}", token.text));
        }
    } else if !["main", "lib"].contains(&room) {
        report(1, Law::Down, format!("{room} is no room of the house"));
    }
    for (n, token) in code.iter().enumerate() {
        let before = n.checked_sub(1).map_or("", |n| code[n].text.as_str());
        let after = code.get(n + 1).map_or("", |token| token.text.as_str());
        let word = token.text.as_str();
        if room != "git" && (word == "git2" || word.starts_with("gix_") || word == "gix") {
            report(token.line, Law::Git, word.to_owned());
        }
        if !["audit", "cloud", "net"].contains(&room) && word == "ureq" {
            report(token.line, Law::Http, word.to_owned());
        }
        let is_edge = match word {
            "clap" | "indicatif" => true,
            // `command.env(…)` and `command.stdout(…)` are for a child, `env!` is for the compiler.
            "env" => before != "." && after != "!",
            "stdout" | "stderr" | "exit" => before != "." && before != "fn" && after == "(",
            "print" | "println" | "eprint" | "eprintln" | "dbg" => after == "!",
            _ => false,
        };
        if is_edge && !["cli", "main"].contains(&room) {
            report(token.line, Law::Edge, word.to_owned());
        }
        if starts_with(&code[n..], &["#", "["]) || starts_with(&code[n..], &["#", "!", "["]) {
            let open = n + if after == "!" { 2 } else { 1 };
            let attribute = &code[open..open + bracket(&code[open..])];
            if starts_with(attribute, &["[", "allow", "("]) && !attribute.iter().any(|token| token.text == "reason") {
                report(token.line, Law::Reason, "allow without a reason".to_owned());
            }
        }
    }
    let strict = without_items(&code, allows_expect, &mut Vec::new());
    for calls in strict.windows(3).filter(|calls| calls[0].text == "." && calls[2].text == "(") {
        if ["unwrap", "expect"].contains(&calls[1].text.as_str()) {
            report(calls[1].line, Law::NoUnwrap, calls[1].text.clone());
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_room_keeps_to_its_floor() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    files.sort();
    assert!(files.len() > 50, "only {} files: are these all?", files.len());
    let (mut found, mut tests_only) = (Vec::new(), Vec::new());
    for path in files {
        let file = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let mut names = Vec::new();
        found.extend(breaches(&file, &fs::read_to_string(&path).unwrap(), &mut names));
        // The modules of `a.rs` lie in `a/`, those of `a/mod.rs` beside it.
        let stem = file.strip_suffix(".rs").unwrap();
        let folder = stem.strip_suffix("/mod").unwrap_or(stem);
        tests_only.extend(names.into_iter().map(|name| format!("{folder}/{name}.rs")));
    }
    // A module that only tests see may do what tests may, but is held to the length and the floors.
    let strict = |law: Law| matches!(law, Law::Length | Law::Down);
    found.retain(|breach| strict(breach.law) || !tests_only.contains(&breach.file));
    for (file, law, reason) in EXCEPTIONS {
        let before = found.len();
        found.retain(|breach| (breach.file.as_str(), breach.law) != (file, law));
        assert!(found.len() < before, "{file} no longer needs its exception: {reason}");
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_checker_sees_every_kind_of_breach() {
    let source = r#"
        use crate::{detect::Detector, model::{Oid, cli}, scan};
        use super::super::policy::Policy;
        #[allow(clippy::too_many_lines)]
        fn f() {
            let home = std::env::var("HOME").unwrap();
            gix_pack::open(git2::open(home)).expect("no");
            println!("{}", io::stdout());
            std::process::exit(1);
            let x: crate::report::Style = indicatif::bar();
            ureq::get(x);
        }
    "#;
    let mut source = source.to_owned();
    let found = breaches("src/git/deep.rs", &source, &mut Vec::new());
    let laws: Vec<(Law, &str)> = found.iter().map(|breach| (breach.law, breach.what.as_str())).collect();
    let expected = [
        (Law::Down, "git imports detect"),
        (Law::Down, "git imports scan"),
        (Law::Down, "git imports policy"),
        (Law::Down, "git imports report"),
        (Law::Reason, "allow without a reason"),
        (Law::Edge, "env"),
        (Law::Edge, "println"),
        (Law::Edge, "stdout"),
        (Law::Edge, "exit"),
        (Law::Edge, "indicatif"),
        (Law::Http, "ureq"),
        (Law::NoUnwrap, "unwrap"),
        (Law::NoUnwrap, "expect"),
    ];
    assert_eq!(laws, expected);
    assert_eq!(found[4].line, 4, "lines are counted");
    let outside = breaches("src/detect/deep.rs", &source, &mut Vec::new());
    assert_eq!(outside.iter().filter(|breach| breach.law == Law::Git).count(), 2);
    assert_eq!(breaches("src/attic/mod.rs", "", &mut Vec::new())[0].what, "attic is no room of the house");
    source.push_str(&"\n".repeat(MAX_LINES));
    assert!(breaches("src/git/deep.rs", &source, &mut Vec::new()).iter().any(|breach| breach.law == Law::Length));
}

#[test]
fn the_checker_is_not_taken_in_by_comments_strings_tests_and_lookalikes() {
    let source = r##"
        //! See [`crate::cli`] and `git2`; value.unwrap() is for tests.
        /* crate::scan /* nested */ std::env */
        use crate::model::Oid;
        use super::sibling::scan;
        #[allow(clippy::expect_used, reason = "cannot fail")]
        fn f<'a>(command: &'a mut Command, stderr: File) -> Oid {
            let quote = '"';
            let text = "crate::cli println!(";
            let raw = r#"git2 "quoted" .unwrap()"#;
            let version = env!("CARGO_PKG_VERSION");
            command.env("A", "b").stdout(Stdio::null()).stderr(stderr);
            b"git2"; b'"'; '\''; '\u{1b}';
            width().expect("20 bytes").unwrap_or_default()
        }
        #[cfg(test)]
        mod sample;
        #[cfg(test)]
        mod tests {
            use crate::cli;
            fn g() { println!("{}", x.unwrap()); }
        }
    "##;
    let mut tests_only = Vec::new();
    assert_eq!(breaches("src/git/deep.rs", source, &mut tests_only), []);
    assert_eq!(tests_only, ["sample"]);
}
