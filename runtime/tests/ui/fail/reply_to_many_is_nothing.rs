#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message(broadcast)]
    fn text(&self, text: String) -> () {}

    #[on_message(room = "lobby")]
    fn binary(&self, bytes: Vec<u8>) -> Result<(), String> { Ok(()) }
}

fn main() {}
