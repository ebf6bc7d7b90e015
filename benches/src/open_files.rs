//! How many sockets a process may have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// 100,000 connections, and what else is open.
const WANTED: u64 = 110_000;

/// Raises the limit on open files as far as the system allows, and returns it; `None` is no limit. Only root may go
/// beyond the hard limit (`ulimit -Hn`), and goes as far as 100,000 connections take.
///
/// What usually stands there, 1,024, would be the first thing that a benchmark measures.
pub fn raise_limit() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map(|files| files.max(WANTED));
    for maximum in [wanted, limit.maximum] {
        let raised = Rlimit {
            current: maximum,
            maximum,
        };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            return maximum;
        }
    }
    limit.current
}
