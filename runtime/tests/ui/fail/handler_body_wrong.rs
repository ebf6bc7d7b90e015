#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn say(&self, text: &str) -> usize {
        text.length()
    }
}

fn main() {}
