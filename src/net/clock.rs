//! The time, which tests pass by themselves.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a wait goes on before it looks whether it was cancelled.
const SLICE: Duration = Duration::from_millis(100);

/// Tells the time and lets it pass.
pub trait Clock {
    /// Seconds since 1970.
    fn now(&self) -> i64;

    /// Waits so long, or until `cancel` is set.
    fn wait(&self, length: Duration, cancel: &AtomicBool);
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn wait(&self, length: Duration, cancel: &AtomicBool) {
        let begun = Instant::now();
        while !cancel.load(Relaxed) {
            let left = length.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(SLICE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_when_it_is_cancelled() {
        let begun = Instant::now();
        SystemClock.wait(Duration::from_hours(1), &AtomicBool::new(true));
        SystemClock.wait(Duration::from_millis(120), &AtomicBool::new(false));
        assert!((120..60_000).contains(&begun.elapsed().as_millis()));
    }
}
