#![deny(warnings)]

use wspring::prelude::*;

const LIMIT: usize = 64 * 1024;

#[derive(Default)]
struct Newest;

#[server_endpoint(
    "/newest/<tenant>/<user>",
    key = "user",
    on_duplicate = "newest",
    heartbeat = "ping",
    max_message_size = 65536,
    compression = true,
    origins = ["https://app.example.com", "http://[::1]:3000"],
    subprotocols = ["v2.chat", "v1.chat"],
    crate = wspring,
)]
impl Newest {}

#[derive(Default)]
#[server_endpoint("/all/<user>", on_duplicate = "all", max_message_size = LIMIT, origins = "any", subprotocols = [])]
struct All;

#[server_endpoint]
impl All {}

#[derive(Default)]
#[server_endpoint("/reject/{user}", on_duplicate = "reject", max_message_size = LIMIT / 2)]
enum Reject {
    #[default]
    Only,
}

#[server_endpoint]
impl Reject {}

#[derive(Default)]
struct CloseOlder;

#[server_endpoint(r"/close/<user>", on_duplicate = "close_older", heartbeat = r#"{"type":"ping"}"#, compression = false, origins = "same")]
impl CloseOlder {}

#[derive(Default)]
struct KeyOfHandshake;

#[server_endpoint("/account", on_duplicate = "reject")]
impl KeyOfHandshake {
    #[on_handshake]
    fn key(#[query_param] user: &str) -> Accept {
        Accept::new().key(user)
    }
}

#[derive(Default)]
#[server_endpoint("/replies/<room>/{seat}")]
struct Replies;

#[server_endpoint]
impl Replies {
    #[on_message(broadcast, max_message_size = LIMIT)]
    fn text(text: &str) -> Result<Option<&str>, String> {
        Ok(Some(text))
    }

    #[on_message(max_message_size = 10, broadcast = "others")]
    async fn binary(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    #[on_message(room = r"<room>, {seat}: *. 🏠")]
    fn pong(&self, pong: Pong) -> Pong {
        pong
    }
}

#[derive(Default)]
struct Feed;

#[client_endpoint]
impl Feed {
    #[on_message(room = "feed")]
    fn text(text: String) -> Option<String> {
        Some(text)
    }
}

fn main() {}
