//! A string to be looked for, as it is or in any case.

/// A string and whether its case counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Literal {
    pub text: Vec<u8>,
    /// Matched as written; else in any ASCII case.
    pub exact: bool,
}

impl Literal {
    /// A rule's keyword: with an upper-case letter it is matched as written, without one in any case.
    pub fn keyword(text: &str, exact: bool) -> Self {
        Self { text: text.as_bytes().to_vec(), exact: exact || text.bytes().any(|byte| byte.is_ascii_uppercase()) }
    }

    /// Whether it stands at `at`.
    pub fn stands(&self, bytes: &[u8], at: usize) -> bool {
        let found = bytes.get(at..at + self.text.len());
        found.is_some_and(|found| found == self.text || !self.exact && found.eq_ignore_ascii_case(&self.text))
    }

    /// All ways to write it: one if it is exact, else each letter in both cases.
    pub fn spellings(&self) -> Vec<Vec<u8>> {
        let mut spellings = vec![Vec::new()];
        for &byte in &self.text {
            let upper = byte.to_ascii_uppercase();
            let both = !self.exact && upper != byte;
            let others: Vec<Vec<u8>> = if both { spellings.clone() } else { Vec::new() };
            for spelling in &mut spellings {
                spelling.push(byte);
            }
            spellings.extend(others.into_iter().map(|mut spelling| {
                spelling.push(upper);
                spelling
            }));
        }
        spellings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_spelt_in_all_cases_unless_exact() {
        let literal = |exact| Literal { text: b"a_b".to_vec(), exact };
        let mut all = literal(false).spellings();
        all.sort();
        assert_eq!(all, [b"A_B", b"A_b", b"a_B", b"a_b"]);
        assert_eq!(literal(true).spellings(), [b"a_b"]);
    }
}
