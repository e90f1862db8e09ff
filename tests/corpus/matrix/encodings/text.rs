//! Encodings that are text themselves, and UTF-16.

use super::{super::cell::Group, Encoding, secrets, values, whole, whole_named};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};

/// Forms of base64 that a whole file may have.
type Form = (&'static str, fn(&[u8]) -> Vec<u8>);
const BASE64: [Form; 6] = [
    ("base64, one line", |bytes| base64(bytes).into_bytes()),
    ("base64, lines of 64", |bytes| wrap(&base64(bytes), 64, "\n")),
    ("base64, lines of 76", |bytes| wrap(&base64(bytes), 76, "\n")),
    ("base64, lines of 76, CRLF", |bytes| wrap(&base64(bytes), 76, "\r\n")),
    ("base64, URL-safe", |bytes| URL_SAFE.encode(bytes).into_bytes()),
    ("base64, unpadded", |bytes| STANDARD_NO_PAD.encode(bytes).into_bytes()),
];

pub fn all() -> Vec<Encoding> {
    let mut all = utf16();
    for (name, form) in BASE64 {
        // What stands before a value decides at which of three alignments it is encoded.
        for shift in 0..3 {
            let shifted = move |bytes: &[u8]| form(&[" ".repeat(shift).as_bytes(), bytes].concat());
            all.push(whole(Group::TextEncodings, &format!("{name}, shifted by {shift}"), ".b64", shifted));
        }
    }
    all.extend(in_surroundings());
    all.extend(base64_values());
    all.extend(hexadecimal());
    all.extend(escapes());
    all.extend(mail());
    all
}

fn utf16() -> Vec<Encoding> {
    let text = |name: &str, how: fn(&[u8]) -> Vec<u8>| whole(Group::TextEncodings, name, "", how);
    vec![
        text("UTF-8 with BOM", |bytes| [b"\xef\xbb\xbf", bytes].concat()),
        text("UTF-16 LE with BOM", |bytes| [vec![0xff, 0xfe], utf16_le(bytes)].concat()),
        text("UTF-16 BE with BOM", |bytes| [vec![0xfe, 0xff], utf16_be(bytes)].concat()),
        text("UTF-16 LE", utf16_le),
        text("UTF-16 BE", utf16_be),
        whole(Group::TextEncodings, "plain in a binary file", ".bin", binary),
        whole(Group::TextEncodings, "UTF-16 LE in a binary file", ".exe", |bytes| binary(&utf16_le(bytes))),
        whole(Group::TextEncodings, "UTF-16 BE in a binary file", ".bin", |bytes| binary(&utf16_be(bytes))),
    ]
}

fn in_surroundings() -> Vec<Encoding> {
    let file = |name: &str, path: &'static str, how: fn(&[u8]) -> String| {
        whole_named(Group::TextEncodings, name, move |_, text| (path.to_owned(), how(text.as_bytes()).into_bytes()))
    };
    vec![
        file("base64, a YAML value", "cloud-init.yml", |bytes| {
            format!("write_files:\n- encoding: b64\n  path: /root/setup\n  content: {}\n", base64(bytes))
        }),
        file("base64, a YAML block", "secret.yaml", |bytes| {
            let lines = indent(bytes, "    ", "");
            format!("apiVersion: v1\nkind: Secret\ndata:\n  settings: |\n{lines}type: Opaque\n")
        }),
        file("base64, a JSON value", "user-data.json", |bytes| {
            format!("{{\"ImageId\": \"ami-1a2b3c4d\", \"UserData\": \"{}\"}}\n", base64(bytes))
        }),
        file("base64, a JSON value with \\n", "mail.json", |bytes| {
            let text = String::from_utf8(wrap(&base64(bytes), 60, "\\n")).unwrap();
            format!("{{\"name\": \"settings\", \"content\": \"{text}\", \"encoding\": \"base64\"}}\n")
        }),
        file("base64, literals a line", "blob.py", |bytes| {
            format!("import base64\nBLOB = base64.b64decode(\n{})\n", indent(bytes, "    \"", "\""))
        }),
        file("base64, literals a line, +", "Blob.java", |bytes| {
            format!("  String blob =\n{}      \"\";\n", indent(bytes, "      \"", "\" +"))
        }),
        file("base64, a data URL", "index.html", |bytes| {
            format!("<a download=\"env\" href=\"data:text/plain;base64,{}\">settings</a>\n", base64(bytes))
        }),
        file("base64, a shell command", "setup.sh", |bytes| {
            format!("echo {} | base64 -d > ~/.settings\n", base64(bytes))
        }),
    ]
}

