#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message(max_size = 10, maxMessageSize = 20)]
    fn text(&self, text: &str) {}

    #[on_message(max_message_size = 0)]
    fn binary(&self, bytes: &[u8]) {}
}

#[derive(Default)]
struct Values;

#[server_endpoint("/values")]
impl Values {
    #[on_message(max_message_size, max_message_size = "4 KiB")]
    fn text(&self, text: &str) {}

    #[on_message = 4096]
    fn binary(&self, bytes: &[u8]) {}
}

#[derive(Default)]
struct Twice;

#[server_endpoint("/twice")]
impl Twice {
    #[on_message(max_message_size = 10, max_message_size = -1)]
    fn text(&self, text: &str) {}

    #[on_message(4096)]
    fn binary(&self, bytes: &[u8]) {}
}

fn main() {}
