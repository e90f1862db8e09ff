//! Source code as words, texts and signs: enough to see calls and their arguments in several languages.

/// What a language's comments and texts look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// Python.
    Python,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Java, and what is written like it: Kotlin, Scala, Groovy.
    Java,
    /// Go.
    Go,
}

impl Language {
    /// The language of a file, by its name.
    pub fn of(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "py" => Some(Self::Python),
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Some(Self::JavaScript),
            "java" | "kt" | "scala" | "groovy" => Some(Self::Java),
            "go" => Some(Self::Go),
            _ => None,
        }
    }
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a keyword or a number.
    Word(String),
    /// A text without its quotes; what is filled in at run time stands in it as `${expression}`.
    Text(String),
    /// One character.
    Sign(char),
}

/// A token, and its line from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    pub token: Token,
    pub line: u32,
}

/// The tokens of a file: comments and blanks are gone.
#[derive(Debug, Default)]
pub(super) struct Tokens(pub Vec<Spot>);

impl Tokens {
    /// The tokens of `text`.
    pub fn of(text: &str, language: Language) -> Self {
        let mut lexer = Lexer { text: text.as_bytes(), at: 0, line: 1, language, found: Vec::new() };
        while lexer.at < lexer.text.len() {
            lexer.step();
        }
        Self(lexer.found)
    }

    /// The word at `at`.
    pub fn word(&self, at: usize) -> Option<&str> {
        match &self.0.get(at)?.token {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The text at `at`.
    pub fn text(&self, at: usize) -> Option<&str> {
        match &self.0.get(at)?.token {
            Token::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the sign `sign` is at `at`.
    pub fn is(&self, at: usize, sign: char) -> bool {
        self.0.get(at).is_some_and(|spot| spot.token == Token::Sign(sign))
    }

    /// The line of the token at `at`.
    pub fn line(&self, at: usize) -> u32 {
        self.0.get(at).map_or(1, |spot| spot.line)
    }

    /// The bracket that closes the one at `open`, or the end.
    pub fn close(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for (at, spot) in self.0.iter().enumerate().skip(open) {
            match spot.token {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign(')' | ']' | '}') if depth <= 1 => return at,
                Token::Sign(')' | ']' | '}') => depth -= 1,
                _ => {}
            }
        }
        self.0.len()
    }

    /// The bracket that the one at `close` closes.
    pub fn open(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in (0..=close.min(self.0.len().checked_sub(1)?)).rev() {
            match self.0[at].token {
                Token::Sign(')' | ']' | '}') => depth += 1,
                Token::Sign('(' | '[' | '{') if depth <= 1 => return Some(at),
                Token::Sign('(' | '[' | '{') => depth -= 1,
                _ => {}
            }
        }
        None
    }
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
    language: Language,
    found: Vec<Spot>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, line: u32, token: Token) {
        self.found.push(Spot { token, line });
    }

    fn step(&mut self) {
        let byte = self.peek(0);
        match byte {
            b'\n' => (self.line, self.at) = (self.line + 1, self.at + 1),
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'#' if self.language == Language::Python => self.skip_line(),
            b'/' if self.language != Language::Python && self.peek(1) == b'/' => self.skip_line(),
            b'/' if self.language != Language::Python && self.peek(1) == b'*' => self.skip_block(),
            b'"' | b'\'' => self.quoted(byte, false),
            b'`' if matches!(self.language, Language::JavaScript | Language::Go) => self.quoted(byte, false),
            _ if is_word(byte) => self.word(),
            _ => {
                self.push(self.line, Token::Sign(char::from(byte)));
                self.at += 1;
            }
        }
    }

    fn skip_line(&mut self) {
        while self.at < self.text.len() && self.peek(0) != b'\n' {
            self.at += 1;
        }
    }

    fn skip_block(&mut self) {
        while self.at < self.text.len() && !(self.peek(0) == b'*' && self.peek(1) == b'/') {
            self.line += u32::from(self.peek(0) == b'\n');
            self.at += 1;
        }
        self.at += 2;
    }

    fn word(&mut self) {
        let start = self.at;
        while is_word(self.peek(0)) {
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        let prefix = self.language == Language::Python && word.len() <= 2 && matches!(self.peek(0), b'"' | b'\'');
        if prefix && word.iter().all(|byte| b"rbfuRBFU".contains(byte)) {
            return self.quoted(self.peek(0), word.iter().any(|byte| b"fF".contains(byte)));
        }
        let word = String::from_utf8_lossy(word).into_owned();
        self.push(self.line, Token::Word(word));
    }

    /// A text that begins with `quote`. One that its language ends with its line does end there: a quote in a regular
    /// expression costs a line, not the rest of the file.
    fn quoted(&mut self, quote: u8, fills: bool) {
        let line = self.line;
        let triple = self.peek(1) == quote && self.peek(2) == quote && quote != b'`';
        let long = triple && matches!(self.language, Language::Python | Language::Java);
        self.at += if long { 3 } else { 1 };
        let mut bytes = Vec::new();
        while self.at < self.text.len() {
            let byte = self.peek(0);
            if byte == quote && (!long || self.peek(1) == quote && self.peek(2) == quote) {
                self.at += if long { 3 } else { 1 };
                break;
            }
            if byte == b'\n' {
                if !long && quote != b'`' {
                    break;
                }
                self.line += 1;
            }
            if byte == b'\\' && !(quote == b'`' && self.language == Language::Go) {
                self.at += 1;
                self.line += u32::from(self.peek(0) == b'\n');
                bytes.push(self.peek(0));
            } else if fills && byte == b'{' && self.peek(1) != b'{' {
                bytes.extend(b"${");
            } else {
                bytes.push(byte);
            }
            self.at += 1;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        self.push(line, Token::Text(text));
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, language: Language) -> Vec<String> {
        let one = |spot: &Spot| match &spot.token {
            Token::Word(word) => word.clone(),
            Token::Text(text) => format!("'{text}'"),
            Token::Sign(sign) => sign.to_string(),
        };
        Tokens::of(text, language).0.iter().map(one).collect()
    }

    #[test]
    fn comments_go_and_texts_stay_whole() {
        let python = shown("a = f'{x}-b' # s3.get\nb = \"\"\"two\nlines\"\"\"", Language::Python);
        assert_eq!(python, ["a", "=", "'${x}-b'", "b", "=", "'two\nlines'"]);
        let script = shown("/* a\n */ x(`t-${y}`) // no\n", Language::JavaScript);
        assert_eq!(script, ["x", "(", "'t-${y}'", ")"]);
        assert_eq!(shown("`a\\`+\"b\\\"c\"", Language::Go), ["'a\\'", "+", "'b\"c'"]);
    }

    #[test]
    fn lines_are_counted_and_a_lost_quote_costs_one_line() {
        let tokens = Tokens::of("x = /'/;\n/*\n*/ y", Language::JavaScript);
        assert_eq!(tokens.0.last().map(|spot| (&spot.token, spot.line)), Some((&Token::Word("y".to_owned()), 3)));
    }

    #[test]
    fn brackets_find_each_other() {
        let tokens = Tokens::of("f(a[1], {b}) + 1", Language::JavaScript);
        assert_eq!((tokens.close(1), tokens.open(10)), (10, Some(1)));
        assert_eq!(Tokens::of("f(", Language::Go).close(1), 2);
        assert_eq!(Tokens::of(")", Language::Go).open(0), None);
    }
}
