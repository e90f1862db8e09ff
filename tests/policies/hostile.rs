//! Files that are broken, and files that are meant to break the reader.

use crate::{WRONG, over};

/// The one thing that is wrong with [`WRONG`].
fn wrong(path: &str) -> Vec<(String, u64, String)> {
    vec![(path.to_owned(), 3, "effect".to_owned())]
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_its_line_and_the_rest_is_reported() {
    let broken_json = "{\n  \"Statement\": [\n    {\"Effect\": \"Allow\",}\n  ]\n}\n";
    let broken_yaml = "Resources:\n  A:\n    Type: AWS::IAM::Role\n   B: [\n";
    let broken_hcl = "resource \"aws_iam_role\" \"a\" {\n  policy = [\n}\n";
    let broken_heredoc = "resource \"aws_iam_policy\" \"a\" {\n  policy = <<EOF\n{\"Statement\": [\n{\"Effect\": \"Allow\",}\n]}\nEOF\n}\n";
    let run = over(&[
        ("a.json", broken_json.as_bytes()),
        ("b.yaml", broken_yaml.as_bytes()),
        ("c.tf", broken_hcl.as_bytes()),
        ("d.tf", broken_heredoc.as_bytes()),
        ("good.json", WRONG.as_bytes()),
    ]);
    assert_eq!(run.code, 2);
    assert_eq!(run.issues(), wrong("good.json"));
    let lines: Vec<_> = run.unread().into_iter().map(|(path, line, _)| (path, line.unwrap())).collect();
    let expected = [("a.json", 3), ("b.yaml", 4), ("c.tf", 3), ("d.tf", 4)];
    assert_eq!(lines, expected.map(|(path, line)| (path.to_owned(), line)));
    for (path, line, _) in run.unread() {
        assert!(run.stderr.contains(&format!("{path}:{}", line.unwrap())), "{}", run.stderr);
    }
    assert_eq!(run.summary()["complete"], false);
}

#[test]
fn what_is_none_of_ours_may_be_anything() {
    let chart = "{{- if .Values.x }}\nkind: Policy\nstatement: {{ .Values.y }}\n{{- end }}\n";
    let firewall = "Rules:\n  - Statement: {ManagedRuleGroupStatement: {Name: x}}\n    Action: {Allow: {}}\n";
    let run = over(&[
        ("templates/policy.yaml", chart.as_bytes()),
        ("firewall.yaml", firewall.as_bytes()),
        ("broken.json", b"{nothing of IAM"),
        ("binary.json", b"\x00\x01\xff"),
        ("empty.yaml", b""),
    ]);
    assert_eq!((run.code, run.issues()), (0, Vec::new()), "{}", run.stdout);
    // It is told all the same that a file with such a word could not be read.
    let unread = run.unread();
    assert_eq!(unread.len(), 1);
    assert!(unread[0].0 == "templates/policy.yaml" && unread[0].2.contains("{{"), "{unread:?}");
}

#[test]
fn a_template_that_another_program_fills_in_first_is_said_to_be_one() {
    let filled = "Resources:\n  A:\n    Type: AWS::IAM::Role\n{% for x in y %}\n  {{ x }}: [}\n{% endfor %}\n";
    let run = over(&[("template.yaml", filled.as_bytes())]);
    assert_eq!(run.code, 2);
    assert!(run.unread()[0].2.contains("another program"), "{:?}", run.unread());
}

#[test]
fn every_way_to_write_text_is_read_with_the_same_lines() {
    let wide = |bytes: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(WRONG.encode_utf16().flat_map(bytes)).collect()
    };
    for content in [
        WRONG.as_bytes().to_vec(),
        WRONG.replace('\n', "\r\n").into_bytes(),
        [b"\xef\xbb\xbf", WRONG.as_bytes()].concat(),
        wide(u16::to_le_bytes, [0xff, 0xfe]),
        wide(u16::to_be_bytes, [0xfe, 0xff]),
    ] {
        let run = over(&[("p.json", &content), ("p.yaml", &content)]);
        assert_eq!(run.issues(), [wrong("p.json"), wrong("p.yaml")].concat());
        assert_eq!(run.code, 1);
    }
}

#[test]
fn what_would_blow_up_is_named_and_soon_over() {
    let mark = "\"Statement\" \"Effect\" \"Allow\"";
    let deep_json = format!("{{\"a\": [{mark}, {}", "[".repeat(1_000_000)).replace("\" \"", "\", \"");
    let nested_json = format!("[\"Statement\", \"Effect\", \"Allow\", {}{}]", "[".repeat(100_000), "]".repeat(100_000));
    let deep_yaml = format!("# Statement Effect Allow\n{}a\n", "- ".repeat(100_000));
    let deep_hcl = format!("# aws_iam_\na = {}\n", "[".repeat(100_000));
    let mut laughs = "# Statement Effect Allow\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..20 {
        laughs.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", ")));
    }
    let large = format!("{{\"Statement\": [{{\"Effect\": \"Allow\"}}], \"x\": \"{}\"}}", "x".repeat(10_000_000));
    let nul = WRONG.replace("Alow", "Al\0low");
    let not_utf8 = [b"{\"Statement\": [\n{\"Effect\": \"Allow \xff".as_slice(), b"\"}]}"].concat();
    let run = over(&[
        ("deep.json", deep_json.as_bytes()),
        ("deep.tf", deep_hcl.as_bytes()),
        ("deep.yaml", deep_yaml.as_bytes()),
        ("large.json", large.as_bytes()),
        ("laughs.yaml", laughs.as_bytes()),
        ("nested.json", nested_json.as_bytes()),
        ("not-utf8.json", &not_utf8),
        ("nul.json", nul.replace("Al\0low", "Allow\0").as_bytes()),
    ]);
    assert_eq!(run.code, 2);
    assert!(!run.stderr.contains("internal error"), "{}", run.stderr);
    let reasons = run.unread();
    let paths: Vec<_> = reasons.iter().map(|(path, ..)| path.as_str()).collect();
    let expected =
        ["deep.json", "deep.tf", "deep.yaml", "large.json", "laughs.yaml", "nested.json", "not-utf8.json", "nul.json"];
    assert_eq!(paths, expected);
    let reason = |path: &str| &reasons.iter().find(|(name, ..)| name == path).unwrap().2;
    assert!(reason("large.json").contains("5 MB"));
    assert!(reason("laughs.yaml").contains("aliases"));
    assert!(reason("nested.json").contains("levels deep"));
    assert!(reason("not-utf8.json").contains("UTF-8"));
}

#[test]
fn a_large_file_without_a_policy_is_no_matter() {
    let large = format!("{{\"x\": \"{}\"}}", "x".repeat(10_000_000));
    let run = over(&[("large.json", large.as_bytes())]);
    assert_eq!((run.code, run.unread()), (0, Vec::new()));
}
