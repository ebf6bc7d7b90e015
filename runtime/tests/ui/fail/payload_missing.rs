#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat/<room>")]
impl Chat {
    #[on_message]
    fn nothing(&self) {}

    #[on_message]
    fn only_session(&self, session: &Session, #[path_param] room: &str) {}
}

fn main() {}
