#![allow(unused)]

use wspring::prelude::*;

struct Answer;

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    async fn text(&self, text: &str) -> Answer {
        Answer
    }

    #[on_message]
    fn binary(&self, bytes: &[u8]) -> Option<Answer> {
        None
    }

    #[on_message]
    fn pong(&self, pong: Pong) -> Result<Answer, Error> {
        Ok(Answer)
    }
}

fn main() {}
