#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_open]
    fn open() -> Self {
        Self
    }

    #[on_open]
    fn opened(&mut self) {}

    #[on_close]
    fn close(&self) {}

    #[on_close]
    fn closed(&self) {}

    #[on_error]
    fn error(&self, error: &Error) {}

    #[on_error]
    fn failed(&self, error: &Error) {}
}

fn main() {}
