//! Path and query parameters: parsed before the 101, by their types.

use wspring::prelude::*;
use wspring_tests::TestServer;
use wspring_tests::client::handshake;

/// What the endpoint at `path` made of its request.
async fn answer(server: &TestServer, path: &str) -> String {
    let mut client = server.connect(path).await;
    client.send("?").await;
    client.text().await
}

/// The words of the 400 that answers `path`.
async fn refused(server: &TestServer, path: &str) -> String {
    let response = server.ask(handshake(path, &[])).await;
    assert_eq!(response.status, 400, "{path}: {}", response.body);
    response.body
}

#[tokio::test]
async fn d2_d3_path_parameters_are_parsed_by_their_types() {
    let server = TestServer::start().await;
    assert_eq!(
        answer(&server, "/typed/7/true/ann/high").await,
        "7 true ann High"
    );
    assert_eq!(
        answer(&server, "/typed/0/false/a+b/LOW").await,
        "0 false a+b Low"
    );
    assert_eq!(
        answer(&server, "/number/-9223372036854775808").await,
        i64::MIN.to_string()
    );
}

#[tokio::test]
async fn d5_a_path_parameter_that_does_not_parse_is_named_in_the_400() {
    let server = TestServer::start().await;
    for (path, parameter, value) in [
        ("/typed/256/true/ann/low", "`count`", "`256`"),
        ("/typed/x/true/ann/low", "`count`", "`x`"),
        ("/typed/7/1/ann/low", "`flag`", "`1`"),
        ("/typed/7/TRUE/ann/low", "`flag`", "`TRUE`"),
        ("/typed/7/true/ann/middle", "`level`", "`middle`"),
        (
            "/number/9223372036854775808",
            "`id`",
            "`9223372036854775808`",
        ),
    ] {
        let words = refused(&server, path).await;
        assert!(
            words.contains(parameter) && words.contains(value),
            "{path}: {words}"
        );
    }
    let words = refused(&server, "/typed/7/true/ann/middle").await;
    assert!(
        words.contains("a level is low or high"),
        "the type's own words are kept: {words}"
    );
}

#[tokio::test]
async fn a_long_value_is_not_repeated_whole_in_the_400() {
    let server = TestServer::start().await;
    let words = refused(&server, &format!("/number/{}", "x".repeat(5000))).await;
    assert!(words.contains("`id`") && words.len() < 300, "{words}");
}

#[tokio::test]
async fn query_parameters_are_parsed_by_their_types() {
    let server = TestServer::start().await;
    assert_eq!(
        answer(&server, "/search?q=x&page=2").await,
        "x 2 None None None None"
    );
    assert_eq!(
        answer(
            &server,
            "/search?exact=true&level=high&author=ann&limit=9&page=2&q=x"
        )
        .await,
        r#"x 2 Some(9) Some(true) Some("ann") Some(High)"#
    );
    // Of several the first counts; empty is not the same as missing.
    assert_eq!(
        answer(&server, "/search?q=&page=1&page=2&author=").await,
        r#" 1 None None Some("") None"#
    );
}

#[tokio::test]
async fn a_query_parameter_that_is_missing_or_does_not_parse_is_named_in_the_400() {
    let server = TestServer::start().await;
    for (path, parameter) in [
        ("/search", "`q`"),
        ("/search?page=1", "`q`"),
        ("/search?q=x", "`page`"),
        ("/search?q=x&page=", "`page`"),
        ("/search?q=x&page=-1", "`page`"),
        ("/search?q=x&page=1&limit=256", "`limit`"),
        ("/search?q=x&page=1&exact=maybe", "`exact`"),
        ("/search?q=x&page=1&level=middle", "`level`"),
    ] {
        let words = refused(&server, path).await;
        assert!(
            words.contains("query parameter") && words.contains(parameter),
            "{path}: {words}"
        );
    }
    let words = refused(&server, "/search").await;
    assert!(words.contains("missing"), "{words}");
}

#[tokio::test]
async fn d1_d5_parameters_of_a_later_handler_are_parsed_before_the_101_too() {
    let server = TestServer::start().await;
    assert_eq!(
        answer(&server, "/room/lobby?seat=3").await,
        "lobby Some(3) ?"
    );
    assert_eq!(answer(&server, "/room/lobby").await, "lobby None ?");
    let words = refused(&server, "/room/lobby?seat=first").await;
    assert!(words.contains("`seat`"), "{words}");
}

#[tokio::test]
async fn c11_values_are_percent_decoded_after_the_path_was_cut() {
    let server = TestServer::start().await;
    for (path, answered) in [
        ("/room/a%2Fb", "a/b None ?"),
        ("/room/a%20b", "a b None ?"),
        ("/room/a+b", "a+b None ?"),
        ("/room/caf%C3%A9", "café None ?"),
        ("/room/%252F", "%2F None ?"),
        ("/%72oom/x?seat=%33", "x Some(3) ?"),
        (
            "/search?q=a+b%2Bc%26d&page=%31",
            "a b+c&d 1 None None None None",
        ),
    ] {
        assert_eq!(answer(&server, path).await, answered, "{path}");
    }
    for path in ["/room/%", "/room/%2", "/room/%ZZ", "/room/%FF", "/room/%00"] {
        let words = refused(&server, path).await;
        assert!(
            words.contains('%') || words.contains("UTF-8"),
            "{path}: {words}"
        );
    }
}

#[tokio::test]
async fn d7_a_query_parameter_does_not_stand_in_for_a_path_parameter() {
    let server = TestServer::start().await;
    assert_eq!(answer(&server, "/shadowed/1").await, "1 None None");
    assert_eq!(
        answer(&server, "/shadowed/1?id=2&extra=x").await,
        "1 Some(2) None"
    );
    let words = refused(&server, "/shadowed/x?id=2").await;
    assert!(words.contains("path parameter `id`"), "{words}");
}

#[tokio::test]
async fn the_key_is_the_value_as_its_type_prints_it() {
    let server = TestServer::start().await;
    for (path, key) in [
        ("/number/007", "7"),
        ("/number/+8", "8"),
        ("/number/-0", "0"),
        ("/tagged/Rust", "rust"),
        ("/leveled/HIGH", "HIGH"),
        ("/room/Lobby", "Lobby"),
        ("/room/a%2Fb", "a/b"),
    ] {
        let mut client = server.connect(path).await;
        // The answer says that the session is open.
        client.send("?").await;
        client.text().await;
        let delivered = server.handle().send_info("pushed", key).await;
        assert_eq!(delivered.expect(path).sessions, 1);
        assert_eq!(client.text().await, "pushed");
        client.close().await;
    }
}

#[tokio::test]
async fn the_value_as_it_was_written_is_no_key() {
    let server = TestServer::start().await;
    let mut client = server.connect("/number/007").await;
    client.send("?").await;
    assert_eq!(client.text().await, "7");
    let sent = server.handle().send_info("pushed", "007").await;
    assert!(matches!(sent, Err(SendError::Offline { .. })), "{sent:?}");
}
