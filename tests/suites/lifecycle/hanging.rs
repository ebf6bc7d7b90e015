//! Handlers that never return: how long they are kept, and what a session counts for that has ended.

use std::future::pending;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wspring::prelude::*;
use wspring::{ErrorKind, Initiator};
use wspring_tests::{Client, Log, RawClient, soon};

use crate::{Event, Scene, Seen};

/// So short that the test need not wait for it.
const SHORT: Duration = Duration::from_millis(20);

macro_rules! hanging {
    ($name:ident at $path:literal $(, $argument:ident = $value:literal)*) => {
        /// Its handlers hang where a client says so.
        #[derive(Default)]
        struct $name;

        #[server_endpoint($path $(, $argument = $value)*)]
        impl $name {
            #[on_open]
            async fn open(&self, session: &Session, #[query_param] hang: Option<String>, seen: Seen) {
                seen.record(Event::Opened(session.clone()));
                if hang.as_deref() == Some("open") {
                    pending::<()>().await;
                }
            }

            #[on_message]
            async fn message(&self, session: &Session, text: &str, seen: Seen) -> String {
                seen.record(Event::Handled(text.to_owned()));
                match text {
                    "hang" => pending().await,
                    "until closed" => {
                        session.closed().await;
                        seen.record(Event::Handled("it was told".to_owned()));
                    }
                    _ => {}
                }
                text.to_owned()
            }

            #[on_close]
            async fn close(
                &self,
                reason: CloseReason,
                #[query_param] hang: Option<String>,
                seen: Seen,
            ) {
                let CloseReason { code, reason, initiator, clean, .. } = reason;
                let code = code.as_u16();
                seen.record(Event::Closed(code, reason.into_owned(), initiator, clean));
                if hang.as_deref() == Some("close") {
                    pending::<()>().await;
                }
            }

            #[on_error]
            fn error(error: &Error, seen: Seen) {
                seen.record(Event::Failed(error.kind(), error.to_string()));
            }
        }
    };
}

hanging!(Hanging at "/hanging/<user>");
hanging!(Alone at "/hanging/alone/<user>", on_duplicate = "reject");

/// Connects, lets the handler of a message hang, and goes away without a word.
async fn leave_a_handler_behind(scene: &mut Scene, path: &str) -> Session {
    let mut client = scene.server.connect(path).await;
    let Event::Opened(session) = scene.events.next().await else {
        panic!("it opens first");
    };
    client.send("hang").await;
    scene.assert_handled("hang").await;
    drop(client);
    soon("the end of the session", session.closed()).await;
    session
}

async fn echo(client: &mut Client, text: &str) {
    client.send(text).await;
    assert_eq!(client.text().await, text);
}

#[tokio::test]
async fn sessions_that_have_ended_leave_room_for_others_though_their_handlers_hang() {
    let mut scene = Scene::start_with(Server::builder().max_connections(5)).await;
    for number in 0..5 {
        leave_a_handler_behind(&mut scene, &format!("/hanging/{number}")).await;
    }
    let handle = scene.server.handle().clone();
    assert_eq!(handle.sessions::<Hanging>().len(), 0);
    let mut sixth = scene.server.connect("/hanging/sixth").await;
    echo(&mut sixth, "hello").await;
    assert_eq!(handle.sessions::<Hanging>().len(), 1);
}

#[tokio::test]
async fn the_socket_of_a_session_that_has_ended_is_closed_though_its_handler_hangs() {
    let mut scene = Scene::start().await;
    let mut client = RawClient::upgraded(scene.server.address(), "/hanging/ann").await;
    assert!(matches!(scene.events.next().await, Event::Opened(_)));
    client.frame(0x81, b"hang").await;
    scene.assert_handled("hang").await;
    // It still listens, and would notice nothing of a server that keeps the connection.
    let mut socket = client.into_inner();
    socket.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let closed = soon("the end of the connection", socket.read_to_end(&mut rest)).await;
    assert_eq!((closed.unwrap(), rest), (0, Vec::new()));
}

