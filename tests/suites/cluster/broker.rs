//! What comes from the broker and is none of ours, and a broker that cannot be had.

use std::path::Path;

use wspring::Server;
use wspring::cluster::{LocalBroker, Nats};
use wspring_tests::{Program, RawClient, TestServer, soon};

use crate::{NatsServer, Sent, cluster};

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_parse_is_counted_and_dropped() {
    let (nats, [one, other]) = cluster::<2>().await;
    let mut client = other.connect("/users/1").await;
    one.knows_keys(1).await;
    let mut stranger = RawClient::connect(nats.address()).await;
    stranger.write(b"CONNECT {\"verbose\":false}\r\n").await;
    for garbage in [
        &b""[..],
        b"\x01",
        b"{\"hello\":1}",
        &[0xff; 100],
        &[1; 1000],
    ] {
        let publish = format!("PUB wspring.all {}\r\n", garbage.len());
        stranger.write(publish.as_bytes()).await;
        stranger.write(garbage).await;
        stranger.write(b"\r\n").await;
    }
    one.is("what was malformed", |_, body| {
        body["cluster"]["malformed"] == 5
    })
    .await;
    assert_eq!(one.push("1", "as before").await, Sent::Delivered(1));
    assert_eq!(client.text().await, "as before");
    one.knows(2).await;
}

#[tokio::test]
async fn a_node_whose_broker_cannot_be_had_does_not_start() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = nobody.local_addr().expect("its address");
    drop(nobody);
    let url = format!("nats://{address}");
    for (url, reason) in [
        (&*url, "cannot connect to NATS"),
        ("nats://:x", "is no address of NATS"),
    ] {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let variables = [
            ("WSPRING_ADDRESS", "127.0.0.1:0"),
            ("WSPRING_BROKER_URL", url),
        ];
        let node = Program::start(env!("CARGO_BIN_EXE_node"), directory, &variables);
        let ended = node.ended().await;
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.errors.contains(reason), "{}", ended.errors);
    }
}

#[tokio::test]
async fn the_name_of_a_cluster_is_checked() {
    let builder = Server::builder().address("127.0.0.1:0").cluster("a.b");
    let error = builder.broker(LocalBroker::new()).bind().await.err();
    let error = error.map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("`cluster` is `a.b`"), "{error}");
}

#[tokio::test]
async fn clusters_of_other_names_are_not_seen() {
    let nats = NatsServer::start().await;
    let url = nats.url();
    let server = async |name: &str| {
        let broker = Nats::connect(&url).await.expect("a connection");
        let builder = Server::builder()
            .cluster(name)
            .health("/health")
            .broker(broker);
        TestServer::start_with(builder).await
    };
    let (red, also_red, blue) = tokio::join!(server("red"), server("red"), server("blue"));
    for (server, nodes) in [(&red, 2), (&also_red, 2), (&blue, 1)] {
        let wait = async {
            let expected = format!("\"complete\":true,\"nodes\":{nodes},");
            let ask = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
            while !server.ask(ask).await.body.contains(&expected) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        soon("the nodes of a cluster", wait).await;
    }
}

#[test]
fn a_mounted_server_in_a_cluster_takes_a_runtime() {
    let refused = Server::builder().broker(LocalBroker::new()).into_service();
    let error = refused.err().map(|error| error.to_string());
    assert!(error.is_some_and(|error| error.contains("runtime of tokio")));
}
