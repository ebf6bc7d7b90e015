//! Joining in `#[on_open]`: counted and reached at once; what is sent waits until the endpoint has accepted the session.

use wspring::prelude::*;
use wspring::{BoxError, room};

use crate::{Event, Gate, Scene, Seen, in_step};

/// Its `#[on_open]` returns when the test lets it.
#[derive(Default)]
struct Slow;

#[server_endpoint("/slow")]
impl Slow {
    #[on_open]
    async fn on_open(
        &self,
        session: &Session,
        #[query_param] room: &str,
        #[query_param] fails: bool,
        seen: Seen,
        gate: State<Gate>,
    ) -> Result<(), BoxError> {
        session.join(room)?;
        seen.record(Event::Opened(session.clone()));
        gate.pass().await;
        if fails {
            return Err("not today".into());
        }
        session.send("welcome").await?;
        Ok(())
    }

    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

#[tokio::test]
async fn what_is_sent_before_on_open_has_returned_is_delivered_right_after() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/slow?room=early&fails=false").await;
    let session = scene.opened().await;
    assert_eq!(room("early").len(), 1, "it is counted at once");
    assert_eq!(session.rooms(), [room("early")]);
    assert_eq!(room("early").send("to the room").await.unwrap().sessions, 1);
    assert_eq!(Slow::broadcast("to all").await.unwrap().sessions, 1);

    scene.gate.let_through();
    assert_eq!(client.text().await, "welcome");
    assert_eq!(client.text().await, "to the room");
    assert_eq!(client.text().await, "to all");
    in_step(&mut client).await;
    assert_eq!(room("early").send("in time").await.unwrap().sessions, 1);
    assert_eq!(client.text().await, "in time");
}

#[tokio::test]
async fn a_session_that_on_open_refuses_gets_nothing_and_is_out() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/slow?room=refused&fails=true").await;
    let session = scene.opened().await;
    assert_eq!(room("refused").send("a secret").await.unwrap().sessions, 1);
    scene.gate.let_through();
    assert_eq!(client.closed().await.0, 1011, "nothing came before it");
    scene.server.stop().await;
    assert!(room("refused").is_empty());
    assert!(session.join("refused").is_err());
}
