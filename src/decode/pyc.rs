//! Compiled Python: the strings in it.

use super::Map;

/// The fewest bytes of a string that is worth a line.
const FEWEST: usize = 4;

/// Whether `bytes` begin with the number of a version of Python, which ends with a line end so that it does not survive
/// being taken for text.
pub(super) fn recognise(bytes: &[u8]) -> bool {
    let [first, second, b'\r', b'\n', _, ..] = *bytes else { return false };
    // 3000 and up since Python 3.0; 50823 for 2.0 to 62211 for 2.7.
    matches!(u16::from_le_bytes([first, second]), 3000..4000 | 50_823..62_300)
}

/// Every string, one a line.
///
/// The bytes between them (code, numbers, tuples) differ from version to version; strings have been written alike since
/// Python 2: a letter for the kind, the length, the bytes. So each place that reads like that and holds text is one.
pub(super) fn strings(bytes: &[u8]) -> (Vec<u8>, Map) {
    let (mut text, mut map, mut at) = (Vec::new(), Map::default(), 0);
    while at < bytes.len() {
        let Some(header) = header(&bytes[at..]) else {
            at += 1;
            continue;
        };
        let (start, end) = (at + header.0, at + header.0 + header.1);
        match bytes.get(start..end).filter(|string| is_text(string)) {
            Some(string) => {
                map.mark(text.len(), start);
                text.extend_from_slice(string);
                map.mark(text.len(), end);
                text.push(b'\n');
                at = end;
            }
            None => at += 1,
        }
    }
    map.mark(text.len(), bytes.len());
    (text, map)
}

/// How long the header of the string at the start of `bytes` is, and the string itself.
fn header(bytes: &[u8]) -> Option<(usize, usize)> {
    // The highest bit says that the object is referred to later on.
    let (header, length) = match (bytes.first()? & 0x7f, bytes) {
        (b'z' | b'Z', [_, length, ..]) => (2, usize::from(*length)),
        (b's' | b'u' | b't' | b'a' | b'A', [_, a, b, c, d, ..]) => (5, u32::from_le_bytes([*a, *b, *c, *d]) as usize),
        _ => return None,
    };
    (length >= FEWEST).then_some((header, length))
}

fn is_text(bytes: &[u8]) -> bool {
    // Most places that are none end here, at a byte of code.
    let is_control = |&byte: &u8| byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n') || byte == 0x7f;
    !bytes.iter().any(is_control) && std::str::from_utf8(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Vec<u8> {
        let mut bytes = vec![0xcb, 0x0d, b'\r', b'\n', 0, 0, 0, 0, 1, 2, 3, 4, 200, 0, 0, 0];
        bytes.extend_from_slice(b"\xe3\0\0\0\0\x05\0\0\0\0\0\0\0\xf3\x0a\0\0\0\x97\0d\0Z\0d\x01S\0x");
        bytes.extend_from_slice(b"\x29\x04\xda\x0fKEY_ID_OR_OTHER\xfa\x05first");
        bytes.extend_from_slice(b"\xf5\x0a\0\0\0zw\xc3\xb6lf zwei\xe9\xff\xff\xff\xffN\x7a\x10sixteen letters!");
        bytes
    }

    #[test]
    fn strings_of_all_kinds_come_out() {
        assert!(recognise(&sample()));
        assert!(recognise(b"\x03\xf3\r\n\0\0"), "Python 2.7");
        assert!(!recognise(b"ab\r\ncd") && !recognise(b"\xcb\x0d\r\n"));
        let (text, map) = strings(&sample());
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().collect::<Vec<_>>(), ["KEY_ID_OR_OTHER", "first", "zwölf zwe", "sixteen letters!"]);
        assert_eq!(map.outer(text.find("first").unwrap()), sample().windows(5).position(|w| w == b"first").unwrap());
    }

    proptest! {
        #[test]
        fn any_bytes_give_no_more_than_they_are(bytes: Vec<u8>) {
            prop_assert!(strings(&bytes).0.len() <= bytes.len());
        }
    }
}
