//! How many connections and handshakes are let in.

use super::{Limit, Settings};
use crate::handshake::DoorLimits;
use crate::server::files;

/// When there are as many sessions as there may be, so many more connections may ask something at a time: clients that
/// are told to come back later, and whoever asks for the server's health. It is a sixteenth of the sessions, within
/// these bounds.
const ASKING: std::ops::RangeInclusive<usize> = 16..=256;

impl Settings {
    pub(in crate::server) fn door(&self) -> DoorLimits {
        self.door_with(files::connections())
    }

    /// The limits of a process whose open files have room for so many connections.
    fn door_with(&self, possible: Option<usize>) -> DoorLimits {
        let max_connections = self.max_connections.or(possible);
        let max_guests = max_connections.map(|max| {
            let max = possible.map_or(max, |possible| possible.min(max));
            max.saturating_add((max / 16).clamp(*ASKING.start(), *ASKING.end()))
        });
        let all = self.handshakes_per_second;
        // Half of them, so that one network leaves as many to all the others.
        let of_network = all.map(|all| all.div_ceil(2));
        DoorLimits {
            max_connections,
            max_guests,
            max_connections_per_ip: self.max_connections_per_ip,
            handshakes_per_second: all,
            handshakes_per_second_per_ip: self.handshakes_per_second_per_ip.or(of_network),
        }
    }

    /// What has no meaning in a service that is mounted in another server, because it does not see addresses.
    pub(in crate::server) fn setting_of_addresses(&self) -> Option<&'static str> {
        if self.max_connections_per_ip.is_some() {
            Some("max_connections_per_ip")
        } else if matches!(self.handshakes_per_second_per_ip, Limit::At(_)) {
            Some("handshakes_per_second_per_ip")
        } else if !self.trusted_proxies.is_empty() {
            Some("trusted_proxies")
        } else {
            None
        }
    }

    /// Warns if the process may not open as many files as it may have connections.
    pub(in crate::server) fn warn_of_files(&self) {
        if let (Limit::At(asked), Some(possible)) = (self.max_connections, files::connections())
            && asked > possible
        {
            tracing::warn!(
                max_connections = asked,
                possible,
                "the process may not open enough files for `max_connections`: raise its limit (`ulimit -n`, `LimitNOFILE`)"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(
        settings: &Settings,
        possible: impl Into<Option<usize>>,
    ) -> (Option<usize>, Option<usize>) {
        let limits = settings.door_with(possible.into());
        (limits.max_connections, limits.max_guests)
    }

    #[test]
    fn connections_are_bounded_by_the_open_files_unless_another_number_or_off_is_set() {
        let mut settings = Settings::default();
        assert_eq!(limits(&settings, 768), (Some(768), Some(768 + 48)));
        assert_eq!(limits(&settings, None), (None, None));
        settings.max_connections = Limit::At(50);
        assert_eq!(limits(&settings, 768), (Some(50), Some(50 + 16)));
        assert_eq!(limits(&settings, None), (Some(50), Some(50 + 16)));
        // More than there are files for: the reserve stays.
        settings.max_connections = Limit::At(100_000);
        assert_eq!(limits(&settings, 768), (Some(100_000), Some(768 + 48)));
        settings.max_connections = Limit::Off;
        assert_eq!(limits(&settings, 768), (None, None));
    }

    #[test]
    fn a_network_has_half_of_the_handshakes_unless_another_number_or_off_is_set() {
        let mut settings = Settings::default();
        let of_network = |settings: &Settings| settings.door().handshakes_per_second_per_ip;
        assert_eq!(of_network(&settings), None);
        for (all, half) in [(1, 1), (20, 10), (21, 11)] {
            settings.handshakes_per_second = Some(all);
            assert_eq!(of_network(&settings), Some(half));
        }
        settings.handshakes_per_second_per_ip = Limit::At(3);
        assert_eq!(of_network(&settings), Some(3));
        settings.handshakes_per_second_per_ip = Limit::Off;
        assert_eq!(of_network(&settings), None);
    }
}
