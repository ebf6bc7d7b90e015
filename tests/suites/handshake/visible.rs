//! What handlers see of their request, through `Session` and through `Handshake`.

use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use wspring::prelude::*;
use wspring_tests::{Client, RawClient, TestServer};

/// Answers with what it is asked for, once seen by `#[on_open]` and once by `#[on_message]`.
struct Seen(Answers);

/// What `#[on_open]` found out from its `&Handshake`.
struct Answers {
    header: String,
    uri: String,
    remote_addr: String,
    query: String,
    query_param: String,
    path_param: String,
}

#[server_endpoint("/seen/<room>/<seat>")]
impl Seen {
    #[on_open]
    fn open(handshake: &Handshake) -> Self {
        let languages = handshake.headers().get_all("accept-language");
        Self(Answers {
            header: languages
                .iter()
                .map(|value| value.to_str().unwrap_or("?"))
                .collect(),
            uri: handshake.uri().to_string(),
            remote_addr: format!("{:?}", handshake.remote_addr()),
            query: format!("{:?}", handshake.query()),
            query_param: format!("{:?}", handshake.query_param("token")),
            path_param: format!("{:?}", handshake.path_param("room")),
        })
    }

    #[on_message]
    fn answer(&self, what: &str, session: &Session, handshake: &Handshake) -> String {
        let (first, now) = match what {
            "header" => {
                let languages = session.headers().get_all("accept-language");
                let now = languages
                    .iter()
                    .map(|value| value.to_str().unwrap_or("?"))
                    .collect();
                (&self.0.header, now)
            }
            "uri" => (&self.0.uri, session.uri().to_string()),
            "remote_addr" => (&self.0.remote_addr, format!("{:?}", session.remote_addr())),
            "query" => (&self.0.query, format!("{:?}", session.query())),
            "query_param" => (
                &self.0.query_param,
                format!("{:?}", session.query_param("token")),
            ),
            "path_param" => (
                &self.0.path_param,
                format!("{:?}", session.path_param("room")),
            ),
            other => return format!("{:?}", handshake.path_param(other)),
        };
        format!("{first} {now}")
    }
}

async fn ask(client: &mut Client, what: &str) -> String {
    client.send(what).await;
    client.text().await
}

#[tokio::test]
async fn headers_are_visible_with_all_their_values() {
    let server = TestServer::start().await;
    let mut request = server.url("/seen/lobby/1").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.append("Accept-Language", "fr".parse().unwrap());
    headers.append("ACCEPT-LANGUAGE", "de;q=0.5".parse().unwrap());
    let mut client = Client::connect(request).await;
    assert_eq!(ask(&mut client, "header").await, "frde;q=0.5 frde;q=0.5");
}

#[tokio::test]
async fn f17_uri_and_query_are_visible_as_they_were_sent() {
    let server = TestServer::start().await;
    let mut client = server
        .connect("/seen/a%20b/1?token=x%2By&token=2&empty")
        .await;
    let uri = "/seen/a%20b/1?token=x%2By&token=2&empty";
    assert_eq!(ask(&mut client, "uri").await, format!("{uri} {uri}"));
    let query = r#"Some("token=x%2By&token=2&empty")"#;
    assert_eq!(ask(&mut client, "query").await, format!("{query} {query}"));
    assert_eq!(
        ask(&mut client, "query_param").await,
        r#"Some("x+y") Some("x+y")"#
    );
    assert_eq!(
        ask(&mut client, "path_param").await,
        r#"Some("a b") Some("a b")"#
    );

    let mut without = server.connect("/seen/lobby/1").await;
    assert_eq!(ask(&mut without, "query").await, "None None");
    assert_eq!(ask(&mut without, "query_param").await, "None None");
}

#[tokio::test]
async fn path_variables_are_found_by_their_names_alone() {
    let server = TestServer::start().await;
    let mut client = server.connect("/seen/lobby/7?row=3").await;
    assert_eq!(ask(&mut client, "seat").await, r#"Some("7")"#);
    assert_eq!(ask(&mut client, "row").await, "None");
    assert_eq!(ask(&mut client, "Seat").await, "None");
}

#[tokio::test]
async fn the_address_of_the_peer_is_visible() {
    let server = TestServer::start().await;
    let mut client = RawClient::upgraded(server.address(), "/seen/lobby/1").await;
    let address = format!("{:?}", Some(client.local_addr()));
    client.frame(0x81, b"remote_addr").await;
    let answer = client.read_frame().await.payload;
    assert_eq!(
        String::from_utf8(answer).unwrap(),
        format!("{address} {address}")
    );
}
