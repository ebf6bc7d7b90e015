#![allow(unused)]

use wspring::prelude::*;

#[server_endpoint("/chat")]
fn chat(text: &str) {}

#[server_endpoint("/module")]
mod module {}

#[server_endpoint("/trait")]
trait Chat {
    #[on_message]
    fn say(&self, text: &str);
}

#[server_endpoint("/tuple")]
impl (u8, u8) {}

fn main() {}
