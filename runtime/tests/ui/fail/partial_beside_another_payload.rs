#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn flag(&self, part: Partial<&str>, is_last: bool) {}

    #[on_message]
    fn both(&self, part: Partial<&[u8]>, whole: Vec<u8>) {}
}

#[derive(Default)]
struct Upload;

#[server_endpoint("/upload")]
impl Upload {
    #[on_message]
    async fn upload(&self, message: MessageReader<Binary>, is_last: bool) {}

    #[on_message]
    fn pong(&self, pong: Pong, is_last: bool) {}
}

fn main() {}
