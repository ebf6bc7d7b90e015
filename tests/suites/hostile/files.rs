//! No more open files.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use wspring_tests::client::handshake;
use wspring_tests::{Client, RawClient, soon};

use crate::Alone;

/// How many files the server may have open, and how many connections come.
const FILES: usize = 40;
const COME: usize = 60;

const ERROR: &str = "cannot accept connections at the moment";

/// A connection on which the server has a handshake to answer, if it has not been cut off.
async fn asking(address: SocketAddr) -> TcpStream {
    let mut client = RawClient::connect(address).await;
    client.write(handshake("/echo/ann", &[]).as_bytes()).await;
    client.into_inner()
}

async fn is_accepted(client: &mut TcpStream) -> bool {
    let mut status = [0; 12];
    let read = soon("an answer", client.read_exact(&mut status)).await;
    read.is_ok() && &status == b"HTTP/1.1 101"
}

#[tokio::test]
async fn without_files_left_the_server_waits_says_so_once_and_serves_those_it_has() {
    let bounds = [("WSPRING_MAX_CONNECTIONS", "off")];
    let mut server = Alone::with_files(FILES, &bounds).await;
    let mut client = Client::connect(server.url()).await;

    let begun = Instant::now();
    let (leave, may_leave) = watch::channel(false);
    let mut others = JoinSet::new();
    for _ in 0..COME {
        let (address, mut may_leave) = (server.address, may_leave.clone());
        others.spawn(async move {
            let mut other = asking(address).await;
            may_leave
                .wait_for(|may| *may)
                .await
                .expect("a sign to leave");
            // One whose request the server had not seen when it had no more files had to leave for another.
            while !is_accepted(&mut other).await {
                other = asking(address).await;
            }
        });
    }
    let first = server.program.error().await;
    assert!(first.contains("ERROR") && first.contains(ERROR), "{first}");
    for _ in 0..200 {
        client.send("served").await;
        assert_eq!(client.text().await, "served");
    }

    // When some leave, others come in, and each gets its answer.
    leave.send(true).expect("they wait");
    while let Some(answered) = others.join_next().await {
        answered.expect("an answer");
    }
    Client::connect(server.url()).await.close().await;

    server.program.signal("TERM").await;
    let errors = server.program.ended().await.errors;
    // One in 10 s at most, and the last one says how many there were.
    let more = errors.lines().filter(|line| line.contains(ERROR)).count();
    let most = begun.elapsed().as_secs() / 10 + 1;
    assert!(more as u64 <= most, "{errors}");
}

#[tokio::test]
async fn without_files_left_connections_that_say_nothing_make_room() {
    let bounds = [
        ("WSPRING_MAX_CONNECTIONS", "off"),
        ("WSPRING_HANDSHAKE_TIMEOUT", "1h"),
    ];
    let mut server = Alone::with_files(FILES, &bounds).await;
    let mut silent = Vec::new();
    for _ in 0..COME {
        silent.push(RawClient::connect(server.address).await);
    }
    let first = server.program.error().await;
    assert!(first.contains(ERROR), "{first}");
    let mut client = Client::connect(server.url()).await;
    client.send("served").await;
    assert_eq!(client.text().await, "served");
}
