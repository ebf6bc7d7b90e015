//! Bounds that the settings of servers and of clients keep.

use std::time::Duration;

/// No deadline is meant to be longer, and the clock cannot count to any time that a `Duration` can hold.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The greatest age that a session may be given.
pub(crate) const GREATEST_AGE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The timer's own step: a ping that is due again before it is written would leave time for nothing else.
pub(crate) const SHORTEST: Duration = Duration::from_millis(1);

/// What is wrong with the size that is called `name`.
pub(crate) fn size(name: &str, size: usize) -> Option<String> {
    (size == 0).then(|| format!("`{name}` is 0: it must be at least 1"))
}

/// What is wrong with the greatest age that is called `name`.
pub(crate) fn age(name: &str, age: Duration) -> Option<String> {
    if age > GREATEST_AGE {
        return Some(format!(
            "`{name}` is longer than 365 days: write a time such as \"12h\""
        ));
    }
    time(name, age.min(LONGEST))
}

/// What is wrong with the time that is called `name`.
pub(crate) fn time(name: &str, time: Duration) -> Option<String> {
    let wrong = if time > LONGEST {
        "longer than a day"
    } else if time.is_zero() {
        "0"
    } else if time < SHORTEST {
        "shorter than a millisecond"
    } else {
        return None;
    };
    Some(format!("`{name}` is {wrong}: write a time such as \"25s\""))
}
