#![allow(unused)]

use wspring::prelude::*;

struct Room;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat/<room>")]
impl Chat {
    #[on_message]
    fn say(&self, #[path_param] room: Room, #[query_param] page: &[u8], text: &str) {}
}

fn main() {}
