#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_open]
    fn open(&mut self, text: &str, reason: CloseReason, error: &Error) {}

    #[on_message]
    fn say(&self, text: &str, reason: &CloseReason, error: &Error) {}

    #[on_close]
    fn close(&self, text: String, reason: CloseReason, error: &Error) {}

    #[on_error]
    fn error(&self, bytes: Vec<u8>, reason: CloseReason, error: &Error) {}
}

fn main() {}
