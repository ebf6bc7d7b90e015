#![allow(unused)]

use wspring::prelude::*;

#[derive(FromMessage)]
enum Command {
    Text(String),
    Number(i64),
    Bytes(Vec<u8>),
    Alive(Pong),
}

#[derive(FromMessage)]
enum Packet {
    Bytes { bytes: Vec<u8> },
    Text { text: Json<String> },
}

fn main() {}
