//! What is encoded or packed is found where it stands, and what is not unpacked is named.

use crate::support::{Keys, Outcome, Repo, Scan, values_of};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use zip::{ZipWriter, unstable::write::FileOptionsExt, write::SimpleFileOptions};

fn settings(id: &str, secret: &str) -> String {
    format!("# settings\n\n  aws_access_key_id = {id}\n  aws_secret_access_key = {secret}\n")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zipped(members: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn scanned(path: &str, bytes: impl AsRef<[u8]>) -> Outcome {
    let repo = Repo::new();
    repo.put(path, bytes);
    Scan::of(repo.path()).run()
}

/// Wrapping, line and column of each component of the only finding.
#[track_caller]
fn places(outcome: &Outcome) -> Vec<(Value, u64, u64)> {
    assert_eq!((outcome.code, outcome.findings.len()), (1, 1), "{:#?}", outcome.findings);
    let components = outcome.findings[0]["components"].as_array().unwrap();
    let number = |component: &Value, field: &str| component[field].as_u64().unwrap();
    let place =
        |component: &Value| (component["wrapped"].clone(), number(component, "line"), number(component, "column"));
    components.iter().map(place).collect()
}

#[test]
fn in_an_encoding_lines_and_columns_are_those_of_the_file() {
    let mut keys = Keys::new(90);
    let (id, secret) = (keys.id(), keys.secret());
    let text = settings(&id, &secret);
    let [line_of_id, line_of_secret] = [(3, 23), (4, 27)];
    let plain = scanned("a.ini", &text);
    let at =
        |wrapped: Value, places: [(u64, u64); 2]| places.map(|(line, column)| (wrapped.clone(), line, column)).to_vec();
    assert_eq!(places(&plain), at(json!([]), [line_of_id, line_of_secret]));

    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // A line ends at the byte of its newline that is no zero: the other one is the first of the next line.
    let twice = |(line, column): (u64, u64)| (line, 2 * column);
    assert_eq!(places(&scanned("a.ini", &wide)), at(json!(["utf-16le"]), [twice(line_of_id), twice(line_of_secret)]));

    let yaml = format!("kind: Secret\ndata:\n  file: {}\n", STANDARD.encode(&text));
    let found = places(&scanned("a.yaml", &yaml));
    let column = |text_at: usize| 9 + text_at as u64 * 4 / 3;
    let offset = |value: &str| text.find(value).unwrap();
    assert_eq!(found, at(json!(["base64"]), [(3, column(offset(&id))), (3, column(offset(&secret)))]));

    let broken: Vec<String> =
        STANDARD.encode(&text).as_bytes().chunks(64).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    let lines: Vec<u64> = places(&scanned("a.b64", broken.join("\r\n"))).into_iter().map(|(_, line, _)| line).collect();
    assert_eq!(lines, [&id, &secret].map(|value| 1 + offset(value) as u64 / 48));
}

#[test]
fn in_a_container_lines_are_those_of_its_file_which_is_named() {
    let mut keys = Keys::new(91);
    let (id, secret) = (keys.id(), keys.secret());
    let text = settings(&id, &secret);
    let plain = scanned("a.ini", &text).findings[0]["fingerprint"].clone();
    let options = SimpleFileOptions::default();
    let encoded = format!("x: 1\ny: {}\n", STANDARD.encode(&text));
    for (bytes, wrapped, lines) in [
        (gzip(text.as_bytes()), json!(["gzip"]), [3, 4]),
        (zipped(&[("read.me", b"x"), ("conf/app.env", text.as_bytes())], options), json!(["zip:conf/app.env"]), [3, 4]),
        (zipped(&[("c.yaml", encoded.as_bytes())], options), json!(["zip:c.yaml", "base64"]), [2, 2]),
        (gzip(&zipped(&[("in.gz", &gzip(text.as_bytes()))], options)), json!(["gzip", "zip:in.gz", "gzip"]), [3, 4]),
    ] {
        let outcome = scanned("a.bin", bytes);
        let found = places(&outcome);
        assert!(found.iter().all(|(layers, ..)| *layers == wrapped), "{found:?}");
        assert_eq!(found.iter().map(|&(_, line, _)| line).collect::<Vec<_>>(), lines, "{wrapped}");
        assert_eq!(outcome.findings[0]["fingerprint"], plain, "{wrapped}");
        assert_eq!(values_of(&outcome.findings[0]), [id.clone(), secret.clone()]);
    }
}

#[test]
fn halves_in_two_files_of_an_archive_are_no_near_pair() {
    let mut keys = Keys::new(92);
    let (id, secret) = (keys.id(), keys.secret());
    let [one, two] = [format!("aws_access_key_id = {id}\n"), format!("aws_secret_access_key = {secret}\n")];
    let archive = zipped(&[("one", one.as_bytes()), ("two", two.as_bytes())], SimpleFileOptions::default());
    let outcome = scanned("a.zip", archive);
    assert_eq!(values_of(outcome.finding(&id)), [id, secret]);
    assert_eq!(outcome.findings[0]["pairing"]["scope"], "same_path");
}

#[test]
fn what_a_bound_stops_is_a_gap_and_what_came_before_is_found() {
    let mut keys = Keys::new(93);
    let (id, secret) = (keys.id(), keys.secret());
    let text = settings(&id, &secret);
    let filler: String = (0..600_000).map(|n| format!("{n}\n")).collect();
    let bomb = zipped(&[("a.ini", text.as_bytes()), ("filler", filler.as_bytes())], SimpleFileOptions::default());
    let repo = Repo::new();
    repo.put("bomb.zip", &bomb);
    let outcome = Scan::of(repo.path()).args(&["--max-decoded", "1M"]).run();
    assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec!["unpack_limit".to_owned()]));
    assert_eq!(outcome.gaps()[0].1, "bomb.zip");
    assert_eq!(values_of(outcome.finding(&id)), [id.clone(), secret]);
    let whole = Scan::of(repo.path()).run();
    assert_eq!((whole.code, whole.gaps()), (1, Vec::new()), "four megabytes are not too much by default");
    let raw = Scan::of(repo.path()).arg("--no-decode").run();
    assert_eq!((raw.code, raw.findings.len()), (0, 0));
}

