//! How large the head of a request may be, and that of the answer to a client.

use http::{HeaderMap, Request};

use super::Refusal;

/// Limits for a request or status line and its header fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeadLimits {
    pub(crate) bytes: usize,
    pub(crate) fields: usize,
}

/// Bounds of the settings. A handshake of a browser has some 500 bytes, and a map of headers holds 32,768 fields.
const BYTES: (usize, usize) = (1024, 1024 * 1024);
const FIELDS: (usize, usize) = (16, 4096);

/// hyper answers a head that it cannot parse with a bare status. It gets room for this many times the limits, so that
/// most heads that are too large are answered by us, with a sentence.
const MORE_BYTES: usize = 2;
const MORE_FIELDS: usize = 4;

/// The smallest buffer that hyper works with.
const SMALLEST_BUFFER: usize = 8192;

impl Default for HeadLimits {
    fn default() -> Self {
        Self {
            bytes: 32 * 1024,
            fields: 128,
        }
    }
}

impl HeadLimits {
    /// Returns a sentence for each setting that is out of its bounds.
    pub(crate) fn problems(&self) -> impl Iterator<Item = String> {
        [
            ("max_head_bytes", self.bytes, BYTES),
            ("max_head_fields", self.fields, FIELDS),
        ]
        .into_iter()
        .filter(|(_, value, (least, most))| !(least..=most).contains(&value))
        .map(|(name, value, (least, most))| {
            format!("`{name}` is {value}: it must be from {least} to {most}")
        })
    }

    /// The bytes that hyper buffers of a request's head.
    pub(crate) fn request_buffer(&self) -> usize {
        (self.bytes * MORE_BYTES).max(SMALLEST_BUFFER)
    }

    /// The bytes that hyper buffers of an answer's head, which has no need for an answer of its own.
    pub(crate) fn answer_buffer(&self) -> usize {
        self.bytes.max(SMALLEST_BUFFER)
    }

    /// The number of fields that hyper parses.
    pub(crate) fn parsed_fields(&self) -> usize {
        self.fields * MORE_FIELDS
    }

    /// The same two as HTTP/2 counts them in one number (RFC 9113 §6.5.2).
    #[cfg(feature = "http2")]
    pub(crate) fn header_list_size(&self) -> u32 {
        const OVERHEAD: usize = 32;
        let size = self.request_buffer() + self.parsed_fields() * OVERHEAD;
        size.try_into().unwrap_or(u32::MAX)
    }

    /// Checks a request that hyper has parsed.
    ///
    /// # Errors
    ///
    /// [`Refusal::LargeHead`] or [`Refusal::ManyFields`].
    pub(crate) fn verify<B>(&self, request: &Request<B>) -> Result<(), Refusal> {
        let fields = request.headers().len();
        if fields > self.fields {
            return Err(Refusal::ManyFields {
                fields,
                limit: self.fields,
            });
        }
        let target = request
            .uri()
            .path_and_query()
            .map_or(0, |it| it.as_str().len());
        let line = request.method().as_str().len() + target + "  HTTP/1.1\r\n".len();
        let bytes = line + size(request.headers());
        if bytes > self.bytes {
            return Err(Refusal::LargeHead {
                bytes,
                limit: self.bytes,
            });
        }
        Ok(())
    }
}

/// Returns the bytes that header fields take in HTTP/1.1.
fn size(headers: &HeaderMap) -> usize {
    let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        name.as_str().len() + ": ".len() + value.len() + "\r\n".len()
    };
    headers.iter().map(field).sum::<usize>() + "\r\n".len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_measured_as_http_1_1_writes_it() {
        let head = "GET /a?b=c HTTP/1.1\r\nhost: a\r\ncookie: b=1\r\ncookie: c=2\r\n\r\n";
        let request = Request::get("/a?b=c")
            .header("host", "a")
            .header("cookie", "b=1")
            .header("cookie", "c=2")
            .body(())
            .unwrap();
        for (bytes, fields, is_taken) in [
            (head.len(), 3, true),
            (head.len() - 1, 3, false),
            (head.len(), 2, false),
        ] {
            let limits = HeadLimits { bytes, fields };
            assert_eq!(limits.verify(&request).is_ok(), is_taken, "{limits:?}");
        }
    }

    #[test]
    fn settings_have_bounds() {
        let limits = |bytes, fields| HeadLimits { bytes, fields };
        assert_eq!(HeadLimits::default().problems().count(), 0);
        assert_eq!(limits(1024, 16).problems().count(), 0);
        assert_eq!(limits(1 << 20, 4096).problems().count(), 0);
        for wrong in [
            limits(1023, 15),
            limits((1 << 20) + 1, 4097),
            limits(0, usize::MAX),
        ] {
            let problems: Vec<_> = wrong.problems().collect();
            assert_eq!(problems.len(), 2, "{problems:?}");
            assert!(problems[0].contains("`max_head_bytes`"), "{problems:?}");
            assert!(problems[1].contains("`max_head_fields`"), "{problems:?}");
        }
    }
}
