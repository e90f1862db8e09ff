//! How long a finding stood.

use super::{Moment, RunId};

/// When something was noticed, and by which run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The run.
    pub run: RunId,
    /// When the run told it.
    pub at: Moment,
}

/// Where a finding is now, as far as the last scan that read everything knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// The tip of some ref holds it.
    AtTip,
    /// Only history holds it.
    InHistory,
    /// Nothing that the host gives out holds it any more. The credential may still work.
    Gone,
}

impl Presence {
    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtTip => "at_tip",
            Self::InHistory => "in_history",
            Self::Gone => "gone",
        }
    }
}

/// What is known of a finding's life in one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// First seen.
    pub first: Stamp,
    /// Last seen.
    pub last: Stamp,
    /// Since when no tip holds it.
    pub fixed: Option<Stamp>,
    /// Since when history does not hold it either.
    pub gone: Option<Stamp>,
    /// When it last came back: to a tip, or to history.
    pub reopened: Option<Stamp>,
}

impl Life {
    /// When it was last news: found first, or found again.
    pub fn newest(&self) -> &Stamp {
        self.reopened.as_ref().unwrap_or(&self.first)
    }

    /// Where it is now.
    pub fn presence(&self) -> Presence {
        match (&self.gone, &self.fixed) {
            (Some(_), _) => Presence::Gone,
            (None, Some(_)) => Presence::InHistory,
            (None, None) => Presence::AtTip,
        }
    }

    /// The life of what is seen, with `old` as what was known of it. `at_tip` is `None` where a scan did not read enough to
    /// know.
    pub(super) fn seen(old: Option<Self>, now: &Stamp, at_tip: Option<bool>) -> Self {
        let fixed = |since: Option<Stamp>| match at_tip {
            Some(true) => None,
            Some(false) => since.or_else(|| Some(now.clone())),
            None => since,
        };
        let Some(old) = old else {
            return Self { first: now.clone(), last: now.clone(), fixed: fixed(None), gone: None, reopened: None };
        };
        let fixed = fixed(old.fixed.clone());
        let is_back = old.gone.is_some() || (old.fixed.is_some() && fixed.is_none());
        let reopened = if is_back { Some(now.clone()) } else { old.reopened };
        // A newer run may have found it unchanged by now.
        let last = if old.last.run > now.run { old.last } else { now.clone() };
        Self { first: old.first, last, fixed, gone: None, reopened }
    }

    /// The life of what a scan that read everything no longer sees.
    pub(super) fn missed(self, now: &Stamp) -> Self {
        let since = |stamp: Option<Stamp>| stamp.or_else(|| Some(now.clone()));
        Self { fixed: since(self.fixed), gone: since(self.gone), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(run: i64) -> Stamp {
        Stamp { run: RunId(run), at: Moment::parse(&format!("2026-11-{run:02}T02:00:00Z")).unwrap() }
    }

    #[test]
    fn a_life_is_told_night_by_night_and_twice_changes_nothing() {
        type Night = Option<Option<bool>>;
        type Row = (Night, Presence, Option<i64>, Option<i64>, Option<i64>);
        let nights: [Row; 8] = [
            (Some(Some(true)), Presence::AtTip, None, None, None),
            (Some(Some(false)), Presence::InHistory, Some(2), None, None),
            (Some(None), Presence::InHistory, Some(2), None, None),
            (Some(Some(true)), Presence::AtTip, None, None, Some(4)),
            (None, Presence::Gone, Some(5), Some(5), Some(4)),
            (None, Presence::Gone, Some(5), Some(5), Some(4)),
            (Some(Some(false)), Presence::InHistory, Some(5), None, Some(7)),
            (Some(Some(true)), Presence::AtTip, None, None, Some(8)),
        ];
        let mut life: Option<Life> = None;
        for (n, (night, presence, fixed, gone, reopened)) in (1..).zip(nights) {
            let now = stamp(n);
            let tell = |life: Option<Life>| match night {
                Some(at_tip) => Life::seen(life, &now, at_tip),
                None => life.unwrap().missed(&now),
            };
            let told = tell(life);
            assert_eq!(tell(Some(told.clone())), told, "told twice in night {}", now.run.0);
            let run = |stamp: &Option<Stamp>| stamp.as_ref().map(|stamp| stamp.run.0);
            assert_eq!(told.presence(), presence, "night {}", now.run.0);
            assert_eq!((run(&told.fixed), run(&told.gone), run(&told.reopened)), (fixed, gone, reopened));
            assert_eq!(told.first.run, RunId(1));
            life = Some(told);
        }
    }
}
