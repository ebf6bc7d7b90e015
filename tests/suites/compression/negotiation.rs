//! The offers of clients and the answers to them (RFC 7692 §5 and §7.1).

use rand::RngExt as _;
use wspring::{Compression, ErrorKind, Server};
use wspring_tests::TestServer;

use crate::peer::{BINARY, BROWSER, Peer};

async fn compressing(compression: Compression) -> TestServer {
    TestServer::start_with(Server::builder().compression(compression)).await
}

#[tokio::test]
async fn l2_it_is_off_by_default() {
    let server = TestServer::start().await;
    Peer::open(&server, "/echo/ann", Some(BROWSER))
        .await
        .assert_plain()
        .await;
}

#[tokio::test]
async fn l2_without_an_offer_nothing_is_compressed() {
    let server = compressing(Compression::on()).await;
    Peer::open(&server, "/echo/ann", None)
        .await
        .assert_plain()
        .await;
}

#[tokio::test]
async fn l2_no_context_is_kept_unless_it_is_asked_for() {
    const NEITHER: &str =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    let server = compressing(Compression::on()).await;
    for offer in [BROWSER, "permessage-deflate", NEITHER] {
        let peer = Peer::open(&server, "/echo/ann", Some(offer)).await;
        assert_eq!(peer.answer.as_deref(), Some(NEITHER), "{offer}");
        peer.assert_compressed().await;
    }
}

#[tokio::test]
async fn l2_with_context_takeover_the_client_may_still_decline_it() {
    let server = compressing(Compression::on().context_takeover(true)).await;
    for (offer, answer) in [
        (BROWSER, "permessage-deflate"),
        (
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover",
        ),
        (
            "permessage-deflate; client_no_context_takeover",
            "permessage-deflate; client_no_context_takeover",
        ),
    ] {
        let peer = Peer::open(&server, "/echo/ann", Some(offer)).await;
        assert_eq!(peer.answer.as_deref(), Some(answer), "{offer}");
        peer.assert_compressed().await;
    }
}

/// The file and the environment say on or off, and nothing about the rest.
#[tokio::test]
async fn what_the_program_chose_outlives_the_configuration_from_outside() {
    let builder = Server::builder().compression(Compression::on().context_takeover(true));
    let builder = builder.configure().expect("nothing is configured");
    let server = TestServer::start_with(builder).await;
    let peer = Peer::open(&server, "/echo/ann", Some(BROWSER)).await;
    assert_eq!(peer.answer.as_deref(), Some("permessage-deflate"));
}

#[tokio::test]
async fn i2_l2_the_first_offer_that_can_be_honoured_is_taken() {
    let server = compressing(Compression::on().context_takeover(true)).await;
    for (offer, answer) in [
        (
            "permessage-deflate; bogus=1, permessage-deflate",
            "permessage-deflate",
        ),
        (
            "permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=9",
        ),
        (
            "x-unknown; a=\"b\", permessage-deflate",
            "permessage-deflate",
        ),
        (
            "x-unknown\r\nSec-WebSocket-Extensions: permessage-deflate",
            "permessage-deflate",
        ),
    ] {
        let peer = Peer::open(&server, "/echo/ann", Some(offer)).await;
        assert_eq!(peer.answer.as_deref(), Some(answer), "{offer}");
        peer.assert_compressed().await;
    }
}

#[tokio::test]
async fn l2_what_is_wrong_or_not_possible_is_declined_and_the_session_opens() {
    let server = compressing(Compression::on()).await;
    for offer in [
        "x-unknown",
        ";",
        "permessage-deflate; bogus=1",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=7",
    ] {
        let peer = Peer::open(&server, "/echo/ann", Some(offer)).await;
        assert_eq!(peer.answer, None, "{offer}");
        peer.assert_plain().await;
    }
}

/// A server uses no larger window than it was told to, and tells the clients that can be told.
#[tokio::test]
async fn l2_a_smaller_window_is_agreed_on_in_both_directions() {
    let compression = Compression::on().context_takeover(true).window_bits(10);
    let server = compressing(compression).await;
    for (offer, answer) in [
        (
            BROWSER,
            "permessage-deflate; server_max_window_bits=10; client_max_window_bits=10",
        ),
        (
            "permessage-deflate",
            "permessage-deflate; server_max_window_bits=10",
        ),
        (
            "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=9",
        ),
        (
            "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15",
            "permessage-deflate; server_max_window_bits=10; client_max_window_bits=10",
        ),
    ] {
        let peer = Peer::open(&server, "/echo/ann", Some(offer)).await;
        assert_eq!(peer.answer.as_deref(), Some(answer), "{offer}");
        peer.assert_compressed().await;
    }

    // What came 2,000 bytes ago is beyond the window, so that it does not make its repetition small.
    let mut peer = Peer::open(&server, "/echo/ann", Some(BROWSER)).await;
    let mut noise = [0; 2_000];
    rand::rng().fill(&mut noise[..]);
    let message = [noise, noise].concat();
    peer.client.frame(0x82, &message).await;
    let echo = peer.frame(BINARY).await.payload;
    assert!(echo.len() > 3_000, "{}", echo.len());
    assert_eq!(peer.inflate(&echo), message);
}

#[tokio::test]
async fn a_level_or_a_window_that_is_none_is_an_error_at_the_start() {
    let on = Compression::on;
    for (compression, problem) in [
        (on().level(0), "is 0: it is 1"),
        (on().level(10), "is 10: it is 1"),
        (on().level(255), "is 255: it is 1"),
        (on().window_bits(8), "has 8 bits: it has 9"),
        (on().window_bits(16), "has 16 bits: it has 9"),
    ] {
        let builder = Server::builder()
            .address("127.0.0.1:0")
            .compression(compression);
        let error = builder.bind().await.expect_err(problem);
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        assert!(text.contains(problem), "{text}");
    }
}
