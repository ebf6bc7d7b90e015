#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn part(&self, part: Partial<&str>) {}

    #[on_message]
    fn whole(&self, text: String) {}

    #[on_message]
    async fn stream(&self, message: MessageReader<Binary>) {}

    #[on_message]
    fn bytes(&self, part: Partial<Vec<u8>>) {}
}

fn main() {}
