#![allow(unused)]

use wspring::prelude::*;

#[derive(FromMessage, IntoMessage)]
enum Command {
    Text(String),
    Nothing,
    Empty(),
    Two(String, i64),
    Named { x: i32, y: i32, z: i32 },
}

fn main() {}
