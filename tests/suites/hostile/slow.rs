//! Thousands of connections that never finish what they begin.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Barrier, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use wspring_tests::client::{handshake, masked_frame};
use wspring_tests::{Client, RawClient, open_files};

use crate::Alone;

/// So many, if the system allows this process and the server as many open files.
const MOST: usize = 10_000;

/// Ten thousand connections may take a busy machine longer than one.
const MOST_PATIENT: Duration = Duration::from_secs(120);

/// Files that each process needs for itself.
const OTHER_FILES: u64 = 200;

/// What is begun, and never finished.
#[derive(Clone, Copy, Debug)]
enum Begun {
    Nothing,
    Head,
    Message,
}

/// As many connections as may be open at a time.
fn connections() -> usize {
    // The server inherits it.
    let files = open_files::raise_limit();
    usize::try_from(files.saturating_sub(OTHER_FILES)).map_or(MOST, |files| files.min(MOST))
}

#[tokio::test]
async fn ten_thousand_connections_of_a_byte_at_a_time_are_cut_off_while_others_are_served() {
    let count = connections();
    assert!(
        count >= 500,
        "this system allows too few open files: {count}"
    );
    let server = Alone::start(&[
        ("WSPRING_HANDSHAKE_TIMEOUT", "3s"),
        ("WSPRING_MESSAGE_TIMEOUT", "3s"),
        // Clients that wait for all the others answer no pings.
        ("WSPRING_PING_INTERVAL", "1h"),
    ])
    .await;
    let mut client = Client::connect(server.url()).await;

    // Every connection is there before the first one goes on; not all of them come at once.
    let all_there = Arc::new(Barrier::new(count));
    let door = Arc::new(Semaphore::new(200));
    let mut slow = JoinSet::new();
    for index in 0..count {
        let begun = [Begun::Nothing, Begun::Head, Begun::Message][index % 3];
        let address = server.address;
        let (door, all_there) = (Arc::clone(&door), Arc::clone(&all_there));
        slow.spawn(async move {
            let coming = door.acquire().await.expect("an open door");
            let (stream, bytes) = begun.on(address).await;
            drop(coming);
            all_there.wait().await;
            let ended = timeout(MOST_PATIENT, cut_off(stream, begun, bytes)).await;
            assert!(ended.is_ok(), "{begun:?} was not cut off");
        });
    }
    let (over, is_over) = watch::channel(false);
    let served = tokio::spawn(async move {
        while !*is_over.borrow() {
            client.send("served").await;
            assert_eq!(client.text().await, "served");
        }
    });
    while let Some(ended) = slow.join_next().await {
        ended.expect("what it should have come to");
    }
    over.send(true).expect("the client is there");
    served.await.expect("a client that was served all the time");
    Client::connect(server.url()).await.close().await;
}

impl Begun {
    /// A connection, and what is to be sent on it.
    async fn on(self, address: SocketAddr) -> (TcpStream, Vec<u8>) {
        if let Self::Message = self {
            let client = RawClient::upgraded(address, "/echo/slow").await;
            return (client.into_inner(), masked_frame(0x81, &[b'x'; 1000]));
        }
        let bytes = match self {
            Self::Head => handshake("/echo/slow", &[]).into_bytes(),
            Self::Nothing | Self::Message => Vec::new(),
        };
        (RawClient::connect(address).await.into_inner(), bytes)
    }
}

/// Sends a byte now and then until the server has enough of it.
async fn cut_off(mut stream: TcpStream, begun: Begun, bytes: Vec<u8>) {
    let mut bytes = bytes.into_iter();
    let mut received = Vec::new();
    let mut pause = tokio::time::interval(Duration::from_millis(500));
    loop {
        tokio::select! {
            read = stream.read_buf(&mut received) => match read {
                Ok(1..) => {}
                // A FIN, or a reset because of what was sent too late.
                Ok(0) | Err(_) => break,
            },
            _ = pause.tick() => {
                if let Some(byte) = bytes.next() {
                    let _ = stream.write_all(&[byte]).await;
                }
            }
        }
    }
    assert!(
        bytes.len() > 0 || matches!(begun, Begun::Nothing),
        "{begun:?} was finished"
    );
    if matches!(begun, Begun::Message) {
        let close = received
            .windows(4)
            .any(|bytes| bytes[0] == 0x88 && bytes[2..] == [0x03, 0xf0]);
        assert!(close, "no Close frame with 1008: {received:x?}");
    }
}
