//! Many who join, leave, send and end at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rand::{RngExt as _, SeedableRng as _};
use tokio::task::JoinSet;
use wspring::room;
use wspring_tests::Client;

use crate::{Event, Scene};

const SENT: usize = 500;

/// What a client gets until the end, which must be numbers in their order, each at most once.
async fn numbers(mut client: Client) -> Vec<usize> {
    let mut numbers: Vec<usize> = Vec::new();
    loop {
        let text = client.text().await;
        if text == "end" {
            return numbers;
        }
        let number = text.parse().unwrap();
        assert!(numbers.last().is_none_or(|last| *last < number));
        numbers.push(number);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_in_gets_all_while_others_come_and_go() {
    let mut scene = Scene::start().await;
    let (mut staying, mut coming) = (JoinSet::new(), JoinSet::new());
    let mut sessions = Vec::new();
    for _ in 0..4 {
        let (client, session) = scene.open("/member?room=storm").await;
        staying.spawn(numbers(client));
        sessions.push(session);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut storm = JoinSet::new();
    for seed in 0..16 {
        let (client, session) = scene.open("/member").await;
        coming.spawn(numbers(client));
        sessions.push(session.clone());
        let stop = Arc::clone(&stop);
        storm.spawn(async move {
            let mut random = rand::rngs::SmallRng::seed_from_u64(seed);
            while !stop.load(Ordering::Relaxed) {
                if random.random() {
                    session.join("storm").unwrap();
                } else {
                    session.leave("storm");
                }
                tokio::task::yield_now().await;
            }
            session.leave("storm");
        });
    }
    for number in 0..SENT {
        let delivered = room("storm").send(number).await.unwrap();
        assert!((4..=20).contains(&delivered.sessions));
        // The clients have to read; the outboxes hold 1024 messages, and all of them are fewer.
        tokio::task::yield_now().await;
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = storm.join_next().await {
        ended.unwrap();
    }
    assert_eq!(room("storm").len(), 4);
    for session in &sessions {
        session.send("end").await.unwrap();
    }
    while let Some(got) = staying.join_next().await {
        assert!(got.unwrap().into_iter().eq(0..SENT));
    }
    while let Some(got) = coming.join_next().await {
        got.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_ends_in_the_middle_of_it_is_in_no_room() {
    const CLIENTS: usize = 40;
    let mut scene = Scene::start().await;
    let mut members = Vec::new();
    for _ in 0..CLIENTS {
        members.push(scene.open("/member").await);
    }
    let mut ending = JoinSet::new();
    for (number, (client, session)) in members.into_iter().enumerate() {
        ending.spawn(async move {
            let joining = tokio::spawn({
                let session = session.clone();
                async move {
                    // Until it is too late.
                    while session.join(format!("ends {}", number % 4)).is_ok() {
                        session.leave(format!("ends {}", number % 4));
                        tokio::task::yield_now().await;
                    }
                }
            });
            if number % 2 == 0 {
                client.close().await;
            } else {
                drop(client);
            }
            joining.await.unwrap();
        });
    }
    while let Some(ended) = ending.join_next().await {
        ended.unwrap();
    }
    for _ in 0..CLIENTS {
        let Event::Closed(_) = scene.events.next().await else {
            panic!("another session opened");
        };
    }
    for number in 0..4 {
        assert!(room(format!("ends {number}")).is_empty());
    }
}
