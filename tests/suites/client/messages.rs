//! Messages between a client and a wspring server, plain and compressed.

use wspring::prelude::*;
use wspring::{Client, Compression, Server};
use wspring_tests::TestServer;

use super::listen;

#[tokio::test]
async fn k1_text_and_binary_come_back() {
    let server = TestServer::start().await;
    let (session, mut seen) = listen(&Client::new(), server.url("/echo")).await;
    session.send("grüezi").await.expect("an open session");
    assert_eq!(seen.next().await, "text grüezi");
    session
        .send(vec![0_u8, 255])
        .await
        .expect("an open session");
    assert_eq!(seen.next().await, "binary [0, 255]");
    session.send("").await.expect("an open session");
    assert_eq!(seen.next().await, "text ");
}

/// Of every size around which frames are written in another way.
#[tokio::test]
async fn k1_messages_of_every_size_come_back_in_order() {
    for compression in [Compression::off(), Compression::on()] {
        let builder = Server::builder()
            .compression(compression)
            .max_message_size(200_000);
        let server = TestServer::start_with(builder).await;
        let client = Client::new()
            .compression(compression)
            .max_message_size(200_000);
        let (session, mut seen) = listen(&client, server.url("/echo")).await;
        let sizes = [1, 125, 126, 4096, 4097, 65_535, 65_536, 200_000];
        let text = |size: usize| -> String { ('a'..='z').cycle().take(size).collect() };
        for size in sizes {
            session.send(text(size)).await.expect("an open session");
        }
        for size in sizes {
            assert_eq!(seen.next().await, format!("text {}", text(size)), "{size}");
        }
    }
}

#[tokio::test]
async fn k2_compression_is_offered_and_agreed_on_with_and_without_a_context() {
    for (compression, answer) in [
        (
            Compression::on(),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        ),
        (
            Compression::on().context_takeover(true),
            "permessage-deflate",
        ),
    ] {
        let server = TestServer::start_with(Server::builder().compression(compression)).await;
        let client = Client::new().compression(compression);
        let (session, mut seen) = listen(&client, server.url("/echo")).await;
        assert_eq!(session.extensions(), Some(answer));
        for round in 0..3 {
            let text = format!("{round} {}", "the same again ".repeat(200));
            session.send(text.as_str()).await.expect("an open session");
            assert_eq!(seen.next().await, format!("text {text}"));
        }
    }
}

#[tokio::test]
async fn k2_a_server_may_decline_the_compression() {
    let server = TestServer::start().await;
    let client = Client::new().compression(Compression::on());
    let (session, mut seen) = listen(&client, server.url("/echo")).await;
    assert_eq!(session.extensions(), None);
    let text = "not compressed ".repeat(100);
    session.send(text.as_str()).await.expect("an open session");
    assert_eq!(seen.next().await, format!("text {text}"));
}

/// Nothing that the server sends right behind its 101 is lost, and nothing comes before `#[on_open]`.
#[tokio::test]
async fn e10_what_comes_with_the_answer_is_delivered_after_on_open() {
    let server = TestServer::start().await;
    for _ in 0..20 {
        let (_session, mut seen) = listen(&Client::new(), server.url("/greeter?say=hello")).await;
        assert_eq!(seen.next().await, "text hello");
    }
}

#[tokio::test]
async fn k1_a_session_that_is_closed_sends_no_more() {
    let server = TestServer::start().await;
    let (session, mut seen) = listen(&Client::new(), server.url("/echo")).await;
    session.close();
    assert!(matches!(session.send("late").await, Err(SendError::Closed)));
    assert_eq!(seen.next().await, "1000 by the application, clean");
    assert!(!session.is_open());
}
