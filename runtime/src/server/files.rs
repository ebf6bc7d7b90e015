//! How many connections the open files of the process have room for.

/// Below its limit of open files, the server leaves so many to the program: its own files, connections to databases and
/// brokers, and requests that are answered with a refusal.
const RESERVE: usize = 1024;

/// The reserve of a process that may open few files.
const SMALL_RESERVE: usize = 32;

/// How many connections there may be beside the reserve; `None` if the system sets no limit.
pub(super) fn connections() -> Option<usize> {
    limit().map(beside_reserve)
}

/// A quarter of the files is the reserve, within bounds.
fn beside_reserve(files: usize) -> usize {
    let reserve = (files / 4).clamp(SMALL_RESERVE, RESERVE);
    // A limit that leaves next to nothing is a mistake, which is worse hidden.
    files.saturating_sub(reserve).max(files / 4).max(1)
}

#[cfg(unix)]
fn limit() -> Option<usize> {
    use rustix::process::{Resource, getrlimit};

    let files = getrlimit(Resource::Nofile).current?;
    Some(usize::try_from(files).unwrap_or(usize::MAX))
}

/// Windows has no such limit.
#[cfg(not(unix))]
fn limit() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_is_left_to_the_program() {
        for (files, connections) in [
            (40, 10),
            (64, 32),
            (256, 192),
            (1024, 768),
            (20_000, 18_976),
            (1_048_576, 1_047_552),
            (0, 1),
        ] {
            assert_eq!(beside_reserve(files), connections, "{files}");
        }
    }
}
