#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Prices;

#[client_endpoint("/prices", key = "id", subprotocols = "v1", max_message_size = 0, compression = "on", unhandled = "drop", idle_timeout = "5")]
impl Prices {}

#[derive(Default)]
struct Trades;

#[client_endpoint(subprotocols = ["v1", "not a token", "", "v1"])]
impl Trades {}

fn main() {}
