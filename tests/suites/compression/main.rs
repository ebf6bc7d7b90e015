//! permessage-deflate (RFC 7692): what is agreed on, what goes over the wire then, and what a peer cannot do with it.

mod endpoint;
mod hostile;
mod messages;
mod negotiation;
mod peer;

use wspring::prelude::*;

/// Sends back what it gets.
#[derive(Default)]
struct Echo;

#[server_endpoint("/echo/<user>", on_duplicate = "all")]
impl Echo {
    #[on_message]
    fn text(&self, text: String) -> String {
        text
    }

    #[on_message]
    fn binary(&self, bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }
}
