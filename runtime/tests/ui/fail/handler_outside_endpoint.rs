#![allow(unused)]

use wspring::prelude::*;

struct Chat;

impl Chat {
    #[on_open]
    fn open(&self) {}

    #[on_message]
    fn say(&self, #[path_param] room: &str, text: &str) {}

    #[on_close]
    fn close(&self) {}

    #[on_error]
    fn error(&self) {}
}

#[on_message]
fn say(text: &str) {}

fn main() {}
