//! Objects above `--max-object-size`: read in windows where they are stored whole, named where they are not.

use crate::support::{Keys, Outcome, Repo, Scan};

/// Bytes of a window: keys are put where one ends.
const WINDOW: usize = 8 << 20;

/// A text with lines of varying length and `values` at these places, each on a line of its own that is long enough.
struct Large {
    text: Vec<u8>,
    placed: Vec<(usize, String)>,
}

impl Large {
    fn new(size: usize) -> Self {
        let line = b"nothing to see in this line, which is as long as lines are\n";
        Self { text: line.iter().copied().cycle().take(size).collect(), placed: Vec::new() }
    }

    /// Puts `value` at `place`, between blanks. What stood there goes.
    fn put(&mut self, place: usize, value: &str) {
        let end = place + value.len();
        self.text[place..end].copy_from_slice(value.as_bytes());
        if place > 0 {
            self.text[place - 1] = b' ';
        }
        if end < self.text.len() {
            self.text[end] = b' ';
        }
        self.placed.push((place, value.to_owned()));
    }

    /// Line and column of a place, both from 1.
    fn locate(&self, place: usize) -> (u64, u64) {
        let before = &self.text[..place];
        let line = 1 + memchr::memchr_iter(b'\n', before).count() as u64;
        let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        (line, (place - start) as u64 + 1)
    }

    #[track_caller]
    fn all_found(&self, outcome: &Outcome) {
        assert_eq!((outcome.code, outcome.gaps()), (1, vec![]), "{}", outcome.stderr);
        assert_eq!(outcome.findings.len(), self.placed.len());
        for (place, value) in &self.placed {
            let at = &outcome.finding(value)["occurrences"][0];
            let told = (at["line"].as_u64().unwrap(), at["column"].as_u64().unwrap());
            assert_eq!(told, self.locate(*place), "at byte {place}");
        }
    }
}

#[test]
fn a_blob_read_in_windows_has_every_key_at_its_line_and_column() {
    let mut keys = Keys::new(21);
    let mut large = Large::new(2 * WINDOW + WINDOW / 2);
    let end = large.text.len();
    large.put(0, &keys.id());
    large.put(end - 20, &keys.id());
    // Windows overlap, so those after the first end somewhat before a multiple of their size: keys stand close there.
    for edge in [WINDOW, 2 * WINDOW] {
        large.put(edge - 10, &keys.id());
        for place in (edge - (1 << 19)..edge - 100).step_by(16_411) {
            large.put(place, &keys.id());
        }
        large.put(edge + 100, &keys.id());
    }
    for place in (70_000..end - 100_000).step_by(499_979) {
        large.put(place, &keys.id());
    }
    let repo = Repo::new();
    repo.put("large", &large.text);
    large.all_found(&Scan::of(repo.path()).args(&["--max-object-size", "1M"]).run());
    repo.git(&["-c", "core.bigFileThreshold=1m", "repack", "-q", "-a", "-d"]);
    assert_eq!(repo.packs().len(), 1);
    large.all_found(&Scan::of(repo.path()).args(&["--max-object-size", "1M"]).run());
    let whole = Scan::of(repo.path()).run();
    large.all_found(&whole);
}

#[test]
fn where_one_window_hands_over_to_the_next_no_key_is_lost_or_told_twice() {
    let mut keys = Keys::new(26);
    let mut large = Large::new(WINDOW + WINDOW / 8);
    // One after the other: wherever the seam is, it goes through a key or between two.
    for place in (WINDOW - (100 << 10)..WINDOW + 100).step_by(21) {
        large.put(place, &keys.id());
    }
    let repo = Repo::new();
    repo.put("large", &large.text);
    let [streamed, whole] = ["1M", "64M"].map(|size| Scan::of(repo.path()).args(&["--max-object-size", size]).run());
    assert_eq!([streamed.findings.len(), whole.findings.len()], [large.placed.len(); 2]);
    assert!(streamed.stdout == whole.stdout, "read in windows and whole, the report is the same");
    assert!(large.placed.iter().all(|(_, id)| memchr::memmem::find(&streamed.stdout, id.as_bytes()).is_some()));
}

