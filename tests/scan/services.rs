//! What reports say of keys, passwords and signed requests that are no access keys.

use crate::support::{Keys, Outcome, Repo, Scan, values_of};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";

fn id(keys: &mut Keys) -> String {
    keys.id_of(ACCOUNT.parse().unwrap())
}

fn temporary_id(keys: &mut Keys) -> String {
    id(keys).replacen("AK", "AS", 1)
}

/// A query that was signed on 2 January 2026 for an hour.
fn signed(keys: &mut Keys, id: &str, service: &str, token: Option<&str>) -> String {
    let token = token.map(|token| format!("&X-Amz-Security-Token={token}")).unwrap_or_default();
    let signature: String = (0..4).map(|_| format!("{:016x}", keys.number())).collect();
    format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={id}%2F20260102%2Feu-west-1%2F{service}%2Faws4_request\
         &X-Amz-Date=20260102T030405Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host{token}&X-Amz-Signature={signature}"
    )
}

fn smtp_password(keys: &mut Keys) -> String {
    format!("B{}{}{}", keys.pick(&["A", "H", "P"]), keys.secret(), keys.pick(&["x7", "+Q", "aB"]))
}

fn service_password(keys: &mut Keys) -> String {
    STANDARD.encode(keys.secret().as_bytes().get(..32).unwrap())
}

/// A private key as far as its form goes, in lines of 64.
fn pem(keys: &mut Keys, headers: &str) -> String {
    let body: Vec<String> = (0..24).map(|_| keys.secret() + &keys.secret()[..24]).collect();
    let body = body.join("\n");
    let kind = "RSA PRIVATE".to_owned() + " KEY";
    let start = if headers.is_empty() { "MIIE" } else { "" };
    format!("-----BEGIN {kind}-----\n{headers}{start}{}\n-----END {kind}-----\n", &body[start.len()..])
}

fn scan(path: &str, text: impl AsRef<[u8]>) -> Outcome {
    let repo = Repo::new();
    repo.put(path, text);
    Scan::of(repo.path()).run()
}

/// The one finding in `text`.
#[track_caller]
fn one(text: impl AsRef<[u8]>) -> Value {
    let mut outcome = scan("file", text);
    assert_eq!(outcome.findings.len(), 1, "{:#?}", outcome.findings);
    outcome.findings.remove(0)
}

#[track_caller]
fn says(finding: &Value, rule: &str, severity: &str, lifetime: &str) {
    let said = [&finding["rule_id"], &finding["severity"], &finding["lifetime"]];
    assert_eq!(said, [&json!(rule), &json!(severity), &json!(lifetime)]);
}

#[test]
fn a_presigned_url_and_its_id_are_one_finding_that_says_when_it_expires() {
    for (and, equals) in [("&", "="), ("&amp;", "="), (r"\u0026", "="), ("%26", "%3D")] {
        let mut keys = Keys::new(70);
        let id = id(&mut keys);
        let query = signed(&mut keys, &id, "s3", None).replace('=', equals).replace('&', and);
        let finding = one(format!("see \"https://b.s3.amazonaws.com/k?{query}\" for it\n"));
        assert_eq!(values_of(&finding), [id, query]);
        says(&finding, "aws-presigned-url", "low", "temporary");
        assert_eq!((&finding["expires"], &finding["account_id"]), (&json!("2026-01-02T04:04:05Z"), &json!(ACCOUNT)));
    }
}

#[test]
fn a_security_token_in_a_presigned_url_belongs_to_it() {
    let mut keys = Keys::new(71);
    let (id, token) = (temporary_id(&mut keys), keys.token(400));
    let query = signed(&mut keys, &id, "sts", Some(&token.replace('/', "%2F").replace('+', "%2B")));
    let finding = one(format!("https://sts.amazonaws.com/?Action=GetCallerIdentity&{query}\n"));
    assert_eq!(values_of(&finding), [id, query, token]);
    says(&finding, "aws-presigned-url", "low", "temporary");
}

#[test]
fn a_url_of_signature_version_2_names_its_end() {
    let mut keys = Keys::new(72);
    let id = id(&mut keys);
    let signature = "Signature=".to_owned() + &keys.secret()[..26].replace(['/', '+'], "x") + "%3D";
    for query in [
        format!("AWSAccessKeyId={id}&{signature}&Expires=1767322800"),
        format!("Expires=1767322800&AWSAccessKeyId={id}&{signature}"),
        format!("{signature}&Expires=1767322800&AWSAccessKeyId={id}"),
    ] {
        let finding = one(format!("https://b.s3.amazonaws.com/k?{query}\n"));
        says(&finding, "aws-presigned-url", "low", "temporary");
        assert_eq!(finding["expires"], "2026-01-02T03:00:00Z");
    }
}

#[test]
fn an_rds_token_is_no_presigned_url() {
    let mut keys = Keys::new(73);
    let id = id(&mut keys);
    let query = format!("Action=connect&DBUser=app&{}", signed(&mut keys, &id, "rds-db", None));
    let finding = one(format!("password: db.example.org:5432/?{query}\n"));
    assert_eq!(values_of(&finding), [id, query]);
    says(&finding, "aws-rds-auth-token", "low", "temporary");
    assert_eq!(finding["expires"], "2026-01-02T04:04:05Z");
}

