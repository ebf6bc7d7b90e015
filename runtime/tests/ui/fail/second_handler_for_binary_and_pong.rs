#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn vector(&self, bytes: Vec<u8>) {}

    #[on_message]
    fn slice(&self, bytes: &[u8]) {}

    #[on_message]
    fn pong(&self, pong: Pong) {}

    #[on_message]
    fn alive(&self, pong: Pong) {}
}

fn main() {}
