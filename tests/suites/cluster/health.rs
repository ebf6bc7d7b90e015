//! `GET /health`: how a node is, as load balancers see it.

use wspring::Server;
use wspring_tests::TestServer;

use crate::cluster;

const ASK: &str = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn a_server_without_a_cluster_is_well() {
    let server = TestServer::start_with(Server::builder().health("/health")).await;
    let response = server.ask(ASK).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.body, r#"{"status":"ok"}"#);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let response = server.ask(ASK.replace("GET", "POST")).await;
    assert_eq!(
        (response.status, response.header("allow")),
        (405, Some("GET, HEAD"))
    );
}

#[tokio::test]
async fn nobody_is_told_unless_it_was_asked_for() {
    let server = TestServer::start().await;
    assert_eq!(server.ask(ASK).await.status, 404);
}

#[tokio::test]
async fn the_path_is_the_program_s_and_belongs_to_no_endpoint() {
    let server = TestServer::start_with(Server::builder().health("/is/it/up?")).await;
    assert_eq!(server.ask(ASK).await.status, 404);
    for (path, reason) in [("health", "write a path"), ("/lobby", "is for an endpoint")] {
        let refused = Server::builder()
            .endpoint("/lobby", |_| Silent)
            .address("127.0.0.1:0")
            .health(path)
            .bind()
            .await;
        let error = refused.err().map(|error| error.to_string());
        assert!(
            error.as_ref().is_some_and(|error| error.contains(reason)),
            "{error:?}"
        );
    }
}

struct Silent;

impl wspring::Endpoint for Silent {}

/// The connections to the broker are alive, and nothing comes through.
#[tokio::test(flavor = "multi_thread")]
async fn a_live_connection_with_dead_subscriptions_is_degraded() {
    let (nats, [one, _other]) = cluster::<2>().await;
    let (status, body) = one.health().await;
    assert_eq!((status, &body["status"]), (200, &"ok".into()));
    nats.freeze().await;
    one.is("a node whose subscriptions are dead", |status, body| {
        status == 503 && body["status"] == "degraded" && body["cluster"]["reachable"] == false
    })
    .await;
    nats.thaw().await;
    one.knows(2).await;
}
