//! Two hundred people push to one repository at the same moment, and half of them bring a key in.

use crate::{
    server::Server,
    stage::{Pair, Stage},
};
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Write, process::Output, sync::Barrier, thread};

const PUSHES: usize = 200;

/// Every dirty push is refused, every clean one passes, and no event is lost or torn.
pub fn crowd(server: &Server) {
    let stage = Stage::with_history(server, "sha1");
    let keys: Vec<Pair> = (0..PUSHES / 2).map(|_| stage.pair()).collect();
    let mut stream = String::new();
    for n in 0..PUSHES {
        // Odd numbers are dirty.
        let text = if n % 2 == 1 { keys[n / 2].file() } else { format!("{n}\n") };
        writeln!(stream, "commit refs/heads/b{n}\ncommitter A <a@example.org> 1700000000 +0000\ndata 1\nx").unwrap();
        writeln!(stream, "from refs/heads/main\nM 100644 inline file\ndata {}\n{text}", text.len()).unwrap();
    }
    stage.client.git_with_input(&["fast-import", "--quiet"], stream.as_bytes());
    for (n, output) in push_all(&stage).iter().enumerate() {
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), n % 2 == 0, "b{n}: {message}");
        if n % 2 == 1 {
            let told = message.contains("pre-receive hook declined") && message.contains("file:2");
            assert!(told && !message.contains(&keys[n / 2].secret), "b{n}: {message}");
        }
    }
    let clean: BTreeSet<String> = (0..PUSHES).step_by(2).map(name).collect();
    let dirty: BTreeSet<String> = (1..PUSHES).step_by(2).map(name).collect();
    let there = stage.holdings().0;
    let there = there.lines().map(|line| line.split(' ').next().unwrap().to_owned());
    assert_eq!(there.filter(|name| name != "refs/heads/main").collect::<BTreeSet<_>>(), clean);
    // One event for each that was refused, each of them whole.
    let events = stage.events();
    assert!(events.iter().all(|event| event["type"] == "block"));
    let refs = |event: &Value| event["refs"][0]["name"].as_str().unwrap().to_owned();
    assert_eq!(events.iter().map(refs).collect::<BTreeSet<_>>(), dirty);
    assert_eq!(events.len(), dirty.len());
    stage.keeps_its_secrets();
}

fn name(n: usize) -> String {
    format!("refs/heads/b{n}")
}

fn push_all(stage: &Stage) -> Vec<Output> {
    let start = Barrier::new(PUSHES);
    let commands: Vec<_> = (0..PUSHES).map(|n| stage.push_command(&[&name(n)])).collect();
    thread::scope(|scope| {
        let push = |mut command: std::process::Command| {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                command.output().unwrap()
            })
        };
        let running: Vec<_> = commands.into_iter().map(push).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    })
}
