//! Several tasks that send on one session: 500 messages of 2,000 bytes from each, as Java was asked to.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use wspring::prelude::*;
use wspring_tests::{Client, TestServer, soon};

use crate::endpoint::{Original, start_with};

const EACH: usize = 500;
const SIZE: usize = 2000;

/// Java: of two threads with `getBasicRemote().sendText`, every second call fails with an `IllegalStateException`.
/// Ours: `send` waits for room in the outbox, and all 1,000 arrive.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn basic_remote_from_two_threads() {
    let (_server, mut client, session) = connected(Server::builder()).await;
    let mut tasks = JoinSet::new();
    for task in 0..2 {
        let session = session.clone();
        tasks.spawn(async move {
            for n in 0..EACH {
                session
                    .send(message(task, n))
                    .await
                    .expect("a send beside others");
            }
        });
    }
    expect(&mut client, 2).await;
    soon("the senders", tasks.join_all()).await;
}

/// Java: of two threads with `getAsyncRemote().sendText` that do not wait, 4 of 1,000 calls succeed.
/// Ours: `try_send` never fails for another reason than a full outbox, and here it has room for all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn async_remote_from_two_threads_without_waiting() {
    let (_server, mut client, session) = connected(roomy()).await;
    let mut tasks = JoinSet::new();
    for task in 0..2 {
        let session = session.clone();
        tasks.spawn(async move {
            for n in 0..EACH {
                session
                    .try_send(message(task, n))
                    .expect("a send beside others");
            }
        });
    }
    expect(&mut client, 2).await;
    soon("the senders", tasks.join_all()).await;
}

/// Java: of one thread with `getAsyncRemote().sendText` that does not wait, the first of 500 calls succeeds.
/// Ours: all of them.
#[tokio::test]
async fn async_remote_from_one_thread_without_waiting() {
    let (_server, mut client, session) = connected(roomy()).await;
    for n in 0..EACH {
        session
            .try_send(message(0, n))
            .expect("a send behind others");
    }
    expect(&mut client, 1).await;
}

/// Java: of two threads that wait for each `Future`, about half of the calls fail.
/// Ours: `flush` waits until a message is written, and all of them succeed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn async_remote_from_two_threads_that_wait() {
    let (_server, mut client, session) = connected(Server::builder()).await;
    let mut tasks = JoinSet::new();
    for task in 0..2 {
        let session = session.clone();
        tasks.spawn(async move {
            for n in 0..EACH {
                session
                    .send(message(task, n))
                    .await
                    .expect("a send beside others");
                session.flush().await.expect("an open session");
            }
        });
    }
    expect(&mut client, 2).await;
    soon("the senders", tasks.join_all()).await;
}

/// Java: under `synchronized(session)` all 1,000 calls succeed.
/// Ours: a lock is needed only where two tasks want one order, and the wire keeps that of the lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn basic_remote_under_a_lock() {
    let (_server, mut client, session) = connected(Server::builder()).await;
    let number = Arc::new(Mutex::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..2 {
        let (session, number) = (session.clone(), Arc::clone(&number));
        tasks.spawn(async move {
            for _ in 0..EACH {
                let mut number = number.lock().await;
                session
                    .send(number.to_string())
                    .await
                    .expect("a send under a lock");
                *number += 1;
            }
        });
    }
    for n in 0..2 * EACH {
        assert_eq!(client.text().await, n.to_string());
    }
    soon("the senders", tasks.join_all()).await;
}

async fn connected(builder: wspring::Builder) -> (TestServer, Client, Session) {
    let (server, mut events) = start_with(builder).await;
    let client = server.connect("/webSocket/1").await;
    events.opened().await;
    let sessions = server.handle().sessions::<Original>().to_vec();
    let [session] = &*sessions else {
        panic!("one session, not {sessions:?}")
    };
    let session = session.clone();
    (server, client, session)
}

/// Room for all that is sent, however slowly the client reads.
fn roomy() -> wspring::Builder {
    Server::builder()
        .outbox_bytes(4 * EACH * SIZE)
        .outbox_messages(2 * EACH)
}

fn message(task: usize, n: usize) -> String {
    format!("{:SIZE$}", format!("{task} {n}"))
}

/// Every message of every task, whole, and those of one task in its order.
async fn expect(client: &mut Client, tasks: usize) {
    let mut next = vec![0; tasks];
    for _ in 0..tasks * EACH {
        let text = client.text().await;
        let task = usize::from(text.starts_with('1'));
        assert_eq!(text, message(task, next[task]));
        next[task] += 1;
    }
}
