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

    #[on_message]
    fn shout(&self, text: String, #[path_param("rom")] room: &str) {}

    /// Nothing is said about its payload: what `to` was meant to be is not known.
    #[on_message]
    fn whisper(&self, #[path_param(room)] to: &str) {}

    #[on_message]
    fn nothing(&self, session: &Session) {}

    #[on_close]
    fn close(&self) {}

    #[on_close]
    fn closed(&self, error: &Error) {}

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
