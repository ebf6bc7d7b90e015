//! The scope of a key: one server for what a second connection means, all servers of the program for free functions.

use wspring::cluster::LocalBroker;
use wspring::prelude::*;
use wspring::{close_key, is_online, sessions_of};
use wspring_tests::soon;

use crate::Scene;

#[tokio::test]
async fn every_operation_of_a_handle_means_its_server_and_every_free_function_all() {
    let mut one = Scene::start().await;
    let mut other = Scene::start().await;
    let mut first = one.open("/replacing/scopes").await;
    let mut second = other.open("/replacing/scopes").await;
    for scene in [&one, &other] {
        let handle = scene.server.handle();
        assert!(handle.is_online("scopes"));
        assert_eq!(handle.keys(), ["scopes"]);
        assert_eq!(handle.sessions_of("scopes").len(), 1);
        assert_eq!(scene.push("one of two", "scopes").await.unwrap(), 1);
    }
    assert_eq!(send_info("both", "scopes").await.unwrap().sessions, 2);
    assert_eq!(sessions_of("scopes").len(), 2);
    for client in [&mut first, &mut second] {
        assert_eq!(client.text().await, "one of two");
        assert_eq!(client.text().await, "both");
    }

    let (code, reason) = (CloseCode::POLICY, "out");
    let handle = one.server.handle().clone();
    let closed = handle.close_key("scopes", code, reason).await.unwrap();
    assert_eq!(closed.sessions, 1);
    assert_eq!(first.closed().await, (1008, reason.to_owned()));
    assert!(!handle.is_online("scopes") && handle.keys().is_empty());
    assert!(is_online("scopes"));
    let closed = close_key("scopes", code, reason).await.unwrap();
    assert_eq!(closed.sessions, 1);
    assert_eq!(second.closed().await, (1008, reason.to_owned()));
    assert!(!is_online("scopes"));
}

#[tokio::test]
async fn two_servers_with_one_broker_decide_together_which_connection_keeps_a_key() {
    let broker = LocalBroker::new();
    let builder = || Server::builder().broker(broker.clone());
    let mut one = Scene::start_with(builder()).await;
    let mut other = Scene::start_with(builder()).await;
    let mut older = one.open("/replacing/together").await;
    let known = async {
        while !other.server.handle().is_online("together") {
            tokio::task::yield_now().await;
        }
    };
    soon("the other server knows the key", known).await;
    let mut newer = other.open("/replacing/together").await;
    assert_eq!(older.closed().await.0, 4001);
    one.closed().await;
    assert_eq!(send_info("one", "together").await.unwrap().sessions, 1);
    assert_eq!(newer.text().await, "one");
}
