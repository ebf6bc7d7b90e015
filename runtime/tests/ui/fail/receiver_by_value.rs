#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn say(mut self, text: &str) {}

    #[on_close]
    fn close(self: Box<Self>) {}
}

fn main() {}
