#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
#[server_endpoint("/<id>/friends/{id}")]
struct Friends;

#[server_endpoint]
impl Friends {
    #[on_message]
    fn add(&self, #[path_param] id: i64, friend: i64) {}
}

fn main() {}
