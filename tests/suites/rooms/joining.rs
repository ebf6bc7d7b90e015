//! Joining in `#[on_open]`: counted at once, reached when the endpoint has accepted the session.

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
async fn nothing_is_delivered_before_on_open_has_returned() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/slow?room=early&fails=false").await;
    let session = scene.opened().await;
    assert_eq!(room("early").len(), 1, "it is counted at once");
    assert_eq!(session.rooms(), [room("early")]);
    assert_eq!(room("early").send("too early").await.unwrap().sessions, 0);
    assert_eq!(Slow::broadcast("too early").await.unwrap().sessions, 0);

    scene.gate.let_through();
    assert_eq!(client.text().await, "welcome");
    in_step(&mut client).await;
    assert_eq!(room("early").send("in time").await.unwrap().sessions, 1);
    assert_eq!(client.text().await, "in time");
}

#[tokio::test]
async fn a_session_that_on_open_refuses_was_never_reached_and_is_out() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/slow?room=refused&fails=true").await;
    let session = scene.opened().await;
    assert_eq!(room("refused").send("too early").await.unwrap().sessions, 0);
    scene.gate.let_through();
    assert_eq!(client.closed().await.0, 1011, "nothing came before it");
    scene.server.stop().await;
    assert!(room("refused").is_empty());
    assert!(session.join("refused").is_err());
}
