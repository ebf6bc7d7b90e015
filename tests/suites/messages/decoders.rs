//! Decoders that are no types of their own: a function of a reader, and a field that remembers.

use std::io;
use std::sync::Arc;

use tokio::io::AsyncReadExt as _;
use wspring::prelude::*;
use wspring_tests::Recorder;

use crate::{Event, LAST, Scene, Seen, TEXT};

/// Decodes a stream of numbers, each of two bytes, as they come.
#[derive(Default)]
struct Sums;

impl Sums {
    async fn decode(mut message: MessageReader<Binary>) -> io::Result<u64> {
        let mut sum = 0;
        loop {
            match message.read_u16().await {
                Ok(number) => sum += u64::from(number),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(sum),
                Err(error) => return Err(error),
            }
        }
    }
}

#[server_endpoint("/sums")]
impl Sums {
    #[on_message]
    async fn sum(&self, message: MessageReader<Binary>) -> io::Result<u64> {
        Self::decode(message).await
    }
}

#[tokio::test]
async fn h1_a_decoder_of_streams_is_a_function_of_a_reader() {
    let scene = Scene::start().await;
    let mut client = scene.connect("/sums").await;
    client.frame(0x02, &[0, 1, 0]).await;
    client.frame(LAST, &[2, 1, 0]).await;
    assert_eq!(client.read_frame().await.payload, b"259");
}

/// A decoder that remembers, and tells when it is given up.
struct Difference {
    last: i64,
    seen: Arc<Recorder<Event>>,
}

impl Difference {
    fn decode(&mut self, number: i64) -> i64 {
        number - std::mem::replace(&mut self.last, number)
    }
}

impl Drop for Difference {
    fn drop(&mut self) {
        self.seen.record(Event::Whole("given up".to_owned()));
    }
}

struct Stateful {
    decoder: Difference,
}

#[server_endpoint("/stateful")]
impl Stateful {
    #[on_open]
    fn open(seen: Seen) -> Self {
        Self {
            decoder: Difference {
                last: 0,
                seen: seen.into_inner(),
            },
        }
    }

    #[on_message]
    fn number(&mut self, number: i64) -> i64 {
        self.decoder.decode(number)
    }

    #[on_close]
    fn closed(&mut self, reason: CloseReason, seen: Seen) {
        seen.record(Event::closed(&reason));
    }
}

#[tokio::test]
async fn h2_a_decoder_that_remembers_lives_as_long_as_its_connection() {
    let mut scene = Scene::start().await;
    let mut clients = [
        scene.connect("/stateful").await,
        scene.connect("/stateful").await,
    ];
    for (number, difference) in [("5", "5"), ("7", "2"), ("4", "-3")] {
        for client in &mut clients {
            client.frame(TEXT, number.as_bytes()).await;
            let answer = client.read_frame().await.payload;
            assert_eq!(answer, difference.as_bytes(), "each has its own");
        }
    }
    assert_eq!(scene.events.rest(), []);
    for client in clients {
        client.reset();
        scene.assert_next(Event::Closed(1006)).await;
        scene.assert_next(Event::Whole("given up".to_owned())).await;
    }
}
