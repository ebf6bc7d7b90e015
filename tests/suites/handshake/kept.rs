//! Which of its request's headers a session keeps.

use wspring::prelude::*;
use wspring_tests::client::handshake;
use wspring_tests::{Log, RawClient, TestServer};

/// Tells how long a header is, or how often it was found in `#[on_handshake]`.
struct Keeper {
    found: usize,
}

/// How many fields `#[on_handshake]` saw.
#[derive(Clone)]
struct Found(usize);

#[server_endpoint("/keeper")]
impl Keeper {
    #[on_handshake]
    fn look(handshake: &Handshake) -> Accept {
        Accept::new().property(Found(handshake.headers().len()))
    }

    #[on_open]
    fn open(session: &Session) -> Self {
        let found = session.properties().find::<Found>();
        Self {
            found: found.map_or(0, |found| found.0),
        }
    }

    #[on_message]
    fn tell(&self, what: &str, handshake: &Handshake) -> String {
        match what {
            "found" => self.found.to_string(),
            "kept" => handshake.headers().len().to_string(),
            "query" => format!("{:?}", handshake.query_param("q").map(str::len)),
            name => format!("{:?}", handshake.headers().get(name).map(|it| it.len())),
        }
    }
}

/// The fields of a handshake itself.
const OWN: usize = 5;

async fn connected(server: &TestServer, target: &str, lines: &[&str]) -> RawClient {
    let mut client = server.raw().await;
    client.write(handshake(target, lines).as_bytes()).await;
    assert_eq!(client.response().await.status, 101);
    client
}

async fn ask(client: &mut RawClient, what: &str) -> String {
    client.frame(0x81, what.as_bytes()).await;
    String::from_utf8(client.read_frame().await.payload).unwrap()
}

fn field(name: &str, length: usize) -> String {
    format!("{name}: {}", "x".repeat(length))
}

#[tokio::test]
async fn a_usual_head_is_kept_whole() {
    let log = Log::start();
    let server = TestServer::start().await;
    let lines = [field("cookie", 4000), field("authorization", 3000)];
    let mut client = connected(&server, "/keeper", &[&lines[0], &lines[1]]).await;
    assert_eq!(ask(&mut client, "kept").await, (OWN + 2).to_string());
    assert_eq!(ask(&mut client, "cookie").await, "Some(4000)");
    assert_eq!(ask(&mut client, "authorization").await, "Some(3000)");
    assert_eq!(log.lines("WARN"), [""; 0]);
}

#[tokio::test]
async fn of_a_large_head_the_largest_fields_go_when_the_handshake_has_seen_them() {
    let log = Log::start();
    let server = TestServer::start().await;
    let lines = [
        field("x-small", 100),
        field("cookie", 20_000),
        field("x-medium", 7000),
        field("authorization", 3000),
    ];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let mut client = connected(&server, "/keeper", &lines).await;
    for (what, told) in [
        ("found", (OWN + 4).to_string()),
        ("kept", (OWN + 2).to_string()),
        ("cookie", "None".to_owned()),
        ("x-medium", "None".to_owned()),
        ("authorization", "Some(3000)".to_owned()),
        ("x-small", "Some(100)".to_owned()),
        ("host", "Some(9)".to_owned()),
    ] {
        assert_eq!(ask(&mut client, what).await, told, "{what}");
    }
    let lines = log.lines("WARN");
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in [
        "`kept_header_bytes`",
        "\"cookie\"",
        "\"x-medium\"",
        "Keeper",
    ] {
        assert!(lines[0].contains(part), "`{part}` is not in: {}", lines[0]);
    }
}

#[tokio::test]
async fn how_much_is_kept_can_be_set() {
    let cookie = field("cookie", 20_000);
    let other = field("x-other", 500);
    for (kept, left) in [
        (None, OWN + 2),
        (Some(30_000), OWN + 2),
        (Some(1000), OWN + 1),
    ] {
        let builder = Server::builder().kept_header_bytes(kept);
        let server = TestServer::start_with(builder).await;
        let mut client = connected(&server, "/keeper", &[&cookie, &other]).await;
        assert_eq!(ask(&mut client, "kept").await, left.to_string(), "{kept:?}");
        assert_eq!(ask(&mut client, "x-other").await, "Some(500)");
    }
}

#[tokio::test]
async fn the_query_is_kept_whatever_its_size() {
    let server = TestServer::start().await;
    let target = format!("/keeper?q={}", "%41".repeat(8000));
    let mut client = connected(&server, &target, &[]).await;
    assert_eq!(ask(&mut client, "query").await, "Some(8000)");
    assert_eq!(ask(&mut client, "kept").await, OWN.to_string());
}
