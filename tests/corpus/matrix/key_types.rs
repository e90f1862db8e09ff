//! Every kind of AWS credential, plain and in two encodings.

use super::{
    cell::Credential,
    encodings::{base64, hex},
    keys::Keys,
    values::Values,
};

/// A file that holds one key, and what a scan must say of it.
pub struct KeyType {
    pub name: String,
    pub path: &'static str,
    pub text: String,
    pub credentials: Vec<Credential>,
}

const ACCOUNT: &str = "314159265358";

/// All of them, with values made for the cell.
pub fn all(encoding: &str) -> Vec<KeyType> {
    let mut all = access_keys(encoding);
    all.extend(tokens(encoding));
    all.extend(bedrock(encoding));
    all.extend(mail(encoding));
    all.extend(services(encoding));
    all.extend(presigned(encoding));
    all.extend(private_keys(encoding));
    all
}

fn values(name: &str, encoding: &str, temporary: bool) -> Values {
    Values::new(&format!("key type {name}, {encoding}"), temporary)
}

fn key(name: &str, path: &'static str, text: String, credential: Credential) -> KeyType {
    KeyType { name: name.to_owned(), path, text, credentials: vec![credential] }
}

fn access_keys(encoding: &str) -> Vec<KeyType> {
    let pair = values("AKIA pair", encoding, false);
    let text = "[default]\naws_access_key_id = «id»\naws_secret_access_key = «secret»\n";
    let temporary = values("ASIA pair", encoding, true);
    vec![
        key("AKIA pair", ".aws/credentials", pair.fill(text), Credential::new(&[pair.id(), pair.secret()])),
        key(
            "ASIA pair, token elsewhere",
            ".aws/credentials",
            temporary.fill(text),
            Credential::new(&[temporary.id(), temporary.secret()]),
        ),
    ]
}

fn tokens(encoding: &str) -> Vec<KeyType> {
    // How tokens of STS have begun over the years; all decode to words such as `origin_ec` and `aws`.
    let starts = [["IQoJb3JpZ2lu", "X2Vj"], ["FwoGZXIv", "YXdz"], ["FQoGZXIv", "YXdz"], ["AQoDYX", "dz"]];
    let triple = |(n, length): (usize, usize)| {
        let name = format!("ASIA triple, token of {length}");
        let mut values = values(&name, encoding, true);
        let padding = ["", "=", "=="][n % 3];
        let start = starts[n % starts.len()].concat();
        let token = start.clone() + &values.keys.token(length)[start.len()..length - padding.len()] + padding;
        let text = "[session]\naws_access_key_id = «id»\naws_secret_access_key = «secret»\naws_session_token = ";
        let text = values.fill(text) + &token + "\n";
        let credential = Credential::new(&[values.id(), values.secret(), &token]);
        key(&name, ".aws/credentials", text, credential)
    };
    let mut all: Vec<KeyType> = [300, 356, 700, 1_200, 2_000].into_iter().enumerate().map(triple).collect();
    let lone = values("lone", encoding, true);
    let mut lone_id = values("lone id", encoding, false);
    let token = lone_id.keys.token(720);
    let id = lone_id.id().to_owned();
    all.push(key("lone id", "notes.txt", format!("disable {id} please\n"), Credential::new(&[&id])));
    all.push(key(
        "lone temporary id",
        "log.txt",
        format!("signed with {}\n", lone.id()),
        Credential::new(&[lone.id()]),
    ));
    let text = format!("AWS_SECRET_ACCESS_KEY={}\n", lone.secret());
    all.push(key("lone secret", ".env", text, Credential::new(&[lone.secret()])));
    all.push(key("lone token", ".env", format!("AWS_SESSION_TOKEN={token}\n"), Credential::new(&[&token])));
    all
}

