use std::time::Duration;

/// Returns a time as `Retry-After` has it (RFC 9110 §10.2.3), rounded up.
pub(super) fn full_seconds(time: Duration) -> u64 {
    time.as_secs()
        .saturating_add(u64::from(time.subsec_nanos() > 0))
}
