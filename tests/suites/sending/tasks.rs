//! Many tasks that send at once.

use std::collections::HashMap;

use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinSet;
use wspring::MessageKind::Binary;
use wspring::prelude::*;

use crate::{Scene, read_message};

const TASKS: usize = 32;
const EACH: usize = 100;
/// Messages that are written slowly beside them, and their pieces.
const WRITTEN: usize = 20;
const PIECES: usize = 30;

/// A message of a length of its own, that says who sent it and as which one.
fn text(task: usize, number: usize) -> String {
    let words = (task * 7 + number * 13) % 50;
    format!("{task} {number} {}", "word ".repeat(words))
}

/// In Tomcat all but one would fail (`TEXT_FULL_WRITING`, `STREAM_WRITING`).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g11_tasks_that_send_at_once_lose_and_mix_nothing_beside_a_slow_writer() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let session = session.clone();
        tasks.spawn(async move {
            for number in 0..EACH {
                let text = text(task, number);
                match number % 4 {
                    0 => session.send_and_flush(text).await.unwrap(),
                    1 => {
                        let (begin, end) = text.split_at(text.len() / 2);
                        let mut writer = session.message_writer(MessageKind::Text);
                        writer.write_all(begin.as_bytes()).await.unwrap();
                        writer.flush().await.unwrap();
                        writer.write_all(end.as_bytes()).await.unwrap();
                        writer.finish().await.unwrap();
                    }
                    _ => session.send(text).await.unwrap(),
                }
            }
        });
    }
    tasks.spawn(async move {
        for _ in 0..WRITTEN {
            let mut writer = session.message_writer(Binary);
            for piece in 0..PIECES {
                let piece = [u8::try_from(piece).unwrap(); 1_000];
                writer.write_all(&piece).await.unwrap();
                writer.flush().await.unwrap();
                tokio::task::yield_now().await;
            }
            writer.finish().await.unwrap();
        }
    });

    let mut next: HashMap<usize, usize> = HashMap::new();
    let mut written = 0;
    for _ in 0..TASKS * EACH + WRITTEN {
        let (opcode, payload, frames) = read_message(&mut client).await;
        if opcode == 2 {
            let expected: Vec<u8> = (0..PIECES)
                .flat_map(|piece| [u8::try_from(piece).unwrap(); 1_000])
                .collect();
            assert!(payload == expected, "a written message is whole");
            assert_eq!(frames, PIECES + 1);
            written += 1;
            continue;
        }
        let received = String::from_utf8(payload).unwrap();
        let task: usize = received.split(' ').next().unwrap().parse().unwrap();
        let number = next.entry(task).or_default();
        assert_eq!(
            received,
            text(task, *number),
            "whole and in the order of its task"
        );
        *number += 1;
    }
    assert_eq!(written, WRITTEN);
    assert!(next.len() == TASKS && next.values().all(|sent| *sent == EACH));
    tasks.join_all().await;
}

/// A payload that asks its session how it is when it is dropped.
struct Nosy {
    bytes: Vec<u8>,
    session: Session,
    told: std::sync::mpsc::Sender<bool>,
}

impl AsRef<[u8]> for Nosy {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Nosy {
    fn drop(&mut self) {
        let sent = self.session.try_send("one more");
        let _ = self.told.send(self.session.is_open() || sent.is_ok());
    }
}

/// What was queued is dropped without a lock that the session needs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_a_payload_that_is_lost_with_its_session_may_use_the_session() {
    let mut scene = Scene::start().await;
    let (client, session) = scene.open_narrow().await;
    let (sender, told) = std::sync::mpsc::channel();
    for _ in 0..8 {
        let owner = Nosy {
            bytes: vec![7; 100_000],
            session: session.clone(),
            told: sender.clone(),
        };
        session.try_send(bytes::Bytes::from_owner(owner)).unwrap();
    }
    client.reset();
    assert_eq!(scene.closed().await.code, CloseCode::ABNORMAL);
    let dropped = tokio::task::spawn_blocking(move || {
        let wait = std::time::Duration::from_secs(10);
        (0..8)
            .map(|_| told.recv_timeout(wait))
            .collect::<Result<Vec<_>, _>>()
    });
    assert_eq!(dropped.await.unwrap().map(|told| told.len()), Ok(8));
}
