//! The page in a real browser: see `run.sh`, which `.ci/run` calls through this.

use crate::{fixture, page::page};
use std::process::Command;

#[test]
#[ignore = "needs Chromium, node and npm: cargo test --test html -- --ignored"]
fn the_page_works_in_a_browser() {
    // The pictures stay there, to be looked at.
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("html");
    std::fs::create_dir_all(&folder).unwrap();
    let pages = [("morning", fixture::morning()), ("hostile", fixture::hostile()), ("crowd", fixture::crowd(10_000))];
    for (name, picture) in pages {
        std::fs::write(folder.join(format!("{name}.html")), page(&picture)).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/html/run.sh");
    assert!(Command::new("sh").arg(script).arg(&folder).status().unwrap().success());
}