fn bedrock(encoding: &str) -> Vec<KeyType> {
    let mut long = values("Bedrock long-term", encoding, false);
    let inner = format!("BedrockAPIKey-{}-at-{ACCOUNT}:{}", letters(&mut long.keys, 4), long.keys.token(64));
    let long = ["AB", "SK"].concat() + &base64(inner.as_bytes());
    let mut short = values("Bedrock short-term", encoding, false);
    let signer = short.id().to_owned();
    let inner = format!(
        "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}%2F20251103%2Fus-east-1%2Fbedrock%2Faws4_request&X-Amz-Date=20251103T101530Z&X-Amz-Expires=43200&X-Amz-SignedHeaders=host&X-Amz-Signature={}&Version=1",
        signer,
        signature(&mut short.keys)
    );
    let short = ["bedrock-api", "-key-"].concat() + &base64(inner.as_bytes());
    let expires = Some("2025-11-03T22:15:30Z");
    vec![
        key("Bedrock long-term key", ".env", format!("AWS_BEARER_TOKEN_BEDROCK={long}\n"), Credential::new(&[&long])),
        key(
            "Bedrock short-term key",
            "run.sh",
            format!("export AWS_BEARER_TOKEN_BEDROCK=\"{short}\"\n"),
            // The id of the key that signed it stands in it.
            Credential { expires, ..Credential::new(&[&signer, &short]) },
        ),
    ]
}

fn mail(encoding: &str) -> Vec<KeyType> {
    let mut made = values("SES", encoding, false);
    let id = made.id().to_owned();
    let [lone, beside, named, state] = [0x04, 0x04, 0x02, 0x04].map(|version| smtp(&mut made.keys, version));
    let secret = made.secret().to_owned();
    let django = "EMAIL_HOST = 'email-smtp.us-east-1.amazonaws.com'\nEMAIL_PORT = 587\n";
    vec![
        key(
            "SES SMTP password alone",
            "settings.py",
            format!("{django}EMAIL_HOST_PASSWORD = '{lone}'\n"),
            Credential::new(&[&lone]),
        ),
        key(
            "SES SMTP password, console CSV",
            "ses-credentials.csv",
            format!("IAM User Name,Smtp Username,Smtp Password\r\n\"ses-smtp-user.20200101-120000\",{id},{beside}\r\n"),
            Credential::new(&[&id, &beside]),
        ),
        key(
            "SES SMTP password, old form",
            "mail.yml",
            format!(
                "smtp_settings:\n  address: email-smtp.eu-west-1.amazonaws.com\n  user_name: {id}\n  password: {named}\n"
            ),
            Credential::new(&[&id, &named]),
        ),
        KeyType {
            name: "SES SMTP password and secret".to_owned(),
            path: "terraform.tfstate",
            // Where the password stands, in a finding of its own or with the pair, is left open.
            credentials: vec![Credential::around(&[&id, &secret]), Credential::around(&[&state])],
            text: format!(
                "{{\"id\": \"{id}\",\n \"secret\": \"{secret}\",\n \"ses_smtp_password_v4\": \"{state}\"}}\n"
            ),
        },
    ]
}

fn services(encoding: &str) -> Vec<KeyType> {
    let mut made = values("services", encoding, false);
    let keys = &mut made.keys;
    let [in_json, in_url] = [(); 2].map(|()| keys.token(60)[17..].to_owned() + "=");
    let escaped = in_url.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    let uuid = uuid(keys);
    let mws = ["amzn.", "mws."].concat() + &uuid;
    let app_sync = ["da", "2-"].concat() + &letters(keys, 26);
    vec![
        key(
            "CodeCommit credentials, JSON",
            "codecommit.json",
            format!(
                "{{\n    \"ServiceSpecificCredential\": {{\n        \"CreateDate\": \"2024-05-06T07:08:09Z\",\n        \"ServiceName\": \"codecommit.amazonaws.com\",\n        \"ServiceUserName\": \"deploy-at-{ACCOUNT}\",\n        \"ServicePassword\": \"{in_json}\",\n        \"UserName\": \"deploy\",\n        \"Status\": \"Active\"\n    }}\n}}\n"
            ),
            Credential::around(&[&in_json]),
        ),
        key(
            "CodeCommit credentials, URL",
            ".gitmodules",
            format!(
                "[submodule \"lib\"]\n\tpath = lib\n\turl = https://deploy-at-{ACCOUNT}:{escaped}@git-codecommit.us-east-1.amazonaws.com/v1/repos/lib\n"
            ),
            Credential::around(&[&in_url]),
        ),
        key("MWS token", "mws.php", format!("define('MWS_AUTH_TOKEN', '{mws}');\n"), Credential::new(&[&mws])),
        key(
            "AppSync key",
            "aws-exports.js",
            format!(
                "const awsmobile = {{\n  \"aws_appsync_authenticationType\": \"API_KEY\",\n  \"aws_appsync_apiKey\": \"{app_sync}\"\n}};\n"
            ),
            Credential::new(&[&app_sync]),
        ),
    ]
}

