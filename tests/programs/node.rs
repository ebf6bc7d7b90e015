//! One node of a cluster, configured from outside, that does what it is asked to.

use std::time::SystemTime;

use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use wspring::prelude::*;
use wspring::{
    CloseCode, Count, Delivered, InvalidClose, JoinError, close_key, close_user, is_online, keys,
    room,
};

macro_rules! endpoint {
    ($name:ident at $path:literal $(, $argument:ident = $value:literal)*) => {
        #[derive(Default)]
        struct $name;

        #[server_endpoint($path $(, $argument = $value)*)]
        impl $name {
            #[on_message]
            fn echo(&self, text: String) -> String {
                text
            }
        }
    };
}

endpoint!(User at "/users/<key>");
endpoint!(Everyone at "/everyone/<key>", on_duplicate = "all");
endpoint!(First at "/first/<key>", on_duplicate = "reject");
endpoint!(Replacing at "/replacing/<key>", on_duplicate = "close_older");

/// Its key comes from the query, where it may have what no path may have, and so does its user.
#[derive(Default)]
struct Anybody;

#[server_endpoint("/anybody")]
impl Anybody {
    #[on_handshake]
    fn key(#[query_param] key: String, #[query_param] user: Option<String>) -> Accept {
        let accept = Accept::new().key(key);
        match user {
            Some(user) => accept.principal(user),
            None => accept,
        }
    }

    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

/// In a room, to which it says what it hears. It may leave it, too.
#[derive(Default)]
struct Member;

#[server_endpoint("/rooms", heartbeat = "are you there?")]
impl Member {
    #[on_open]
    fn join(&self, session: &Session, #[query_param] room: &str) -> Result<(), JoinError> {
        session.join(room)?;
        Ok(())
    }

    #[on_message]
    async fn say(&self, session: &Session, text: &str) -> Result<(), SendError> {
        for room in session.rooms() {
            if text == "leave" {
                session.leave(room);
            } else {
                room.send(text).await?;
            }
        }
        Ok(())
    }
}

/// Says what it hears to a room, as the reply of its handler.
#[derive(Default)]
struct Speaker;

#[server_endpoint("/speakers/<room>", heartbeat = "are you there?")]
impl Speaker {
    #[on_message(room = "<room>")]
    fn say(text: String) -> String {
        text
    }
}

/// Says what it hears to all.
#[derive(Default)]
struct Everybody;

#[server_endpoint("/everybody", heartbeat = "are you there?")]
impl Everybody {
    #[on_message(broadcast)]
    fn say(text: String) -> String {
        text
    }
}

/// Does for a test what it is told to, and says what became of it.
#[derive(Default)]
struct Control;

/// What a test wants a node to do.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Command {
    /// A text to a key.
    Push(String, String),
    /// A text to a room.
    Room(String, String),
    /// A text to all of `/everybody`.
    Broadcast(String),
    /// How many are in a room.
    Count(String),
    /// How many are at `/everybody`.
    CountEverybody,
    CloseKey(String),
    CloseUser(String),
    IsOnline(String),
    Keys,
    /// The time of day, in seconds.
    Time,
}

#[server_endpoint("/control", max_message_size = 4_194_304)]
impl Control {
    #[on_message]
    async fn command(&self, Json(command): Json<Command>) -> Result<String, InvalidClose> {
        let (code, reason) = (CloseCode::POLICY, "you have logged out");
        Ok(match command {
            Command::Push(key, text) => sent(send_info(text, key).await),
            Command::Room(name, text) => sent(room(name).send(text).await),
            Command::Broadcast(text) => sent(Everybody::broadcast(text).await),
            Command::Count(name) => counted(room(name).count().await),
            Command::CountEverybody => counted(Everybody::count().await),
            Command::CloseKey(key) => counted(close_key(key, code, reason).await?),
            Command::CloseUser(user) => counted(close_user(&user, code, reason).await?),
            Command::Time => {
                let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
                since.as_secs().to_string()
            }
            Command::IsOnline(key) => is_online(key).to_string(),
            Command::Keys => {
                let mut keys = keys();
                keys.sort();
                keys.join(" ")
            }
        })
    }
}

fn sent(sent: Result<Delivered, SendError>) -> String {
    match sent {
        Ok(delivered) if delivered.is_partial => format!("partly {}", delivered.sessions),
        Ok(delivered) => format!("delivered {}", delivered.sessions),
        Err(SendError::Offline { .. }) => "offline".to_owned(),
        Err(SendError::BrokerUnavailable { .. }) => "broker".to_owned(),
        Err(SendError::Unanswered { .. }) => "unanswered".to_owned(),
        Err(SendError::TooLarge { .. }) => "too large".to_owned(),
        Err(error) => format!("failed: {error}"),
    }
}

fn counted(count: Count) -> String {
    let word = if count.is_partial {
        "partly"
    } else {
        "delivered"
    };
    format!("{word} {}", count.sessions)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    wspring::run().await
}
