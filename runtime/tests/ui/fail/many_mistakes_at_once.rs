#![allow(unused)]

use wspring::prelude::*;

struct Chat {
    room: String,
}

#[server_endpoint("/chat/<room>", kye = "room", on_duplicate = "oldest")]
impl Chat {
    #[on_open]
    fn open(#[path_param("rom")] room: String) -> Self {
        Self { room }
    }

    #[on_message]
    fn say(self, text: &str) {}

    #[on_close]
    fn close(&self) {}

    #[on_close]
    fn closed(&self) {}

    /// Nothing is said about what stands outside: the endpoint is there in spite of its mistakes.
    fn others(&self) -> usize {
        self.room.len() + Self::sessions().len()
    }
}

async fn elsewhere(chat: &Chat) -> usize {
    Chat::send_info("hello", &chat.room).await.ok();
    chat.others()
}

fn main() {}
