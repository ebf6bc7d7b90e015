//! What both sides agree on: subprotocols, extensions, and the pages that may connect (rows A2, F5, F6, I1, I2, I3, I9).

use wspring::prelude::*;
use wspring::{Compression, EndpointConfig, Origins};
use wspring_tests::client::handshake;
use wspring_tests::{Client, RawClient, Response, TestServer};

/// Speaks two subprotocols.
#[derive(Default)]
struct Versions;

/// Pages of one other site may connect.
#[derive(Default)]
struct Partner;

/// All pages may connect, whatever the server says.
#[derive(Default)]
struct Public;

/// Only its own pages may connect, whatever the server says.
#[derive(Default)]
struct Private;

#[server_endpoint("/versions", subprotocols = ["v2.chat", "v1.chat"])]
impl Versions {
    #[on_message]
    fn agreed(&self, what: &str, session: &Session) -> String {
        match what {
            "subprotocol" => format!("{:?}", session.subprotocol()),
            _ => format!("{:?}", session.extensions()),
        }
    }
}

#[server_endpoint("/partner", origins = ["https://partner.example", "http://[::1]:3000"])]
impl Partner {}

#[server_endpoint("/public", origins = "any")]
impl Public {}

#[server_endpoint("/private", origins = "same")]
impl Private {}

/// Implemented by hand.
struct ByHand;

impl Endpoint for ByHand {}

async fn offer(server: &TestServer, path: &str, headers: &[&str]) -> (RawClient, Response) {
    let mut client = server.raw().await;
    client.write(handshake(path, headers).as_bytes()).await;
    let response = client.response().await;
    (client, response)
}

async fn ask(client: &mut RawClient, what: &str) -> String {
    client.frame(0x81, what.as_bytes()).await;
    String::from_utf8(client.read_frame().await.payload).unwrap()
}

#[tokio::test]
async fn i3_a2_f5_the_first_of_the_client_s_list_is_chosen() {
    let server = TestServer::start().await;
    for (offers, chosen) in [
        (&["v1.chat, v2.chat"][..], "v1.chat"),
        (&["v2.chat,v1.chat"], "v2.chat"),
        (&["soap", "v9.chat, v1.chat", "v2.chat"], "v1.chat"),
        (&[", ,v2.chat,"], "v2.chat"),
        (&["v1 chat, v2.chat"], "v2.chat"),
    ] {
        let headers: Vec<_> = offers
            .iter()
            .map(|offer| format!("Sec-WebSocket-Protocol: {offer}"))
            .collect();
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        let (mut client, response) = offer(&server, "/versions", &headers).await;
        assert_eq!(
            response.header("sec-websocket-protocol"),
            Some(chosen),
            "{offers:?}"
        );
        let agreed = ask(&mut client, "subprotocol").await;
        assert_eq!(agreed, format!("{:?}", Some(chosen)));
    }
}

#[tokio::test]
async fn i9_a_client_whose_subprotocols_are_unknown_is_connected_without_one() {
    let server = TestServer::start().await;
    for headers in [
        &["Sec-WebSocket-Protocol: v3.chat"][..],
        &["Sec-WebSocket-Protocol: V1.CHAT"],
        &["Sec-WebSocket-Protocol: v1.chat2, v1"],
        &["Sec-WebSocket-Protocol: \u{e9}"],
        &["Sec-WebSocket-Protocol:"],
        &[],
    ] {
        let (mut client, response) = offer(&server, "/versions", headers).await;
        assert_eq!(response.status, 101, "{headers:?}");
        assert_eq!(response.header("sec-websocket-protocol"), None);
        assert_eq!(ask(&mut client, "subprotocol").await, "None");
    }
    // An endpoint without subprotocols agrees on none.
    let (_, response) = offer(&server, "/echo", &["Sec-WebSocket-Protocol: v1.chat"]).await;
    assert_eq!(response.status, 101);
    assert_eq!(response.header("sec-websocket-protocol"), None);
}

#[tokio::test]
async fn f6_i2_the_extensions_that_were_agreed_on_are_known() {
    let builder = Server::builder().compression(Compression::on());
    let server = TestServer::start_with(builder).await;
    let header = "Sec-WebSocket-Extensions: x-unknown, permessage-deflate; client_max_window_bits";
    let (mut client, response) = offer(&server, "/versions", &[header]).await;
    let agreed = response.header("sec-websocket-extensions");
    let agreed = agreed.expect("an extension").to_owned();
    assert!(agreed.starts_with("permessage-deflate"), "{agreed}");
    assert_eq!(
        ask(&mut client, "extensions").await,
        format!("{:?}", Some(agreed))
    );
    let mut without = server.connect("/versions").await;
    without.send("extensions").await;
    assert_eq!(without.text().await, "None");
}

#[tokio::test]
async fn i1_an_endpoint_has_its_own_origins() {
    let everywhere = Origins::list(["https://other.example"]).unwrap();
    let open = Server::builder().origins(Origins::any());
    for (builder, at_echo) in [
        (Server::builder().origins(everywhere), ["other"].as_slice()),
        (open, &["other", "partner", "evil"]),
        (Server::builder(), &[]),
    ] {
        let server = TestServer::start_with(builder).await;
        for (path, allowed) in [
            ("/partner", ["partner"].as_slice()),
            ("/public", &["other", "partner", "evil"]),
            ("/private", &[]),
            ("/echo", at_echo),
        ] {
            for name in ["other", "partner", "evil"] {
                let origin = format!("Origin: https://{name}.example");
                let (_, response) = offer(&server, path, &[&origin]).await;
                let expected = if allowed.contains(&name) { 101 } else { 403 };
                assert_eq!(response.status, expected, "{name} at {path}");
            }
        }
    }
}

#[tokio::test]
async fn i1_i3_an_endpoint_by_hand_has_origins_and_subprotocols() {
    let config = EndpointConfig::new("/by-hand")
        .origins(Origins::list(["https://partner.example"]).unwrap())
        .subprotocols(["v1.chat"]);
    let server = TestServer::start_with(Server::builder().endpoint(config, |_| ByHand)).await;
    let headers = [
        "Origin: https://partner.example",
        "Sec-WebSocket-Protocol: v1.chat",
    ];
    let (_, response) = offer(&server, "/by-hand", &headers).await;
    assert_eq!(response.status, 101);
    assert_eq!(response.header("sec-websocket-protocol"), Some("v1.chat"));
    let (_, response) = offer(&server, "/by-hand", &["Origin: https://evil.example"]).await;
    assert_eq!(response.status, 403);
}

#[tokio::test]
async fn i3_a_subprotocol_that_is_no_token_keeps_the_server_from_starting() {
    for name in ["v1 chat", "", "a,b"] {
        let config = EndpointConfig::new("/by-hand").subprotocols(["v1.chat", name]);
        let builder = Server::builder().endpoint(config, |_| ByHand);
        let error = builder.address("127.0.0.1:0").bind().await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("is not a subprotocol"), "{text}");
        assert!(text.contains("/by-hand"), "{text}");
    }
}

/// The crate tokio-tungstenite fails a connection whose subprotocol it did not offer.
#[tokio::test]
async fn i3_another_client_takes_what_was_chosen() {
    use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

    let server = TestServer::start().await;
    let mut request = server.url("/versions").into_client_request().unwrap();
    let offers = "soap, v1.chat".parse().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", offers);
    let mut client = Client::connect(request).await;
    client.send("subprotocol").await;
    assert_eq!(client.text().await, r#"Some("v1.chat")"#);
}
