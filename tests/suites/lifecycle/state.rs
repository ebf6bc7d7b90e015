//! `State<T>`: one value for all connections of a server, and a new endpoint for each connection.

use std::sync::atomic::{AtomicUsize, Ordering};

use wspring::prelude::*;

use crate::Scene;

/// Counts for itself and for all.
#[derive(Default)]
struct Counter {
    own: usize,
}

/// Given to each server of this suite.
#[derive(Debug, Default)]
pub(crate) struct Total(AtomicUsize);

#[server_endpoint("/counter")]
impl Counter {
    #[on_message]
    fn count(&mut self, _text: &str, total: State<Total>) -> String {
        self.own += 1;
        let all = total.0.fetch_add(1, Ordering::SeqCst) + 1;
        format!("{} of {all}", self.own)
    }
}

#[tokio::test]
async fn n2_state_is_shared_by_the_connections_of_one_server() {
    let one = Scene::start().await;
    let other = Scene::start().await;
    let mut first = one.server.connect("/counter").await;
    let mut second = one.server.connect("/counter").await;
    let mut elsewhere = other.server.connect("/counter").await;
    for (client, answers) in [
        (&mut first, ["1 of 1", "2 of 2"]),
        (&mut second, ["1 of 3", "2 of 4"]),
        (&mut elsewhere, ["1 of 1", "2 of 2"]),
    ] {
        for answer in answers {
            client.send("count").await;
            assert_eq!(client.text().await, answer);
        }
    }
}
