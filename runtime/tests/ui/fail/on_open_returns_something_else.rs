#![allow(unused)]

use wspring::prelude::*;

struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_open]
    async fn open() -> Option<Self> {
        None
    }
}

fn main() {}
