//! What the store gives to code scanning: the same as a scan of the repository would, and what was decided besides.

use crate::{house::House, support::Repo};
use serde_json::Value;
use std::{fs, process::Output};

fn parse(output: &Output) -> Value {
    assert!(output.status.success() || output.status.code() == Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_log_is_that_of_a_scan_with_what_was_decided() {
    let mut house = House::new(51);
    let (one, two) = (Repo::new(), Repo::new());
    one.put("app.env", house.env_file());
    one.put("old.env", house.env_file());
    one.drop_file("old.env");
    two.put("b", "b\n");
    let path = house.place("org/acme/on e.git");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    house.publish(&one, "acme/on e.git");
    house.publish(&two, "..git");
    assert_eq!(house.night(&[]).code, 1);
    let store = house.place("store.db").to_str().unwrap().to_owned();
    let of =
        |name: &str| parse(&house.keytrail(&["report", "--store", &store, "--format", "sarif", "--repository", name]));
    let scan = |path: &str| parse(&house.keytrail(&["scan", "-q", "--no-own-files", "-f", "sarif", path]));
    let mut scanned = scan(path.to_str().unwrap());
    let stored = of("acme/on e.git");
    assert_eq!(scanned["runs"][0]["results"].as_array().unwrap().len(), 2);
    for key in ["results", "tool", "invocations", "automationDetails"] {
        assert_eq!(stored["runs"][0][key], scanned["runs"][0][key], "{key}");
    }
    assert_eq!(stored, scanned);

    let fingerprint = |n: usize| {
        let name = &scanned["runs"][0]["results"][n]["partialFingerprints"]["keytrailFingerprint/v1"];
        name.as_str().unwrap().to_owned()
    };
    house.ask(&["mark", &fingerprint(1), "false-positive", "--reason", "a sample", "--by", "jane"]);
    let marked = of("acme/on e.git");
    let suppression = &marked["runs"][0]["results"][1]["suppressions"][0];
    assert_eq!(suppression["kind"], "external");
    assert_eq!(suppression["justification"], "false positive, by jane: a sample");
    scanned["runs"][0]["results"][1]["suppressions"] = marked["runs"][0]["results"][1]["suppressions"].clone();
    assert_eq!(marked, scanned, "nothing else changes");

    // All of them into a folder; a name does not lead out of it.
    let folder = house.place("logs");
    let all =
        house.keytrail(&["report", "--store", &store, "--format", "sarif", "--output-dir", folder.to_str().unwrap()]);
    assert!(all.status.success(), "{}", String::from_utf8_lossy(&all.stderr));
    let mut names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 2);
    assert!(names[1].starts_with("git-") && names[0].starts_with("acme%2Fon%20e.git-"), "{names:?}");
    let read = |name: &String| serde_json::from_slice::<Value>(&fs::read(folder.join(name)).unwrap()).unwrap();
    assert_eq!(read(&names[0]), marked);
    let clean = read(&names[1]);
    assert_eq!(clean["runs"][0]["results"], Value::Array(Vec::new()));
    assert_eq!(clean["runs"][0]["invocations"][0]["executionSuccessful"], true);

    // One that can no longer be read keeps its results, and says so.
    fs::rename(&path, house.place("away")).unwrap();
    fs::create_dir(&path).unwrap();
    fs::write(path.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::create_dir_all(path.join("objects")).unwrap();
    fs::create_dir_all(path.join("refs")).unwrap();
    fs::write(path.join("config"), "[core]\nrepositoryformatversion = 99\n").unwrap();
    assert_eq!(house.night(&[]).code, 2);
    let unread = of("acme/on e.git");
    assert_eq!(unread["runs"][0]["results"].as_array().unwrap().len(), 2);
    assert_eq!(unread["runs"][0]["invocations"][0]["executionSuccessful"], false);
    let error = house.keytrail(&["report", "--store", &store, "--format", "sarif", "--repository", "nobody"]);
    assert!(String::from_utf8_lossy(&error.stderr).contains("knows no repository nobody"));
}
