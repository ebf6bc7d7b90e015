#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_close]
    #[on_error]
    fn ended(&self) {}
}

fn main() {}
