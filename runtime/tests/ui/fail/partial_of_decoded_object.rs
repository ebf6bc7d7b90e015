#![allow(unused)]

use serde_json::Value;
use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn object(&self, part: Partial<Json<Value>>) {}

    #[on_message]
    fn pong(&self, part: Partial<Pong>) {}
}

fn main() {}
