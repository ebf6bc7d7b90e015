#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Number;

#[server_endpoint(8080)]
impl Number {}

#[derive(Default)]
struct Bare;

#[server_endpoint(/chat)]
impl Bare {}

const PATH: &str = "/chat";

#[derive(Default)]
struct Constant;

#[server_endpoint(PATH)]
impl Constant {}

fn main() {}
