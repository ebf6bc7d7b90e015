//! The other end of a connection that compresses: it does what was agreed on, and nothing more.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

/// What ends a message and is not sent (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// More than any message of this suite inflates to.
const ROOM: usize = 256 * 1024;

/// The bits of a window that a list of parameters names.
pub(crate) fn bits(parameters: &[String], name: &str) -> Option<u8> {
    let value = parameters
        .iter()
        .find_map(|parameter| parameter.strip_prefix(name)?.strip_prefix('='));
    value.map(|value| value.parse().expect("a number without quotes"))
}

pub(crate) fn has(parameters: &[String], name: &str) -> bool {
    parameters.iter().any(|parameter| parameter == name)
}

/// Both directions of one connection.
pub(crate) struct Context {
    compress: Compress,
    decompress: Decompress,
    forgets_sent: bool,
    forgets_received: bool,
}

impl Context {
    pub(crate) fn new(answer: &[String]) -> Self {
        let window = |name| bits(answer, name).unwrap_or(15);
        let own = window("client_max_window_bits");
        let servers = window("server_max_window_bits");
        Self {
            compress: Compress::new_with_window_bits(Compression::best(), false, own),
            decompress: Decompress::new_with_window_bits(false, servers),
            forgets_sent: has(answer, "client_no_context_takeover"),
            forgets_received: has(answer, "server_no_context_takeover"),
        }
    }

    pub(crate) fn deflate(&mut self, message: &[u8]) -> Vec<u8> {
        if message.is_empty() {
            // §7.2.3.6; a compressor has nothing to flush twice.
            return vec![0];
        }
        if self.forgets_sent {
            self.compress.reset();
        }
        let mut payload = Vec::with_capacity(message.len() + 1000);
        self.compress
            .compress_vec(message, &mut payload, FlushCompress::Sync)
            .expect("a compressor that works");
        assert!(payload.ends_with(&TAIL));
        payload.truncate(payload.len() - TAIL.len());
        payload
    }

    pub(crate) fn inflate(&mut self, payload: &[u8]) -> Vec<u8> {
        if self.forgets_received {
            self.decompress.reset(false);
        }
        let mut message = Vec::with_capacity(ROOM);
        self.decompress
            .decompress_vec(
                &[payload, &TAIL].concat(),
                &mut message,
                FlushDecompress::Sync,
            )
            .expect("what the agreement lets inflate");
        message
    }
}
