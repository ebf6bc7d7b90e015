#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat/<room>", keys = "room", encoders = [Json], heartbeat = "ping")]
impl Chat {}

fn main() {}
