//! Sessions that this program opens to other servers may be in rooms too.

use wspring::prelude::*;
use wspring::room;

use crate::Scene;

/// Passes what it hears on to a room.
#[derive(Default)]
struct Feed;

#[client_endpoint]
impl Feed {
    #[on_open]
    fn on_open(&self, session: &Session) -> Result<(), wspring::JoinError> {
        session.join("clients: feeds")?;
        Ok(())
    }

    #[on_message(room = "clients: readers")]
    fn on_message(text: String) -> String {
        format!("news: {text}")
    }
}

#[tokio::test]
async fn a_session_of_a_client_joins_sends_and_leaves() {
    let mut scene = Scene::start().await;
    let (mut reader, _) = scene.open("/member?room=clients:+readers").await;
    let url = scene.server.url("/member");
    let feed = wspring::connect::<Feed>(&url).await.unwrap();
    scene.opened().await;
    assert_eq!(room("clients: feeds").len(), 1);

    // To the server by the room, back by its echo, and from there to the readers.
    let delivered = room("clients: feeds").send("rain").await.unwrap();
    assert_eq!(delivered.sessions, 1);
    assert_eq!(reader.text().await, "news: rain");

    feed.close();
    assert_eq!(scene.closed().await.reason.code, CloseCode::NORMAL);
    while !room("clients: feeds").is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(feed.join("clients: feeds").is_err());
}
