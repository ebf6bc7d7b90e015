#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Inbox;

#[server_endpoint("/inbox/<user>")]
impl Inbox {
    #[on_handshake]
    fn check(&self, handshake: &Handshake, #[path_param] usr: i64) {}

    #[on_handshake]
    fn again() {}
}

#[derive(Default)]
struct Outbox;

#[server_endpoint("/outbox")]
impl Outbox {
    #[on_handshake(max_message_size = 5)]
    fn check(handshake: &Handshake, #[query_param] #[path_param("user")] user: i64) {}
}

fn main() {}