fn base64_values() -> Vec<Encoding> {
    vec![
        values("base64 of each value", |value| base64(value.as_bytes())),
        values("base64 of each value, with a newline in it", |value| base64(format!("{value}\n").as_bytes())),
        values("base64 of each value, URL-safe, unpadded", |value| URL_SAFE_NO_PAD.encode(value)),
        secrets("base64 of the secret", |value| base64(value.as_bytes())),
        secrets("base64 of the secret, unpadded", |value| STANDARD_NO_PAD.encode(value)),
    ]
}

fn hexadecimal() -> Vec<Encoding> {
    vec![
        whole(Group::TextEncodings, "hex", ".hex", |bytes| hex(bytes).into_bytes()),
        whole(Group::TextEncodings, "hex, upper case", ".hex", |bytes| hex(bytes).to_uppercase().into_bytes()),
        whole(Group::TextEncodings, "hex, lines of 60", ".hex", |bytes| wrap(&hex(bytes), 60, "\n")),
        whole(Group::TextEncodings, "hex, a C array", ".h", |bytes| {
            let list: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02x}")).collect();
            let lines: Vec<String> = list.chunks(12).map(|line| "  ".to_owned() + &line.join(", ")).collect();
            format!("unsigned char settings[] = {{\n{}\n}};\n", lines.join(",\n")).into_bytes()
        }),
        whole(Group::TextEncodings, "hex, as xxd dumps it", ".txt", dump),
        values("hex of each value", |value| hex(value.as_bytes())),
        secrets("hex of the secret", |value| hex(value.as_bytes())),
        values("\\x escapes", |value| value.bytes().map(|byte| format!("\\x{byte:02x}")).collect()),
    ]
}

fn escapes() -> Vec<Encoding> {
    let each = |value: &str, how: fn(u32) -> String| -> String { value.chars().map(|c| how(c as u32)).collect() };
    vec![
        values("URL, special characters", percent),
        values("URL, lower case", |value| percent(value).replace("%2F", "%2f").replace("%2B", "%2b")),
        values("URL, twice", |value| percent(&percent(value))),
        values("URL, each character", move |value| each(value, |c| format!("%{c:02X}"))),
        whole(Group::TextEncodings, "URL, whole file", ".txt", |bytes| {
            percent(std::str::from_utf8(bytes).unwrap()).into_bytes()
        }),
        values("JSON \\/", |value| value.replace('/', "\\/")),
        values("JSON \\\\/", |value| value.replace('/', "\\\\/")),
        values("JSON \\u, special characters", |value| value.replace('/', "\\u002F").replace('+', "\\u002B")),
        values("JSON \\u, lower case", |value| value.replace('/', "\\u002f").replace('+', "\\u002b")),
        values("JSON \\u, each character", move |value| each(value, |c| format!("\\u{c:04x}"))),
        whole(Group::TextEncodings, "JSON \\u, whole file", ".json", move |bytes| {
            let text = each(std::str::from_utf8(bytes).unwrap(), |c| format!("\\u{c:04x}"));
            format!("{{\"body\":\"{text}\"}}").into_bytes()
        }),
        values("HTML, names", |value| value.replace('/', "&sol;").replace('+', "&plus;")),
        values("HTML, decimal", |value| value.replace('/', "&#47;").replace('+', "&#43;")),
        values("HTML, hexadecimal", |value| value.replace('/', "&#x2F;").replace('+', "&#x2b;")),
        values("HTML, each character", move |value| each(value, |c| format!("&#{c};"))),
        whole(Group::TextEncodings, "HTML, whole file", ".html", move |bytes| {
            let text = each(std::str::from_utf8(bytes).unwrap(), |c| format!("&#x{c:x};"));
            format!("<pre>{text}</pre>").into_bytes()
        }),
        values("octal escapes", move |value| each(value, |c| format!("\\{c:03o}"))),
    ]
}

