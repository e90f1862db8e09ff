//! What was found out about a credential: whether it works, whose it is, what it opens.

use super::Page;
use crate::model::{Severity, Status, Verification};
use crate::report::verification;
use std::io;

/// Rows of the blast radius before "and N more".
const RISKS: usize = 12;

pub(super) fn write(page: &mut Page<'_>, verification: &Verification) -> io::Result<()> {
    let headline = page.mask.line(&verification::headline(verification));
    let headline = match verification.status {
        Status::Active => page.paint.bad(&headline),
        Status::Inactive | Status::Expired => page.paint.good(&headline),
        Status::Mismatched | Status::Unknown => headline,
    };
    page.fact("verified", &headline)?;
    for (label, says) in verification::facts(verification) {
        let says = page.mask.line(&says);
        page.fact(label, &says)?;
    }
    table(page, "may do", &verification::risks(verification))?;
    table(page, "also open", &verification::open_roles(verification))
}

fn table(page: &mut Page<'_>, label: &str, risks: &[[String; 3]]) -> io::Result<()> {
    let width = risks.iter().take(RISKS).map(|[_, place, _]| place.chars().count()).max().unwrap_or(0).min(40);
    for (n, [severity, place, says]) in risks.iter().take(RISKS).enumerate() {
        let level = Severity::ALL.into_iter().find(|level| level.to_string() == *severity);
        let severity = level.map_or_else(String::new, |level| page.paint.severity(level, &format!("{severity:<8}")));
        let row = format!("{severity}  {:<width$}  {}", page.mask.line(place), page.mask.line(says));
        page.fact(if n == 0 { label } else { "" }, &row)?;
    }
    if risks.len() > RISKS {
        page.fact("", &format!("… and {} more", risks.len() - RISKS))?;
    }
    Ok(())
}
