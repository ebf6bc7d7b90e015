//! What a correct port of the original must do (the acceptance tests that are no defect's own).

use std::collections::HashMap;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use wspring::prelude::*;
use wspring_tests::{Client, RawClient};

use crate::{EveryDevice, FirstDevice, NewDevice, Scene, WebSocketServer};

/// (b): the first connection breaks without a word, which only the ping timeout notices.
#[tokio::test]
async fn the_timeout_of_the_old_connection_leaves_the_new_one_alone() {
    let builder = Server::builder()
        .ping_interval(Duration::from_millis(20))
        .pong_timeout(Duration::from_secs(5));
    let mut scene = Scene::start_with(builder).await;
    let _vanished = RawClient::upgraded(scene.server.address(), "/webSocket/1").await;
    scene.saw("open /webSocket/1").await;
    let new = scene.open("/webSocket/1").await;
    // The new one answers its pings, and hands on what is pushed.
    let (told, mut pushed) = tokio::sync::mpsc::unbounded_channel();
    let reading = tokio::spawn(async move {
        let mut new = new;
        loop {
            let _ = told.send(new.text().await);
        }
    });
    scene
        .saw("close /webSocket/1, 1 online, 1006 by the runtime")
        .await;
    assert_eq!(scene.push("for the new one", 1).await.unwrap(), 1);
    assert_eq!(pushed.recv().await.as_deref(), Some("for the new one"));
    reading.abort();
}

/// (h): what is no path of an endpoint, and what is no parameter.
#[tokio::test]
async fn wrong_paths_are_answered_before_the_upgrade() {
    let scene = Scene::start().await;
    for (path, status) in [
        ("/webSocket42", 404),
        ("/webSocket", 404),
        ("/webSocket/", 404),
        ("/webSocket/1/", 404),
        ("/webSocket/1/2", 404),
        ("/WebSocket/1", 404),
        ("/webSocket/abc", 400),
        ("/webSocket/%ZZ", 400),
    ] {
        let (got, text) = Client::refused(scene.server.url(path)).await;
        assert_eq!(got, status, "{path}: {text}");
    }
}

/// (j): the end of the server.
#[tokio::test]
async fn a_shutdown_closes_every_session_with_1001_and_runs_every_on_close() {
    let mut scene = Scene::start().await;
    let mut clients = Vec::new();
    for path in [
        "/webSocket/1",
        "/webSocket/1",
        "/everyDevice/2",
        "/firstDevice/3",
    ] {
        clients.push(scene.open(path).await);
    }
    let goodbyes = async {
        for client in &mut clients {
            let (code, reason) = client.closed().await;
            assert_eq!((code, reason.as_str()), (1001, "the server is stopping"));
        }
    };
    tokio::join!(scene.server.stop(), goodbyes);
    let mut closed = scene.events.rest();
    closed.sort_unstable();
    let paths: Vec<_> = closed
        .iter()
        .map(|event| event.split(", ").next())
        .collect();
    assert_eq!(
        paths,
        [
            Some("close /everyDevice/2"),
            Some("close /firstDevice/3"),
            Some("close /webSocket/1"),
            Some("close /webSocket/1"),
        ]
    );
    for event in closed {
        assert!(
            event.ends_with("1001 by the runtime: the server is stopping, clean"),
            "{event}"
        );
    }
}

/// (d): whatever the order of opening, closing and replacing, the registry says who is there.
#[tokio::test]
async fn a_thousand_random_steps_leave_the_registry_equal_to_its_model() {
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut scene = Scene::start().await;
    let mut model = Model::default();
    for _ in 0..1_000 {
        let path = PATHS[random.random_range(0..PATHS.len())];
        let key = random.random_range(1..=3);
        if random.random_bool(0.55) {
            model.open(&mut scene, path, key).await;
        } else {
            let at = random.random::<u32>() as usize;
            model.close(&mut scene, path, key, at).await;
        }
        model.check_counts(&scene);
        model.check_push(&scene, random.random_range(1..=4)).await;
    }
}

const PATHS: [&str; 4] = ["webSocket", "everyDevice", "newDevice", "firstDevice"];

/// Who is connected, by path and key, the oldest first.
#[derive(Default)]
struct Model(HashMap<(&'static str, i64), Vec<Client>>);

impl Model {
    async fn open(&mut self, scene: &mut Scene, path: &'static str, key: i64) {
        let url = format!("/{path}/{key}");
        let open = self.0.entry((path, key)).or_default();
        match path {
            "firstDevice" if !open.is_empty() => {
                assert_eq!(Client::refused(scene.server.url(&url)).await.0, 409);
            }
            "newDevice" if !open.is_empty() => {
                let client = scene.open(&url).await;
                for mut replaced in open.drain(..) {
                    assert_eq!(replaced.closed().await.0, 4001);
                    scene.saw(&format!("close {url}")).await;
                }
                open.push(client);
            }
            _ => open.push(scene.open(&url).await),
        }
    }

    async fn close(&mut self, scene: &mut Scene, path: &'static str, key: i64, at: usize) {
        let open = self.0.entry((path, key)).or_default();
        if open.is_empty() {
            return;
        }
        let client = open.remove(at % open.len());
        client.close().await;
        scene.saw(&format!("close /{path}/{key}")).await;
    }

    fn check_counts(&self, scene: &Scene) {
        let handle = scene.server.handle();
        let counts = [
            handle.sessions::<WebSocketServer>().len(),
            handle.sessions::<EveryDevice>().len(),
            handle.sessions::<NewDevice>().len(),
            handle.sessions::<FirstDevice>().len(),
        ];
        let expected = PATHS.map(|path| {
            let of_path = self.0.iter().filter(|((other, _), _)| *other == path);
            of_path.map(|(_, open)| open.len()).sum::<usize>()
        });
        assert_eq!(counts, expected);
    }

    /// A push reaches the newest connection of each path, and every one where all are wanted.
    async fn check_push(&mut self, scene: &Scene, key: i64) {
        let mut receivers = Vec::new();
        for ((path, held), open) in &mut self.0 {
            if *held == key {
                let skip = if *path == "everyDevice" {
                    0
                } else {
                    open.len().saturating_sub(1)
                };
                receivers.extend(open.iter_mut().skip(skip));
            }
        }
        if receivers.is_empty() {
            return scene.assert_offline(key).await;
        }
        assert_eq!(
            scene.push("to whom it concerns", key).await.unwrap(),
            receivers.len()
        );
        for receiver in receivers {
            assert_eq!(receiver.text().await, "to whom it concerns");
        }
    }
}
