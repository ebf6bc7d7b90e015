//! How many requests of one connection may be in vain.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::CONNECTION;
use http::{HeaderValue, Response, Version};
use tokio_util::sync::CancellationToken;

/// Counts the requests of one connection that were answered with an error, and ends a connection that has too many: it
/// would be held for as long as its client asks for something that is not there.
#[derive(Clone, Debug)]
pub(super) struct Refusals {
    count: Arc<AtomicUsize>,
    most: usize,
    /// Has the connection finish what was begun, and end.
    end: CancellationToken,
}

impl Refusals {
    pub(super) fn new(most: Option<usize>, end: CancellationToken) -> Self {
        Self {
            count: Arc::default(),
            most: most.unwrap_or(usize::MAX),
            end,
        }
    }

    /// Looks at the answer to a request of this version.
    pub(super) fn count<B>(&self, version: Version, response: &mut Response<B>) {
        let status = response.status();
        if !(status.is_client_error() || status.is_server_error())
            || self.count.fetch_add(1, Ordering::Relaxed) + 1 < self.most
        {
            return;
        }
        // Over HTTP/2 it is told with GOAWAY.
        if version < Version::HTTP_2 {
            let headers = response.headers_mut();
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        self.end.cancel();
    }
}
