#![allow(unused)]

use wspring::prelude::*;

#[derive(FromMessage)]
struct Text(String);

#[derive(IntoMessage)]
union Either {
    text: u64,
    bytes: [u8; 8],
}

#[derive(FromMessage)]
enum Nothing {}

fn main() {}
