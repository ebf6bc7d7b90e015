#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint(
    "/chat",
    origins = ["https://app.example.com/", "*", "app.example.com"],
    subprotocols = ["v2 chat", "", "v1", "v1"],
)]
impl Chat {}

#[derive(Default)]
struct Words;

#[server_endpoint("/words", origins = "all", subprotocols = "v1")]
impl Words {}

#[derive(Default)]
struct Tokens;

#[server_endpoint("/tokens", origins = [any], subprotocols = ["v1", v2])]
impl Tokens {}

fn main() {}
