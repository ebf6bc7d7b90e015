#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint]
impl Chat {
    #[on_message]
    fn say(&self, #[path_param] room: &str, text: &str) {}
}

fn main() {}