#[test]
fn a_token_and_a_pair_across_the_end_of_a_window_are_whole() {
    let mut keys = Keys::new(22);
    let mut large = Large::new(WINDOW + WINDOW / 4);
    let [id, secret, token] = [keys.temporary_id(), keys.secret(), keys.token(900)];
    let name = b"\naws_secret_access_key = ";
    large.text[WINDOW - 30..WINDOW - 30 + name.len()].copy_from_slice(name);
    large.put(WINDOW - 60, &id);
    large.put(WINDOW - 30 + name.len(), &secret);
    large.put(WINDOW + 50, &token);
    let repo = Repo::new();
    repo.put("large", &large.text);
    let [streamed, whole] = ["1M", "64M"].map(|size| Scan::of(repo.path()).args(&["--max-object-size", size]).run());
    assert_eq!(streamed.findings.len(), 1);
    assert_eq!(crate::support::values_of(&streamed.findings[0]), [id, secret, token]);
    assert_eq!(streamed.stdout, whole.stdout);
}

#[test]
fn a_line_without_end_has_right_columns_in_every_window() {
    let mut keys = Keys::new(23);
    let mut large = Large { text: vec![b'-'; WINDOW + WINDOW / 8], placed: Vec::new() };
    for place in [0, 5000, WINDOW - 7, WINDOW + 70_000] {
        large.put(place, &keys.id());
    }
    let repo = Repo::new();
    repo.put("large", &large.text);
    large.all_found(&Scan::of(repo.path()).args(&["--max-object-size", "2M"]).run());
}

#[test]
fn a_delta_that_makes_too_large_a_blob_is_named_and_its_base_is_read() {
    let mut keys = Keys::new(24);
    let lines: String = (0..20_000).map(|_| keys.filler() + "\n").collect();
    let value = keys.id();
    let (small, large) = (format!("{lines}key = {value}\n"), format!("{lines}{}", &lines[..300_000]));
    // fast-import stores each version of a file as a delta of the one before it.
    let mut stream = String::new();
    for text in [&small, &large] {
        stream += "commit refs/heads/main\ncommitter C <c@example.org> 1 +0000\ndata 1\nm\n";
        stream += &format!("M 100644 inline file\ndata {}\n{text}\n", text.len());
    }
    let repo = Repo::new();
    repo.git_with_input(&["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"], stream.as_bytes());
    let blob = repo.git(&["rev-parse", "main:file"]);
    let index = repo.packs()[0].with_extension("idx");
    let base = repo.git(&["rev-parse", "main~1:file"]);
    let verified = repo.git(&["verify-pack", "-v", index.to_str().unwrap()]);
    assert!(verified.lines().any(|line| line.starts_with(&blob) && line.ends_with(&base)), "{verified}");

    let limit = (small.len() + 1).to_string();
    for more in [&[][..], &["--allow-missing"]] {
        let outcome = Scan::of(repo.path()).args(&["--max-object-size", &limit]).args(more).run();
        assert_eq!((outcome.code, outcome.gaps()), (2, vec![("too_large".to_owned(), blob.clone())]));
        outcome.finding(&value);
    }
    assert_eq!(Scan::of(repo.path()).run().code, 1);
}

#[test]
fn commits_and_tags_above_the_limit_are_named() {
    let repo = Repo::new();
    repo.write("a", "x\n");
    let commit = repo.commit(&"long words ".repeat(500));
    let outcome = Scan::of(repo.path()).args(&["--max-object-size", "4k"]).run();
    assert_eq!((outcome.code, outcome.gaps()), (2, vec![("too_large".to_owned(), commit)]));
}

#[test]
fn what_is_stored_against_too_large_a_base_is_named_as_too_large() {
    let mut keys = Keys::new(25);
    let value = keys.id();
    let large: String = (0..40_000).map(|_| keys.filler() + "\n").collect();
    let repo = Repo::new();
    repo.put("large", &large);
    repo.put("large", format!("{large}one line more\n"));
    repo.put("small", format!("key = {value}\n"));
    repo.git(&["repack", "-adfq"]);
    let blobs = ["main:large", "main~2:large"].map(|name| repo.git(&["rev-parse", name]));
    let outcome = Scan::of(repo.path()).args(&["--max-object-size", "1M"]).run();
    let [(kind, subject)] = &outcome.gaps()[..] else { panic!("{:?}", outcome.gaps()) };
    assert_eq!((outcome.code, kind.as_str()), (2, "too_large"));
    assert!(blobs.contains(subject), "one is streamed, the other hangs below it");
    outcome.finding(&value);
}
