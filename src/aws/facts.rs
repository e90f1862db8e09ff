//! What a value says of its credential.

use super::{account_id, lifetime, signed_request};
use crate::model::{ComponentKind, Lifetime};
use base64::{Engine, alphabet, engine::GeneralPurpose, engine::general_purpose::NO_PAD};
use zeroize::Zeroizing;

/// Base64 whose end may be cut.
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// What is known without asking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Twelve digits.
    pub account_id: Option<String>,
    /// Long-lived or temporary.
    pub lifetime: Option<Lifetime>,
    /// When it stops working by itself, RFC 3339 in UTC.
    pub expires: Option<String>,
}

impl Facts {
    /// These, and of `other` what these lack.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            account_id: self.account_id.or(other.account_id),
            lifetime: self.lifetime.or(other.lifetime),
            expires: self.expires.or(other.expires),
        }
    }
}

/// What `value`, which was taken for a `kind`, says of its credential.
pub fn facts(kind: &ComponentKind, value: &[u8]) -> Facts {
    let long_lived = |account_id| Facts { account_id, lifetime: Some(Lifetime::LongLived), expires: None };
    let signed = |query: &[u8]| Facts {
        account_id: signed_request::key_id(query).and_then(account_id),
        lifetime: Some(Lifetime::Temporary),
        expires: signed_request::expires(query),
    };
    match kind.as_str() {
        "access_key_id" => Facts { account_id: account_id(value), lifetime: lifetime(value), expires: None },
        "bedrock_api_key" => long_lived(value.strip_prefix(b"ABSK").and_then(bedrock_account)),
        "bedrock_short_term_api_key" => {
            let query = value.strip_prefix(b"bedrock-api-key-").map(decoded).unwrap_or_default();
            signed(&query)
        }
        "service_user_name" => long_lived(account_of_user(value)),
        "ses_smtp_password" | "service_password" | "private_key" | "encrypted_private_key" => long_lived(None),
        "presigned_url" | "rds_auth_token" => signed(value),
        _ => Facts::default(),
    }
}

/// The account in a long-term Bedrock key: `BedrockAPIKey-<name>-at-<account>:<secret>` in base64.
fn bedrock_account(base64: &[u8]) -> Option<String> {
    let decoded = decoded(base64);
    let name = decoded.split(|&byte| byte == b':').next()?;
    account_of_user(name)
}

/// The account that a service's user name ends in: `name-at-<account>`.
fn account_of_user(name: &[u8]) -> Option<String> {
    let (name, account) = name.split_at_checked(name.len().checked_sub(12)?)?;
    let account = std::str::from_utf8(account).ok().filter(|account| account.bytes().all(|b| b.is_ascii_digit()))?;
    name.ends_with(b"-at-").then(|| account.to_owned())
}

/// What base64 encodes, up to its padding (as it is, or `%3D`) and without a last character that encodes nothing.
fn decoded(base64: &[u8]) -> Zeroizing<Vec<u8>> {
    let end = base64.iter().position(|byte| matches!(byte, b'=' | b'%')).unwrap_or(base64.len());
    let end = if end % 4 == 1 { end - 1 } else { end };
    Zeroizing::new(BASE64.decode(&base64[..end]).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, value: &str) -> (Option<String>, Option<Lifetime>, Option<String>) {
        let Facts { account_id, lifetime, expires } = facts(&ComponentKind::Other(kind.to_owned()), value.as_bytes());
        (account_id, lifetime, expires)
    }

    /// Published by those who found how an id encodes its account.
    fn id() -> String {
        ["ASIA", "Y34FZKBOKMUTVV7A"].concat()
    }

    #[test]
    fn a_long_term_bedrock_key_names_its_account() {
        for (padding, secret) in [("", "abc"), ("=", "abcd"), ("%3D%3D", "abcde")] {
            let text = format!("BedrockAPIKey-x1y2-at-123456789012:{secret}");
            let key = format!("ABSK{}{padding}", BASE64.encode(text));
            assert_eq!(of("bedrock_api_key", &key), (Some("123456789012".to_owned()), Some(Lifetime::LongLived), None));
        }
        for text in ["BedrockAPIKey-x1y2-at-12345678901x:s", "BedrockAPIKey-123456789012:s", "x"] {
            let key = format!("ABSK{}", BASE64.encode(text));
            assert_eq!(of("bedrock_api_key", &key).0, None, "{text}");
        }
    }

    /// As AWS's own generator writes it.
    #[test]
    fn a_short_term_bedrock_key_tells_account_and_end() {
        let query = format!(
            "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}\
             %2F20261124%2Fus-west-2%2Fbedrock%2Faws4_request&X-Amz-Date=20261124T234234Z&X-Amz-Expires=43200&\
             X-Amz-SignedHeaders=host&Version=1",
            id()
        );
        let key = format!("bedrock-api-key-{}", BASE64.encode(query));
        let (account, expires) = (Some("609629065308".to_owned()), Some("2026-11-25T11:42:34Z".to_owned()));
        // A cut one still tells what it holds.
        for key in [&key, &key[..key.len() - 7]] {
            let facts = of("bedrock_short_term_api_key", key);
            assert_eq!(facts, (account.clone(), Some(Lifetime::Temporary), expires.clone()));
        }
    }

    #[test]
    fn a_service_user_name_ends_in_its_account() {
        assert_eq!(of("service_user_name", "a-at-b-at-123456789012").0, Some("123456789012".to_owned()));
        for name in ["jane-at-12345678901", "jane-123456789012", "", "-at-12345678901x"] {
            assert_eq!(of("service_user_name", name).0, None, "{name}");
        }
    }

    #[test]
    fn the_first_to_say_something_is_believed() {
        let url = format!("X-Amz-Credential={}%2F&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60", id());
        let url = facts(&ComponentKind::Other("presigned_url".to_owned()), url.as_bytes());
        let id = facts(&ComponentKind::AccessKeyId, ["AKIA", "Y34FZKBOKMUTVV7A"].concat().as_bytes());
        let (account_id, expires) = (Some("609629065308".to_owned()), Some("2026-01-01T00:01:00Z".to_owned()));
        assert_eq!(url.or(id), Facts { account_id, lifetime: Some(Lifetime::Temporary), expires });
    }

    #[test]
    fn a_kind_that_aws_does_not_issue_says_nothing() {
        assert_eq!(of("acme", "jane-at-123456789012"), (None, None, None));
    }
}
