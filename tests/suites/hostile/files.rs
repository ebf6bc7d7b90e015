//! No more open files.

use std::time::Instant;

use tokio::sync::watch;
use tokio::task::JoinSet;
use wspring_tests::client::handshake;
use wspring_tests::program::command;
use wspring_tests::{Client, RawClient};

use crate::{Alone, directory};

/// How many files the server may have open, and how many connections come.
const FILES: usize = 40;
const COME: usize = 60;

const ERROR: &str = "cannot accept connections at the moment";

#[tokio::test]
async fn without_files_left_the_server_waits_and_serves_those_it_has() {
    let limited = format!("ulimit -n {FILES} && exec \"$0\"");
    let mut shell = command("sh", &directory());
    shell.args(["-c", &limited, env!("CARGO_BIN_EXE_serve")]);
    let mut server = Alone::spawn(shell, &[]).await;
    let mut client = Client::connect(server.url()).await;

    let (leave, may_leave) = watch::channel(false);
    let mut others = JoinSet::new();
    for _ in 0..COME {
        let (address, mut may_leave) = (server.address, may_leave.clone());
        others.spawn(async move {
            let mut other = RawClient::connect(address).await;
            other.write(handshake("/echo/ann", &[]).as_bytes()).await;
            may_leave
                .wait_for(|may| *may)
                .await
                .expect("a sign to leave");
            assert_eq!(other.response().await.status, 101);
            other.reset();
        });
    }
    let begun = Instant::now();
    let first = server.program.error().await;
    assert!(first.contains(ERROR), "{first}");
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

    // It tries ten times a second, and does not spin.
    server.program.signal("TERM").await;
    let tries = begun.elapsed().as_millis() / 100 + 2;
    let errors = server.program.ended().await.errors;
    let lines = 1 + errors.lines().filter(|line| line.contains(ERROR)).count();
    assert!(
        lines as u128 <= tries,
        "{lines} tries in {:?}",
        begun.elapsed()
    );
}