#[tokio::test]
async fn a_key_is_free_when_its_session_has_ended_though_a_handler_hangs() {
    let mut scene = Scene::start().await;
    leave_a_handler_behind(&mut scene, "/hanging/alone/ann").await;
    let handle = scene.server.handle().clone();
    let nobody = handle.send_info("nobody", "ann").await;
    assert!(
        matches!(nobody, Err(SendError::Offline { .. })),
        "{nobody:?}"
    );
    let mut back = scene.server.connect("/hanging/alone/ann").await;
    assert_eq!(handle.send_info("here", "ann").await.unwrap().sessions, 1);
    assert_eq!(back.text().await, "here");
}

#[tokio::test]
async fn a_handler_that_is_left_behind_is_dropped_and_on_close_runs() {
    let log = Log::start();
    let mut scene = Scene::start_with(Server::builder().handler_grace(SHORT)).await;
    leave_a_handler_behind(&mut scene, "/hanging/ann").await;
    scene.assert_closed(1006, "", Initiator::Peer, false).await;
    let lines = log.lines("WARN");
    let [line] = &lines[..] else {
        panic!("one line names it: {lines:?}");
    };
    for part in ["Hanging", "hanging.rs:", "handler_grace"] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[tokio::test]
async fn an_on_close_that_hangs_is_dropped_and_its_key_is_free() {
    let mut scene = Scene::start_with(Server::builder().handler_grace(SHORT)).await;
    let client = scene.server.connect("/hanging/alone/ben?hang=close").await;
    assert!(matches!(scene.events.next().await, Event::Opened(_)));
    client.close().await;
    assert!(matches!(scene.events.next().await, Event::Closed(..)));
    let url = scene.server.url("/hanging/alone/ben");
    let free = async {
        while tokio_tungstenite::connect_async(&url).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    soon("the key is free", free).await;
}

#[tokio::test]
async fn a_handler_learns_that_its_session_has_ended_and_returns_by_itself() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/hanging/ann").await;
    assert!(matches!(scene.events.next().await, Event::Opened(_)));
    client.send("until closed").await;
    scene.assert_handled("until closed").await;
    drop(client);
    scene.assert_handled("it was told").await;
    assert!(matches!(
        scene.events.next().await,
        Event::Failed(ErrorKind::Closed, _)
    ));
    scene.assert_closed(1006, "", Initiator::Peer, false).await;
}

#[tokio::test]
async fn a_handler_that_takes_longer_than_its_timeout_is_dropped_and_the_session_closed() {
    let log = Log::start();
    let mut scene = Scene::start_with(Server::builder().handler_timeout(SHORT)).await;
    let mut client = scene.server.connect("/hanging/ann").await;
    assert!(matches!(scene.events.next().await, Event::Opened(_)));
    echo(&mut client, "hello").await;
    scene.assert_handled("hello").await;
    client.send("hang").await;
    scene.assert_handled("hang").await;
    let (code, reason) = client.closed().await;
    assert_eq!((code, reason.as_str()), (1011, "a handler failed"));
    let text = "a handler took longer than 20ms, its `handler_timeout`";
    scene.assert_failed(ErrorKind::Timeout, text).await;
    scene
        .assert_closed(1011, "a handler failed", Initiator::Runtime, true)
        .await;
    let lines = log.lines("WARN");
    let [line] = &lines[..] else {
        panic!("one line names it: {lines:?}");
    };
    for part in ["Hanging", "hanging.rs:", "handler_timeout"] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[tokio::test]
async fn an_on_open_that_takes_longer_than_its_timeout_refuses_the_session() {
    let mut scene = Scene::start_with(Server::builder().handler_timeout(SHORT)).await;
    let mut client = scene.server.connect("/hanging/ann?hang=open").await;
    assert!(matches!(scene.events.next().await, Event::Opened(_)));
    assert_eq!(client.closed().await.0, 1011);
    assert!(matches!(
        scene.events.next().await,
        Event::Failed(ErrorKind::Timeout, _)
    ));
    scene.assert_over().await;
}
