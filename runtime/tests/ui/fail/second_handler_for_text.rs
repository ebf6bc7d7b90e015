#![allow(unused)]

use wspring::prelude::*;

type Line = String;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn say(&self, text: &str) {}

    #[on_message]
    fn bytes(&self, bytes: Vec<u8>) {}

    #[on_message]
    fn line(&self, session: &Session, line: Line) {}

    #[on_message]
    fn number(&self, number: i64) {}
}

fn main() {}
