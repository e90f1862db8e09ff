//! The table for spreadsheets.

use crate::fixture;
use keytrail::report::{Picture, write_csv};

fn written(picture: &Picture) -> String {
    let mut out = Vec::new();
    write_csv(picture, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Rows as a reader of RFC 4180 has them.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_table_looks_as_it_should() {
    let text = written(&fixture::morning());
    let path = format!("{}/tests/snapshots/report/morning.csv", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap_or_default() == text, "the table has changed; BLESS=1 if it should");
    assert_eq!(text.matches("\r\n").count(), 9, "a head and eight findings, each line ended as RFC 4180 has it");
}

#[test]
fn every_column_is_described() {
    let head = written(&Picture::default());
    let pages = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/output.md")).unwrap();
    for column in head.trim_end().split(',') {
        assert!(pages.contains(&format!("`{column}`")), "{column}");
    }
}

#[test]
fn whatever_names_hold_they_are_one_cell_and_no_formula() {
    let mut picture = fixture::hostile();
    picture.findings[0].repository = "=HYPERLINK(\"https://example.org\",\"a,b\")".to_owned();
    picture.findings[1].note = "@SUM(1)\t\r\n=2".to_owned();
    let rows = rows(&written(&picture));
    assert_eq!(rows.len(), 11);
    for row in &rows {
        assert_eq!(row.len(), rows[0].len());
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{cell}");
            assert!(!cell.contains(char::is_control), "{cell}");
        }
    }
    let all: Vec<&String> = rows.iter().flatten().collect();
    assert!(all.iter().any(|cell| *cell == "'=HYPERLINK(\"https://example.org\",\"a,b\")"));
    assert!(all.iter().any(|cell| *cell == "'@SUM(1)\\t\\r\\n=2"));
}
