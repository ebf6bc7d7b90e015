#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat/<room>/<seat>")]
impl Chat {
    #[on_message]
    fn say(&self, #[path_param] rom: &str, #[path_param("sit")] seat: u8, text: &str) {}
}

#[derive(Default)]
struct News;

#[server_endpoint("/news")]
impl News {
    #[on_message]
    fn say(&self, #[path_param] topic: &str, text: &str) {}
}

fn main() {}
