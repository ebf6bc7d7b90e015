//! Endpoints that are given to the server by hand, chosen, made by factories, added and removed (section 1.J).

use std::sync::{Arc, OnceLock};

use wspring::prelude::*;
use wspring::{EndpointConfig, ErrorKind, OnDuplicate, ServerHandle};
use wspring_tests::{Client, TestServer, soon};

/// Implemented by hand: greets, and sends back what it gets.
struct Greeter {
    greeting: String,
    count: u32,
}

impl Endpoint for Greeter {
    async fn on_open(&mut self, session: &Session) -> Result<(), Error> {
        session.send(&*self.greeting).await.map_err(Error::handler)
    }

    async fn on_message(&mut self, session: &Session, message: &mut Message) -> Result<(), Error> {
        self.count += 1;
        let reply = format!("{} {}", self.count, message.text().map_err(Error::handler)?);
        session.send(reply).await.map_err(Error::handler)
    }

    async fn on_error(_: Option<&mut Self>, session: &Session, error: &Error) {
        session.try_send(error.to_string()).unwrap_or_default();
    }
}

/// Takes no binary messages: that is the trait's own doing.
struct Silent;

impl Endpoint for Silent {}

/// Registered, and made by a factory where the server has one.
#[derive(Default)]
struct Counter {
    start: u32,
}

#[server_endpoint("/registered/counter")]
impl Counter {
    #[on_open]
    async fn open(&mut self, session: &Session) -> Result<(), SendError> {
        self.start += 1;
        session.send(self.start).await
    }

    #[on_message]
    fn next(&mut self, _: &str) -> u32 {
        self.start += 1;
        self.start
    }
}

/// Registered, and made by its `#[on_open]`.
struct OfItself;

#[server_endpoint("/registered/itself")]
impl OfItself {
    #[on_open]
    fn open() -> Self {
        Self
    }
}

fn greeter(session: &Session) -> Greeter {
    let name = session.path_param("name").unwrap_or("stranger");
    Greeter {
        greeting: format!("welcome, {name}"),
        count: 0,
    }
}

async fn refused(server: &TestServer, path: &str) -> u16 {
    Client::refused(server.url(path)).await.0
}

#[tokio::test]
async fn j1_an_endpoint_by_hand_opens_takes_messages_and_is_told_of_errors() {
    let builder = Server::builder().endpoint("/greeter/{name}", greeter);
    let server = TestServer::start_with(builder).await;
    let mut client = server.connect("/greeter/ann").await;
    assert_eq!(client.text().await, "welcome, ann");
    client.send("hello").await;
    assert_eq!(client.text().await, "1 hello");
    client.send(b"bytes".to_vec()).await;
    assert!(client.text().await.contains("expected a text message"));
}

/// Panics before it has a future.
struct Hasty;

impl Endpoint for Hasty {
    fn on_message(
        &mut self,
        _: &Session,
        message: &mut Message,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        assert!(message.text().is_err(), "too hasty");
        async { Ok(()) }
    }

    async fn on_error(_: Option<&mut Self>, session: &Session, error: &Error) {
        session.try_send(error.to_string()).unwrap_or_default();
    }
}

#[tokio::test]
async fn j1_a_handler_that_panics_before_it_has_a_future_ends_its_connection_in_order() {
    let server = TestServer::start_with(Server::builder().endpoint("/hasty", |_| Hasty)).await;
    let mut client = server.connect("/hasty").await;
    client.send("now").await;
    let told = client.text().await;
    assert!(told.contains("too hasty"), "{told}");
    assert_eq!(client.closed().await.0, 1011);
}

#[tokio::test]
async fn j1_every_connection_has_a_value_of_its_own() {
    let builder = Server::builder().endpoint("/greeter", greeter);
    let server = TestServer::start_with(builder).await;
    for _ in 0..2 {
        let mut client = server.connect("/greeter").await;
        assert_eq!(client.text().await, "welcome, stranger");
        client.send("hello").await;
        assert_eq!(client.text().await, "1 hello");
    }
}

#[tokio::test]
async fn j1_without_handlers_a_message_is_refused_with_1003() {
    let builder = Server::builder().endpoint("/silent", |_| Silent);
    let server = TestServer::start_with(builder).await;
    let mut client = server.connect("/silent").await;
    client.send("hello").await;
    assert_eq!(client.closed().await.0, 1003);
}

#[tokio::test]
async fn j2_a_configuration_names_the_key_and_the_policy() {
    let config = EndpointConfig::new("/<room>/<user>")
        .key("user")
        .on_duplicate(OnDuplicate::All)
        .heartbeat("ping")
        .max_message_size(4);
    let builder = Server::builder().endpoint(config, |_| Silent);
    let server = TestServer::start_with(builder).await;
    let mut first = server.connect("/one/ann").await;
    let mut second = server.connect("/two/ann").await;
    for client in [&mut first, &mut second] {
        client.send("ping").await;
        assert_eq!(client.text().await, "ping");
    }
    let sent = server.handle().send_info("news", "ann").await;
    assert_eq!(sent.expect("both are there").sessions, 2);
    assert_eq!(first.text().await, "news");
    assert_eq!(second.text().await, "news");
    first.send("12345").await;
    assert_eq!(first.closed().await.0, 1009);
}

