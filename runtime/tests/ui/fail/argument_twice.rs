#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat/<room>", "/talk/<room>", key = "room", key = "room")]
impl Chat {}

#[derive(Default)]
struct Late;

#[server_endpoint(key = "room", "/late/<room>")]
impl Late {}

fn main() {}
