#![allow(unused)]

use wspring::prelude::*;

struct Something;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_open]
    fn open(&mut self, something: Something) {}

    #[on_message]
    fn say(&self, text: &str, something: &Something) {}
}

fn main() {}