fn mail() -> Vec<Encoding> {
    let mail = |name: &str, encoding: &'static str, how: fn(&[u8]) -> Vec<u8>| {
        whole_named(Group::TextEncodings, name, move |_, text| {
            let head = format!(
                "From: ann@example.org\r\nSubject: settings\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
            );
            ("settings.eml".to_owned(), [head.into_bytes(), how(text.as_bytes())].concat())
        })
    };
    vec![
        mail("mail, base64", "base64", |bytes| wrap(&base64(bytes), 76, "\r\n")),
        mail("mail, quoted-printable", "quoted-printable", |bytes| quoted_printable(bytes, 73)),
        mail("mail, quoted-printable, lines of 40", "quoted-printable", |bytes| quoted_printable(bytes, 40)),
        mail("mail, quoted-printable, LF", "quoted-printable", |bytes| {
            String::from_utf8(quoted_printable(bytes, 50)).unwrap().replace("\r\n", "\n").into_bytes()
        }),
        values("quoted-printable soft break in each value", |value| format!("{}=\n{}", &value[..12], &value[12..])),
    ]
}

pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn utf16_le(text: &[u8]) -> Vec<u8> {
    std::str::from_utf8(text).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf16_be(text: &[u8]) -> Vec<u8> {
    std::str::from_utf8(text).unwrap().encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// `text` in lines of `width`, the last one ended too.
fn wrap(text: &str, width: usize, end: &str) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.as_bytes().chunks(width).collect();
    [lines.join(end.as_bytes()), end.as_bytes().to_vec()].concat()
}

/// base64 in lines of 64 with something before and after each.
fn indent(bytes: &[u8], before: &str, after: &str) -> String {
    let text = base64(bytes);
    let lines = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap());
    lines.map(|line| format!("{before}{line}{after}\n")).collect()
}

/// As `encodeURIComponent` does.
fn percent(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Lines of `width` and at most two more, soft breaks wherever they fall.
fn quoted_printable(text: &[u8], width: usize) -> Vec<u8> {
    let (mut written, mut column) = (String::new(), 0);
    for &byte in text {
        if byte == b'\n' {
            written += "\r\n";
            column = 0;
            continue;
        }
        if column >= width {
            written += "=\r\n";
            column = 0;
        }
        let keep = byte.is_ascii_graphic() && byte != b'=' || byte == b' ';
        let piece = if keep { char::from(byte).to_string() } else { format!("={byte:02X}") };
        column += piece.len();
        written += &piece;
    }
    written.into_bytes()
}

/// Offset, pairs of bytes, and the bytes again where they are printable.
fn dump(bytes: &[u8]) -> Vec<u8> {
    let line = |(n, line): (usize, &[u8])| {
        let groups: Vec<String> = line.chunks(2).map(hex).collect();
        let printable = |&byte: &u8| if byte.is_ascii_graphic() || byte == b' ' { char::from(byte) } else { '.' };
        format!("{:08x}: {:<39}  {}\n", n * 16, groups.join(" "), line.iter().map(printable).collect::<String>())
    };
    bytes.chunks(16).enumerate().map(line).collect::<String>().into_bytes()
}

/// `bytes` among others that are no text.
fn binary(bytes: &[u8]) -> Vec<u8> {
    let noise = |n: u32| (0..512_u32).map(move |i| ((i + n).wrapping_mul(0x9E37_79B1) >> 24) as u8);
    let head = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00".iter().copied();
    head.chain(noise(1)).chain([0, 0]).chain(bytes.iter().copied()).chain([0, 0]).chain(noise(2)).collect()
}
