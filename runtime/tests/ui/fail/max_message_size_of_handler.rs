#![allow(unused)]

use wspring::prelude::*;

const NOTHING: usize = 0;
const NEGATIVE: i32 = -1;

fn limit() -> usize {
    4096
}

#[derive(Default)]
struct Zero;

#[server_endpoint("/zero")]
impl Zero {
    #[on_message(max_message_size = NOTHING)]
    fn text(&self, text: &str) {}
}

#[derive(Default)]
struct Alive;

#[server_endpoint("/alive")]
impl Alive {
    #[on_message(max_message_size = 125)]
    fn alive(&self, pong: Pong) {}
}

#[derive(Default)]
struct Variable;

#[server_endpoint("/variable")]
impl Variable {
    #[on_message(max_message_size = limit())]
    fn text(&self, text: &str) {}

    #[on_message(max_message_size = NEGATIVE)]
    fn binary(&self, bytes: &[u8]) {}
}

#[derive(Default)]
struct Parts;

#[server_endpoint("/parts")]
impl Parts {
    #[on_message(max_message_size = 4096)]
    fn text(&self, part: Partial<&str>) {}

    #[on_message(max_message_size = 4096)]
    async fn binary(&self, message: MessageReader<Binary>) {}
}

fn main() {}
