use wspring::prelude::*;

const NONE: usize = 0;

#[derive(Default)]
struct Messages;

#[server_endpoint("/messages/<room>", messages_per_second = NONE)]
impl Messages {}

#[derive(Default)]
struct Bytes;

#[server_endpoint("/bytes/<room>", bytes_per_second = NONE)]
impl Bytes {}

fn main() {}
