//! What belongs to one connection and what to all (TCK: `spec/application/lifecycle`, `spec/session/sessionid`,
//! `ee/session`, `ee/server/serverendpointconfig`).

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::Semaphore;
use wspring::prelude::*;
use wspring_tests::client::{handshake, masked_frame};

use crate::{Gate, Seen, start, start_with};

/// Counts its own messages, and keeps what it was sent.
#[derive(Default)]
struct Counter {
    hits: usize,
    kept: Vec<Bytes>,
}

#[server_endpoint("/counter")]
impl Counter {
    #[on_open]
    fn open(&mut self, session: &Session, seen: Seen) {
        let before = session.properties().insert(self.hits);
        seen.record(format!("{} open {before:?}", session.id()));
    }

    #[on_message]
    fn text(&mut self, session: &Session, _text: &str, seen: Seen) -> usize {
        seen.record(format!("{} message", session.id()));
        self.hits += 1;
        self.hits
    }

    #[on_message]
    fn binary(&mut self, bytes: Bytes) -> Vec<u8> {
        self.kept.push(bytes);
        self.kept.concat()
    }

    #[on_close]
    fn close(&mut self, session: Session, seen: Seen) {
        let property = session.properties().find::<usize>();
        seen.record(format!("{} close {property:?}", session.id()));
    }
}

#[tokio::test]
async fn o1_every_connection_counts_from_zero() {
    let (server, _events) = start().await;
    let mut first = server.connect("/counter").await;
    let mut second = server.connect("/counter").await;
    for count in ["1", "2"] {
        for client in [&mut first, &mut second] {
            client.send("hit").await;
            assert_eq!(client.text().await, count);
        }
    }
}

#[tokio::test]
async fn f12_o4_a_session_is_the_same_in_all_handlers_and_none_is_like_another() {
    let (server, mut events) = start().await;
    let mut ids = HashSet::new();
    for _ in 0..5 {
        let mut client = server.connect("/counter").await;
        let opened = events.next().await;
        let (id, rest) = opened.split_once(' ').expect("an id");
        // What another connection left in its session is not seen.
        assert_eq!(rest, "open None");
        client.send("hit").await;
        assert_eq!(events.next().await, format!("{id} message"));
        client.text().await;
        client.close().await;
        assert_eq!(events.next().await, format!("{id} close Some(0)"));
        assert!(ids.insert(id.to_owned()), "{id} came twice");
    }
}

#[tokio::test]
async fn b11_an_owned_payload_stays_what_it_was_for_as_long_as_it_is_kept() {
    let (server, _events) = start().await;
    let mut client = server.connect("/counter").await;
    let mut all = Vec::new();
    for number in 0..50_u8 {
        let payload = vec![number; usize::from(number) * 100];
        all.extend_from_slice(&payload);
        client.send(payload).await;
        assert_eq!(client.next().await.into_data(), all);
    }
}

#[tokio::test]
async fn f21_as_many_sessions_are_open_as_came_and_did_not_leave() {
    let (server, mut events) = start().await;
    let open = || server.handle().sessions::<Counter>().len();
    let mut clients = Vec::new();
    for count in 1..=3 {
        clients.push(server.connect("/counter").await);
        events.next().await;
        assert_eq!(open(), count);
    }
    for count in (0..3).rev() {
        clients.pop().expect("one is left").close().await;
        events.next().await;
        assert_eq!(open(), count);
    }
}

/// Opens only when it is let, and tells how it goes.
struct Late;

#[server_endpoint("/late")]
impl Late {
    #[on_open]
    async fn open(gate: Gate, seen: Seen) -> Self {
        seen.record("opening".to_owned());
        gate.acquire()
            .await
            .expect("the gate is never closed")
            .forget();
        seen.record("open".to_owned());
        Self
    }

    #[on_close]
    fn close(&self, reason: CloseReason, seen: Seen) {
        seen.record(format!("closed {}", reason.code.as_u16()));
    }
}

#[tokio::test]
async fn o3_on_close_waits_for_on_open() {
    let gate = Arc::new(Semaphore::new(0));
    let (server, mut events) = start_with(Server::builder(), Arc::clone(&gate)).await;
    let mut client = server.raw().await;
    let mut packet = handshake("/late", &[]).into_bytes();
    packet.extend(masked_frame(0x88, &1001_u16.to_be_bytes()));
    client.write(&packet).await;
    assert!(client.head().await.starts_with("HTTP/1.1 101 "));
    // The answer says that the Close frame has been read.
    assert_eq!(client.read_close().await.0, 1001);
    assert_eq!(events.next().await, "opening");
    assert_eq!(events.rest(), Vec::<String>::new());
    gate.add_permits(1);
    assert_eq!(events.next().await, "open");
    assert_eq!(events.next().await, "closed 1001");
}

/// Has a number, which its factory gave.
struct Numbered(usize);

impl Endpoint for Numbered {
    async fn on_open(&mut self, session: &Session) -> Result<(), Error> {
        session.send(self.0).await.map_err(Error::handler)
    }
}

#[tokio::test]
async fn a5_i5_what_a_factory_holds_is_shared_by_the_connections_of_its_endpoint_alone() {
    let numbers = || {
        let next = AtomicUsize::new(1);
        move |_: &Session| Numbered(next.fetch_add(1, Ordering::Relaxed))
    };
    let builder = Server::builder()
        .endpoint("/one", numbers())
        .endpoint("/other", numbers());
    let (server, _events) = start_with(builder, Arc::new(Semaphore::new(0))).await;
    for number in ["1", "2", "3"] {
        for path in ["/one", "/other"] {
            let mut client = server.connect(path).await;
            assert_eq!(client.text().await, number, "{path}");
        }
    }
}
