#![allow(unused)]

use wspring::prelude::*;

const LIMIT: usize = 0;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat", max_message_size = LIMIT)]
impl Chat {}

fn main() {}
