//! `wspring.toml` and the variables `WSPRING_…`.

use std::net::TcpListener;

use wspring_tests::certificate::Certificate;
use wspring_tests::client::handshake;
use wspring_tests::{Client, Program, RawClient};

use crate::{ANYWHERE, SERVE, assert_contains, directory, refused, refused_in, serving};

#[tokio::test]
async fn k5_settings_come_from_the_file_and_the_environment_which_has_the_last_word() {
    let settings = r#"
        address = "127.0.0.1:0"
        max_message_size = 10
        slow_consumer = "drop"
        ping_interval = "200ms"
        origins = ["https://example.com"]
    "#;
    for (variables, limit, allowed, refused) in [
        (
            &[][..],
            10,
            "https://example.com",
            "https://www.example.com",
        ),
        (
            &[
                ("WSPRING_MAX_MESSAGE_SIZE", "20"),
                ("WSPRING_SLOW_CONSUMER", "close"),
                ("WSPRING_ORIGINS", "https://www.example.com"),
            ],
            20,
            "https://www.example.com",
            "https://example.com",
        ),
    ] {
        let (_program, address) = serving(settings, variables).await;
        let mut client = Client::connect(format!("ws://{address}/echo/ann")).await;
        client.send("x".repeat(limit)).await;
        assert_eq!(client.text().await.len(), limit);
        client.send("x".repeat(limit + 1)).await;
        assert_eq!(client.closed().await.0, 1009);

        let address = address.parse().unwrap();
        for (origin, status) in [(allowed, 101), (refused, 403)] {
            let mut client = RawClient::connect(address).await;
            let request = handshake("/echo/ann", &[&format!("Origin: {origin}")]);
            client.write(request.as_bytes()).await;
            assert_eq!(client.response().await.status, status, "{origin}");
            if status == 101 {
                // The default would be later than any test waits.
                client.read_ping().await;
            }
        }
    }
}

#[tokio::test]
async fn an_idle_timeout_is_set_and_taken_back() {
    let file = "address = \"127.0.0.1:0\"\nidle_timeout = \"100ms\"";
    let (_program, address) = serving(file, &[]).await;
    let mut client = Client::connect(format!("ws://{address}/echo/ann")).await;
    assert_eq!(client.closed().await.0, 1001);

    let (_program, address) = serving(file, &[("WSPRING_IDLE_TIMEOUT", "off")]).await;
    let mut client = Client::connect(format!("ws://{address}/echo/ann")).await;
    client.send("still here").await;
    assert_eq!(client.text().await, "still here");
}

#[tokio::test]
async fn e11_what_no_handler_takes_is_ignored_or_not() {
    let file = "address = \"127.0.0.1:0\"\nunhandled = \"ignore\"";
    let (_program, address) = serving(file, &[]).await;
    let mut client = Client::connect(format!("ws://{address}/echo/ann")).await;
    client.send(vec![1]).await;
    client.send("still here").await;
    assert_eq!(client.text().await, "still here");

    let (_program, address) = serving(file, &[("WSPRING_UNHANDLED", "close")]).await;
    let mut client = Client::connect(format!("ws://{address}/echo/ann")).await;
    client.send(vec![1]).await;
    assert_eq!(client.closed().await.0, 1003);

    let errors = refused(SERVE, "unhandled = \"drop\"", &[ANYWHERE]).await;
    assert_contains(&errors, &["`drop` is not", "\"close\" or \"ignore\""]);
}

#[tokio::test]
async fn threads_are_given_from_outside() {
    for (file, variables) in [
        ("workers = 2", &[ANYWHERE][..]),
        ("workers = 0", &[ANYWHERE, ("WSPRING_WORKERS", "per-core")]),
    ] {
        let (_program, address) = serving(file, variables).await;
        let mut client = Client::connect(format!("ws://{address}/echo/ann")).await;
        client.send("hello").await;
        assert_eq!(client.text().await, "hello");
    }
    for (file, variables) in [
        ("workers = 0", &[ANYWHERE][..]),
        (
            "workers = \"shared\"",
            &[ANYWHERE, ("WSPRING_WORKERS", "0")],
        ),
    ] {
        let errors = refused(SERVE, file, variables).await;
        assert_contains(&errors, &["`workers` is 0", "\"per-core\" or \"shared\""]);
    }
}

