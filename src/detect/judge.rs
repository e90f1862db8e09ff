//! stub
use crate::{
    model::{DropReason, Verdict},
    rules::RuleSet,
};
pub(super) fn judge(_rules: &RuleSet, _which: (u16, u16), object: &[u8], start: usize, end: usize) -> Verdict {
    if object[start..end].iter().all(u8::is_ascii_hexdigit) {
        Verdict::Drop(DropReason::HexDigest)
    } else {
        Verdict::Keep
    }
}
