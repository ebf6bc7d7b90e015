#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Log;

#[server_endpoint("/log")]
impl Log {
    #[on_message]
    fn write(&self, text: &str, more: ...) {}
}

fn main() {}
