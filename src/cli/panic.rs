//! What the program says of a panic.

use crate::scan::is_guarded;
use std::{
    io::{self, Write},
    panic::{PanicHookInfo, set_hook},
};

/// From now on a panic says in one line where in the source it was; its message may quote what was being read, and is
/// dropped. One that is caught and told as damage of what was being read says nothing.
pub(super) fn tell_the_place_only() {
    set_hook(Box::new(|panic| {
        if !is_guarded() {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "{}", line(panic));
        }
    }));
}

fn line(panic: &PanicHookInfo<'_>) -> String {
    let place =
        panic.location().map_or_else(|| "an unknown place".to_owned(), |at| format!("{}:{}", at.file(), at.line()));
    format!("keytrail: internal error at {place}; please report it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::guarded;
    use std::process::Command;

    #[test]
    #[ignore = "runs in a process of its own, which the next test starts"]
    fn panics() {
        tell_the_place_only();
        assert_eq!(guarded(|| -> u8 { panic!("the decoder's message") }), None);
        panic!("the program's message");
    }

    #[test]
    fn a_panic_tells_its_place_unless_it_is_caught_and_never_its_message() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        let name = concat!(module_path!(), "::panics").split_once("::").unwrap().1;
        let output = child.args([name, "--exact", "--ignored", "--nocapture"]).output().unwrap();
        let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(stdout.contains("1 failed"), "{stdout}");
        assert!(!stdout.contains("message"), "{stdout}");
        let line = stderr.strip_prefix(&format!("keytrail: internal error at {}:", file!())).expect(&stderr);
        let line = line.strip_suffix("; please report it\n").expect(&stderr);
        assert!(line.parse::<u32>().is_ok(), "{stderr}");
    }
}
