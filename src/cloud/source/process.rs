//! `credential_process`: a program of the user's that prints credentials.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Process credential provider".

use super::{Credentials, session};
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long the program may take: it may ask somebody to touch a key. AWS's SDK for Go waits as long.
const TIME: Duration = Duration::from_mins(1);

/// The most that is read of what it prints: credentials are some 2 kB.
const MOST: u64 = 64 << 10;

/// Runs `command` by the shell, as the file has it, and reads what it prints.
///
/// # Errors
/// It does not start, fails, takes too long, or prints no credentials.
pub(super) fn credentials(command: &str, source: String) -> Result<Credentials, String> {
    within(TIME, command, source)
}

fn within(time: Duration, command: &str, source: String) -> Result<Credentials, String> {
    // Arguments of the program may be secrets: only its name is said.
    let program = command.split_whitespace().next().unwrap_or_default();
    let failed = |what: &str| format!("credential_process ({program} …): {what}");
    let mut child = shell(command).spawn().map_err(|error| failed(&error.to_string()))?;
    let Some(stdout) = child.stdout.take() else { return Err(failed("its output cannot be read")) };
    let reader = std::thread::spawn(move || {
        let mut text = Zeroizing::new(Vec::with_capacity(MOST as usize));
        stdout.take(MOST).read_to_end(&mut text).map(|_| text)
    });
    let ended = wait(&mut child, time).map_err(|error| failed(&error))?;
    if !ended.success() {
        return Err(failed(&format!("it failed ({ended})")));
    }
    let text = reader.join().map_err(|_| failed("its output cannot be read"))?;
    let text = text.map_err(|error| failed(&error.to_string()))?;
    session::credentials(&text, source).map_err(|error| failed(&error))
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    shell
}

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    shell.args(["/C", command]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    shell
}

fn wait(child: &mut Child, time: Duration) -> Result<std::process::ExitStatus, String> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if begun.elapsed() < time => std::thread::sleep(Duration::from_millis(10)),
            ended => {
                // It may have ended just now, which is as good.
                let _ = child.kill();
                let _ = child.wait();
                return Err(match ended {
                    Err(error) => error.to_string(),
                    _ => format!("it had not ended after {} s", time.as_secs()),
                });
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_prints_is_taken() {
        let command = r#"printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"b c"}' "a""#;
        let read = credentials(command, "a test".to_owned()).unwrap();
        assert_eq!(read.key.secret.expose(), b"b c");
        assert_eq!(read.key.id.expose(), b"a");
    }

    #[test]
    fn a_program_that_fails_hangs_or_says_something_else_is_named_without_its_arguments() {
        for (command, says) in [
            ("exit 3 # notshown", "exit 3".replace("exit ", "exit status: ")),
            ("echo notshown", "no credentials in JSON".to_owned()),
            ("sleep 60; notshown", "had not ended".to_owned()),
        ] {
            let error = within(Duration::from_secs(1), command, String::new()).unwrap_err();
            assert!(error.contains(&says) && !error.contains("notshown"), "{error}");
        }
    }
}