#[tokio::test]
async fn j2_two_paths_of_one_type_share_no_key() {
    let builder = Server::builder()
        .endpoint("/one/<id>", |_| Silent)
        .endpoint("/two/<id>", |_| Silent);
    let server = TestServer::start_with(builder).await;
    let mut one = server.connect("/one/7").await;
    let mut two = server.connect("/two/7").await;
    let sent = server.handle().send_info("news", 7).await;
    assert_eq!(sent.expect("both are there").sessions, 2);
    assert_eq!(one.text().await, "news");
    assert_eq!(two.text().await, "news");
    assert_eq!(server.handle().sessions::<Silent>().len(), 2);
}

#[tokio::test]
async fn j2_what_is_wrong_with_a_configuration_keeps_the_server_from_starting() {
    let wrong = Server::builder()
        .endpoint("no slash", |_| Silent)
        .endpoint(EndpointConfig::new("/a/<b>").key("c"), |_| Silent)
        .endpoint("/registered/counter", |_| Silent)
        .endpoint(EndpointConfig::new("/d").heartbeat(""), |_| Silent)
        .endpoint(
            EndpointConfig::new("/e").subprotocols(["v1", "v2", "v1"]),
            |_| Silent,
        )
        .factory(|_| Silent)
        .factory(|_| OfItself);
    let error = wrong.bind().await.expect_err("seven mistakes");
    assert_eq!(error.kind(), ErrorKind::Deployment);
    let text = error.to_string();
    for part in [
        "no slash  Silent",
        "the path has no variable `c` to be the key",
        "two endpoints have paths that mean the same",
        "the heartbeat is empty",
        "the subprotocol `v1` stands there twice",
        "which is not registered",
        "OfItself`, whose `#[on_open]` makes it",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[tokio::test]
async fn i5_a_factory_stands_in_for_default() {
    let server = TestServer::start_with(Server::builder().factory(|_| Counter { start: 41 })).await;
    let mut client = server.connect("/registered/counter").await;
    assert_eq!(client.text().await, "42");
    let without = TestServer::start().await;
    let mut client = without.connect("/registered/counter").await;
    assert_eq!(client.text().await, "1");
}

#[tokio::test]
async fn i5_a_factory_that_panics_ends_its_connection_alone() {
    let builder = Server::builder().endpoint("/broken/<how>", |session| {
        assert_eq!(session.path_param("how"), Some("well"), "a broken factory");
        Silent
    });
    let server = TestServer::start_with(builder).await;
    let mut broken = server.connect("/broken/badly").await;
    assert_eq!(broken.closed().await.0, 1011);
    server.connect("/broken/well").await.close().await;
}

#[tokio::test]
async fn j3_an_endpoint_is_added_and_removed_while_the_server_runs() {
    let server = TestServer::start().await;
    assert_eq!(refused(&server, "/greeter").await, 404);
    let added = server.handle().add_endpoint("/greeter", greeter);
    added.expect("a free path");
    let mut client = server.connect("/greeter").await;
    assert_eq!(client.text().await, "welcome, stranger");

    assert!(server.handle().remove_endpoint("/greeter"));
    assert!(!server.handle().remove_endpoint("/greeter"));
    assert_eq!(refused(&server, "/greeter").await, 404);
    // Who is there stays, until somebody closes it.
    client.send("still there").await;
    assert_eq!(client.text().await, "1 still there");
    for session in server.handle().sessions::<Greeter>() {
        session.close();
    }
    assert_eq!(client.closed().await.0, 1000);
    // What was not removed is served as before.
    assert_eq!(
        server.connect("/registered/counter").await.text().await,
        "1"
    );
}

/// Knows the server that serves it.
struct Opener(Arc<OnceLock<ServerHandle>>);

impl Endpoint for Opener {
    async fn on_message(&mut self, session: &Session, message: &mut Message) -> Result<(), Error> {
        let server = self.0.get().expect("the test has set it");
        let path = message.text().map_err(Error::handler)?;
        server.add_endpoint(path, greeter)?;
        let open = server.sessions::<Self>().len();
        session.send(open).await.map_err(Error::handler)
    }
}

#[tokio::test]
async fn f1_a_handler_reaches_its_server() {
    let handle = Arc::new(OnceLock::new());
    let shared = Arc::clone(&handle);
    let builder = Server::builder().endpoint("/opener", move |_| Opener(Arc::clone(&shared)));
    let server = TestServer::start_with(builder).await;
    handle.set(server.handle().clone()).expect("set once");
    let mut client = server.connect("/opener").await;
    client.send("/later").await;
    assert_eq!(client.text().await, "1");
    let mut later = server.connect("/later").await;
    assert_eq!(later.text().await, "welcome, stranger");
}

#[tokio::test]
async fn j6_an_endpoint_that_cannot_be_added_changes_nothing() {
    let server = TestServer::start().await;
    let handle = server.handle();
    for path in ["/registered/{x}/{x}", "/registered/counter", "registered"] {
        let error = handle.add_endpoint(path, greeter).expect_err(path);
        assert_eq!(error.kind(), ErrorKind::Deployment, "{path}");
    }
    assert_eq!(
        server.connect("/registered/counter").await.text().await,
        "1"
    );
}

#[tokio::test]
async fn j4_only_the_chosen_endpoints_are_served() {
    let builder = Server::builder().registered(|endpoint| {
        endpoint.path().ends_with("itself") && endpoint.name() == "OfItself"
    });
    let server = TestServer::start_with(builder).await;
    assert_eq!(refused(&server, "/registered/counter").await, 404);
    let client = server.connect("/registered/itself").await;
    soon("the goodbye", client.close()).await;
}
