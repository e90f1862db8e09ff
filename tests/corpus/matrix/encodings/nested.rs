//! Wrapped twice and more.

use super::{
    super::cell::Group,
    Encoding,
    archive::{gzip, tar, zip},
    office::document,
    text::{base64, hex, utf16_le},
    whole, whole_named,
};

pub fn all() -> Vec<Encoding> {
    let nested = |name, ending, how: fn(&[u8]) -> Vec<u8>| whole(Group::Nested, name, ending, how);
    let named = |name: &str, to: &'static str, how: fn(&str, &[u8]) -> Vec<u8>| {
        whole_named(Group::Nested, name, move |path, text| (to.to_owned(), how(path, text.as_bytes())))
    };
    vec![
        named("zip in zip", "outer.zip", |path, text| zip(&[("inner.zip", &zip(&[(path, text)]))])),
        named("zip in zip in zip", "outermost.zip", |path, text| {
            zip(&[("outer.zip", &zip(&[("inner.zip", &zip(&[(path, text)]))]))])
        }),
        named("tar.gz in zip", "release.zip", |path, text| zip(&[("src.tar.gz", &gzip(&tar(&[(path, text)])))])),
        named("zip in tar.gz", "release.tar.gz", |path, text| gzip(&tar(&[("src.zip", &zip(&[(path, text)]))]))),
        named("gzip in tar", "logs.tar", |path, text| tar(&[(&format!("{path}.gz"), &gzip(text))])),
        named("docx in zip", "papers.zip", |_, text| {
            zip(&[("Handover.docx", &document(std::str::from_utf8(text).unwrap()))])
        }),
        named("UTF-16 in zip", "export.zip", |path, text| zip(&[(path, &with_bom(text))])),
        nested("gzip of UTF-16", ".gz", |text| gzip(&with_bom(text))),
        nested("gzip of base64", ".gz", |text| gzip(base64(text).as_bytes())),
        nested("base64 of gzip", ".b64", |text| base64(&gzip(text)).into_bytes()),
        nested("base64 of UTF-16", ".b64", |text| base64(&with_bom(text)).into_bytes()),
        nested("base64 of base64", ".b64", |text| base64(base64(text).as_bytes()).into_bytes()),
        nested("hex of gzip", ".hex", |text| hex(&gzip(text)).into_bytes()),
        nested("base64 of hex", ".b64", |text| base64(hex(text).as_bytes()).into_bytes()),
        named("base64 of zip in JSON", "upload.json", |path, text| {
            format!("{{\"ZipFile\": \"{}\"}}", base64(&zip(&[(path, text)]))).into_bytes()
        }),
        named("Helm release", "release.yaml", |_, text| {
            // The chart's values as JSON, gzip, base64, and base64 once more since it is a Secret's data.
            let release = format!("{{\"config\":{}}}", serde_json::Value::from(std::str::from_utf8(text).unwrap()));
            let release = base64(base64(&gzip(release.as_bytes())).as_bytes());
            format!("apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\ndata:\n  release: {release}\n")
                .into_bytes()
        }),
        named("PowerShell -EncodedCommand", "run.bat", |_, text| {
            let command = format!("@'\n{}'@ | Out-File x", std::str::from_utf8(text).unwrap());
            format!("powershell.exe -NoProfile -EncodedCommand {}\r\n", base64(&utf16_le(command.as_bytes())))
                .into_bytes()
        }),
    ]
}

fn with_bom(text: &[u8]) -> Vec<u8> {
    [vec![0xff, 0xfe], utf16_le(text)].concat()
}
