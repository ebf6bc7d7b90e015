//! The PROXY protocol.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use wspring::Builder;
use wspring_tests::certificate::Certificate;
use wspring_tests::client::handshake;
use wspring_tests::{Log, RawClient, TestServer, soon};

use crate::{CLIENT, connect_from, seen, start};

const V1: &[u8] = b"PROXY TCP4 192.0.2.1 127.0.0.1 1234 80\r\n";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\x7f\0\0\x01\x04\xd2\0\x50";
const SEEN: &str = "192.0.2.1:1234 ws://localhost/seen";

fn builder() -> Builder {
    crate::builder().proxy_protocol(true)
}

/// A connection from the proxy.
async fn beginning_with(server: &TestServer, preface: &[u8]) -> TcpStream {
    let mut stream = connect_from(Ipv4Addr::LOCALHOST, server.address()).await;
    stream.set_nodelay(true).unwrap();
    stream.write_all(preface).await.unwrap();
    stream
}

/// The connection ends, and nothing was answered.
async fn is_cut_off(mut stream: TcpStream) {
    let mut answer = Vec::new();
    let _ = soon("the end", stream.read_to_end(&mut answer)).await;
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn both_versions_name_the_client() {
    let server = start(builder()).await;
    let v6 = b"PROXY TCP6 2001:db8::1 ::1 1234 80\r\n";
    let secure = [
        &b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x14\xc0\0\x02\x01\x7f\0\0\x01\x04\xd2\0\x50"[..],
        b"\x20\0\x05\x01\0\0\0\0",
    ]
    .concat();
    for (preface, expected) in [
        (V1, SEEN),
        (V2, SEEN),
        (v6, "[2001:db8::1]:1234 ws://localhost/seen"),
        (&secure, "192.0.2.1:1234 wss://localhost/seen"),
    ] {
        let stream = beginning_with(&server, preface).await;
        assert_eq!(
            seen(stream, "localhost", &[]).await.as_deref(),
            Ok(expected)
        );
    }
}

#[tokio::test]
async fn a_proxy_that_speaks_for_itself_is_the_peer() {
    let server = start(builder()).await;
    let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
    for preface in [&b"PROXY UNKNOWN\r\n"[..], local] {
        let stream = beginning_with(&server, preface).await;
        let address = stream.local_addr().unwrap();
        let expected = format!("{address} ws://localhost/seen");
        assert_eq!(seen(stream, "localhost", &[]).await, Ok(expected));
    }
}

#[tokio::test]
async fn the_header_may_come_in_pieces_and_together_with_the_request() {
    let server = start(builder()).await;
    for preface in [V1, V2] {
        for cut in 1..preface.len() {
            let (first, second) = preface.split_at(cut);
            let mut stream = beginning_with(&server, first).await;
            stream.write_all(second).await.unwrap();
            let seen = seen(stream, "localhost", &[]).await;
            assert_eq!(seen.as_deref(), Ok(SEEN), "{cut}");
        }
        let mut stream = beginning_with(&server, &[]).await;
        for byte in preface {
            stream.write_all(&[*byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        assert_eq!(seen(stream, "localhost", &[]).await.as_deref(), Ok(SEEN));
        let request = [preface, handshake("/seen", &[]).as_bytes()].concat();
        let mut client = RawClient::connect(server.address()).await;
        client.write(&request).await;
        assert_eq!(client.response().await.status, 101);
    }
}

#[tokio::test]
async fn a_trusted_proxy_without_the_header_is_cut_off() {
    let log = Log::start();
    let server = start(builder()).await;
    let long = [&b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff"[..], &[0; 5000]].concat();
    for beginning in [
        handshake("/seen", &[]).as_bytes(),
        b"PROXY TCP4 192.0.2.1 127.0.0.1 1234 99999\r\n\r\n",
        b"PROXY TCP4 192.0.2.1\r\nGET / HTTP/1.1\r\n\r\n",
        &[b"PROXY TCP4 ", &[b'1'; 200][..]].concat(),
        b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0",
        &long,
    ] {
        is_cut_off(beginning_with(&server, beginning).await).await;
    }
    let lines = log.lines("WARN");
    let naming = lines.iter().filter(|line| line.contains("PROXY"));
    assert_eq!(naming.count(), 1, "{lines:?}");
}

#[tokio::test]
async fn the_header_has_the_time_of_a_handshake() {
    let server = start(builder().handshake_timeout(Duration::from_millis(100))).await;
    for beginning in [&b""[..], b"PROXY", &V2[..20]] {
        is_cut_off(beginning_with(&server, beginning).await).await;
    }
}

#[tokio::test]
async fn peers_that_are_not_trusted_cannot_use_it() {
    let server = start(builder()).await;
    let stream = connect_from(CLIENT, server.address()).await;
    let address = stream.local_addr().unwrap();
    let expected = format!("{address} ws://localhost/seen");
    assert_eq!(seen(stream, "localhost", &[]).await, Ok(expected));
    for preface in [V1, V2] {
        let mut stream = connect_from(CLIENT, server.address()).await;
        stream.write_all(preface).await.unwrap();
        let request = handshake("/seen", &[]);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        let read = soon("an answer", stream.read_exact(&mut answer)).await;
        assert!(read.is_err() || &answer == b"HTTP/1.1 400");
    }
}

#[tokio::test]
async fn it_stands_before_tls() {
    let certificate = Certificate::new();
    let directory = tempfile::tempdir().unwrap();
    let (chain, key) = certificate.write(directory.path());
    let builder = builder().tls(wspring::Tls::from_pem_files(chain, key));
    let server = start(builder).await;
    for preface in [V1, V2] {
        let stream = beginning_with(&server, preface).await;
        let connector = TlsConnector::from(Arc::new(certificate.client(None)));
        let connecting = connector.connect("localhost".try_into().unwrap(), stream);
        let stream = soon("the TLS handshake", connecting).await.unwrap();
        let seen = seen(stream, "localhost", &[]).await;
        assert_eq!(seen.as_deref(), Ok("192.0.2.1:1234 wss://localhost/seen"));
    }
}

#[tokio::test]
async fn limits_of_an_address_begin_with_the_header() {
    let limited = builder()
        .max_connections_per_ip(1)
        .handshake_timeout(Duration::from_secs(3600));
    let server = start(limited).await;
    let mut silent = Vec::new();
    for _ in 0..10 {
        silent.push(beginning_with(&server, V1).await);
    }
    // Of them, two may wait at a time.
    for stream in silent.drain(..8) {
        is_cut_off(stream).await;
    }
    let stream = beginning_with(&server, V1).await;
    assert_eq!(seen(stream, "localhost", &[]).await.as_deref(), Ok(SEEN));
    let stream = beginning_with(&server, V1).await;
    assert_eq!(seen(stream, "localhost", &[]).await, Err(429));
    let other = b"PROXY TCP4 192.0.2.2 127.0.0.1 1234 80\r\n";
    let stream = beginning_with(&server, other).await;
    assert!(seen(stream, "localhost", &[]).await.is_ok());
}
