#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
#[server_endpoint("/chat/<room>")]
struct Chat;

#[server_endpoint(key = "room", heartbeat = "ping")]
impl Chat {}

fn main() {}
