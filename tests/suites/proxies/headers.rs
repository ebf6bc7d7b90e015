//! `Forwarded` and `X-Forwarded-…`.

use std::net::Ipv4Addr;

use http::{HeaderValue, StatusCode};
use wspring::Server;
use wspring_tests::{Http2Client, Log, TestServer, soon};

use crate::{CLIENT, builder, connect_from, seen, start};

async fn seen_from(
    server: &TestServer,
    from: Ipv4Addr,
    headers: &[(&str, &str)],
) -> Result<String, u16> {
    let stream = connect_from(from, server.address()).await;
    let address = stream.local_addr().unwrap().to_string();
    let seen = seen(stream, "localhost", headers).await;
    seen.map(|seen| seen.replace(&address, "peer"))
}

/// From the proxy.
async fn proxied(server: &TestServer, headers: &[(&str, &str)]) -> Result<String, u16> {
    seen_from(server, Ipv4Addr::LOCALHOST, headers).await
}

const FORGED: [(&str, &str); 4] = [
    ("forwarded", "for=192.0.2.1;proto=https;host=evil.example"),
    ("x-forwarded-for", "192.0.2.1"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "evil.example"),
];

#[tokio::test]
async fn headers_of_peers_that_are_not_trusted_change_nothing() {
    let unset = start(Server::builder()).await;
    let trusting = start(builder()).await;
    let expected = Ok("peer ws://localhost/seen".to_owned());
    for from in [Ipv4Addr::LOCALHOST, CLIENT] {
        assert_eq!(seen_from(&unset, from, &FORGED).await, expected);
    }
    assert_eq!(seen_from(&trusting, CLIENT, &FORGED).await, expected);
    let unreadable = [("forwarded", "?"), ("x-forwarded-for", "?")];
    assert_eq!(seen_from(&trusting, CLIENT, &unreadable).await, expected);
}

#[tokio::test]
async fn a_trusted_proxy_names_the_client_its_scheme_and_its_host() {
    let server = start(builder()).await;
    for (headers, expected) in [
        (&[][..], "peer ws://localhost/seen"),
        (&FORGED, "192.0.2.1:0 wss://evil.example/seen"),
        (
            &[("forwarded", "for=\"[2001:db8::1]:80\";proto=http")],
            "[2001:db8::1]:80 ws://localhost/seen",
        ),
        (
            &[("x-forwarded-for", "1.1.1.1, 192.0.2.1, 10.1.2.3")],
            "192.0.2.1:0 ws://localhost/seen",
        ),
        (
            &[
                ("x-forwarded-for", "1.1.1.1"),
                ("x-forwarded-for", "192.0.2.1"),
            ],
            "192.0.2.1:0 ws://localhost/seen",
        ),
        (&[("forwarded", "for=unknown")], "peer ws://localhost/seen"),
        (&[("forwarded", "for=_hidden")], "peer ws://localhost/seen"),
        (
            &[
                ("x-forwarded-host", "example.com:8443"),
                ("x-forwarded-proto", "wss"),
            ],
            "peer wss://example.com:8443/seen",
        ),
    ] {
        assert_eq!(
            proxied(&server, headers).await.as_deref(),
            Ok(expected),
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn headers_that_cannot_be_read_or_contradict_each_other_are_refused() {
    let server = start(builder()).await;
    for headers in [
        &[("forwarded", "for=somebody")][..],
        &[("forwarded", "for=\"[::1\"")],
        &[("forwarded", "for=192.0.2.1:port")],
        &[("x-forwarded-for", "192.0.2.1.5")],
        &[("x-forwarded-for", "localhost")],
        &[("x-forwarded-host", "user@example.com")],
        &[
            ("forwarded", "for=192.0.2.1"),
            ("x-forwarded-for", "192.0.2.2"),
        ],
        &[
            ("forwarded", "for=unknown"),
            ("x-forwarded-for", "192.0.2.2"),
        ],
    ] {
        assert_eq!(proxied(&server, headers).await, Err(400), "{headers:?}");
    }
}

#[tokio::test]
async fn the_page_s_origin_is_compared_with_the_host_that_the_client_used() {
    let server = start(builder()).await;
    let from = |origin| [("x-forwarded-host", "example.com"), ("origin", origin)];
    assert!(proxied(&server, &from("https://example.com")).await.is_ok());
    let own = proxied(&server, &from("http://localhost")).await;
    assert_eq!(own, Err(403));
    // A page cannot choose it where no proxy is trusted.
    let unset = start(Server::builder()).await;
    assert_eq!(
        proxied(&unset, &from("https://example.com")).await,
        Err(403)
    );
}

#[tokio::test]
async fn limits_of_an_address_are_those_of_the_client() {
    let server = start(builder().max_connections_per_ip(1)).await;
    let by = |client| [("x-forwarded-for", client)];
    for client in ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"] {
        assert!(proxied(&server, &by(client)).await.is_ok(), "{client}");
    }
    for client in [
        "192.0.2.1",
        "[2001:db8::ffff]",
        "1.1.1.1, 192.0.2.2, 10.0.0.1",
    ] {
        assert_eq!(proxied(&server, &by(client)).await, Err(429), "{client}");
    }
    // The proxy itself has no limit, and neither has a client that it hides.
    for client in ["unknown", "_a", "_b"] {
        assert!(proxied(&server, &by(client)).await.is_ok(), "{client}");
    }
    // Another address has its own, whatever it says.
    assert!(seen_from(&server, CLIENT, &by("192.0.2.1")).await.is_ok());
    assert_eq!(seen_from(&server, CLIENT, &by("192.0.2.3")).await, Err(429));
}

#[tokio::test]
async fn each_stream_of_http_2_has_its_own_client() {
    let server = start(builder().max_connections_per_ip(1)).await;
    let mut http = server.http2().await;
    let by = |client| {
        let mut request = Http2Client::handshake("/seen");
        let value = HeaderValue::from_static(client);
        request.headers_mut().insert("x-forwarded-for", value);
        request
    };
    let (mut first, _) = http.open_with(by("192.0.2.1")).await;
    let (mut second, _) = http.open_with(by("192.0.2.2")).await;
    for (client, address) in [(&mut first, "192.0.2.1"), (&mut second, "192.0.2.2")] {
        client.send("?").await;
        assert_eq!(
            client.text().await,
            format!("{address}:0 ws://localhost/seen")
        );
    }
    let refused = http.ask(by("192.0.2.1")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_log_names_the_client() {
    let log = Log::start();
    let server = start(builder()).await;
    let headers = [
        ("x-forwarded-for", "192.0.2.1"),
        ("origin", "https://evil.example"),
    ];
    assert_eq!(proxied(&server, &headers).await, Err(403));
    let lines = log.lines("WARN");
    assert!(
        lines.iter().any(|line| line.contains("192.0.2.1")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn settings_that_cannot_work_are_named() {
    let bind = |builder: wspring::Builder| builder.address("127.0.0.1:0").bind();
    let error = soon("an error", bind(Server::builder().proxy_protocol(true))).await;
    let text = error.unwrap_err().to_string();
    assert!(text.contains("`trusted_proxies`"), "{text}");
    let text = builder().into_service().unwrap_err().to_string();
    assert!(text.contains("`trusted_proxies`"), "{text}");
}
