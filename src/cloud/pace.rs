//! How fast keys are asked for: all together, and each by itself.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Gives out the moments at which requests may go out, so many a second.
#[derive(Debug)]
pub(super) struct Pace {
    apart: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// So many a second; without a number, as fast as it goes.
    pub(super) fn new(per_second: Option<f64>) -> Self {
        let apart = per_second.filter(|rate| *rate > 0.0).map(|rate| Duration::try_from_secs_f64(1.0 / rate));
        Self { apart: apart.and_then(Result::ok).unwrap_or_default(), next: Mutex::new(None) }
    }

    /// How long whoever asks now has to wait for its turn.
    pub(super) fn turn(&self, now: Instant) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mine = next.map_or(now, |next| next.max(now));
        *next = Some(mine + self.apart);
        mine - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_so_far_apart_and_none_is_saved_up() {
        let (pace, now) = (Pace::new(Some(2.0)), Instant::now());
        let waits = [pace.turn(now), pace.turn(now), pace.turn(now)].map(|wait| wait.as_millis());
        assert_eq!(waits, [0, 500, 1000]);
        let later = now + Duration::from_mins(1);
        assert_eq!([pace.turn(later), pace.turn(later)].map(|wait| wait.as_millis()), [0, 500]);
    }

    #[test]
    fn without_a_rate_nobody_waits() {
        let (pace, now) = (Pace::new(None), Instant::now());
        assert!((0..100).all(|_| pace.turn(now).is_zero()));
    }
}
