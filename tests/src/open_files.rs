//! How many sockets this process and its children may have.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Allows as many as the system lets anybody have, and returns how many: what stands there otherwise is often 1,024.
///
/// # Panics
///
/// When the system does not say, or does not let it.
pub fn raise_limit() -> u64 {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("the limit that is allowed");
    hard
}
