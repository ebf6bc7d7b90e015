#![allow(unused)]

use wspring::prelude::*;

struct Failure;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn text(&self, text: &str) -> Result<String, Failure> {
        Err(Failure)
    }

    #[on_close]
    fn close(&self) -> Result<(), Failure> {
        Err(Failure)
    }
}

fn main() {}
