#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Prices;

#[client_endpoint]
impl Prices {
    #[on_message]
    fn price(&self, text: &str, #[path_param] id: i64, #[path_param("name")] label: &str) {}
}

#[client_endpoint]
#[derive(Default)]
struct Trades;

trait Feed {}

#[client_endpoint]
impl Feed for Prices {}

#[derive(Default)]
struct Orders;

#[client_endpoint]
impl Orders {
    #[on_handshake]
    fn check(handshake: &Handshake) {}
}

fn main() {}
