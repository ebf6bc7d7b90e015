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

struct Ported {
    u_id: i64,
}

#[server_endpoint("/webSocket/<u_id>")]
impl Ported {
    #[on_open]
    fn on_open(session: Session, u_id: i64) -> Self {
        Self { u_id }
    }

    #[on_close]
    fn on_close(&self, u_id: i64) {}

    #[on_error]
    fn on_error(&self, error: &Error, u_id: i64) {}
}

fn main() {}
