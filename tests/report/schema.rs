//! JSON Lines keep to the schema that is handed out, and the schema is strict enough to say no.

use crate::{fixture, render};
use keytrail::report::{Format, SCHEMA_VERSION, Style};
use serde_json::{Value, json};

fn validator() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/findings.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn lines(style: &Style) -> Vec<Value> {
    [fixture::report(), fixture::two(), crate::verified::report()]
        .iter()
        .flat_map(|report| render(report, Format::Jsonl, style).lines().map(str::to_owned).collect::<Vec<_>>())
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect()
}

#[test]
fn every_line_is_valid_and_of_this_version() {
    let validator = validator();
    for reveal in [false, true] {
        let lines = lines(&Style { reveal, explain: true, ..Style::default() });
        for kind in ["finding", "suppressed", "dropped", "summary"] {
            assert!(lines.iter().any(|line| line["type"] == kind), "{kind}");
        }
        for line in &lines {
            let errors: Vec<String> =
                validator.iter_errors(line).map(|e| format!("{} {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:?}\n{line}");
            assert_eq!(line["schema_version"], SCHEMA_VERSION);
        }
    }
}

#[test]
fn a_wrong_line_is_refused_and_a_new_field_is_not() {
    let validator = validator();
    let good = lines(&Style::default()).remove(0);
    let with = |field: &str, value: Value| {
        let mut line = good.clone();
        line[field] = value;
        validator.is_valid(&line)
    };
    assert!(with("added_later", json!(1)));
    assert!(!with("severity", json!("terrible")));
    assert!(!with("account_id", json!("12")));
    assert!(!with("type", json!("other")));
    assert!(!with("components", json!([])));
    assert!(!with("introduced", json!({"commit": "x"})));
}

#[test]
fn only_the_last_line_is_a_summary() {
    let text = render(&fixture::report(), Format::Jsonl, &Style::default());
    let kinds: Vec<Value> =
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].take()).collect();
    assert_eq!(kinds.iter().rposition(|kind| kind == "summary"), Some(kinds.len() - 1));
    assert_eq!(kinds.iter().filter(|kind| *kind == "summary").count(), 1);
    assert!(kinds.iter().all(|kind| kind != "dropped"));
}
