//! Sessions for the tests of this folder.

use std::sync::Arc;

use crate::request::{Handshake, Peer};
use crate::session::{
    Granted, Outbox, OutboxLimits, Properties, SendTimeout, Session, SlowConsumer,
};
use crate::site::Site;

/// A session at `/1` that has not begun.
pub(super) fn session(site: &Arc<Site>) -> Session {
    let (request, ()) = http::Request::get("/1").body(()).unwrap().into_parts();
    let limits = OutboxLimits {
        bytes: 1024,
        messages: 16,
        send_timeout: SendTimeout::new(None),
        budget: None,
        shared_room: None,
        slow_consumer: SlowConsumer::Close,
    };
    Session::new(
        Handshake::new(
            &request,
            Peer::default(),
            Arc::clone(site),
            ["1".into()].into(),
        ),
        Outbox::new(limits.into(), None),
        Granted::default(),
        Properties::default(),
    )
}
