//! Peers that send and never read.

use tokio::io::AsyncWriteExt as _;
use wspring_tests::client::masked_frame;
use wspring_tests::{Client, RawClient, soon};

use crate::Alone;

const MIB: usize = 1024 * 1024;

/// Sends `frame` again and again, and reads nothing, until the server cuts the connection off.
async fn flood(server: &Alone, frame: &[u8]) {
    let mut stream = RawClient::narrow(server.address, "/echo/flood")
        .await
        .into_inner();
    let burst = frame.repeat(1000);
    let mut sent = 0_usize;
    while stream.write_all(&burst).await.is_ok() {
        sent += burst.len();
        assert!(sent < 4096 * MIB, "nothing stops it");
    }
}

/// Each ping asks for an answer that cannot be written.
#[tokio::test]
async fn pings_whose_pongs_are_never_read_cost_no_memory_and_delay_nobody() {
    let server = Alone::start(&[("WSPRING_WRITE_TIMEOUT", "1s")]).await;
    let mut client = Client::connect(server.url()).await;
    client.send("before").await;
    assert_eq!(client.text().await, "before");
    let before = server.peak_memory();
    // The smallest cost the server most for each byte.
    let frame = [
        masked_frame(0x89, b"").repeat(20),
        masked_frame(0x89, &[b'x'; 125]),
    ]
    .concat();
    let flood = soon("the end of the flood", flood(&server, &frame));
    tokio::pin!(flood);
    loop {
        tokio::select! {
            () = &mut flood => break,
            () = async {
                client.send("during").await;
                assert_eq!(client.text().await, "during");
            } => {}
        }
    }
    let grown = server.peak_memory() - before;
    assert!(grown < 8 * MIB, "the server took {grown} bytes more");
}

/// Each message asks for a reply that cannot be written: the server stops reading.
#[tokio::test]
async fn messages_whose_replies_are_never_read_cost_one_outbox() {
    let server = Alone::start(&[("WSPRING_WRITE_TIMEOUT", "1s")]).await;
    let mut client = Client::connect(server.url()).await;
    client.send("before").await;
    assert_eq!(client.text().await, "before");
    let before = server.peak_memory();
    let frame = masked_frame(0x81, &[b'x'; 4000]);
    soon("the end of the flood", flood(&server, &frame)).await;
    let grown = server.peak_memory() - before;
    assert!(grown < 8 * MIB, "the server took {grown} bytes more");
    client.send("after").await;
    assert_eq!(client.text().await, "after");
}
