#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_open(max_message_size = 10)]
    fn open(&self) {}

    #[on_close(code = 1000)]
    fn close(&self) {}

    #[on_error = "log"]
    fn error(&self, error: &Error) {}
}

fn main() {}
