//! `Echo` of `Echo.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Echo;

#[server_endpoint("/echo")]
impl Echo {
    #[on_message]
    fn on_message(message: &str) -> String {
        format!("echo: {message}")
    }
}
