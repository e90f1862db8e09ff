//! Numbers of accounts.

/// Whether `text` is the number of an AWS account: twelve digits, leading zeros among them.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_twelve_digits() {
        assert!(is_account_id("012345678901"));
        assert!(
            ["12345678901", "1234567890123", "12345678901x", "１２３４", ""].iter().all(|text| !is_account_id(text))
        );
    }
}
