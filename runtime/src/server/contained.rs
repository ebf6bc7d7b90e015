//! Code of users that runs before a request is answered, such as the `FromStr` of a path variable: if it panics, the
//! client is answered with 500, the log names the endpoint, and the connection takes the next request.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use super::deployment::Deployment;
use crate::error::Error;
use crate::handshake::{Refusal, Reject};

/// Polls `future` to its end, or to its panic.
pub(super) async fn caught<F: Future>(future: F) -> Result<F::Output, Error> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        // After a panic it is not polled again, and what it had borrowed is only read.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(Error::panicked(&*panic))),
        }
    })
    .await
}

impl Deployment {
    /// Returns the answer to a request for `path` whose handling has panicked.
    pub(super) fn panicked(&self, path: &str, panic: &Error) -> Refusal {
        let router = self.router();
        let text = match router.match_path(path) {
            Ok(found) => format!("{}: {panic}", found.value),
            Err(_) => panic.to_string(),
        };
        Refusal::Rejected(Reject::internal(text))
    }
}
