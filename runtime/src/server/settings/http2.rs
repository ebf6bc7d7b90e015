use super::Settings;

/// How much one HTTP/2 connection may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) struct Http2Limits {
    /// Requests and sessions at a time.
    pub(in crate::server) streams: u32,
    /// Bytes of a stream that a client may send ahead.
    pub(in crate::server) window: u32,
    /// Bytes that all sessions together may have queued.
    pub(in crate::server) outbox_bytes: usize,
}

const STREAMS: usize = 100;
const MAX_STREAMS: usize = 10_000;

const WINDOW: usize = 64 * 1024;
const MIN_WINDOW: usize = 1024;
/// The window of a whole connection is at most 2^31 - 1 (RFC 9113 §6.9.1).
const MAX_WINDOW: usize = 0x7FFF_FFFF;

const OUTBOX_BYTES: usize = 4 * 1024 * 1024;

impl Settings {
    pub(in crate::server) fn http2_limits(&self) -> Http2Limits {
        let number = |set: Option<usize>, default| {
            let number = set.unwrap_or(default);
            u32::try_from(number).unwrap_or(u32::MAX)
        };
        Http2Limits {
            streams: number(self.http2_max_streams, STREAMS),
            window: number(self.http2_window, WINDOW),
            outbox_bytes: self
                .http2_outbox_bytes
                .unwrap_or_else(|| OUTBOX_BYTES.max(self.outbox_bytes)),
        }
    }

    pub(super) fn http2_problem(&self) -> Option<String> {
        let named = [
            ("http2_max_streams", self.http2_max_streams),
            ("http2_window", self.http2_window),
            ("http2_outbox_bytes", self.http2_outbox_bytes),
        ];
        if let Some((name, _)) = named.iter().find(|(_, set)| set.is_some())
            && !cfg!(feature = "http2")
        {
            return Some(format!(
                "`{name}` is set, and this program does not speak HTTP/2: build it with the feature `http2` of wspring"
            ));
        }
        let streams = self.http2_max_streams.unwrap_or(STREAMS);
        if !(1..=MAX_STREAMS).contains(&streams) {
            return Some(format!(
                "`http2_max_streams` is {streams}: it must be 1 to {MAX_STREAMS}"
            ));
        }
        let window = self.http2_window.unwrap_or(WINDOW);
        let largest = MAX_WINDOW / streams;
        if !(MIN_WINDOW..=largest).contains(&window) {
            return Some(format!(
                "`http2_window` is {window}: with {streams} streams it must be {MIN_WINDOW} to {largest}"
            ));
        }
        let bytes = self.http2_outbox_bytes?;
        let one = self.outbox_bytes;
        (bytes < one).then(|| {
            format!(
                "`http2_outbox_bytes` is {bytes}: it must be at least `outbox_bytes`, which is {one}, or a session could not send its largest message"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(settings: &Settings) -> String {
        let problems = settings.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems.into_iter().next().unwrap_or_default()
    }

    #[test]
    fn a_larger_outbox_makes_the_room_of_a_connection_larger() {
        let limits = |outbox_bytes| {
            let settings = Settings {
                outbox_bytes,
                ..Settings::default()
            };
            settings.http2_limits()
        };
        assert_eq!(limits(1024).outbox_bytes, 4 * 1024 * 1024);
        assert_eq!(limits(5_000_000).outbox_bytes, 5_000_000);
        assert_eq!((limits(1).streams, limits(1).window), (100, 65_536));
    }

    #[test]
    #[cfg(feature = "http2")]
    fn streams_windows_and_room_have_bounds() {
        let set = |streams, window, outbox| Settings {
            http2_max_streams: streams,
            http2_window: window,
            http2_outbox_bytes: outbox,
            ..Settings::default()
        };
        for streams in [0, 10_001] {
            let problem = problem(&set(Some(streams), None, None));
            assert!(problem.contains("1 to 10000"), "{problem}");
        }
        for window in [1023, 21_474_837] {
            let problem = problem(&set(None, Some(window), None));
            assert!(problem.contains("1024 to 21474836"), "{problem}");
        }
        let problem = problem(&set(None, None, Some(1_048_575)));
        assert!(problem.contains("at least `outbox_bytes`"), "{problem}");
        let highest = set(Some(10_000), Some(214_748), Some(usize::MAX));
        assert_eq!(highest.problems(), [""; 0]);
    }

    #[test]
    #[cfg(not(feature = "http2"))]
    fn a_program_without_http2_says_so() {
        let problem = problem(&Settings {
            http2_window: Some(65_536),
            ..Settings::default()
        });
        assert!(problem.contains("the feature `http2`"), "{problem}");
    }
}
