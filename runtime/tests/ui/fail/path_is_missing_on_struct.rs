#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
#[server_endpoint]
struct Chat;

#[server_endpoint]
impl Chat {
    #[on_message]
    fn say(#[path_param] room: &str, text: &str) {}
}

fn main() {}
