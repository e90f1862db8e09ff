//! Colours, where wanted.

use crate::model::Severity;
use anstyle::{AnsiColor, Style};

/// Puts on colours, or does not.
#[derive(Clone, Copy)]
pub(in crate::report) struct Paint {
    pub(in crate::report) color: bool,
}

impl Paint {
    fn with(self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub(in crate::report) fn bold(self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    pub(in crate::report) fn dim(self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }

    pub(in crate::report) fn good(self, text: &str) -> String {
        self.with(AnsiColor::Green.on_default().bold(), text)
    }

    pub(in crate::report) fn bad(self, text: &str) -> String {
        self.with(AnsiColor::Red.on_default().bold(), text)
    }

    pub(in crate::report) fn advice(self, text: &str) -> String {
        self.with(AnsiColor::Cyan.on_default(), text)
    }

    /// `text` in the colour of `severity`.
    pub(in crate::report) fn severity(self, severity: Severity, text: &str) -> String {
        let style = match severity {
            Severity::Critical => AnsiColor::Red.on_default().bold(),
            Severity::High => AnsiColor::Red.on_default(),
            Severity::Medium => AnsiColor::Yellow.on_default(),
            Severity::Low => AnsiColor::Blue.on_default(),
        };
        self.with(style, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_there_is_no_escape_sequence() {
        assert_eq!(Paint { color: false }.bad("x"), "x");
        assert_eq!(Paint { color: true }.bold("x"), "\u{1b}[1mx\u{1b}[0m");
    }
}
