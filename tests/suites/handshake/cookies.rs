//! Cookies and other lists of a request: an element that cannot be read hides no other.

use wspring::prelude::*;
use wspring_tests::TestServer;
use wspring_tests::client::handshake;

/// Lets in whoever has the cookie `login`, and tells all cookies and offers.
#[derive(Default)]
struct Jar;

#[server_endpoint("/jar", subprotocols = ["chat"])]
impl Jar {
    #[on_handshake]
    fn check(handshake: &Handshake) -> Result<Accept, Reject> {
        let login = handshake
            .cookie("login")
            .ok_or_else(|| Reject::unauthorized("log in first"))?;
        Ok(Accept::new().principal(login))
    }

    #[on_message]
    fn tell(&self, what: &str, handshake: &Handshake) -> String {
        match what {
            "offers" => format!("{:?}", handshake.subprotocols().collect::<Vec<_>>()),
            name => format!("{:?}", handshake.cookie(name)),
        }
    }
}

/// A handshake with these header lines, which need not be text.
fn request(lines: &[&[u8]]) -> Vec<u8> {
    let mut request = handshake("/jar", &[]).into_bytes();
    request.truncate(request.len() - 2);
    for line in lines {
        request.extend_from_slice(line);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// What the session that `lines` open tells when it is asked `what`.
async fn told(server: &TestServer, lines: &[&[u8]], what: &str) -> String {
    let mut client = server.raw().await;
    client.write(&request(lines)).await;
    let response = client.response().await;
    assert_eq!(response.status, 101, "{lines:?}: {response:?}");
    client.frame(0x81, what.as_bytes()).await;
    String::from_utf8(client.read_frame().await.payload).unwrap()
}

#[tokio::test]
async fn i7_a_cookie_in_utf_8_hides_no_other_and_is_read_as_it_came() {
    let server = TestServer::start().await;
    let header = "Cookie: login=abc; campaign=Undersøgelse".as_bytes();
    assert_eq!(told(&server, &[header], "login").await, r#"Some("abc")"#);
    let campaign = told(&server, &[header], "campaign").await;
    assert_eq!(campaign, r#"Some("Undersøgelse")"#);
}

#[tokio::test]
async fn i7_a_cookie_that_cannot_be_read_hides_no_other() {
    let server = TestServer::start().await;
    for lines in [
        &[&b"Cookie: latin1=\xf8; login=abc"[..]][..],
        &[b"Cookie: login=abc; \xff\xfe"],
        &[b"Cookie: no value;;=; login=abc"],
        &[b"Cookie: half=\xc3; login=abc; other=\xb8"],
        &[b"Cookie: \xff", b"Cookie: login=abc"],
        &[b"Cookie: login=abc", b"Cookie: \xff"],
    ] {
        assert_eq!(told(&server, lines, "login").await, r#"Some("abc")"#);
    }
    let unreadable = server.ask(request(&[b"Cookie: login=\xff"])).await;
    assert_eq!(unreadable.status, 401);
}

#[tokio::test]
async fn i7_an_offer_that_is_not_a_name_hides_no_other() {
    let server = TestServer::start().await;
    let cookie = b"Cookie: login=abc";
    for offers in [
        &b"Sec-WebSocket-Protocol: \xc3\xb8, two words, chat"[..],
        b"Sec-WebSocket-Protocol: chat, \xff",
    ] {
        let offered = told(&server, &[cookie, offers], "offers").await;
        assert_eq!(offered, r#"["chat"]"#);
        let response = server.ask(request(&[cookie, offers])).await;
        assert_eq!(response.header("sec-websocket-protocol"), Some("chat"));
    }
}

#[tokio::test]
async fn an_element_that_is_not_text_hides_no_upgrade() {
    let server = TestServer::start().await;
    for (header, line) in [
        ("Upgrade: websocket", &b"Upgrade: \xff, websocket"[..]),
        ("Connection: Upgrade", b"Connection: \xc3\xb8, Upgrade"),
    ] {
        let good = String::from_utf8(request(&[b"Cookie: login=abc"])).unwrap();
        let (before, after) = good.split_once(header).unwrap();
        let odd = [before.as_bytes(), line, after.as_bytes()].concat();
        assert_eq!(server.ask(odd).await.status, 101, "{header}");
    }
}
