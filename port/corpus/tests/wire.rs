//! The ported classes on the wire: each does what Java does, by the rules of Jakarta WebSocket and of the class itself.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use wspring::prelude::*;
// The endpoints register themselves.
use wspring_port_corpus as _;

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// Serves the endpoint at one path, so that tests do not meet.
struct Served(String);

impl Served {
    async fn at(path: &'static str) -> Self {
        let server = Server::builder()
            .address("127.0.0.1:0")
            .registered(move |endpoint| endpoint.path() == path)
            .bind()
            .await
            .expect("the ported endpoint is served");
        let address = server.local_addr().to_string();
        tokio::spawn(server.run());
        Self(address)
    }

    async fn connect(&self, path: &str) -> Client {
        let url = format!("ws://{}{path}", self.0);
        let (stream, _) = connect_async(url).await.expect("it connects");
        Client(stream)
    }
}

impl Client {
    async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("it is sent");
    }

    async fn hear(&mut self) -> Message {
        loop {
            let message = self.0.next().await.expect("a message").expect("no error");
            if !message.is_ping() && !message.is_pong() {
                return message;
            }
        }
    }

    async fn text(&mut self) -> String {
        match self.hear().await {
            Message::Text(text) => text.to_string(),
            other => panic!("{other:?}"),
        }
    }

    async fn code(&mut self) -> u16 {
        match self.hear().await {
            Message::Close(Some(frame)) => frame.code.into(),
            other => panic!("{other:?}"),
        }
    }

    async fn leave(mut self) {
        self.0.close(None).await.expect("it is closed");
        while let Some(Ok(_)) = self.0.next().await {}
    }
}

#[tokio::test]
async fn the_original_answers_nothing_and_pushes_to_the_newest() {
    let served = Served::at("/webSocket/{uId}").await;
    assert!(matches!(
        send_info("nobody", 41).await,
        Err(SendError::Offline { .. })
    ));
    let mut older = served.connect("/webSocket/41").await;
    older.say("no answer to this").await;
    send_info("one", 41).await.expect("it is there");
    assert_eq!(older.text().await, "one");

    let mut newer = served.connect("/webSocket/41").await;
    // Whoever is at the key answers; the newer one takes it when its handler has returned.
    newer.say("hello").await;
    while wspring::sessions_of(41).len() < 2 {
        tokio::task::yield_now().await;
    }
    older.leave().await;
    while wspring::sessions_of(41).len() > 1 {
        tokio::task::yield_now().await;
    }
    send_info("two", 41)
        .await
        .expect("the newer one keeps the key");
    assert_eq!(newer.text().await, "two");
}

#[tokio::test]
async fn a_reply_goes_to_the_sender() {
    let served = Served::at("/echo").await;
    let mut client = served.connect("/echo").await;
    client.say("a").await;
    assert_eq!(client.text().await, "echo: a");
}

#[tokio::test]
async fn a_loop_over_all_reaches_the_sender_too() {
    let served = Served::at("/board").await;
    let (mut one, mut two) = (
        served.connect("/board").await,
        served.connect("/board").await,
    );
    one.say("hello").await;
    assert_eq!(one.text().await, "hello");
    assert_eq!(two.text().await, "hello");
}

#[tokio::test]
async fn a_loop_over_all_but_one_leaves_the_sender_out() {
    let served = Served::at("/chat").await;
    let (mut one, mut two) = (served.connect("/chat").await, served.connect("/chat").await);
    one.say("from one").await;
    assert_eq!(two.text().await, "from one");
    two.say("from two").await;
    // The first text that the sender gets is the other's.
    assert_eq!(one.text().await, "from two");
}

#[tokio::test]
async fn get_open_sessions_are_those_of_the_endpoint() {
    let served = Served::at("/wall").await;
    let (mut one, mut two) = (served.connect("/wall").await, served.connect("/wall").await);
    one.say("from one").await;
    assert_eq!(two.text().await, "from one");
    two.say("from two").await;
    assert_eq!(one.text().await, "from two");
}

#[tokio::test]
async fn a_broadcast_while_opening_reaches_the_one_that_opens() {
    let served = Served::at("/lobby/{name}").await;
    let mut ann = served.connect("/lobby/ann").await;
    assert_eq!(ann.text().await, "ann has come");
    let mut ben = served.connect("/lobby/ben").await;
    assert_eq!(ben.text().await, "ben has come");
    assert_eq!(ann.text().await, "ben has come");
    ben.leave().await;
    assert_eq!(ann.text().await, "ben has gone");
}

#[tokio::test]
async fn a_relay_reaches_only_the_one_that_is_named() {
    let served = Served::at("/relay/{userId}").await;
    let mut ann = served.connect("/relay/ann").await;
    let mut ben = served.connect("/relay/ben").await;
    let mut zoe = served.connect("/relay/zoe").await;
    ann.say("not JSON").await;
    ann.say(r#"{"to": "nobody"}"#).await;
    ann.say(r#"{"to": "ben", "step": 1}"#).await;
    assert_eq!(ben.text().await, r#"{"from":"ann","step":1,"to":"ben"}"#);
    ben.say(r#"{"to": "zoe"}"#).await;
    assert_eq!(zoe.text().await, r#"{"from":"ben","to":"zoe"}"#);
}

#[tokio::test]
async fn one_that_is_refused_gets_nothing_and_the_others_do() {
    let served = Served::at("/door/{user}").await;
    let mut ann = served.connect("/door/ann").await;
    assert_eq!(ann.text().await, "hello ann");
    let mut ben = served.connect("/door/ben").await;
    assert_eq!(ben.text().await, "hello ben");
    let mut nobody = served.connect("/door/nobody").await;
    assert_eq!(nobody.code().await, 1008);
    ann.say("hi").await;
    assert_eq!(ben.text().await, "ann: hi");
    ben.say("ho").await;
    assert_eq!(ann.text().await, "ben: ho");
}

#[tokio::test]
async fn a_switch_answers_each_word() {
    let served = Served::at("/router").await;
    let mut client = served.connect("/router").await;
    for (word, answer) in [("ping", "pong"), ("calls", "2"), ("what", "unknown: what")] {
        client.say(word).await;
        assert_eq!(client.text().await, answer);
    }
    client.say("bye").await;
    assert_eq!(client.code().await, 1000);
}

#[tokio::test]
async fn counters_count() {
    let served = Served::at("/visits").await;
    let mut one = served.connect("/visits").await;
    one.say("a").await;
    assert_eq!(one.text().await, "1 messages, 1 online, 1 in all");
    let mut two = served.connect("/visits").await;
    two.say("b").await;
    assert_eq!(two.text().await, "2 messages, 2 online, 2 in all");
}

#[tokio::test]
async fn the_older_connection_is_told_and_closed() {
    let served = Served::at("/single/{user}").await;
    let mut older = served.connect("/single/ann").await;
    let _newer = served.connect("/single/ann").await;
    assert_eq!(older.text().await, "you are here twice");
    assert_eq!(older.code().await, 1000);
}

#[tokio::test]
async fn a_set_of_endpoints_is_welcomed_and_told() {
    let served = Served::at("/desk/{sid}").await;
    let mut one = served.connect("/desk/1").await;
    assert_eq!(one.text().await, "welcome");
    let mut two = served.connect("/desk/2").await;
    assert_eq!(two.text().await, "welcome");
    two.say("to all").await;
    assert_eq!(one.text().await, "to all");
    assert_eq!(two.text().await, "to all");
}
