#![allow(unused)]

use wspring::prelude::*;

#[server_endpoint("/feed")]
struct Feed<T> {
    items: Vec<T>,
}

struct Line<'a>(&'a str);

#[server_endpoint("/line")]
impl Line<'_> {}

struct Log<T>(T);

#[server_endpoint("/log")]
impl<T> Log<T> {
    #[on_message]
    fn write(&mut self, text: &str) {}
}

fn main() {}
