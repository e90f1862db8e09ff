//! Standard error: messages, colours and the bar. Nothing here touches standard output.

use super::args::ColorArg;
use super::error::CliError;
use crate::scan::{Progress, Stage};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const TEMPLATE: &str =
    "{prefix}{msg:8} {wide_bar:.cyan/dim} {human_pos}/{human_len} objects  {rate}  {found} values  {eta:>4} left";

/// Whether a stream gets colours.
pub(super) fn colored(choice: ColorArg, stream_is_terminal: bool) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match choice {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => stream_is_terminal && !set("NO_COLOR") && !dumb(),
    }
}

/// Standard error as one run uses it.
pub(super) struct Terminal {
    color: bool,
    quiet: bool,
    bar: Option<Bar>,
}

struct Bar {
    bar: ProgressBar,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    bytes: AtomicU64,
    values: AtomicU64,
}

impl Terminal {
    /// With a bar where a person looks on.
    pub(super) fn new(color: ColorArg, quiet: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        let bar = (terminal && !quiet).then(Bar::new);
        Self { color: colored(color, terminal), quiet, bar }
    }

    /// For messages before the arguments are known or where there is nothing to wait for.
    pub(super) fn plain() -> Self {
        Self { color: false, quiet: true, bar: None }
    }

    /// `keytrail: error: …`, and the hint.
    pub(super) fn error(&self, error: &CliError) {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        self.line(&format!("keytrail: {}: {}", self.paint("error", red), clean(&error.to_string())));
        if let Some(hint) = error.hint() {
            let cyan = anstyle::AnsiColor::Cyan.on_default();
            self.line(&format!("{}: {}", self.paint("hint", cyan), clean(hint)));
        }
    }

    /// Something that makes the run exit 2, said even with `--quiet`.
    pub(super) fn warning(&self, text: &str) {
        let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
        self.line(&format!("keytrail: {}: {}", self.paint("warning", yellow), clean(text)));
    }

    /// Something that is good to know.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.line(&format!("keytrail: {}", clean(text)));
        }
    }

    /// Asks a person, who answers on the same line.
    pub(super) fn ask(&self, text: &str) {
        self.clear();
        let mut out = io::stderr().lock();
        // Whoever cannot be asked gives no answer.
        let _ = write!(out, "keytrail: {} ", clean(text));
        let _ = out.flush();
    }

    /// Shows what is being waited for, until the next stage.
    pub(super) fn wait(&self, text: &str) {
        if let Some(Bar { bar, .. }) = &self.bar {
            bar.unset_length();
            bar.set_message(text.to_owned());
            bar.tick();
        }
    }

    /// Names the repository before each of its stages.
    pub(super) fn repository(&self, name: &str) {
        if let Some(Bar { bar, .. }) = &self.bar {
            bar.set_prefix(format!("{}: ", clean(name)));
        }
    }

    /// Removes the bar.
    pub(super) fn clear(&self) {
        if let Some(Bar { bar, .. }) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        // Nobody is left to tell when standard error is closed.
        let print = || drop(writeln!(io::stderr().lock(), "{text}"));
        match &self.bar {
            Some(Bar { bar, .. }) => bar.suspend(print),
            None => print(),
        }
    }

    fn paint(&self, word: &str, style: anstyle::Style) -> String {
        if self.color { format!("{style}{word}{style:#}") } else { word.to_owned() }
    }
}

/// Other people name their repositories, refs and files: none of their control characters reaches the terminal.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

impl Bar {
    fn new() -> Self {
        let counts = Arc::new(Counts::default());
        let (read, found) = (Arc::clone(&counts), Arc::clone(&counts));
        let rate = move |state: &ProgressState, out: &mut dyn fmt::Write| {
            let seconds = state.elapsed().as_secs_f64().max(0.001);
            #[allow(clippy::cast_sign_loss, reason = "a quotient of two numbers that are not negative")]
            let rate = (read.bytes.load(Relaxed) as f64 / seconds) as u64;
            // A bar has no way to report a failed write, and nobody to report it to.
            let _ = write!(out, "{}/s", HumanBytes(rate));
        };
        let values = move |_: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{}", HumanCount(found.values.load(Relaxed)));
        };
        let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        let style = style.with_key("rate", rate).with_key("found", values).progress_chars("━━╌");
        // Drawn ten times a second, whoever calls how often; between draws a call costs an atomic addition.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10)).with_style(style);
        Self { bar, counts }
    }
}

impl Progress for Terminal {
    fn begin(&self, stage: Stage, objects: u64) {
        let Some(Bar { bar, counts }) = &self.bar else { return };
        counts.bytes.store(0, Relaxed);
        bar.reset();
        bar.set_length(objects);
        bar.set_message(match stage {
            Stage::Counting => "counting",
            Stage::Walking => "reading",
            Stage::Tracing => "tracing",
        });
    }

    fn advance(&self, objects: u64, bytes: u64) {
        if let Some(Bar { bar, counts }) = &self.bar {
            counts.bytes.fetch_add(bytes, Relaxed);
            bar.inc(objects);
        }
    }

    fn values(&self, count: u64) {
        if let Some(Bar { counts, .. }) = &self.bar {
            counts.values.store(count, Relaxed);
        }
    }

    fn end(&self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_for_terminals_unless_asked_otherwise() {
        assert!(colored(ColorArg::Always, false));
        assert!(!colored(ColorArg::Never, true));
        assert!(!colored(ColorArg::Auto, false));
    }

    #[test]
    fn a_message_cannot_steer_the_terminal() {
        assert_eq!(clean("a\x1b[2Jb\nc"), "a\u{fffd}[2Jb\u{fffd}c");
    }

    #[test]
    fn the_template_is_well_formed() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
