#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat/<room>")]
impl Chat {
    #[on_message]
    fn say(&self, text: &str, room: String) {}
}

fn main() {}
