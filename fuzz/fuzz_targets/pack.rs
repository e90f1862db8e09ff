//! A pack of any entries with an index that leads to them: the scan ends, and nothing panics.
#![no_main]

mod guard;

use flate2::{Compression, write::ZlibEncoder};
use keytrail::{
    policy::Policy,
    rules::{self, RuleSet},
    scan::{NoProgress, ScanOptions, Scanner},
};
use libfuzzer_sys::fuzz_target;
use std::{
    fs,
    io::Write,
    path::Path,
    sync::{OnceLock, atomic::AtomicBool},
};

/// Of the commit that the only branch leads to, all bytes of its id.
const TIP: u8 = 1;

struct Fixed {
    folder: tempfile::TempDir,
    rules: RuleSet,
}

fn fixed() -> &'static Fixed {
    static FIXED: OnceLock<Fixed> = OnceLock::new();
    FIXED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        for name in ["refs/heads", "objects/pack", "objects/info"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("HEAD"), "ref: refs/heads/main\n").unwrap();
        fs::write(folder.path().join("refs/heads/main"), format!("{TIP:02x}").repeat(20) + "\n").unwrap();
        fs::write(folder.path().join("config"), "[core]\n\tbare = true\n\trepositoryformatversion = 0\n").unwrap();
        let mut rules = rules::builtin().unwrap();
        // Each scan makes its matcher anew. The rules of id, secret and token will do: packs are the subject here.
        rules.rules.truncate(3);
        rules.wrapped.clear();
        Fixed { folder, rules }
    })
}

/// Adds the entry that `how` and `content` make: an object (1 to 4), a delta against an entry before it (6) or against the
/// object whose id is a byte twenty times over (7), which the first byte of `content` tells; otherwise the bytes as they are.
fn add(pack: &mut Vec<u8>, how: u8, content: &[u8], offsets: &[(u8, usize)]) {
    let kind = how & 7;
    let (base, data) = match (kind, content.split_first()) {
        (6 | 7, Some((&base, data))) => (base, data),
        (1..=4, _) => (0, content),
        _ => return pack.extend_from_slice(content),
    };
    let mut size = data.len();
    let mut byte = kind << 4 | (size & 15) as u8;
    size >>= 4;
    while size > 0 {
        pack.push(byte | 0x80);
        byte = (size & 0x7f) as u8;
        size >>= 7;
    }
    let at = offsets.last().map_or(0, |entry| entry.1);
    pack.push(byte);
    match kind {
        6 => {
            let to = offsets.iter().rev().nth(1 + usize::from(base)).map_or(0, |entry| entry.1);
            let mut back = at - to;
            let mut bytes = vec![(back & 0x7f) as u8];
            while back > 0x7f {
                back = (back >> 7) - 1;
                bytes.insert(0, (back & 0x7f) as u8 | 0x80);
            }
            pack.extend(bytes);
        }
        7 => pack.extend([base; 20]),
        _ => {}
    }
    let mut encoder = ZlibEncoder::new(pack, Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap();
}

/// Each entry is: how it is made, a byte of its id, the length of its content (two bytes), its content.
fn plant(repository: &Path, mut input: &[u8]) {
    let (mut pack, mut rows) = (b"PACK\0\0\0\x02\0\0\0\0".to_vec(), Vec::new());
    while let [how, id, low, high, rest @ ..] = input {
        let (content, rest) = rest.split_at(rest.len().min(u16::from_le_bytes([*low, *high]).into()));
        input = rest;
        rows.push((*id, pack.len()));
        add(&mut pack, *how, content, &rows);
    }
    let count = rows.len() as u32;
    pack[8..12].copy_from_slice(&count.to_be_bytes());
    pack.extend([0; 20]);
    rows.sort_unstable();
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255 {
        let below = rows.iter().filter(|row| row.0 <= first).count() as u32;
        index.extend(below.to_be_bytes());
    }
    index.extend(rows.iter().flat_map(|row| [row.0; 20]));
    index.extend(rows.iter().flat_map(|_| [0; 4]));
    index.extend(rows.iter().flat_map(|row| (row.1 as u32).to_be_bytes()));
    index.extend([0; 40]);
    let path = repository.join("objects/pack/pack-0000000000000000000000000000000000000000");
    for (extension, bytes) in [("pack", pack), ("idx", index)] {
        let file = path.with_extension(extension);
        let _ = fs::remove_file(&file);
        fs::write(file, bytes).unwrap();
    }
}

fuzz_target!(init: guard::allow_caught_panics(), |input: &[u8]| {
    let Fixed { folder, rules } = fixed();
    plant(folder.path(), input);
    let scanner = Scanner {
        rules,
        policy: &Policy::none(),
        options: &ScanOptions::default(),
        progress: &NoProgress,
        cancel: &AtomicBool::new(false),
    };
    scanner.scan(folder.path(), "fuzz").unwrap();
});
