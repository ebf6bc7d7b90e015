//! A member that reads nothing: it delays nobody, and holds no more than its outbox.

use futures_util::FutureExt as _;
use wspring::prelude::*;
use wspring::{SlowConsumer, room};

use crate::Scene;

const MESSAGE: usize = 64 * 1024;

#[tokio::test]
async fn one_who_never_reads_delays_nobody() {
    let builder = Server::builder().slow_consumer(SlowConsumer::Drop);
    let mut scene = Scene::start_with(builder).await;
    let (_stuck, session) = scene.open_stuck("/member?room=stuck").await;
    let (mut reading, _) = scene.open("/member?room=stuck").await;
    let mut missed = 0;
    for _ in 0..500 {
        let sent = room("stuck").send(vec![7; MESSAGE]).now_or_never();
        let delivered = sent.expect("it never waits").unwrap();
        missed += 2 - delivered.sessions;
        assert_eq!(reading.next().await.len(), MESSAGE);
    }
    assert!(missed > 200, "only {missed} messages did not fit");
    assert!(session.is_open());
    assert_eq!(room("stuck").len(), 2);
}

#[tokio::test]
async fn one_who_never_reads_is_closed_and_the_others_stay() {
    let mut scene = Scene::start().await;
    let (_stuck, session) = scene.open_stuck("/member?room=closed").await;
    let (mut reading, other) = scene.open("/member?room=closed").await;
    while session.is_open() {
        let sent = room("closed").send(vec![7; MESSAGE]).now_or_never();
        assert!(sent.expect("it never waits").unwrap().sessions >= 1);
        assert_eq!(reading.next().await.len(), MESSAGE);
    }
    assert_eq!(room("closed").send("still here").await.unwrap().sessions, 1);
    assert_eq!(reading.text().await, "still here");
    assert!(other.is_open());
}
