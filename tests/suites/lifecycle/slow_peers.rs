//! Peers that are slow: those that make progress are kept, and those that make too little of it are cut off.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::sleep;
use wspring::prelude::*;
use wspring::{Builder, Initiator, SendError};
use wspring_tests::client::{handshake, masked_frame};
use wspring_tests::soon;

use crate::Scene;

const MESSAGE: usize = 4000;

/// A client that takes bytes in small pieces with pauses between them.
struct Slow {
    stream: TcpStream,
    received: Vec<u8>,
    pause: Duration,
    /// Messages that were taken.
    messages: usize,
}

impl Slow {
    async fn open(address: SocketAddr, pause: Duration) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(65_536).expect("a buffer");
        let stream = socket.connect(address).await.expect("a connection");
        let mut client = Self {
            stream,
            received: Vec::new(),
            pause,
            messages: 0,
        };
        let request = handshake("/watched/ann", &[]);
        client.write(request.as_bytes()).await;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.stream.read_u8().await.expect("a response"));
        }
        client
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("a connection");
    }

    /// Takes one piece, and answers the pings in it. `false` at the end of the connection.
    async fn take(&mut self) -> bool {
        let mut piece = [0; 4096];
        let Ok(1..) = self.stream.read(&mut piece).await.inspect(|read| {
            self.received.extend_from_slice(&piece[..*read]);
        }) else {
            return false;
        };
        while let Some((first, length)) = self.frame() {
            self.received.drain(..length);
            match first {
                0x89 => self.write(&masked_frame(0x8a, b"")).await,
                0x88 => {}
                _ => self.messages += 1,
            }
        }
        sleep(self.pause).await;
        true
    }

    /// The first byte and the whole length of the next frame, if it is there.
    fn frame(&self) -> Option<(u8, usize)> {
        let &[first, length, ref rest @ ..] = &*self.received else {
            return None;
        };
        let length = match (length, rest) {
            (126, [high, low, ..]) => 4 + usize::from(u16::from_be_bytes([*high, *low])),
            (126.., _) => return None,
            (length, _) => 2 + usize::from(length),
        };
        (self.received.len() >= length).then_some((first, length))
    }

    async fn take_messages(&mut self, count: usize) {
        while self.messages < count {
            assert!(
                self.take().await,
                "cut off after {} messages",
                self.messages
            );
        }
    }
}

/// Queues messages until the session ends or `count` are queued.
fn send_all(session: Session, count: usize) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        for _ in 0..count {
            if session.send("x".repeat(MESSAGE)).await.is_err() {
                return;
            }
        }
    })
}

async fn opened(builder: Builder, pause: Duration) -> (Scene, Slow, Session) {
    let mut scene = Scene::start_with(builder).await;
    let client = Slow::open(scene.server.address(), pause).await;
    let session = scene.opened().await;
    (scene, client, session)
}

/// It takes some 150 KB in a second. Its next ping is behind more than it takes within the pong timeout.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_peer_that_takes_what_it_is_sent_slowly_is_kept_and_gets_all_of_it() {
    let builder = Server::builder()
        .write_timeout(Duration::from_secs(2))
        .ping_interval(Duration::from_millis(100))
        .pong_timeout(Duration::from_millis(900));
    let (mut scene, mut client, session) = opened(builder, Duration::from_millis(25)).await;
    let sending = send_all(session.clone(), 3000);
    client.take_messages(150).await;
    client.pause = Duration::ZERO;
    soon("all messages", client.take_messages(3000)).await;
    soon("the end of sending", sending).await.unwrap();
    session.close();
    while client.take().await {}
    drop(client);
    scene.assert_closed(1000, "", Initiator::App, false).await;
    scene.assert_over().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_peer_that_takes_less_than_the_floor_is_cut_off() {
    let builder = Server::builder()
        .write_timeout(Duration::from_secs(1))
        .min_throughput(1_000_000_000);
    let (mut scene, mut client, session) = opened(builder, Duration::from_millis(5)).await;
    let sending = send_all(session, usize::MAX);
    let taking = tokio::spawn(async move { while client.take().await {} });
    let reason = "what waits is read too slowly";
    scene
        .assert_closed(1006, reason, Initiator::Runtime, false)
        .await;
    sending.await.unwrap();
    soon("the end of the connection", taking).await.unwrap();
    scene.assert_over().await;
}

#[tokio::test]
async fn a_peer_that_takes_one_message_for_too_long_is_cut_off() {
    let builder = Server::builder()
        .write_timeout(Duration::from_secs(1))
        .min_throughput(None)
        .max_send_time(Duration::from_millis(100));
    let (mut scene, mut client, session) = opened(builder, Duration::from_millis(20)).await;
    session.try_send("x".repeat(1_000_000)).unwrap();
    let taking = tokio::spawn(async move { while client.take().await {} });
    let reason = "a message took too long to be read";
    scene
        .assert_closed(1006, reason, Initiator::Runtime, false)
        .await;
    taking.abort();
    scene.assert_over().await;
}

/// How many bytes are queued for a peer that reads nothing until there is no more room.
async fn accepted(builder: Builder) -> usize {
    let builder = builder.outbox_bytes(64 * 1024);
    let (_scene, _client, session) = opened(builder, Duration::ZERO).await;
    let mut bytes = 0;
    let patience = Duration::from_millis(500);
    loop {
        match session.send_within("x".repeat(MESSAGE), patience).await {
            Ok(()) => bytes += MESSAGE,
            Err(SendError::Timeout { .. }) => return bytes,
            Err(error) => panic!("{error}"),
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_kernel_keeps_little_of_what_waits_for_a_peer_that_reads_nothing() {
    const LITTLE: usize = 1024 * 1024;
    assert!(accepted(Server::builder()).await < LITTLE);
    let unlimited = Server::builder().unsent_bytes(None);
    assert!(accepted(unlimited).await > LITTLE);
    let settable = Server::builder().unsent_bytes(None).send_buffer(64 * 1024);
    assert!(accepted(settable).await < LITTLE);
}

/// It sends on behind its Close frame, so that the server has unread bytes when it is done.
#[tokio::test]
async fn no_reset_overtakes_what_was_sent_before_the_close_frame() {
    let (mut scene, mut client, session) = opened(Server::builder(), Duration::ZERO).await;
    for _ in 0..25 {
        session.try_send("x".repeat(MESSAGE)).unwrap();
    }
    let mut last = masked_frame(0x88, &1000_u16.to_be_bytes());
    last.resize(last.len() + 500_000, 0);
    let (mut reading, mut writing) = client.stream.into_split();
    let sending = tokio::spawn(async move {
        // A reset would end it.
        let sent = writing.write_all(&last).await;
        (writing, sent)
    });
    scene.assert_closed(1000, "", Initiator::Peer, true).await;
    let (writing, sent) = soon("the rest to be sent", sending).await.unwrap();
    sent.expect("that all of it was taken");
    let received = &mut client.received;
    let end = soon("the end", reading.read_to_end(received)).await;
    end.expect("an orderly end");
    assert_eq!(received.len(), 25 * (MESSAGE + 4) + 4);
    assert!(received.ends_with(&[0x88, 2, 3, 0xe8]));
    drop(writing);
    scene.assert_over().await;
}
