//! Answers as STS gives them, and as nobody should.

use crate::stub::Answer;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimePrinter};

/// A whole answer over HTTP, dated now.
pub fn http(status: &str, head: &str, body: &str) -> Vec<u8> {
    dated(SignedDuration::ZERO, status, head, body)
}

/// The same by a clock that is fast by `skew`.
pub fn dated(skew: SignedDuration, status: &str, head: &str, body: &str) -> Vec<u8> {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&(Timestamp::now() + skew)).unwrap();
    let head: String = head.lines().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\nDate: {date}\r\nConnection: close\r\nContent-Length: {length}\r\n{head}\r\n{body}"
    );
    text.into_bytes()
}

/// What `GetCallerIdentity` says to a user `jane` of `account`.
pub fn identity(account: &str) -> String {
    of_principal(account, &format!("arn:aws:iam::{account}:user/jane"), "AIDACKCEVSQ6C2JANE234")
}

/// What it says to a principal.
pub fn of_principal(account: &str, arn: &str, user_id: &str) -> String {
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <GetCallerIdentityResult>\n    \
         <Arn>{arn}</Arn>\n    <UserId>{user_id}</UserId>\n    <Account>{account}</Account>\n  \
         </GetCallerIdentityResult>\n  <ResponseMetadata>\n    <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>\n  \
         </ResponseMetadata>\n</GetCallerIdentityResponse>\n"
    )
}

/// The principal of a key that works.
pub fn active(account: &str) -> Answer {
    Answer::Bytes(http("200 OK", "Content-Type: text/xml", &identity(account)))
}

/// The body of an error.
pub fn refusal(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    \
         <Code>{code}</Code>\n    <Message>{message}</Message>\n  </Error>\n  \
         <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>\n</ErrorResponse>\n"
    )
}

/// An error.
pub fn refused(status: &str, code: &str, message: &str) -> Answer {
    Answer::Bytes(http(status, "Content-Type: text/xml", &refusal(code, message)))
}

pub fn unknown_key() -> Answer {
    refused("403 Forbidden", "InvalidClientTokenId", "The security token included in the request is invalid.")
}

pub fn wrong_signature() -> Answer {
    let message = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                   Access Key and signing method. Consult the service documentation for details.";
    refused("403 Forbidden", "SignatureDoesNotMatch", message)
}

pub fn throttled() -> Answer {
    refused("400 Bad Request", "Throttling", "Rate exceeded")
}