fn presigned(encoding: &str) -> Vec<KeyType> {
    let low = |credential, expires| Credential { severity: Some("low"), expires: Some(expires), ..credential };
    let mut made = values("presigned", encoding, false);
    let (id, old_id) = (made.id().to_owned(), made.fill("«id2»"));
    let mut session = values("presigned session", encoding, true);
    let (session_id, token) = (session.id().to_owned(), session.fill("«token»"));
    let escaped = token.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    let v4 = |id: &str, signature: &str| {
        format!(
            "https://b.s3.amazonaws.com/report.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={id}%2F20240506%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20240506T070809Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}"
        )
    };
    let (first, second) = (v4(&id, &signature(&mut made.keys)), v4(&session_id, &signature(&mut session.keys)));
    let signature = base64(&noise(&mut made.keys, 20)).replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    vec![
        key(
            "presigned URL v4",
            "links.md",
            format!("[report]({first})\n"),
            low(Credential::around(&[&id]), "2024-05-06T08:08:09Z"),
        ),
        key(
            "presigned URL v4 with a session token",
            "request.log",
            format!("GET {second}&X-Amz-Security-Token={escaped} 200\n"),
            low(Credential::around(&[&session_id, &token]), "2024-05-06T08:08:09Z"),
        ),
        key(
            "presigned URL v2",
            "old-links.txt",
            format!(
                "https://b.s3.amazonaws.com/a.zip?AWSAccessKeyId={old_id}&Signature={signature}&Expires=1400000000\n"
            ),
            low(Credential::around(&[&old_id]), "2014-05-13T16:53:20Z"),
        ),
    ]
}

fn private_keys(encoding: &str) -> Vec<KeyType> {
    let mut made = values("private keys", encoding, false);
    let [in_json, by_name, in_file] = [(); 3].map(|()| pem_body(&mut made.keys));
    let first_line = |body: &str| body[..64].to_owned();
    vec![
        key(
            "EC2 key pair, create-key-pair JSON",
            "key.json",
            format!(
                "{{\n    \"KeyFingerprint\": \"1f:51:ae:28:bf:89:e9:d8:1f:25:5d:37:2d:7d:b8:ca:9f:f5:f1:6f\",\n    \"KeyMaterial\": \"{}\",\n    \"KeyName\": \"web\",\n    \"KeyPairId\": \"key-0123456789abcdef0\"\n}}\n",
                pem(&in_json).replace('\n', "\\n")
            ),
            Credential::around(&[&first_line(&in_json)]),
        ),
        key("EC2 key pair, file", "ec2-web.pem", pem(&in_file), Credential::around(&[&first_line(&in_file)])),
        key(
            "CloudFront key pair",
            "conf/signing.yml",
            format!(
                "cloudfront:\n  key_pair_id: {}\n  private_key: |\n{}",
                ["AP", "KA"].concat() + &made.id()[4..],
                pem(&by_name).lines().map(|line| format!("    {line}\n")).collect::<String>()
            ),
            Credential::around(&[&first_line(&by_name)]),
        ),
    ]
}

/// A password of the form that AWS derives from a secret.
fn smtp(keys: &mut Keys, version: u8) -> String {
    base64(&[&[version][..], &noise(keys, 32)].concat())
}

fn signature(keys: &mut Keys) -> String {
    hex(&noise(keys, 32))
}

/// Random bytes.
pub fn noise(keys: &mut Keys, length: usize) -> Vec<u8> {
    (0..length).map(|_| keys.number() as u8).collect()
}

/// Lower-case letters and digits.
pub fn letters(keys: &mut Keys, length: usize) -> String {
    (0..length).map(|_| char::from(*keys.pick(b"abcdefghijklmnopqrstuvwxyz234567"))).collect()
}

pub fn uuid(keys: &mut Keys) -> String {
    let digits = hex(&noise(keys, 16));
    format!("{}-{}-4{}-a{}-{}", &digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..])
}

/// base64 of what begins as an RSA key of 2,048 bits does, in lines of 64.
pub fn pem_body(keys: &mut Keys) -> String {
    let start = [0x30, 0x82, 0x04, 0xa4, 0x02, 0x01, 0x00, 0x02, 0x82, 0x01, 0x01, 0x00];
    let text = base64(&[&start[..], &noise(keys, 1_180)].concat());
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join("\n")
}

fn pem(body: &str) -> String {
    let words = ["RSA PRIVATE", "KEY"].join(" ");
    format!("-----BEGIN {words}-----\n{body}\n-----END {words}-----\n")
}
