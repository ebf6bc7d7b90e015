//! What a node remembers of the sessions of others, and a session of its request, counted by an allocator. Nothing else
//! runs in this program, and its tests run one at a time.

use dhat::{HeapStats, Profiler};
use tokio::sync::Mutex;
use wspring::SlowConsumer;
use wspring::cluster::{LocalBroker, Presence};
use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{RawClient, TestServer, open_files, soon};

#[global_allocator]
static HEAP: dhat::Alloc = dhat::Alloc;

/// More than the table of keys can have before it grows to 4,096 places, so that it has just grown: nobody needs more for
/// one of them.
const SESSIONS: usize = 1800;

/// Held by the test that counts.
static COUNTING: Mutex<()> = Mutex::const_new(());

#[derive(Default)]
struct User;

#[server_endpoint("/users/<key>")]
impl User {
    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

/// A node of this broker's cluster, as soon as it knows so many keys.
async fn node(broker: &LocalBroker, keys: usize) -> (TestServer, Presence) {
    let server = TestServer::start_with(Server::builder().broker(broker.clone())).await;
    let presence = server.handle().presence().expect("it is in a cluster");
    let knows = async {
        while !presence.is_complete() || presence.len() != keys {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    soon("all keys", knows).await;
    (server, presence)
}

fn in_use() -> usize {
    HeapStats::get().curr_bytes
}

#[tokio::test]
async fn a_session_of_another_node_takes_at_most_200_bytes() {
    let _counting = COUNTING.lock().await;
    open_files::raise_limit();
    let (crowded, empty) = (LocalBroker::new(), LocalBroker::new());
    let (full, _) = node(&crowded, 0).await;
    let mut clients = Vec::new();
    for number in 0..SESSIONS {
        let path = format!("/users/user-with-a-name-{number:06}");
        clients.push(RawClient::upgraded(full.address(), &path).await);
    }
    // What is made once is made before.
    drop(node(&empty, 0).await);
    drop(node(&crowded, SESSIONS).await);

    let _profiler = Profiler::builder().testing().build();
    let before = in_use();
    let nobody = node(&empty, 0).await;
    let itself = in_use() - before;
    let before = in_use();
    let everybody = node(&crowded, SESSIONS).await;
    let with_all = in_use() - before;
    let each = with_all.saturating_sub(itself) / SESSIONS;
    println!("{each} bytes for each session; a node itself has {itself} bytes");
    assert!((50..=200).contains(&each), "{each} bytes");
    drop((nobody, everybody, clients));
}

/// How many bytes a session keeps whose request has these header lines, or whose query this is. The clients stay, so
/// that nothing is given back while others are counted.
async fn kept_of(
    server: &TestServer,
    stay: &mut Vec<RawClient>,
    query: &str,
    lines: &[String],
) -> usize {
    const CLIENTS: usize = 50;
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let request = handshake(&format!("/users/somebody{query}"), &lines);
    stay.reserve_exact(CLIENTS);
    let before = in_use();
    for _ in 0..CLIENTS {
        let mut client = server.raw().await;
        client.write(request.as_bytes()).await;
        assert_eq!(client.response().await.status, 101);
        // What the handshake needed is gone when the session answers.
        client.frame(0x81, b"hello").await;
        assert_eq!(client.read_frame().await.payload, b"hello");
        stay.push(client);
    }
    in_use().saturating_sub(before) / CLIENTS
}

#[tokio::test]
async fn a_session_keeps_8_kib_of_the_headers_of_its_request() {
    let _counting = COUNTING.lock().await;
    let server = TestServer::start().await;
    let all = TestServer::start_with(Server::builder().kept_header_bytes(None)).await;
    let one = [format!("Cookie: {}", "x".repeat(31_000))];
    let many: Vec<_> = (0..31)
        .map(|n| format!("X-{n}: {}", "x".repeat(1000)))
        .collect();
    let query = format!("?token={}", "x".repeat(30_000));
    let _profiler = Profiler::builder().testing().build();
    let stay = &mut Vec::new();
    // What is made once is made before.
    kept_of(&server, stay, "", &many).await;
    kept_of(&all, stay, "", &many).await;

    let usual = kept_of(&server, stay, "", &[]).await;
    let of_one = kept_of(&server, stay, "", &one).await;
    let of_many = kept_of(&server, stay, "", &many).await;
    let of_query = kept_of(&server, stay, &query, &[]).await;
    let of_all = kept_of(&all, stay, "", &many).await;
    println!(
        "bytes of a session: {usual}, one large field {of_one}, many {of_many}, query {of_query}, all {of_all}"
    );
    let margin = 512;
    assert!(
        of_one <= usual + margin,
        "{of_one} after one large field, {usual} usually"
    );
    let kept = of_many.saturating_sub(usual);
    assert!(
        (6_000..=8_192 + margin).contains(&kept),
        "{kept} of many fields"
    );
    // The target stays, and once.
    let kept = of_query.saturating_sub(usual);
    assert!(
        (30_000 - margin..=30_000 + margin).contains(&kept),
        "{kept} of a query"
    );
    assert!(
        of_all.saturating_sub(usual) > 30_000,
        "{of_all} where all is kept"
    );
}

#[tokio::test]
async fn a_hundred_sessions_of_one_http2_connection_that_read_nothing_hold_12_mib() {
    const SESSIONS: usize = 100;
    const MESSAGE: usize = 60_000;
    let _counting = COUNTING.lock().await;
    let builder = Server::builder().slow_consumer(SlowConsumer::Drop);
    let server = TestServer::start_with(builder).await;
    let mut http = server.http2().await;
    let mut silent = Vec::new();
    for number in 0..SESSIONS {
        silent.push(http.open(&format!("/users/silent-{number}")).await);
    }
    let mut neighbor = server.connect("/users/neighbor").await;

    let _profiler = Profiler::builder().testing().build();
    let before = in_use();
    let mut refused = 0;
    // As many as their outboxes would hold.
    for _ in 0..1024 * 1024 / MESSAGE {
        for number in 0..SESSIONS {
            // Each has bytes of its own.
            let message = "x".repeat(MESSAGE);
            match User::send_info(message, format!("silent-{number}")).await {
                Ok(delivered) => assert_eq!(delivered.sessions, 1),
                Err(SendError::Full) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
        User::send_info("and you?", "neighbor").await.unwrap();
        assert_eq!(neighbor.text().await, "and you?");
    }
    let held = in_use().saturating_sub(before);
    println!("{held} bytes, {refused} messages refused");
    assert!(held < 12 * 1024 * 1024, "{held} bytes");
    assert!(
        held > 4 * 1024 * 1024,
        "{held} bytes: they may hold so much"
    );
}
