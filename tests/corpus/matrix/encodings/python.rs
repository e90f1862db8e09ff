//! Compiled Python modules, byte by byte as `CPython` marshals them.

/// Which `CPython`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Python 3.8: a code object with names of variables and a table of line numbers.
    V3_8,
    /// Python 3.12: one with local names in one tuple, a qualified name, and a table of exceptions.
    V3_12,
}

/// Set on an object that later ones may refer to.
const REF: u8 = 0x80;

/// The module that assigns each of `constants` to its name and returns `None`.
pub fn compiled(version: Version, constants: &[(&str, &str)]) -> Vec<u8> {
    let magic: u16 = if version == Version::V3_8 { 3413 } else { 3531 };
    let mut out = magic.to_le_bytes().to_vec();
    out.extend_from_slice(b"\r\n");
    // Flags, time, and size of the source.
    for word in [0_u32, 1_700_000_000, 120] {
        out.extend(word.to_le_bytes());
    }
    out.push(b'c' | REF);
    // Arguments, positional-only ones, keyword-only ones, and in 3.8 local variables; stack size; flags.
    let numbers: &[u32] = if version == Version::V3_8 { &[0, 0, 0, 0, 2, 0x40] } else { &[0, 0, 0, 2, 0] };
    for number in numbers {
        out.extend(number.to_le_bytes());
    }
    let mut code = if version == Version::V3_8 { vec![] } else { vec![151, 0] }; // RESUME 0
    for n in 0..constants.len() as u8 {
        code.extend([100, n, 90, n]); // LOAD_CONST n, STORE_NAME n
    }
    match version {
        Version::V3_8 => code.extend([100, constants.len() as u8, 83, 0]), // LOAD_CONST None, RETURN_VALUE
        Version::V3_12 => code.extend([121, constants.len() as u8]),       // RETURN_CONST None
    }
    bytes(&mut out, &code);
    tuple(&mut out, constants.len() + 1);
    for (_, value) in constants {
        short_text(&mut out, value);
    }
    out.push(b'N');
    tuple(&mut out, constants.len());
    for (name, _) in constants {
        short_text(&mut out, name);
    }
    match version {
        // Variables, free ones, cells.
        Version::V3_8 => (0..3).for_each(|_| tuple(&mut out, 0)),
        Version::V3_12 => {
            tuple(&mut out, 0);
            bytes(&mut out, &[]);
        }
    }
    short_text(&mut out, "settings.py");
    short_text(&mut out, "<module>");
    if version == Version::V3_12 {
        short_text(&mut out, "<module>");
    }
    out.extend(1_u32.to_le_bytes());
    bytes(&mut out, &[4, 1]);
    if version == Version::V3_12 {
        bytes(&mut out, &[]);
    }
    out
}

fn tuple(out: &mut Vec<u8>, len: usize) {
    out.extend([b')' | REF, len as u8]);
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b's');
    out.extend((bytes.len() as u32).to_le_bytes());
    out.extend(bytes);
}

/// Interned if it could be a name, as the compiler does.
fn short_text(out: &mut Vec<u8>, text: &str) {
    let is_name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    out.extend([if is_name { b'Z' } else { b'z' } | REF, text.len() as u8]);
    out.extend(text.as_bytes());
}
