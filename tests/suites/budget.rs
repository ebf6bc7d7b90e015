//! The memory budget of a server, and thousands of peers that read nothing.

use wspring::prelude::*;
use wspring::{Initiator, Sessions};
use wspring_tests::{Events, Log, RawClient, Recorder, TestServer, events, open_files};

const SLOW: usize = 2_000;
const BUDGET: usize = 32 * 1024 * 1024;
/// How much is sent to each that reads nothing: four times the budget in all.
const EACH: usize = 64 * 1024;

struct Reader;

#[server_endpoint("/reader/<key>", on_duplicate = "all")]
impl Reader {
    #[on_open]
    fn open() -> Self {
        Self
    }

    #[on_message]
    fn echo(text: String) -> String {
        text
    }

    #[on_close]
    fn closed(reason: CloseReason, #[path_param] key: String, seen: State<Recorder<Closed>>) {
        seen.record((key, reason));
    }
}

type Closed = (String, CloseReason);

async fn serve(budget: impl Into<Option<usize>>) -> (TestServer, Events<Closed>) {
    open_files::raise_limit();
    let (recorder, closed) = events::<Closed>();
    let builder = Server::builder().memory_budget(budget).state(recorder);
    (TestServer::start_with(builder).await, closed)
}

async fn clients(server: &TestServer, key: &str, count: usize) -> Vec<RawClient> {
    let mut clients = Vec::new();
    for _ in 0..count {
        let path = format!("/reader/{key}");
        clients.push(RawClient::narrow(server.address(), &path).await);
    }
    while sessions(server, key).count() < count {
        tokio::task::yield_now().await;
    }
    clients
}

fn sessions(server: &TestServer, key: &str) -> impl Iterator<Item = Session> {
    let key = key.to_owned();
    let all: Sessions = server.handle().sessions::<Reader>();
    all.into_iter()
        .filter(move |session| session.path_param("key") == Some(&key))
}

/// Queues so many bytes, of which no connection has written any yet: it is one thread, and nothing is awaited.
fn queue(session: &Session, bytes: usize) {
    for _ in 0..bytes / 1024 {
        session.try_send("x".repeat(1024)).expect("there is room");
    }
}

#[tokio::test]
async fn thousands_of_slow_readers_are_held_to_the_budget_and_the_others_stay() {
    let log = Log::start();
    let (server, mut closed) = serve(BUDGET).await;
    let mut good = clients(&server, "good", 5).await;
    let _slow = clients(&server, "slow", SLOW).await;
    for session in sessions(&server, "good") {
        queue(&session, 8 * 1024);
    }
    for session in sessions(&server, "slow") {
        queue(&session, EACH);
    }
    // Before there was an excess, the budget was queued once. What the kernel takes of that needs no budget any more.
    for _ in 0..SLOW - 2 * BUDGET / EACH {
        let (key, reason) = closed.next().await;
        assert_eq!((&*key, reason.code), ("slow", CloseCode::TRY_AGAIN_LATER));
        assert_eq!(
            (reason.initiator, reason.clean),
            (Initiator::Runtime, false)
        );
    }
    for client in &mut good {
        for _ in 0..8 {
            assert_eq!(client.read_frame().await.payload.len(), 1024);
        }
        client.frame(0x81, b"still here").await;
        assert_eq!(client.read_frame().await.payload, b"still here");
    }
    let left = sessions(&server, "slow").count();
    assert!(
        left >= BUDGET / EACH * 8 / 10,
        "no more than necessary: {left}"
    );
    let lines = log.lines("WARN");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("memory_budget"), "{lines:?}");
}

#[tokio::test]
async fn the_session_that_holds_the_most_goes_first() {
    let (server, mut closed) = serve(1024 * 1024).await;
    let _small = clients(&server, "small", 5).await;
    let _large = clients(&server, "large", 10).await;
    for session in sessions(&server, "small") {
        queue(&session, 100 * 1024);
    }
    for session in sessions(&server, "large") {
        queue(&session, 1000 * 1024);
    }
    let (key, reason) = closed.next().await;
    assert_eq!((&*key, reason.code), ("large", CloseCode::TRY_AGAIN_LATER));
    assert_eq!(sessions(&server, "small").count(), 5);
}

#[tokio::test]
async fn without_a_budget_nobody_is_cut_off_and_with_the_default_there_is_room() {
    let (server, mut closed) = serve(None).await;
    let mut clients = clients(&server, "all", 50).await;
    for session in sessions(&server, "all") {
        queue(&session, 500 * 1024);
    }
    for client in &mut clients {
        for _ in 0..500 {
            client.read_frame().await;
        }
    }
    assert_eq!(closed.rest(), []);
}
