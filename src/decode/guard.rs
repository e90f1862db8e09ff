//! Panics of decoders that others wrote.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread would be caught now and taken for damage of what is being decoded, which is told as such.
///
/// For the panic hook, which runs before anything is caught: it belongs to the program, and a library leaves it alone.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Runs a decoder, all of it on this thread; `None` if it panicked on bytes that its author did not think of.
pub(crate) fn guarded<T>(decoder: impl FnOnce() -> T) -> Option<T> {
    let outer = GUARDED.replace(true);
    let end = catch_unwind(AssertUnwindSafe(decoder));
    GUARDED.set(outer);
    end.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_the_guard_ends_with_it() {
        assert!(!is_guarded());
        assert_eq!(guarded(|| -> u8 { panic!("caught: {}", is_guarded()) }), None);
        assert!(!is_guarded());
        assert_eq!(guarded(|| (guarded(is_guarded), is_guarded())), Some((Some(true), true)));
        assert!(!is_guarded());
        assert_eq!(guarded(|| std::thread::spawn(is_guarded).join().ok()), Some(Some(false)));
    }
}
