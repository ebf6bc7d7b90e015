#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat/<user>")]
impl Chat {
    #[on_message(broadcast = "all")]
    fn text(&self, text: String) -> String { text }

    #[on_message(broadcast, room = "lobby")]
    fn binary(&self, bytes: Vec<u8>) -> Vec<u8> { bytes }

    #[on_message(broadcast = "others")]
    fn pong(&self, pong: Pong) {}
}

#[derive(Default)]
struct Rooms;

#[server_endpoint("/rooms/<room>")]
impl Rooms {
    #[on_message(room = "room-<id>")]
    fn text(&self, text: String) -> String { text }

    #[on_message(room = "")]
    fn binary(&self, bytes: Vec<u8>) -> Vec<u8> { bytes }

    #[on_message(room = "room-<room")]
    fn pong(&self, pong: Pong) -> Pong { pong }
}

#[derive(Default)]
struct Values;

#[server_endpoint("/values")]
impl Values {
    #[on_message(room)]
    fn text(&self, text: String) -> String { text }

    #[on_message(broadcast = others)]
    fn binary(&self, bytes: Vec<u8>) -> Vec<u8> { bytes }

    #[on_message(broadcast, broadcast = "others")]
    fn pong(&self, pong: Pong) -> Pong { pong }
}

#[derive(Default)]
struct Elsewhere;

#[server_endpoint("/elsewhere")]
impl Elsewhere {
    #[on_open(broadcast)]
    fn open(&self) {}

    #[on_close(room = "lobby")]
    fn close(&self) {}

    #[on_error(broadcast = "others")]
    fn error(&self, error: &Error) {}
}

#[derive(Default)]
struct Feed;

#[client_endpoint]
impl Feed {
    #[on_message(broadcast)]
    fn text(&self, text: String) -> String { text }

    #[on_message(room = "feed-<id>")]
    fn binary(&self, bytes: Vec<u8>) -> Vec<u8> { bytes }
}

fn main() {}
