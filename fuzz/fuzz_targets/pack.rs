//! A pack of arbitrary bytes with an index that leads into it: the scan ends, and nothing panics.
#![no_main]

mod guard;

use keytrail::{
    policy::Policy,
    rules::{self, RuleSet},
    scan::{NoProgress, ScanOptions, Scanner},
};
use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};
use std::{
    fs,
    path::Path,
    sync::{OnceLock, atomic::AtomicBool},
};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    /// First byte of the id, and offset from the end of the pack's header.
    entries: Vec<(u8, u16)>,
    body: &'a [u8],
}

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
        fs::write(folder.path().join("config"), "[core]\n\tbare = true\n\trepositoryformatversion = 0\n").unwrap();
        Fixed { folder, rules: rules::builtin().unwrap() }
    })
}

fn plant(repository: &Path, input: &Input<'_>) {
    let count = (input.entries.len() as u32).to_be_bytes();
    let pack = [&b"PACK\0\0\0\x02"[..], &count, input.body, &[0; 20]].concat();
    let mut rows: Vec<_> = input.entries.iter().map(|&(id, offset)| (id, 12 + u32::from(offset))).collect();
    rows.sort_unstable();
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255 {
        let below = rows.iter().filter(|row| row.0 <= first).count() as u32;
        index.extend(below.to_be_bytes());
    }
    index.extend(rows.iter().flat_map(|row| [row.0; 20]));
    index.extend(rows.iter().flat_map(|_| [0; 4]));
    index.extend(rows.iter().flat_map(|row| row.1.to_be_bytes()));
    index.extend([0; 40]);
    let path = repository.join("objects/pack/pack-0000000000000000000000000000000000000000");
    for (extension, bytes) in [("pack", pack), ("idx", index)] {
        let file = path.with_extension(extension);
        let _ = fs::remove_file(&file);
        fs::write(file, bytes).unwrap();
    }
}

fuzz_target!(init: guard::allow_caught_panics(), |input: Input<'_>| {
    let Fixed { folder, rules } = fixed();
    plant(folder.path(), &input);
    let scanner = Scanner {
        rules,
        policy: &Policy::none(),
        options: &ScanOptions::default(),
        progress: &NoProgress,
        cancel: &AtomicBool::new(false),
    };
    scanner.scan(folder.path(), "fuzz").unwrap();
});
