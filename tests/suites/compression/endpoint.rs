//! The argument `compression` of `#[server_endpoint]`.

use wspring::Compression;
use wspring::prelude::*;
use wspring_tests::TestServer;

use crate::peer::{BROWSER, Peer};

#[derive(Default)]
struct Always;

#[server_endpoint("/always", compression = true)]
impl Always {
    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

#[derive(Default)]
struct Never;

#[server_endpoint("/never", compression = false)]
impl Never {
    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

#[tokio::test]
async fn an_endpoint_may_compress_where_its_server_does_not() {
    let server = TestServer::start().await;
    let peer = Peer::open(&server, "/always", Some(BROWSER)).await;
    assert!(peer.answer.is_some());
    peer.assert_compressed().await;
}

#[tokio::test]
async fn an_endpoint_may_stay_plain_where_its_server_compresses() {
    let builder = Server::builder().compression(Compression::on());
    let server = TestServer::start_with(builder).await;
    Peer::open(&server, "/never", Some(BROWSER))
        .await
        .assert_plain()
        .await;
}

#[tokio::test]
async fn how_an_endpoint_compresses_is_the_setting_of_its_server() {
    let builder = Server::builder().compression(Compression::off().context_takeover(true));
    let server = TestServer::start_with(builder).await;
    let peer = Peer::open(&server, "/always", Some(BROWSER)).await;
    assert_eq!(peer.answer.as_deref(), Some("permessage-deflate"));
    peer.assert_compressed().await;
}
