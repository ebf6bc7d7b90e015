#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_error]
    fn error(&self, session: &Session) {}
}

#[derive(Default)]
struct Talk;

#[server_endpoint("/talk")]
impl Talk {
    #[on_error]
    fn error(&self, one: &Error, other: &Error) {}
}

fn main() {}
