#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Truth;

#[server_endpoint("/truth")]
impl Truth {
    #[on_handshake]
    fn check(handshake: &Handshake) -> bool {
        true
    }
}

#[derive(Default)]
struct Text;

#[server_endpoint("/text")]
impl Text {
    #[on_handshake]
    async fn check(handshake: &Handshake) -> Result<Accept, String> {
        Err("no".to_owned())
    }
}

fn main() {}
