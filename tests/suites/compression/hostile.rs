//! Compressed messages that are meant to do harm.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use wspring::prelude::*;
use wspring::{Compression, Server};
use wspring_tests::client::{handshake, masked_frame};
use wspring_tests::{Program, RawClient, TestServer, soon};

use crate::peer::{BINARY, BROWSER, Peer, TEXT};

/// Connects with each kind of context.
async fn both() -> [(TestServer, Peer); 2] {
    let open = async |takeover| {
        let compression = Compression::on().context_takeover(takeover);
        let server = TestServer::start_with(Server::builder().compression(compression)).await;
        let peer = Peer::open(&server, "/echo/ann", Some(BROWSER)).await;
        (server, peer)
    };
    [open(false).await, open(true).await]
}

#[tokio::test]
async fn the_limit_of_a_message_is_that_of_what_it_inflates_to() {
    for (_server, mut peer) in both().await {
        let most = vec![b'x'; 65_536];
        peer.send(TEXT, &most).await;
        assert_eq!(peer.receive(TEXT).await, most);
    }
    for (_server, mut peer) in both().await {
        peer.send(TEXT, &vec![b'x'; 65_537]).await;
        assert_eq!(peer.client.read_close().await.0, 1009);
    }
}

/// A bomb of 100 MB costs the server neither that memory nor its other connections.
#[tokio::test]
async fn a_bomb_is_defused() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let variables = [
        ("WSPRING_ADDRESS", "127.0.0.1:0"),
        ("WSPRING_COMPRESSION", "on"),
    ];
    let mut program = Program::start(env!("CARGO_BIN_EXE_serve"), directory, &variables);
    let line = program.line().await;
    let address = line.strip_prefix("wspring listens on http://");
    let address = address.and_then(|address| address.parse().ok());
    let address = address.unwrap_or_else(|| panic!("no address: {line}"));
    let offer = format!("Sec-WebSocket-Extensions: {BROWSER}");

    let mut bomb = flate2::Compress::new(flate2::Compression::best(), false);
    let mut payload = Vec::with_capacity(200_000);
    for _ in 0..100 {
        bomb.compress_vec(
            &vec![b'x'; 1_000_000],
            &mut payload,
            flate2::FlushCompress::None,
        )
        .expect("a compressor that works");
    }
    bomb.compress_vec(&[], &mut payload, flate2::FlushCompress::Sync)
        .expect("a compressor that works");
    assert_eq!(bomb.total_in(), 100_000_000);

    let mut before = 0;
    for message in [&b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..], &payload] {
        let mut client = RawClient::connect(address).await;
        let request = handshake("/echo/ann", &[&offer]);
        client.write(request.as_bytes()).await;
        let response = client.response().await;
        assert!(
            response.header("sec-websocket-extensions").is_some(),
            "{}",
            response.head
        );
        client.frame(TEXT, message).await;
        if before == 0 {
            assert_eq!(client.read_frame().await.payload, b"Hello");
            before = peak_memory(program.id());
        } else {
            assert_eq!(client.read_close().await.0, 1009);
            let grown = peak_memory(program.id()) - before;
            assert!(grown < 10_000_000, "the server took {grown} bytes more");
        }
    }
}

#[tokio::test]
async fn data_that_does_not_inflate_ends_the_connection_with_1007() {
    for payload in [
        // A block of type 3, which there is none of (RFC 1951 §3.2.3).
        &b"\xff\xff\xff"[..],
        // A stored block whose length and its complement do not match.
        b"\x00\x05\x00\x00\x00Hello",
        // A reference to what never came.
        b"\x03\x7e\x00",
    ] {
        for first in [TEXT, BINARY] {
            for (_server, mut peer) in both().await {
                peer.client.frame(first, payload).await;
                let (code, _) = peer.client.read_close().await;
                assert_eq!(code, 1007, "{payload:x?}");
            }
        }
    }
}

/// A last block with nothing in it, and the first byte of another one, which the bytes that are not sent complete
/// (RFC 7692 §7.2.3.4 and §7.2.3.6). An inflater that waits for its first stream to go on waits for ever.
#[tokio::test]
async fn a_block_behind_the_last_one_is_an_empty_message() {
    for (_server, mut peer) in both().await {
        peer.client.frame(BINARY, b"\x03\x80").await;
        assert_eq!(peer.frame(0x82).await.payload, b"");
        peer.send(BINARY, b"Hello").await;
        assert_eq!(peer.frame(0x82).await.payload, b"Hello");
    }
}

#[tokio::test]
async fn text_is_checked_after_it_is_inflated() {
    for (_server, mut peer) in both().await {
        peer.send(TEXT, b"\xff\xfe").await;
        assert_eq!(peer.client.read_close().await.0, 1007);
    }
}

#[tokio::test]
async fn a_continuation_frame_has_no_rsv1() {
    for (_server, mut peer) in both().await {
        let payload = peer.compress(b"Hello");
        peer.client.frame(0x41, &payload[..2]).await;
        peer.client.frame(0xc0, &payload[2..]).await;
        assert_eq!(peer.client.read_close().await.0, 1002);
    }
}

/// The most memory that a process ever had, in bytes.
fn peak_memory(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .and_then(|number| number.parse::<usize>().ok())
        .expect("a number of kB")
        * 1024
}

/// Notes which turn of another task was the last one when it gets a message.
struct Noting {
    turns: Arc<AtomicUsize>,
    noted: Arc<Mutex<Vec<usize>>>,
}

impl Endpoint for Noting {
    async fn on_message(&mut self, _: &Session, message: &mut Message) -> Result<(), Error> {
        assert_eq!(message.len(), 65_000);
        let turn = self.turns.load(Ordering::Relaxed);
        self.noted.lock().unwrap().push(turn);
        Ok(())
    }
}

/// All tasks share one thread here.
#[tokio::test]
async fn few_bytes_that_inflate_to_many_leave_others_their_turn() {
    const MESSAGES: usize = 64;
    let (turns, noted) = (
        Arc::<AtomicUsize>::default(),
        Arc::<Mutex<Vec<_>>>::default(),
    );
    let made = (Arc::clone(&turns), Arc::clone(&noted));
    let builder = Server::builder()
        .compression(Compression::on())
        .endpoint("/noting", move |_| Noting {
            turns: Arc::clone(&made.0),
            noted: Arc::clone(&made.1),
        });
    let server = TestServer::start_with(builder).await;
    let mut peer = Peer::open(&server, "/noting", Some(BROWSER)).await;
    let mut small = Vec::new();
    for _ in 0..MESSAGES {
        peer.forget();
        small.extend(masked_frame(BINARY, &peer.compress(&[b'x'; 65_000])));
    }
    assert!(small.len() < 10_000, "{}", small.len());
    peer.client.write(&small).await;
    let (taking_turns, all) = (Arc::clone(&turns), Arc::clone(&noted));
    let handled = tokio::spawn(async move {
        while all.lock().unwrap().len() < MESSAGES {
            taking_turns.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    soon("all messages", handled).await.unwrap();
    let noted = noted.lock().unwrap();
    let most = noted.chunk_by(PartialEq::eq).map(<[usize]>::len).max();
    // Two messages are a turn, and a few turns may pass between two of the other task.
    assert!(most <= Some(8), "{most:?} messages in one turn: {noted:?}");
}
