//! Whole outputs: what each format looks like, that JSON Lines and GitLab's report keep to their schemas, and that no value
//! gets out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says no by panicking")]
#![allow(unreachable_pub, reason = "modules of a test have no public")]

mod fixture;
mod gitlab;
mod masking;
mod schema;
mod verified;

use keytrail::model::{Gap, GapKind, Report, RepositoryReport};
use keytrail::report::{Format, Style, write};

/// The report as text.
fn render(report: &Report, format: Format, style: &Style) -> String {
    let mut out = Vec::new();
    write(report, &fixture::rules(), format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The report in every format; GitLab's holds one repository.
fn render_all(report: &Report, style: &Style) -> Vec<(Format, String)> {
    let whole = [Format::Text, Format::Jsonl, Format::Sarif, Format::Github, Format::Html, Format::Csv];
    let alone = |repository: &RepositoryReport| Report { repositories: vec![repository.clone()] };
    let gitlab = report.repositories.iter().map(|one| (Format::Gitlab, render(&alone(one), Format::Gitlab, style)));
    whole.into_iter().map(|format| (format, render(report, format, style))).chain(gitlab).collect()
}

/// Compares with the file, or writes it when `BLESS` is set.
fn assert_snapshot(name: &str, actual: &str) {
    let path = format!("{}/tests/snapshots/report/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{name} has changed; run with BLESS=1 if it should.\n{actual}");
}

#[test]
fn text_looks_as_it_should() {
    assert_snapshot("findings.txt", &render(&fixture::report(), Format::Text, &Style::default()));
}

#[test]
fn text_explains_when_asked() {
    let style = Style { explain: true, show_suppressed: true, ..Style::default() };
    assert_snapshot("explained.txt", &render(&fixture::report(), Format::Text, &style));
}

#[test]
fn text_heads_each_of_several_repositories() {
    assert_snapshot("two.txt", &render(&fixture::two(), Format::Text, &Style::default()));
}

#[test]
fn text_in_colour_says_the_same() {
    let plain = render(&fixture::report(), Format::Text, &Style::default());
    let color = render(&fixture::report(), Format::Text, &Style { color: true, ..Style::default() });
    assert!(color.len() > plain.len());
    let mut stripped = String::new();
    let mut rest = color.as_str();
    while let Some((before, sequence)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = sequence.split_once('m').unwrap().1;
    }
    assert_eq!(stripped + rest, plain);
}

#[test]
fn json_lines_look_as_they_should() {
    let style = Style { explain: true, ..Style::default() };
    assert_snapshot("findings.jsonl", &render(&fixture::report(), Format::Jsonl, &style));
}

#[test]
fn sarif_looks_as_it_should() {
    let style = Style { show_suppressed: true, ..Style::default() };
    assert_snapshot("findings.sarif", &render(&fixture::report(), Format::Sarif, &style));
    assert_snapshot("two.sarif", &render(&fixture::two(), Format::Sarif, &Style::default()));
}

#[test]
fn annotations_look_as_they_should() {
    let style = Style { show_suppressed: true, ..Style::default() };
    assert_snapshot("findings.github", &render(&fixture::report(), Format::Github, &style));
    assert_snapshot("two.github", &render(&fixture::two(), Format::Github, &Style::default()));
}

#[test]
fn the_table_holds_one_row_a_finding() {
    let style = Style { ended: "2026-11-25T06:00:00Z".parse().unwrap(), ..Style::default() };
    let shown = Style { show_suppressed: true, ..style.clone() };
    assert_snapshot("findings.csv", &render(&fixture::report(), Format::Csv, &shown));
    let rows = |style| render(&fixture::report(), Format::Csv, style).matches("\r\n").count();
    let repository = &fixture::report().repositories[0];
    assert_eq!(rows(&style), 1 + repository.findings.len());
    assert_eq!(rows(&shown), 1 + repository.findings.len() + repository.suppressed.len());
}

#[test]
fn the_page_tells_what_it_does_not_show() {
    let page = render(&fixture::report(), Format::Html, &Style::default());
    assert!(page.contains("suppressed and not shown") && page.contains("not covered whole"));
    assert_eq!(page.matches("<tr data-severity=").count(), fixture::report().finding_count());
    // One scan knows no other: nothing is new.
    assert!(!page.contains("data-state=\"new\" data-account"));
}

#[test]
fn suppressed_findings_stay_out_of_sarif_unless_asked_for() {
    let log = render(&fixture::report(), Format::Sarif, &Style::default());
    assert!(!log.contains("suppressions"));
}

#[test]
fn reveal_shows_the_values() {
    let style = Style { reveal: true, ..Style::default() };
    for (format, written) in render_all(&fixture::report(), &style) {
        assert!(written.contains(&fixture::secret(1)), "{format:?}");
    }
}

#[test]
fn a_run_is_cut_where_code_scanning_would_refuse_it() {
    let mut report = fixture::two();
    let one = report.repositories[1].findings[0].clone();
    report.repositories[1].findings = vec![one; 25_001];
    let log: serde_json::Value = serde_json::from_str(&render(&report, Format::Sarif, &Style::default())).unwrap();
    assert_eq!(log["runs"][1]["results"].as_array().unwrap().len(), 25_000);
    let notice = &log["runs"][1]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(notice.as_str().unwrap().starts_with("1 result"));
}

#[test]
fn the_verdict_says_clean_only_as_far_as_it_goes() {
    let verdict = |change: &dyn Fn(&mut RepositoryReport)| {
        let mut repository = fixture::empty("app");
        change(&mut repository);
        let text = render(&Report { repositories: vec![repository] }, Format::Text, &Style::default());
        text.lines().last().unwrap().to_owned()
    };
    let gap = || Gap { kind: GapKind::Interrupted, subject: "scan".to_owned(), detail: "by the user".to_owned() };
    assert_eq!(verdict(&|_| ()), "Clean and fully covered.");
    assert_eq!(verdict(&|report| report.coverage.accepted_gaps.push(gap())), "Clean, apart from 1 accepted gap.");
    assert_eq!(verdict(&|report| report.left_out = 2), "Clean, apart from 2 findings left out.");
    assert_eq!(verdict(&|report| report.coverage.gaps.push(gap())), "0 findings; NOT FULLY COVERED: 1 interruption.");
}

#[test]
fn a_finding_of_a_rule_that_is_not_known_is_described_from_itself() {
    let mut report = fixture::two();
    report.repositories[1].findings[0].rule_id = "acme-token".to_owned();
    let log: serde_json::Value = serde_json::from_str(&render(&report, Format::Sarif, &Style::default())).unwrap();
    let run = &log["runs"][1];
    let index = run["results"][0]["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(run["results"][0]["ruleId"], "acme-token/history");
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "acme-token/history");
}

#[test]
fn a_report_without_repositories_is_still_whole() {
    let report = Report::default();
    assert_eq!(render(&report, Format::Text, &Style::default()), "Nothing was scanned.\n");
    assert_eq!(render(&report, Format::Jsonl, &Style::default()).lines().count(), 1);
}
