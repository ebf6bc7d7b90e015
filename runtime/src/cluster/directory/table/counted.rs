//! How often a session is looked at, for tests of what something costs.

use std::cell::Cell;

thread_local! {
    static LOOKS: Cell<u64> = const { Cell::new(0) };
}

pub(super) fn look() {
    LOOKS.set(LOOKS.get() + 1);
}

/// How often a session was looked at while this ran.
pub(in crate::cluster) fn looks<T>(act: impl FnOnce() -> T) -> (u64, T) {
    let before = LOOKS.get();
    let done = act();
    (LOOKS.get() - before, done)
}
