#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_open]
    fn open(&mut self) -> u8 {
        1
    }

    #[on_close]
    async fn close(&self) -> &'static str {
        "closed"
    }

    #[on_error]
    fn error(&self, error: &Error) -> Option<()> {
        None
    }
}

fn main() {}
