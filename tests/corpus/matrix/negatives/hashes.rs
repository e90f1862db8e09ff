//! Digests, ids and signatures: lock files, test vectors, version control.

use super::{
    super::encodings::{base64, hex},
    super::key_types::{noise, uuid},
    Negative, at, keys,
};

pub fn all() -> Vec<Negative> {
    let mut all = lock_files();
    all.extend(vectors());
    all.extend(named());
    all
}

fn lock_files() -> Vec<Negative> {
    let mut keys = keys("lock files");
    let mut hash = |length: usize| noise(&mut keys, length);
    let many = |line: &mut dyn FnMut(usize) -> String| (0..60).map(line).collect::<String>();
    vec![
        at(
            "package-lock.json",
            "package-lock.json",
            many(&mut |n| {
                format!(
                    "    \"node_modules/@aws-sdk/credential-provider-{n}\": {{\n      \"version\": \"3.{n}.0\",\n      \"resolved\": \"https://registry.npmjs.org/@aws-sdk/credential-provider-{n}/-/credential-provider-{n}-3.{n}.0.tgz\",\n      \"integrity\": \"sha512-{}\"\n    }},\n",
                    base64(&hash(64))
                )
            }),
        ),
        at(
            "yarn.lock",
            "yarn.lock",
            many(&mut |n| {
                format!(
                    "aws-sdk@^2.{n}.0:\n  version \"2.{n}.0\"\n  resolved \"https://registry.yarnpkg.com/aws-sdk/-/aws-sdk-2.{n}.0.tgz#{}\"\n  integrity sha1-{}\n",
                    hex(&hash(20)),
                    base64(&hash(20))
                )
            }),
        ),
        at(
            "Cargo.lock",
            "Cargo.lock",
            many(&mut |n| {
                format!(
                    "[[package]]\nname = \"aws-config-{n}\"\nversion = \"1.{n}.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{}\"\n\n",
                    hex(&hash(32))
                )
            }),
        ),
        at("go.sum", "go.sum", many(&mut |n| format!("github.com/aws/aws-sdk-go v1.{n}.0 h1:{}\n", base64(&hash(32))))),
        at(
            "poetry.lock",
            "poetry.lock",
            many(&mut |n| {
                format!("    {{file = \"boto3-1.{n}.0-py3-none-any.whl\", hash = \"sha256:{}\"}},\n", hex(&hash(32)))
            }),
        ),
        at(
            "composer.lock",
            "composer.lock",
            many(&mut |n| {
                format!(
                    "{{\"name\": \"aws/aws-sdk-php-{n}\", \"source\": {{\"type\": \"git\", \"reference\": \"{}\"}}}},\n",
                    hex(&hash(20))
                )
            }),
        ),
        at(
            "flake.lock",
            "flake.lock",
            many(&mut |_| {
                format!("\"narHash\": \"sha256-{}\",\n\"rev\": \"{}\",\n", base64(&hash(32)), hex(&hash(20)))
            }),
        ),
        at(
            "packages.lock.json",
            "packages.lock.json",
            many(&mut |n| {
                format!(
                    "\"AWSSDK.S3.{n}\": {{\"resolved\": \"3.7.{n}\", \"contentHash\": \"{}\"}},\n",
                    base64(&hash(64))
                )
            }),
        ),
        at(
            "index.html with integrity",
            "index.html",
            many(&mut |_| {
                format!(
                    "<script src=\"https://sdk.amazonaws.com/js/aws-sdk-2.1.min.js\" integrity=\"sha384-{}\" crossorigin></script>\n",
                    base64(&hash(48))
                )
            }),
        ),
        at("checksums", "SHA1SUMS", many(&mut |n| format!("{}  aws-secret-access-key-{n}.txt\n", hex(&hash(20))))),
    ]
}

