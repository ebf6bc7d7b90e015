#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
#[server_endpoint("/chat/<room>/<seat>")]
struct Chat;

#[server_endpoint]
impl Chat {
    #[on_message]
    fn say(&self, #[path_param] rom: &str, #[path_param("sit")] seat: u8, text: &str) {}
}

#[derive(Default)]
#[server_endpoint("/news")]
struct News;

#[server_endpoint]
impl News {
    #[on_message]
    fn say(&self, #[path_param] topic: &str, text: &str) {}
}

fn main() {}
