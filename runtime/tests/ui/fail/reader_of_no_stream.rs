#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    async fn text(&self, message: MessageReader<String>) {}

    #[on_message]
    async fn pong(&self, message: MessageReader<Pong>) {}
}

fn main() {}
