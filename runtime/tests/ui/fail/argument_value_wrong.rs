#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint(
    "/chat/<room>/<seat>",
    key = "uId",
    on_duplicate = "oldest",
    heartbeat = "",
    max_message_size = 0,
    unhandled = "drop",
    idle_timeout = "5",
)]
impl Chat {}

#[derive(Default)]
struct Types;

#[server_endpoint(
    "/types/<room>",
    key = room,
    on_duplicate = Newest,
    heartbeat = 25,
    max_message_size = "64 KiB",
    compression = "on",
    unhandled = Ignore,
    idle_timeout = 300,
    crate = "wspring",
)]
impl Types {}

#[derive(Default)]
struct Missing;

#[server_endpoint("/missing/<room>", key, heartbeat =, max_message_size = -1, idle_timeout = "0s", compression)]
impl Missing {}

fn main() {}
