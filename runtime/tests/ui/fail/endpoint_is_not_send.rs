#![allow(unused)]

use std::rc::Rc;

use wspring::prelude::*;

#[derive(Default)]
struct Chat {
    lines: Rc<Vec<String>>,
}

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn say(&mut self, text: &str) {}
}

fn main() {}
