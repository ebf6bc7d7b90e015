//! Connections on threads of the server's own.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;

use wspring::prelude::*;
use wspring::{ErrorKind, Workers};
use wspring_tests::TestServer;

/// A handler says when it blocks its thread, and a test lets it go on.
#[derive(Clone)]
struct Block {
    begun: SyncSender<()>,
    end: Arc<Mutex<Receiver<()>>>,
}

/// Says on which thread it runs.
#[derive(Default)]
struct Where;

#[server_endpoint("/where/<name>")]
impl Where {
    #[on_message]
    fn answer(text: &str, block: State<Option<Block>>) -> String {
        if let ("block", Some(block)) = (text, &*block) {
            block.begun.send(()).unwrap();
            block.end.lock().unwrap().recv().unwrap();
        }
        thread::current().name().unwrap_or_default().to_owned()
    }
}

async fn server(workers: Workers, block: Option<Block>) -> TestServer {
    let builder = Server::builder().workers(workers).state(block);
    TestServer::start_with(builder).await
}

#[tokio::test]
async fn connections_are_dealt_out_to_the_threads_in_turn() {
    let server = server(Workers::threads(3), None).await;
    let mut names = Vec::new();
    for _ in 0..6 {
        let mut client = server.connect("/where/ann").await;
        client.send("where").await;
        names.push(client.text().await);
    }
    let once = ["wspring-0", "wspring-1", "wspring-2"];
    assert_eq!(names, [once, once].concat());
}

#[tokio::test]
async fn they_run_in_the_callers_runtime_by_default() {
    let server = server(Workers::shared(), None).await;
    let mut client = server.connect("/where/ann").await;
    client.send("where").await;
    // The runtime of a test is its own thread, which has the test's name.
    assert_eq!(client.text().await, thread::current().name().unwrap());
}

#[tokio::test]
async fn a_thread_that_is_blocked_holds_up_its_own_connections_alone() {
    let (begun, has_begun) = mpsc::sync_channel(1);
    let (go_on, end) = mpsc::channel();
    let end = Arc::new(Mutex::new(end));
    let server = server(Workers::threads(2), Some(Block { begun, end })).await;
    let mut first = server.connect("/where/ann").await;
    let mut second = server.connect("/where/bob").await;
    first.send("block").await;
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap())
        .await
        .unwrap();
    second.send("where").await;
    assert_eq!(second.text().await, "wspring-1");
    go_on.send(()).unwrap();
    assert_eq!(first.text().await, "wspring-0");
}

#[tokio::test]
async fn pushes_and_the_drain_reach_all_threads() {
    let server = server(Workers::threads(2), None).await;
    let mut clients = Vec::new();
    for name in ["ann", "bob", "cleo", "dan"] {
        let mut client = server.connect(&format!("/where/{name}")).await;
        client.send("where").await;
        assert!(client.text().await.starts_with("wspring-"));
        clients.push(client);
        let sent = server.handle().send_info(format!("hello {name}"), name);
        assert_eq!(sent.await.unwrap().sessions, 1);
    }
    for (client, name) in clients.iter_mut().zip(["ann", "bob", "cleo", "dan"]) {
        assert_eq!(client.text().await, format!("hello {name}"));
    }
    let goodbyes = async {
        for client in &mut clients {
            assert_eq!(client.closed().await.0, 1001);
        }
    };
    tokio::join!(server.stop(), goodbyes);
}

#[tokio::test]
async fn no_thread_at_all_is_refused() {
    let builder = Server::builder()
        .address("127.0.0.1:0")
        .state(None::<Block>)
        .workers(Workers::threads(0));
    let error = builder.bind().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("`workers` is 0"), "{error}");
}
