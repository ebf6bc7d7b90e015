#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Inbox;

#[server_endpoint("/inbox")]
impl Inbox {
    // There is no connection yet, no message and no reason.
    #[on_handshake]
    fn check(session: &Session, text: &str, reason: CloseReason) {}
}

fn main() {}
