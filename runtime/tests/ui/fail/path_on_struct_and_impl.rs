#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
#[server_endpoint("/chat")]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {}

fn main() {}
