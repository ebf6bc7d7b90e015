#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message(max_message_size = 10)]
    fn say(&self, text: &str) {}
}

fn main() {}
