//! Enums that are payloads and replies, without a warning.
#![deny(warnings, missing_docs, unsafe_code)]
#![forbid(unused)]

use wspring as web;

use serde_json::Value;
use web::prelude::*;

type Line = String;

#[derive(Debug, FromMessage, IntoMessage)]
#[wspring(crate = web)]
enum Command {
    /// Documented.
    Object(Json<Value>),
    Number { number: i64 },
    #[cfg(any())]
    Never(Vec<u8>),
    Line(Line),
}

#[derive(FromMessage)]
enum Only {
    Bytes(Vec<u8>),
}

#[derive(IntoMessage)]
enum Answer<'a, T>
where
    T: IntoMessage,
{
    Borrowed(&'a str),
    Bytes(&'a [u8]),
    Other(T),
}

#[derive(Default)]
struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_message]
    fn text(&self, command: Command) -> Command {
        command
    }

    #[on_message]
    async fn binary(&self, Only::Bytes(bytes): Only, session: &Session) -> Option<Answer<'static, i64>> {
        let sent = session.send(Answer::<i64>::Bytes(&bytes)).await;
        match bytes.len() {
            0 => None,
            1 => Some(Answer::Borrowed("one")),
            _ => Some(Answer::Other(i64::from(sent.is_ok()))),
        }
    }
}

fn main() {}
