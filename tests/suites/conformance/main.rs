//! RFC 6455 §5 to §8 and RFC 7692 §7, rule by rule: bytes that a peer may send to a live server, and what must come back.
//!
//! Each test is named after its section. Where one has many cases, a case that fails says its name.

mod closing;
mod compression;
mod context;
mod control;
mod fragmentation;
mod framing;
mod large;
mod masking;
mod peer;
mod text;

use wspring::prelude::*;

/// Sends back what it gets.
#[derive(Default)]
struct Echo;

#[server_endpoint("/echo")]
impl Echo {
    #[on_message]
    fn text(text: String) -> String {
        text
    }

    #[on_message]
    fn binary(bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }
}