#[tokio::test]
async fn compression_is_turned_on_and_off_from_outside() {
    for (settings, value, is_on) in [
        ("", None, false),
        ("compression = \"on\"", None, true),
        ("compression = true", None, true),
        ("compression = \"on\"", Some("off"), false),
        ("compression = true", Some("false"), false),
        ("compression = false", Some("on"), true),
        ("", Some("true"), true),
    ] {
        let settings = format!("address = \"127.0.0.1:0\"\n{settings}\n");
        let variables: Vec<_> = value
            .map(|value| ("WSPRING_COMPRESSION", value))
            .into_iter()
            .collect();
        let (_program, address) = serving(&settings, &variables).await;
        let mut client = RawClient::connect(address.parse().unwrap()).await;
        let offer = "Sec-WebSocket-Extensions: permessage-deflate";
        client
            .write(handshake("/echo/ann", &[offer]).as_bytes())
            .await;
        let answer = client.response().await;
        let agreed = answer.header("sec-websocket-extensions").is_some();
        assert_eq!(agreed, is_on, "{settings} {value:?}");
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_used_is_named_with_what_can() {
    for (settings, parts) in [
        (
            "ping_interval = \"soon\"",
            ["`ping_interval`", "`soon` is not a time", "\"25s\""],
        ),
        (
            "ping_interval = 25",
            ["`ping_interval`", "`25` is not a time", "\"25s\""],
        ),
        (
            "idle_timeout = \"never\"",
            [
                "`idle_timeout`",
                "`never` is neither `off` nor a time",
                "\"5m\"",
            ],
        ),
        (
            "max_message_size = \"many\"",
            [
                "`max_message_size`",
                "`many` is not a whole number",
                "65536",
            ],
        ),
        (
            "max_message_size = -1",
            ["`max_message_size`", "not a whole number", "65536"],
        ),
        (
            "max_message_size = 1.5",
            ["`max_message_size`", "not a whole number", "65536"],
        ),
        (
            "outbox_bytes = true",
            ["`outbox_bytes`", "not a whole number", "65536"],
        ),
        (
            "slow_consumer = \"wait\"",
            ["`slow_consumer`", "`wait`", "write \"close\" or \"drop\""],
        ),
        (
            "compression = \"best\"",
            ["`compression`", "`best`", "write \"on\" or \"off\""],
        ),
        (
            "compression = 6",
            ["`compression`", "compressed", "write \"on\" or \"off\""],
        ),
        (
            "origins = [\"example.com\"]",
            ["`origins`", "`example.com` is not an origin", "https://"],
        ),
        (
            "workers = \"many\"",
            ["`workers`", "which threads run", "\"per-core\" or a number"],
        ),
        (
            "workers = -1",
            ["`workers`", "which threads run", "per-core"],
        ),
        ("origins = 3.5", ["`origins`", "not an origin", "https://"]),
        (
            "address = 8080",
            ["cannot listen on 8080", "WSPRING_ADDRESS", "wspring.toml"],
        ),
    ] {
        let errors = refused(SERVE, settings, &[]).await;
        assert_contains(&errors, &parts);
        assert_contains(&errors, &["wspring.toml"]);
    }
}

#[tokio::test]
async fn k5_a_value_out_of_its_bounds_is_refused_and_all_of_them_are_named() {
    let settings = "max_message_size = 0\nclose_timeout = \"0s\"\noutbox_messages = 0";
    let errors = refused(SERVE, settings, &[ANYWHERE]).await;
    assert_contains(
        &errors,
        &[
            "`max_message_size` is 0",
            "`close_timeout` is 0",
            "`outbox_messages` is 0",
        ],
    );
}

#[tokio::test]
async fn a_name_that_is_no_setting_is_refused_with_those_that_are() {
    let errors = refused(SERVE, "pign_interval = \"5s\"", &[ANYWHERE]).await;
    assert_contains(
        &errors,
        &[
            "wspring.toml",
            "pign_interval",
            "ping_interval",
            "max_message_size",
        ],
    );
    let errors = refused(SERVE, "", &[ANYWHERE, ("WSPRING_PIGN_INTERVAL", "5s")]).await;
    assert_contains(&errors, &["WSPRING_", "pign_interval", "ping_interval"]);
}

#[tokio::test]
async fn a_file_that_is_no_toml_is_refused_with_the_place_of_the_mistake() {
    let errors = refused(SERVE, "address = \"127.0.0.1:0\"\nping_interval = = 5", &[]).await;
    assert_contains(&errors, &["wspring.toml", "line 2"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused() {
    let directory = directory("");
    std::fs::create_dir(directory.join("wspring.toml")).unwrap();
    let errors = refused_in(&directory, SERVE, &[ANYWHERE]).await;
    assert_contains(&errors, &["wspring.toml"]);
}

#[tokio::test]
async fn a_variable_that_cannot_be_used_is_named() {
    for (variable, value) in [
        ("WSPRING_PONG_TIMEOUT", "never"),
        ("WSPRING_MAX_MESSAGE_SIZE", "1.5"),
        ("WSPRING_MAX_FRAGMENTS", "true"),
        ("WSPRING_OUTBOX_MESSAGES", "99999999999999999999999999"),
        ("WSPRING_OUTBOX_BYTES", ""),
        ("WSPRING_ORIGINS", "example.com"),
    ] {
        let errors = refused(SERVE, "", &[ANYWHERE, (variable, value)]).await;
        let setting = variable.trim_start_matches("WSPRING_").to_lowercase();
        assert_contains(&errors, &["WSPRING_", &format!("`{setting}`")]);
    }
}

#[tokio::test]
async fn a_certificate_makes_it_https() {
    let directory = directory("tls_certificate = \"certificate.pem\"");
    let certificate = Certificate::new();
    certificate.write(&directory);
    let variables = [ANYWHERE, ("WSPRING_TLS_KEY", "key.pem")];
    let mut program = Program::start(SERVE, &directory, &variables);
    let line = program.line().await;
    let address = line.strip_prefix("wspring listens on https://");
    let address = address.unwrap_or_else(|| panic!("{line}")).parse().unwrap();
    certificate.connect(address, "localhost").await.unwrap();
}

#[tokio::test]
async fn half_of_a_certificate_is_refused() {
    let errors = refused(SERVE, "tls_key = \"key.pem\"", &[ANYWHERE]).await;
    assert_contains(&errors, &["`tls_key` is set without `tls_certificate`"]);
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let errors = refused(SERVE, "", &[("WSPRING_ADDRESS", &address)]).await;
    assert_contains(
        &errors,
        &[&format!("cannot listen on {address}"), "WSPRING_ADDRESS"],
    );
}

#[tokio::test]
async fn an_address_that_is_none_is_named() {
    for address in ["8080", "no such host:80", "127.0.0.1:99999", ""] {
        let errors = refused(SERVE, "", &[("WSPRING_ADDRESS", address)]).await;
        assert_contains(
            &errors,
            &[&format!("cannot listen on {address}"), "WSPRING_ADDRESS"],
        );
    }
}
