#![allow(unused)]

use wspring::prelude::*;

struct Point {
    x: i32,
    y: i32,
}

#[derive(FromMessage)]
enum Command {
    Text(String),
    Point(Point),
}

#[derive(IntoMessage)]
enum Answer {
    Text(String),
    Point(Point),
}

fn main() {}
