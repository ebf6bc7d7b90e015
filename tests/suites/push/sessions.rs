//! `Endpoint::sessions` and `ServerHandle::sessions`: who is connected.

use std::collections::HashSet;

use wspring::prelude::*;

use crate::{Event, Everyone, Newest, Scene, Seen};

/// Says from inside its handlers how many there are.
#[derive(Default)]
struct Counting;

#[server_endpoint("/counting")]
impl Counting {
    #[on_open]
    async fn on_open(&self, session: &Session, seen: Seen) -> Result<(), SendError> {
        session.send(Self::sessions().len()).await?;
        seen.record(Event::Opened(session.clone()));
        Ok(())
    }

    #[on_message]
    fn count(&self, _text: &str) -> String {
        let sessions = Self::sessions();
        format!(
            "{} {} {}",
            sessions.len(),
            sessions.is_empty(),
            sessions.to_vec().len()
        )
    }

    #[on_close]
    fn on_close(&self, session: &Session, seen: Seen, reason: CloseReason) {
        assert!(
            !Self::sessions().into_iter().any(|other| other == *session),
            "it is counted no more"
        );
        seen.record(Event::Closed(reason));
    }
}

/// The only test that connects to this endpoint, because it counts over all servers of the process.
#[tokio::test]
async fn f21_j7_an_endpoint_counts_its_sessions_over_all_servers() {
    let mut one = Scene::start().await;
    let mut other = Scene::start().await;
    assert!(Counting::sessions().is_empty());
    let mut first = one.server.connect("/counting").await;
    one.opened().await;
    assert_eq!(
        first.text().await,
        "1",
        "a session is counted from before its on_open"
    );
    let mut second = other.server.connect("/counting").await;
    other.opened().await;
    assert_eq!(second.text().await, "2");
    second.send("count").await;
    assert_eq!(second.text().await, "2 false 2");
    assert_eq!(one.server.handle().sessions::<Counting>().len(), 1);
    let _newest = one.open("/newest/ann").await;
    assert_eq!(
        Counting::sessions().len(),
        2,
        "those of other endpoints are not counted"
    );
    first.close().await;
    one.closed().await;
    assert_eq!(Counting::sessions().len(), 1);
    second.close().await;
    other.closed().await;
    assert!(Counting::sessions().is_empty());
}

#[tokio::test]
async fn f21_a_list_holds_the_sessions_themselves() {
    let mut scene = Scene::start().await;
    let mut clients = Vec::new();
    let mut opened = HashSet::new();
    for user in ["ann", "ben", "ben"] {
        clients.push(scene.server.connect(&format!("/everyone/{user}")).await);
        opened.insert(scene.opened().await.id());
    }
    assert_eq!(opened.len(), 3, "each session has its own id");
    let view = scene.server.handle().sessions::<Everyone>();
    let listed: HashSet<_> = view.to_vec().iter().map(Session::id).collect();
    assert_eq!(listed, opened);
    let mut bens = 0;
    for session in view.clone() {
        assert!(session.is_open());
        if session.path_param("user") == Some("ben") {
            session.try_send("hello ben").unwrap();
            bens += 1;
        }
    }
    assert_eq!(bens, 2);
    for client in &mut clients[1..] {
        assert_eq!(client.text().await, "hello ben");
    }

    // A view is counted when it is asked, a list is what it was.
    let list = view.to_vec();
    clients.swap_remove(0).close().await;
    scene.closed().await;
    assert_eq!((view.len(), list.len()), (2, 3));
    assert_eq!(list.iter().filter(|session| session.is_open()).count(), 2);
    assert!(scene.server.handle().sessions::<Newest>().is_empty());
}
