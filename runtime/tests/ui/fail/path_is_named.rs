#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Java;

#[server_endpoint(value = "/chat")]
impl Java {}

fn main() {}
