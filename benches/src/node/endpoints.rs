//! The endpoints, as a user would write them.

use wspring::prelude::*;
use wspring::{BoxError, JoinError, Room, room};
use wspring_bench::pushes::{Figures, Pushes};

use crate::measure::measure;

/// The connection of one user, who only listens.
#[derive(Default)]
struct WebSocketServer;

#[server_endpoint("/webSocket/<uId>")]
impl WebSocketServer {
    #[on_message]
    fn on_message(text: String) -> String {
        text
    }
}

/// Sends what it hears to its room, as the reply of its handler: that waits for no other node.
#[derive(Default)]
struct Chat;

#[server_endpoint("/chat/<room>")]
impl Chat {
    #[on_open]
    fn join(&self, session: &Session, #[path_param] room: &str) -> Result<(), JoinError> {
        session.join(room)?;
        Ok(())
    }

    #[on_message(room = "<room>")]
    fn say(text: String) -> String {
        text
    }
}

/// Sends what it hears to its room, and waits until all nodes have it.
struct Member {
    room: Room,
}

#[server_endpoint("/rooms/<room>")]
impl Member {
    #[on_open]
    fn join(session: &Session, #[path_param("room")] name: &str) -> Result<Self, JoinError> {
        session.join(name)?;
        Ok(Self { room: room(name) })
    }

    #[on_message]
    async fn say(&self, text: String) -> Result<(), BoxError> {
        let delivered = self.room.send(text).await?;
        if delivered.is_partial {
            return Err("a node did not answer".into());
        }
        Ok(())
    }

    /// The load generator notices that it is gone.
    #[on_error]
    fn failed(session: &Session, _error: &Error) {
        session.close();
    }
}

/// Sends as fast as it can, and says how fast that was.
#[derive(Default)]
struct Measure;

#[server_endpoint("/measure")]
impl Measure {
    #[on_message]
    async fn measure(Json(pushes): Json<Pushes>) -> Json<Figures> {
        Json(measure(pushes).await)
    }
}
