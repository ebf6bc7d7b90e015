#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat/<room>")]
impl Chat {
    #[on_message]
    fn both(&self, #[path_param] #[query_param] room: &str, text: &str) {}

    #[on_close]
    fn receiver(#[path_param("room")] &self) {}

    #[on_error]
    #[path_param("room")]
    fn method(&self, #[path_param] (a, b): Pair, #[path_param(room)] c: &str, error: &Error) {}

    fn not_a_handler(&self, #[query_param] #[on_open] page: u32) {}
}

fn main() {}
