#![allow(unused)]

use wspring as ws;
use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[ws::on_message]
    fn say(&self, text: &str) {}
}

fn main() {}
