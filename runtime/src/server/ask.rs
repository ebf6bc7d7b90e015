//! `#[on_handshake]` is asked, and answered for where it comes to no end.

use super::deployment::Deployment;
use crate::endpoint::Asked;
use crate::handshake::{Accept, Refusal, Reject};
use crate::log_limits::{LogKind, log_limited};
use crate::request::Handshake;

impl Deployment {
    /// What the endpoint says about a handshake, if all of it can be sent.
    pub(super) async fn ask(
        &self,
        ask: for<'h> fn(&'h Handshake) -> Asked<'h>,
        handshake: &Handshake,
    ) -> Result<Accept, Refusal> {
        let endpoint = handshake.site();
        let unsendable = |problem| {
            let text = format!("the answer of `#[on_handshake]` cannot be sent: {problem}");
            Refusal::Rejected(Reject::internal(text))
        };
        match tokio::time::timeout(self.handshake_timeout, ask(handshake)).await {
            Ok(Ok(accept)) => accept.checked(handshake.subprotocols()).map_err(unsendable),
            Ok(Err(reject)) => Err(reject.checked().map_or_else(unsendable, Refusal::Rejected)),
            Err(_) => {
                let timeout = self.handshake_timeout;
                let peer = handshake.remote_addr();
                log_limited!(self.defaults.logs, LogKind::Undecided, ?peer, %endpoint, ?timeout, "`#[on_handshake]` took too long: it is cut off");
                Err(Refusal::Undecided)
            }
        }
    }
}
