//! SIGINT and SIGTERM: everyone is told, every handler runs, and the program ends well.

use wspring_tests::Client;

use crate::{ANYWHERE, serving};

async fn assert_ends_well(signal: &str) {
    let (program, address) = serving("", &[ANYWHERE]).await;
    let mut clients = Vec::new();
    for user in ["ann", "ben"] {
        let mut client = Client::connect(format!("ws://{address}/echo/{user}")).await;
        client.send("hello").await;
        assert_eq!(client.text().await, "hello");
        clients.push(client);
    }
    program.signal(signal).await;
    for client in &mut clients {
        assert_eq!(
            client.closed().await,
            (1001, "the server is stopping".to_owned())
        );
    }
    let ended = program.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    let closed = "closed: 1001 by the runtime: the server is stopping";
    assert_eq!(
        ended.output.matches(closed).count(),
        2,
        "each on_close ran: {}",
        ended.output
    );
}

#[tokio::test]
async fn s2_sigint_drains_the_server() {
    assert_ends_well("INT").await;
}

#[tokio::test]
async fn s2_sigterm_drains_the_server() {
    assert_ends_well("TERM").await;
}
