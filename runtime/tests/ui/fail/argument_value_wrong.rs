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
    max_age = "2 years",
    messages_per_second = 0,
    bytes_per_second = "64KiB",
    fast_producer = "block",
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
    max_age = "12",
    messages_per_second = "50",
    bytes_per_second = -1,
    fast_producer = Drop,
    crate = "wspring",
)]
impl Types {}

#[derive(Default)]
struct Missing;

#[server_endpoint("/missing/<room>", key, heartbeat =, max_message_size = -1, idle_timeout = "0s", compression)]
impl Missing {}

fn main() {}
