#![allow(unused)]

use wspring::prelude::*;

#[server_endpoint("/chat")]
struct Chat;

impl Chat {}

fn main() {}
