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
    crate = "wspring",
)]
impl Types {}

#[derive(Default)]
struct Missing;

#[server_endpoint("/missing/<room>", key, heartbeat =, max_message_size = -1, compression)]
impl Missing {}

fn main() {}
