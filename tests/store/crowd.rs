//! Several threads and processes at once.

use super::crash::child;
use super::house::*;
use keytrail::store::*;

pub const REPOSITORIES: u64 = 40;

/// Records the scan of repository `n`: it holds a finding of its own and one that all have.
pub fn scan(store: &Store, run: RunId, n: u64) {
    let findings = [line(&format!("own {n}")), line("shared")];
    Found { tip: n as u8, clean: &[n as u8], ..Found::these(&findings) }.record(store, run, 1, &format!("r{n}"));
}

/// That each of [`scan`] is there once.
pub fn check(store: &Store, run: RunId) {
    let all = store.findings(&Filter::default(), &at(1)).unwrap();
    let mut titles: Vec<String> = all.into_iter().map(|finding| finding.title).collect();
    titles.sort();
    let mut expected: Vec<String> = (0..REPOSITORIES).flat_map(|n| [format!("own {n}"), "shared".to_owned()]).collect();
    expected.sort();
    assert_eq!(titles, expected);
    let counts = Counts { listed: REPOSITORIES, scanned: REPOSITORIES, ..Counts::default() };
    assert_eq!(finish(store, run, 1), counts);
    assert_eq!(store.previous(&id("r7")).unwrap().unwrap().tips, tips(7));
}

/// Two processes and four threads of a third do the same work, all of it, while others open the store and read it.
pub fn crowd(address: &StoreAddress) {
    let opened: Vec<Store> = std::thread::scope(|scope| {
        let open: Vec<_> = (0..4).map(|_| scope.spawn(|| Store::open(address).unwrap())).collect();
        open.into_iter().map(|open| open.join().unwrap()).collect()
    });
    let store = &opened[0];
    let names: Vec<String> = (0..REPOSITORIES).map(|n| format!("r{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = night(store, 1, &names);
    let all = format!("0..{REPOSITORIES}");
    let children = [child(&all, address, ""), child(&all, address, "")];
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &opened[thread % opened.len()];
            scope.spawn(move || {
                for n in 0..REPOSITORIES {
                    scan(store, run, (n * 7 + thread as u64) % REPOSITORIES);
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..20 {
                store.findings(&Filter::default(), &at(1)).unwrap();
                store.list(run, &at(1), &names.iter().map(|name| listed(name)).collect::<Vec<_>>(), true).unwrap();
            }
        });
    });
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    check(store, run);
}
