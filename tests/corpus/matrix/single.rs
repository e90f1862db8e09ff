//! Cells of which there is one each: formats that are a placement and an encoding at once, and what nobody can find.

use super::{
    cell::{Cell, Credential, Expect, Group, Step},
    encodings::{self, Version, base64},
    values::Values,
};

/// Placement, encoding and why nobody can find it.
const IMPOSSIBLE: [(&str, &str, &str); 8] = [
    ("aws credentials", "encrypted zip", "ciphertext without its password"),
    ("aws credentials", "git-crypt", "ciphertext without its key"),
    ("JavaScript +, within AKIA", "plain", "nothing is left that marks an id; a named secret is a cell of its own"),
    ("literals in a list, joined later", "plain", "a comma joins nothing: lists of short strings are everywhere"),
    ("Rust concat!", "plain", "a comma joins nothing, whatever stands before the list"),
    (
        "no key: Flask SECRET_KEY",
        "plain",
        "30 random bytes in base64 under a name that S3 tools use too: reported, medium",
    ),
    ("screenshot", "PNG", "needs a reader of pictures"),
    ("git LFS, not fetched", "plain", "the content is not in the repository; the ledger names it"),
];

pub fn all() -> Vec<Cell> {
    let mut cells = Vec::new();
    cells.push(one(Group::TextEncodings, "Kubernetes data", "base64 of each value", |id, secret| {
        let [id, secret] = [id, secret].map(|value| base64(value.as_bytes()));
        let text = format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: aws\ntype: Opaque\ndata:\n  AWS_ACCESS_KEY_ID: {id}\n  AWS_SECRET_ACCESS_KEY: {secret}\n"
        );
        ("secret.yaml", text.into_bytes())
    }));
    cells.push(one(Group::TextEncodings, "Kubernetes data, other names", "base64 of each value", |id, secret| {
        let [id, secret] = [id, secret].map(|value| base64(value.as_bytes()));
        let text = format!("kind: Secret\ndata:\n  access-key: \"{id}\"\n  secret-key: \"{secret}\"\n");
        ("backup-secret.yaml", text.into_bytes())
    }));
    cells.push(one(Group::TextEncodings, "Kubernetes data, a file", "base64, one line", |id, secret| {
        let file = format!("[default]\naws_access_key_id={id}\naws_secret_access_key={secret}\n");
        let text = format!("kind: Secret\ndata:\n  cloud: {}\n", base64(file.as_bytes()));
        ("velero.yaml", text.into_bytes())
    }));
    cells.push(one(Group::TextEncodings, "Basic authorization", "base64 of id:secret", |id, secret| {
        let text = format!("Authorization: Basic {}\n", base64(format!("{id}:{secret}").as_bytes()));
        ("request.http", text.into_bytes())
    }));
    cells.push(one(Group::TextEncodings, "Airflow connection", "URL, special characters", |id, secret| {
        let secret = secret.replace('/', "%2F").replace('+', "%2B");
        ("airflow.env", format!("AIRFLOW_CONN_AWS=aws://{id}:{secret}@/?region_name=eu-west-1\n").into_bytes())
    }));
    cells.push(one(Group::TextEncodings, "URL query", "URL, twice", |id, secret| {
        let secret = secret.replace('/', "%252F").replace('+', "%252B");
        let text = format!("GET /login?next=%2Fput%3FaccessKey%3D{id}%26secretKey%3D{secret}%26x%3D1 HTTP/1.1\n");
        ("access.log", text.into_bytes())
    }));
    for (name, write) in DATABASES {
        cells.push(one(Group::Containers, name, "sqlite", move |id, secret| ("app.db", write(id, secret))));
    }
    for (name, version) in [("pyc of Python 3.8", Version::V3_8), ("pyc of Python 3.12", Version::V3_12)] {
        cells.push(one(Group::Containers, "Python constants", name, move |id, secret| {
            let constants = [("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret)];
            ("__pycache__/settings.pyc", encodings::compiled(version, &constants))
        }));
        cells.push(one(Group::Containers, "Python constants, other names", name, move |id, secret| {
            let constants = [("DEBUG", "no"), ("KEY", id), ("PASSPHRASE", secret), ("REGION", "us-east-1")];
            ("settings.pyc", encodings::compiled(version, &constants))
        }));
    }
    cells.push(one(Group::Nested, "sqlite row", "sqlite, gzip", |id, secret| {
        ("app.db.gz", encodings::gzip(&encodings::row(id, secret)))
    }));
    cells.push(one(Group::Nested, "Python constants", "pyc in zip", |id, secret| {
        let constants = [("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret)];
        ("app.whl", encodings::zip(&[("app/settings.pyc", &encodings::compiled(Version::V3_12, &constants))]))
    }));
    cells.push(one(Group::Nested, "Kubernetes data", "base64 of each value, gzip", |id, secret| {
        let [id, secret] = [id, secret].map(|value| base64(value.as_bytes()));
        let text = format!("kind: Secret\ndata:\n  AWS_ACCESS_KEY_ID: {id}\n  AWS_SECRET_ACCESS_KEY: {secret}\n");
        ("secrets.yaml.gz", encodings::gzip(text.as_bytes()))
    }));
    cells.extend(IMPOSSIBLE.map(|(placement, encoding, reason)| Cell {
        group: Group::Containers,
        placement: placement.to_owned(),
        encoding: encoding.to_owned(),
        key: "id+secret".to_owned(),
        expect: Expect::Impossible(reason),
        steps: Vec::new(),
    }));
    cells
}

/// A database of a pair.
type Database = (&'static str, fn(&str, &str) -> Vec<u8>);
const DATABASES: [Database; 4] = [
    ("sqlite row", encodings::row),
    ("sqlite row, deleted", encodings::deleted_row),
    ("sqlite row, table dropped", encodings::emptied_table),
    ("sqlite row, table of many pages dropped", encodings::emptied_large_table),
];

fn one(group: Group, placement: &str, encoding: &str, write: impl Fn(&str, &str) -> (&'static str, Vec<u8>)) -> Cell {
    let values = Values::new(&format!("{placement}, {encoding}"), false);
    let (path, bytes) = write(values.id(), values.secret());
    let credential = Credential::new(&[values.id(), values.secret()]);
    super::cell(group, placement, encoding, vec![credential], Step::file(path, bytes))
}
