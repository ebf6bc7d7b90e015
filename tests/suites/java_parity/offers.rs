//! Subprotocols and extensions that a client offers.

use wspring_tests::Response;
use wspring_tests::client::handshake;

use crate::endpoint::{Event, start};

const PATH: &str = "/webSocket/1";

/// Java: ignored, and the session opens.
/// Ours: the same.
#[tokio::test]
async fn subprotocol_offered() {
    let response = offered("Sec-WebSocket-Protocol: v2.json, chat").await;
    assert_eq!(response.header("sec-websocket-protocol"), None);
}

/// Java: agreed on by default.
/// Ours: declined, as compression is off by default; the session opens without.
#[tokio::test]
async fn deflate_offered() {
    for parameters in [
        "",
        "; client_max_window_bits",
        "; client_max_window_bits=10",
        "; server_no_context_takeover",
        "; server_max_window_bits=10",
    ] {
        let offer = format!("Sec-WebSocket-Extensions: permessage-deflate{parameters}");
        let response = offered(&offer).await;
        assert_eq!(response.header("sec-websocket-extensions"), None, "{offer}");
    }
}

/// Java: 500.
/// Ours: declined like any other offer that means nothing here.
#[tokio::test]
async fn malformed_deflate_offered() {
    for offer in [
        "permessage-deflate; bogus=1",
        "permessage-deflate; bogus=1, permessage-deflate",
        ";",
    ] {
        let response = offered(&format!("Sec-WebSocket-Extensions: {offer}")).await;
        assert_eq!(response.header("sec-websocket-extensions"), None, "{offer}");
    }
}

/// Java: ignored.
/// Ours: the same.
#[tokio::test]
async fn unknown_extension() {
    let response = offered("Sec-WebSocket-Extensions: x-unknown; a=\"b\"").await;
    assert_eq!(response.header("sec-websocket-extensions"), None);
}

/// The 101 that answers an offer; the session does open.
async fn offered(header: &str) -> Response {
    let (server, mut events) = start().await;
    let response = server.ask(handshake(PATH, &[header])).await;
    assert_eq!(response.status, 101, "{header}");
    assert_eq!(events.next().await, Event::Opened("1".to_owned()));
    response
}
