//! Which of several endpoints a path means: the precedence rules of Jakarta WebSocket §3.1.1 over live endpoints.

use wspring::prelude::*;
use wspring_tests::TestServer;
use wspring_tests::client::handshake;

/// Endpoints that answer with their own path and the value of their variable.
macro_rules! ways {
    ($($name:ident $path:literal)*) => {$(
        #[derive(Default)]
        struct $name;

        #[server_endpoint($path)]
        impl $name {
            #[on_message]
            fn answer(&self, session: &Session, _text: &str) -> String {
                let value = session.path_param("v").or(session.path_param("w"));
                format!("{} {}", $path, value.unwrap_or("-"))
            }
        }
    )*};
}

ways! {
    Literal "/way/news"
    Variable "/way/<v>"
    LateLiteral "/way/<v>/d"
    EarlyLiteral "/way/b/<w>"
    DeepLiteral "/way/b/c"
    DeadEnd "/way/a/<v>/c"
    WayRound "/way/<w>/b/d"
    Braces "/way/java/{v}/x"
}

async fn answer(server: &TestServer, path: &str) -> String {
    let mut client = server.connect(path).await;
    client.send("?").await;
    client.text().await
}

#[tokio::test]
async fn c3_c7_a_literal_goes_before_a_variable() {
    let server = TestServer::start().await;
    for (path, answered) in [
        ("/way/news", "/way/news -"),
        ("/way/new", "/way/<v> new"),
        ("/way/NEWS", "/way/<v> NEWS"),
        ("/way/b/c", "/way/b/c -"),
        ("/way/b/x", "/way/b/<w> x"),
        ("/way/%6eews", "/way/news -"),
    ] {
        assert_eq!(answer(&server, path).await, answered, "{path}");
    }
}

#[tokio::test]
async fn c3_an_earlier_literal_goes_before_a_later_one() {
    let server = TestServer::start().await;
    assert_eq!(answer(&server, "/way/b/d").await, "/way/b/<w> d");
    assert_eq!(answer(&server, "/way/x/d").await, "/way/<v>/d x");
}

#[tokio::test]
async fn c10_a_literal_that_leads_nowhere_does_not_hide_a_variable() {
    let server = TestServer::start().await;
    assert_eq!(answer(&server, "/way/a/b/c").await, "/way/a/<v>/c b");
    assert_eq!(answer(&server, "/way/a/b/d").await, "/way/<w>/b/d a");
}

#[tokio::test]
async fn a1_braces_mean_the_same_as_angles() {
    let server = TestServer::start().await;
    assert_eq!(answer(&server, "/way/java/5/x").await, "/way/java/{v}/x 5");
}

#[tokio::test]
async fn c2_c8_c9_a_variable_fills_one_segment_that_is_not_empty() {
    let server = TestServer::start().await;
    for path in [
        "/way",
        "/way/",
        "/way//d",
        "/way/x/",
        "/way/x/y",
        "/way/news/",
        "/way/b/",
        "/way/a/b/c/d",
        "/way/.",
        "/way/..",
        "/way/%2e%2e",
        "//way/news",
    ] {
        assert_eq!(server.ask(handshake(path, &[])).await.status, 404, "{path}");
    }
}
