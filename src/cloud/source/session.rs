//! Credentials as programs and machines hand them out: a JSON object.

use super::Credentials;
use crate::cloud::Key;
use crate::model::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

/// What `credential_process`, containers and instances answer with; their names differ in two places.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    version: Option<u32>,
    code: Option<String>,
    message: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    access_key_id: Option<Secret>,
    #[serde(default, deserialize_with = "secret")]
    secret_access_key: Option<Secret>,
    #[serde(default, alias = "SessionToken", deserialize_with = "secret")]
    token: Option<Secret>,
    expiration: Option<String>,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|mut text| {
        let secret = Secret::new(text.as_bytes());
        text.zeroize();
        secret
    }))
}

/// The credentials in `json`, which came from `source`.
///
/// # Errors
/// There are none, or they are over. Nothing of the answer is shown but its own words of an error.
pub(super) fn credentials(json: &[u8], source: String) -> Result<Credentials, String> {
    let answer: Answer = serde_json::from_slice(json).map_err(|error| {
        // The error's own words may quote a value.
        format!("what it gives is no credentials in JSON (line {}, column {})", error.line(), error.column())
    })?;
    if let Some(version) = answer.version.filter(|&version| version != 1) {
        return Err(format!("it gives credentials of version {version}, and 1 is known"));
    }
    if let Some(code) = answer.code.filter(|code| code != "Success") {
        let words = answer.message.map(|words| format!(": {words}")).unwrap_or_default();
        return Err(format!("it answers {code}{words}"));
    }
    let filled = |value: Option<Secret>| value.filter(|value| !value.expose().is_empty());
    let (Some(id), Some(secret)) = (filled(answer.access_key_id), filled(answer.secret_access_key)) else {
        return Err("it gives no AccessKeyId and SecretAccessKey".to_owned());
    };
    let expires = answer.expiration.map(|text| {
        text.parse::<Timestamp>().map_err(|_| "its Expiration is no point in time as RFC 3339 has it".to_owned())
    });
    let expires = expires.transpose()?;
    if expires.is_some_and(|end| end <= Timestamp::now()) {
        return Err("the credentials that it gives have expired".to_owned());
    }
    Ok(Credentials { key: Key { id, secret, session: filled(answer.token) }, expires, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Credentials, String> {
        credentials(json.as_bytes(), "a test".to_owned())
    }

    #[test]
    fn programs_and_machines_name_the_token_differently() {
        for token in ["Token", "SessionToken"] {
            let json = format!(
                r#"{{"Version":1,"AccessKeyId":"id","SecretAccessKey":"secret","{token}":"t","Expiration":"2999-01-01T00:00:00Z"}}"#
            );
            let read = read(&json).unwrap();
            assert_eq!(read.key.session, Some(Secret::new(b"t")), "{token}");
            assert_eq!(read.expires.unwrap().to_string(), "2999-01-01T00:00:00Z");
        }
    }

    #[test]
    fn what_is_none_says_why_and_shows_no_value() {
        for (json, says) in [
            (r#"{"Version":2,"AccessKeyId":"id","SecretAccessKey":"notshown"}"#, "version 2"),
            (r#"{"Code":"Failed","Message":"no role"}"#, "Failed: no role"),
            (r#"{"AccessKeyId":"id"}"#, "no AccessKeyId and SecretAccessKey"),
            (r#"{"AccessKeyId":"","SecretAccessKey":"notshown"}"#, "no AccessKeyId"),
            (r#"{"AccessKeyId":"id","SecretAccessKey":"notshown","Expiration":"soon"}"#, "RFC 3339"),
            (
                r#"{"AccessKeyId":"id","SecretAccessKey":"notshown","Expiration":"2020-01-01T00:00:00Z"}"#,
                "have expired",
            ),
            (r#"{"SecretAccessKey":"notshown","AccessKeyId":["notshown"]}"#, "line 1"),
            ("<html>", "no credentials in JSON"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(says) && !error.contains("notshown"), "{json}: {error}");
        }
    }
}