#[test]
fn an_smtp_password_is_known_by_its_name_and_more_with_its_id() {
    let mut keys = Keys::new(74);
    let (id, password) = (id(&mut keys), smtp_password(&mut keys));
    let alone = one(format!("EMAIL_HOST_PASSWORD = '{password}'\n"));
    says(&alone, "aws-ses-smtp-password", "medium", "long_lived");
    assert_eq!(alone["account_id"], Value::Null);
    for text in [format!("user: '{id}',\n  pass: '{password}'\n"), format!("smtp_user={id}\nsmtp_pass={password}\n")] {
        let pair = one(text);
        assert_eq!(values_of(&pair), [id.clone(), password.clone()]);
        says(&pair, "aws-ses-smtp-credentials", "high", "long_lived");
        assert_eq!(pair["account_id"], ACCOUNT);
    }
}

#[test]
fn a_service_password_goes_with_its_user_name_and_account() {
    let mut keys = Keys::new(75);
    let (user, password) = (format!("jane-at-{ACCOUNT}"), service_password(&mut keys));
    for text in [
        format!("url = https://{user}:{password}@git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop\n"),
        format!("{{\"ServiceUserName\": \"{user}\",\n \"ServicePassword\": \"{password}\"}}\n"),
        format!("[authentication]\nusername = {user}\npassword = {password}\n"),
        format!("SERVICESPECIFICCREDENTIAL\tcassandra.amazonaws.com\t{password}\t{user}\tActive\n"),
    ] {
        let finding = one(text);
        assert_eq!(values_of(&finding), [user.clone(), password.clone()]);
        says(&finding, "aws-service-specific-credential", "high", "long_lived");
        assert_eq!(finding["account_id"], ACCOUNT);
    }
}

#[test]
fn a_bedrock_key_says_what_is_encoded_in_it() {
    let mut keys = Keys::new(76);
    let text = format!("BedrockAPIKey-x1y2-at-{ACCOUNT}:{}", keys.secret());
    let long = one(format!("AWS_BEARER_TOKEN_BEDROCK=ABSK{}\n", STANDARD.encode(text)));
    says(&long, "aws-bedrock-api-key", "high", "long_lived");
    assert_eq!((&long["account_id"], &long["expires"]), (&json!(ACCOUNT), &Value::Null));

    let id = temporary_id(&mut keys);
    let query = signed(&mut keys, &id, "bedrock", None);
    let text = format!("bedrock.amazonaws.com/?Action=CallWithBearerToken&{query}&Version=1");
    let short = one(format!("token = 'bedrock-api-key-{}'\n", STANDARD.encode(text)));
    says(&short, "aws-bedrock-bearer-token", "medium", "temporary");
    assert_eq!(values_of(&short)[0], id, "the key that signed it stands in it");
    assert_eq!((&short["account_id"], &short["expires"]), (&json!(ACCOUNT), &json!("2026-01-02T04:04:05Z")));
}

#[test]
fn a_private_key_is_awss_by_what_stands_round_it() {
    let mut keys = Keys::new(77);
    let key = pem(&mut keys, "");
    let escaped = key.trim_end().replace('\n', "\\n");
    for text in [
        format!("{{\"KeyMaterial\": \"{escaped}\", \"KeyName\": \"ops\"}}\n"),
        format!("cloudfront:\n  key: |\n{key}"),
        format!("{key}\nKey-Pair-Id: 1\n"),
        format!("<keyMaterial>{key}</keyMaterial>\n"),
        format!("{}4a\t{key}\tops\n", "2d:".repeat(19)),
    ] {
        says(&one(text), "aws-private-key", "high", "long_lived");
    }
    let encrypted =
        pem(&mut keys, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n");
    says(&one(format!("# cloudfront\n{encrypted}")), "aws-encrypted-private-key", "low", "long_lived");
}

#[test]
fn a_private_key_without_evidence_counts_only_in_a_file_of_the_right_name() {
    let mut keys = Keys::new(78);
    let key = pem(&mut keys, "");
    for path in ["keys/AWS-ops.pem", "my_ec2.pem", "a/b/cloudfront-1.pem", "pk-APKAJ0123456789ABCDE.pem"] {
        let outcome = scan(path, &key);
        assert_eq!(outcome.findings.len(), 1, "{path}");
        says(&outcome.findings[0], "aws-private-key", "high", "long_lived");
    }
    let repo = Repo::new();
    repo.put("id.pem", &key);
    repo.put("aws/ec256.pem", &key);
    let outcome = Scan::of(repo.path()).arg("--explain").run();
    assert_eq!((outcome.code, outcome.findings.len()), (0, 0));
    let drop = json!({ "rule_id": "aws-private-key", "reason": "other_path", "count": 1 });
    assert_eq!(outcome.summary["drops"], json!([drop]));
    assert_eq!((&outcome.dropped[0]["reason"], outcome.dropped.len()), (&json!("other_path"), 1));
    // The value counts wherever it stands once one of its files has the name.
    repo.put("aws.pem", &key);
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(outcome.findings[0]["occurrences"].as_array().unwrap().len(), 3);
    assert_eq!(outcome.summary["drops"], json!([]));
}

#[test]
fn the_end_is_told_in_every_format() {
    let mut keys = Keys::new(79);
    let id = id(&mut keys);
    let repo = Repo::new();
    repo.put("log", format!("GET /k?{}\n", signed(&mut keys, &id, "s3", None)));
    let told = |format: &str| {
        let outcome = Scan::bare().args(&["scan", "--format", format]).arg(repo.path()).run();
        String::from_utf8(outcome.stdout).unwrap()
    };
    assert!(told("text").contains("temporary · valid until 2026-01-02T04:04:05Z\n"), "{}", told("text"));
    let sarif: Value = serde_json::from_str(&told("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["properties"]["expires"], "2026-01-02T04:04:05Z");
}