fn vectors() -> Vec<Negative> {
    let mut keys = keys("vectors");
    let mut lines =
        |line: &mut dyn FnMut(&mut super::Keys) -> String| -> String { (0..80).map(|_| line(&mut keys)).collect() };
    vec![
        at(
            "test vectors, hex",
            "hmac.txt",
            lines(&mut |keys| format!("Key = {}\nMac = {}\n", hex(&noise(keys, 20)), hex(&noise(keys, 20)))),
        ),
        at(
            "test vectors, base64 of forty characters",
            "vectors.py",
            lines(&mut |keys| format!("    ('{}', '{}'),\n", base64(&noise(keys, 30)), base64(&noise(keys, 30)))),
        ),
        at("test vectors, base64", "rfc.txt", lines(&mut |keys| format!("secret: {}\n", base64(&noise(keys, 32))))),
        at("UUIDs", "ids.sql", lines(&mut |keys| format!("INSERT INTO access_keys VALUES ('{}');\n", uuid(keys)))),
        at(
            "signatures",
            "sigv4.req",
            lines(&mut |keys| {
                format!(
                    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, Signature={}\n",
                    hex(&noise(keys, 32))
                )
            }),
        ),
        at(
            "CDK assets",
            "stack.template.json",
            lines(&mut |keys| {
                format!("\"S3Key\": \"assets/{0}.zip\", \"aws:asset:path\": \"asset.{0}\",\n", hex(&noise(keys, 32)))
            }),
        ),
        at(
            "paths of forty characters",
            "BUILD",
            lines(&mut |keys| {
                let word = |keys: &mut super::Keys| {
                    super::super::key_types::letters(keys, 7).replace(|c: char| c.is_ascii_digit(), "o")
                };
                format!("    \"{}/{}/{}/{}/{}\",\n", word(keys), word(keys), word(keys), word(keys), word(keys) + "x")
            }),
        ),
    ]
}

/// By names that come near to AWS's.
fn named() -> Vec<Negative> {
    let mut keys = keys("named");
    let mut forty = || base64(&noise(&mut keys, 30));
    let values: Vec<String> = (0..16).map(|_| forty()).collect();
    let digest = hex(&noise(&mut keys, 20));
    let long_digest = hex(&noise(&mut keys, 32));
    let line = |n: usize, before: &str, after: &str| format!("{before}{}{after}\n", values[n]);
    vec![
        at("OAuth client secret", "oauth.py", line(0, "client_secret = '", "'")),
        at("Qiniu secret key", "qiniu.py", line(1, "QINIU_SECRET_KEY = '", "'")),
        at("Upbit secret key", "upbit.env", line(2, "UPBIT_OPEN_API_SECRET_KEY=", "")),
        at("Stripe secret key", "stripe.js", line(3, "const stripeSecretKey = '", "';")),
        at("JWT secret", "jwt.env", line(4, "JWT_SECRET=", "")),
        at("app secret", "facebook.yml", line(5, "  app_secret: ", "")),
        at("Twitter consumer secret", "twitter.rb", line(6, "config.consumer_secret = \"", "\"")),
        at(
            "GitHub token",
            "ci.yml",
            format!("  GITHUB_TOKEN: {}{}\n", ["gh", "p_"].concat(), &values[7][..36].replace(['/', '+'], "x")),
        ),
        at("old GitHub token", "hub", format!("oauth_token: {digest}\n")),
        at(
            "reCAPTCHA secret key",
            "captcha.php",
            format!("$secret_key = '{}{}';\n", ["6Lc", "_aCMT"].concat(), &values[8][8..].replace(['/', '+'], "-")),
        ),
        at("Sentry key", "sentry.py", line(9, "SENTRY_SECRET = '", "'")),
        at("New Relic license", "newrelic.yml", format!("  license_key: '{digest}'\n")),
        at("secret key base", "secrets.yml", format!("production:\n  secret_key_base: {long_digest}{long_digest}\n")),
        at("session secret", "server.js", line(11, "app.use(session({ secret: '", "' }));")),
        at("webhook secret", "hooks.toml", line(12, "webhook_secret = \"", "\"")),
        at(
            "digest of a secret",
            "audit.log",
            format!("aws_secret_access_key_sha1={digest} aws_secret_access_key={digest}\n"),
        ),
        at(
            "long digest of a secret",
            "audit.json",
            format!("{{\"secretAccessKeyHash\": \"{long_digest}\", \"secretAccessKey\": \"{long_digest}\"}}\n"),
        ),
    ]
}
