//! Documents of word processors and spreadsheets: XML in zip archives.

use super::{super::cell::Group, Encoding, archive::zip, whole_named};

const TYPES: &[u8] = br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;

pub fn all() -> Vec<Encoding> {
    vec![
        whole_named(Group::Containers, "docx", |_, text| ("Handover.docx".to_owned(), document(text))),
        whole_named(Group::Containers, "xlsx", |_, text| ("Accounts.xlsx".to_owned(), sheet(text))),
    ]
}

/// A paragraph a line.
pub fn document(text: &str) -> Vec<u8> {
    let paragraphs: String = text
        .lines()
        .map(|line| format!("<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>", escape(line)))
        .collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{paragraphs}</w:body></w:document>"
    );
    zip(&[("[Content_Types].xml", TYPES), ("word/document.xml", body.as_bytes())])
}

/// A cell for each side of the first `=`, or for the whole line; texts stand in the table of shared strings.
fn sheet(text: &str) -> Vec<u8> {
    let cells = text.lines().flat_map(|line| line.splitn(2, " = "));
    let strings: String = cells.map(|cell| format!("<si><t>{}</t></si>", escape(cell))).collect();
    let strings = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{strings}</sst>"
    );
    zip(&[("[Content_Types].xml", TYPES), ("xl/sharedStrings.xml", strings.as_bytes())])
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
