//! A real haproxy.

use std::net::SocketAddr;

use tempfile::TempDir;
use tokio::process::Command;
use wspring_tests::Program;

use crate::{CLIENT, OTHER, builder, connect_at_last, connect_from, free_port, seen, start};

/// It is stopped when it is dropped.
struct Haproxy {
    address: SocketAddr,
    _program: Program,
    _directory: TempDir,
}

impl Haproxy {
    fn start(server: SocketAddr, mode: &str, options: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let address = free_port();
        let configuration = format!(
            "defaults\n  mode {mode}\n  timeout connect 20s\n  timeout client 60s\n  timeout server 60s\n  timeout tunnel 60s\n\
             listen door\n  bind {address}\n  server wspring {server} {options}\n"
        );
        let file = directory.path().join("haproxy.cfg");
        std::fs::write(&file, configuration).expect("a file");
        let path = std::env::var("HAPROXY").unwrap_or_else(|_| "haproxy".to_owned());
        let mut command = Command::new(path);
        // In the foreground.
        command.arg("-db").arg("-f").arg(file);
        // Debian has it there, where not every user looks.
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin"));
        Self {
            address,
            _program: Program::spawn(command),
            _directory: directory,
        }
    }
}

#[tokio::test]
async fn haproxy_names_the_client_by_the_proxy_protocol() {
    for option in ["send-proxy", "send-proxy-v2"] {
        let server = start(builder().proxy_protocol(true).max_connections_per_ip(1)).await;
        let haproxy = Haproxy::start(server.address(), "tcp", option);
        let stream = connect_at_last(CLIENT, haproxy.address).await;
        let address = stream.local_addr().unwrap();
        let expected = format!("{address} ws://localhost/seen");
        assert_eq!(
            seen(stream, "localhost", &[]).await,
            Ok(expected),
            "{option}"
        );
        let again = connect_from(CLIENT, haproxy.address).await;
        assert_eq!(seen(again, "localhost", &[]).await, Err(429), "{option}");
        let other = connect_from(OTHER, haproxy.address).await;
        assert!(seen(other, "localhost", &[]).await.is_ok(), "{option}");
    }
}

#[tokio::test]
async fn a_page_behind_haproxy_on_this_machine_may_connect() {
    let server = start(builder().proxy_protocol(true)).await;
    let haproxy = Haproxy::start(server.address(), "tcp", "send-proxy");
    let stream = connect_at_last(CLIENT, haproxy.address).await;
    let page = [("origin", "http://app.example.com")];
    let seen = seen(stream, "app.example.com", &page).await;
    assert!(seen.unwrap().ends_with(" ws://app.example.com/seen"));
}

#[tokio::test]
async fn haproxy_names_the_client_by_a_header() {
    let server = start(builder()).await;
    let haproxy = Haproxy::start(server.address(), "http", "\n  option forwardfor");
    let stream = connect_at_last(CLIENT, haproxy.address).await;
    let forged = [("x-forwarded-for", "192.0.2.1")];
    let seen = seen(stream, "localhost", &forged).await;
    assert_eq!(seen.as_deref(), Ok("127.0.0.9:0 ws://localhost/seen"));
}
