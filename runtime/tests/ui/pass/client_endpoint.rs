#![deny(warnings)]

use wspring::prelude::*;

const LIMIT: usize = 1024;

#[derive(Default)]
struct Plain;

#[client_endpoint]
impl Plain {}

struct Every {
    token: Option<String>,
}

#[client_endpoint(
    subprotocols = ["chat.v2", "chat.v1"],
    max_message_size = LIMIT * 2,
    compression = true,
    unhandled = "ignore",
    idle_timeout = "5m",
    crate = wspring,
)]
impl Every {
    #[on_open]
    async fn open(session: &Session, handshake: &Handshake, #[query_param] token: Option<String>) -> Self {
        let _ = (session.id(), handshake.response_headers());
        Self { token }
    }

    #[on_message(max_message_size = 4096)]
    fn text(&mut self, text: &str, limit: State<u64>) -> String {
        format!("{text} {} {:?}", *limit, self.token)
    }

    #[on_message]
    async fn binary(&self, bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }

    #[on_message]
    fn pong(_: Pong) {}

    #[on_close]
    fn close(&self, reason: CloseReason) -> Result<(), String> {
        Err(reason.to_string())
    }

    #[on_error]
    fn error(error: &Error) {
        println!("{error}");
    }
}

fn main() {
    let connect = wspring::connect::<Every>("ws://localhost");
    drop(connect);
}
