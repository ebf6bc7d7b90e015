#![allow(unused)]

use wspring::prelude::*;

struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn say(&self, text: &str) {}
}

struct Talk;

#[server_endpoint("/talk")]
impl Talk {
    #[on_open]
    fn open(&mut self) {}
}

fn main() {}