#[test]
fn candidates_without_number_are_bounded() {
    let mut keys = Keys::new(97);
    let ids: String = (0..2000).map(|_| keys.id() + "\n").collect();
    let names = ["a", "b", "c", "d"];
    let archive = zipped(&names.map(|name| (name, ids.as_bytes())), SimpleFileOptions::default());
    let repo = Repo::new();
    repo.put("ids.zip", archive);
    let outcome = Scan::of(repo.path()).args(&["--max-decoded", "8M"]).run();
    assert_eq!((outcome.code, outcome.findings.len()), (2, 2000), "those of the first file are all told");
    assert_eq!(outcome.gap_kinds(), ["unpack_limit"]);
    assert_eq!(Scan::of(repo.path()).run().code, 1, "by default they are not too many");
}

#[test]
fn what_nobody_can_read_is_sealed_and_leaves_the_scan_complete() {
    let options = SimpleFileOptions::default().with_deprecated_encryption(b"password").unwrap();
    let mut keys = Keys::new(94);
    let text = settings(&keys.id(), &keys.secret());
    let outcome = scanned("backup/keys.zip", zipped(&[("keys.ini", text.as_bytes())], options));
    assert_eq!((outcome.code, outcome.findings.len()), (0, 0));
    let sealed = &outcome.summary["coverage"]["sealed"];
    assert_eq!((&sealed[0]["kind"], &sealed[0]["subject"]), (&json!("sealed"), &json!("backup/keys.zip")));
    assert!(sealed[0]["detail"].as_str().unwrap().starts_with("zip:keys.ini: encrypted"), "{sealed}");

    let mut cut = gzip(&[text.as_bytes(), &vec![b'#'; 50_000][..]].concat());
    cut.truncate(cut.len() - 20);
    let outcome = scanned("cut.gz", cut);
    assert_eq!((outcome.code, outcome.findings.len()), (1, 1), "its beginning is read");
    assert_eq!(outcome.summary["coverage"]["sealed"].as_array().unwrap().len(), 1);
}

#[test]
fn values_that_are_encoded_one_by_one_are_a_pair() {
    let mut keys = Keys::new(95);
    let (id, secret) = (keys.id(), keys.secret());
    for names in [["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], ["user", "password"]] {
        let line = |name: &str, value: &str| format!("  {name}: {}\n", STANDARD.encode(value));
        let yaml = format!("kind: Secret\ndata:\n{}{}", line(names[0], &id), line(names[1], &secret));
        let outcome = scanned("secret.yaml", yaml);
        let lines: Vec<u64> = places(&outcome).into_iter().map(|(_, line, _)| line).collect();
        assert_eq!((values_of(&outcome.findings[0]), lines), (vec![id.clone(), secret.clone()], vec![3, 4]));
    }
}

#[test]
fn a_comment_beside_an_encoded_value_allows_it() {
    let mut keys = Keys::new(96);
    let (id, secret) = (keys.id(), keys.secret());
    let yaml = format!("file: {} # keytrail:allow\n", STANDARD.encode(settings(&id, &secret)));
    let outcome = scanned("a.yaml", yaml);
    assert_eq!((outcome.code, outcome.findings.len(), outcome.suppressed.len()), (0, 0, 1));
}
