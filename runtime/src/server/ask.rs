//! `#[on_handshake]` is asked, and answered for where it fails or comes to no end.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use super::deployment::Deployment;
use crate::endpoint::Asked;
use crate::error::Error;
use crate::handshake::{Accept, Handshake, Refusal, Reject};
use crate::log_limits::{LogKind, log_limited};

impl Deployment {
    /// What the endpoint says about a handshake, if all of it can be sent.
    pub(super) async fn ask(
        &self,
        ask: for<'h> fn(&'h Handshake) -> Asked<'h>,
        handshake: &Handshake,
    ) -> Result<Accept, Refusal> {
        let mut asked = None;
        let answered = poll_fn(|cx| {
            let asked = || {
                asked
                    .get_or_insert_with(|| ask(handshake))
                    .as_mut()
                    .poll(cx)
            };
            // After a panic it is not polled again, and all that it had borrowed is the request.
            match catch_unwind(AssertUnwindSafe(asked)) {
                Ok(polled) => polled.map(Ok),
                Err(panic) => Poll::Ready(Err(Error::panicked(&*panic))),
            }
        });
        let endpoint = handshake.site();
        let unsendable = |problem| {
            let text = format!("the answer of `#[on_handshake]` cannot be sent: {problem}");
            Refusal::Rejected(Reject::internal(text))
        };
        match tokio::time::timeout(self.handshake_timeout, answered).await {
            Ok(Ok(Ok(accept))) => accept.checked(handshake.subprotocols()).map_err(unsendable),
            Ok(Ok(Err(reject))) => Err(reject.checked().map_or_else(unsendable, Refusal::Rejected)),
            Ok(Err(panic)) => Err(Refusal::Rejected(Reject::internal(panic))),
            Err(_) => {
                let timeout = self.handshake_timeout;
                let peer = handshake.remote_addr();
                log_limited!(self.defaults.logs, LogKind::Undecided, ?peer, %endpoint, ?timeout, "`#[on_handshake]` took too long: it is cut off");
                Err(Refusal::Undecided)
            }
        }
    }
}
