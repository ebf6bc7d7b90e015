#![allow(unused)]

use wspring::prelude::*;

#[server_endpoint("/rooms/<room>")]
#[derive(Default)]
struct Rooms;

#[server_endpoint]
impl Rooms {
    #[on_message(room = "room-<id>")]
    fn text(&self, text: String) -> String { text }
}

fn main() {}
