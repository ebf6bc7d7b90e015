//! A session is reachable from the moment its client can know that it is open; what is pushed to it waits for `#[on_open]`.

use wspring::prelude::*;
use wspring::{BoxError, is_online, room, sessions_of};
use wspring_tests::Client;

use crate::{Event, Gate, Scene, Seen, assert_offline};

macro_rules! gated {
    ($name:ident at $path:literal $(, $argument:ident = $value:literal)*) => {
        /// Its `#[on_open]` returns when the test lets it.
        #[derive(Default)]
        struct $name;

        #[server_endpoint($path $(, $argument = $value)*)]
        impl $name {
            #[on_open]
            async fn on_open(
                &self,
                session: &Session,
                #[query_param] open: &str,
                seen: Seen,
                gate: State<Gate>,
            ) -> Result<(), BoxError> {
                seen.record(Event::Opened(session.clone()));
                if open != "now" {
                    gate.acquire().await?.forget();
                }
                match open {
                    "fail" => return Err("not today".into()),
                    "panic" => panic!("not today"),
                    "close" => session.close(),
                    _ => session.send("welcome").await?,
                }
                Ok(())
            }

            #[on_close]
            fn on_close(&self, reason: CloseReason, seen: Seen) {
                seen.record(Event::Closed(reason));
            }
        }
    };
}

gated!(Gated at "/gated/<user>");
gated!(GatedAll at "/gated/all/<user>", on_duplicate = "all");
gated!(GatedReplacing at "/gated/replacing/<user>", on_duplicate = "close_older");

/// Sends to all that it belongs to while it opens.
#[derive(Default)]
struct Herald;

#[server_endpoint("/herald/<user>")]
impl Herald {
    #[on_open]
    async fn on_open(
        &self,
        session: &Session,
        #[path_param] user: &str,
        #[query_param] fails: bool,
        #[query_param] herself: bool,
    ) -> Result<(), BoxError> {
        session.join("heralds")?;
        let mut others = Self::broadcast(format!("{user} is here"));
        if !herself {
            others = others.except(session);
        }
        others.await?;
        if herself {
            room("heralds").send(format!("{user} is in")).await?;
            send_info("for yourself", user).await?;
        }
        session.send("welcome").await?;
        if fails {
            Err("not today".into())
        } else {
            Ok(())
        }
    }
}

#[tokio::test]
async fn a_push_after_the_101_is_delivered_and_arrives_right_after_on_open() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/gated/ann?open=later").await;
    let handle = scene.server.handle().clone();
    for text in ["first", "second"] {
        assert_eq!(scene.push(text, "ann").await.unwrap(), 1);
    }
    assert_eq!(Gated::send_info("third", "ann").await.unwrap().sessions, 1);
    let session = scene.opened().await;
    assert!(is_online("ann") && Gated::is_online("ann"));
    assert!(sessions_of("ann").contains(&session));
    assert_eq!(handle.sessions::<Gated>().len(), 1);
    scene.gate.add_permits(1);
    for text in ["welcome", "first", "second", "third"] {
        assert_eq!(client.text().await, text);
    }
}

#[tokio::test]
async fn no_client_that_has_seen_the_101_is_offline() {
    let scene = Scene::start().await;
    for round in 0..100 {
        let user = format!("round {round}");
        let path = format!("/gated/round%20{round}?open=now");
        let mut client = scene.server.connect(&path).await;
        assert_eq!(scene.push("at once", &user).await.unwrap(), 1, "{user}");
        let mut texts = [client.text().await, client.text().await];
        texts.sort();
        assert_eq!(texts, ["at once", "welcome"]);
    }
}

#[tokio::test]
async fn who_is_refused_in_on_open_reads_nothing_that_was_pushed() {
    let mut scene = Scene::start().await;
    for open in ["fail", "panic"] {
        let path = format!("/gated/bob?open={open}");
        let mut client = scene.server.connect(&path).await;
        let session = scene.opened().await;
        session.join("refused").unwrap();
        assert_eq!(scene.push("a secret", "bob").await.unwrap(), 1);
        let sent = room("refused").send("a secret").await;
        assert_eq!(sent.unwrap().sessions, 1);
        scene.gate.add_permits(1);
        // The Close frame is the first to come.
        assert_eq!(client.closed().await.0, 1011, "{open}");
        assert_offline(&scene.push("too late", "bob").await);
    }
    let mut client = scene.server.connect("/gated/bob?open=close").await;
    scene.opened().await;
    assert_eq!(scene.push("a secret", "bob").await.unwrap(), 1);
    scene.gate.add_permits(1);
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn a_flood_before_on_open_has_returned_meets_the_bounds_of_the_outbox() {
    let mut scene = Scene::start_with(Server::builder().outbox_messages(3)).await;
    let mut client = scene.server.connect("/gated/cleo?open=later").await;
    let session = scene.opened().await;
    for _ in 0..3 {
        assert_eq!(scene.push("one of many", "cleo").await.unwrap(), 1);
    }
    let full = scene.push("one too many", "cleo").await;
    assert!(matches!(full, Err(SendError::Full)), "{full:?}");
    assert!(!session.is_open());
    scene.gate.add_permits(1);
    assert_eq!(client.closed().await.0, 1013, "and nothing before it");
}

#[tokio::test]
async fn an_older_session_keeps_the_key_until_the_newer_ones_on_open_has_returned() {
    let mut scene = Scene::start().await;
    for path in ["/gated/dan", "/gated/replacing/dan"] {
        let mut older = scene.server.connect(&format!("{path}?open=now")).await;
        assert_eq!(older.text().await, "welcome");
        scene.opened().await;
        let mut refused = scene.server.connect(&format!("{path}?open=fail")).await;
        scene.opened().await;
        assert_eq!(scene.push("for the older", "dan").await.unwrap(), 1);
        scene.gate.add_permits(1);
        assert_eq!(refused.closed().await.0, 1011);
        assert_eq!(older.text().await, "for the older");

        let mut newer = scene.server.connect(&format!("{path}?open=later")).await;
        scene.opened().await;
        assert_eq!(scene.push("still for the older", "dan").await.unwrap(), 1);
        assert_eq!(older.text().await, "still for the older");
        scene.gate.add_permits(1);
        assert_eq!(newer.text().await, "welcome");
        if path == "/gated/replacing/dan" {
            assert_eq!(older.closed().await.0, 4001);
        } else {
            older.close().await;
        }
        scene.closed().await;
        assert_eq!(scene.push("for the newer", "dan").await.unwrap(), 1);
        assert_eq!(newer.text().await, "for the newer");
        newer.close().await;
        scene.closed().await;
    }
}

#[tokio::test]
async fn all_means_the_one_that_opens_too() {
    let mut scene = Scene::start().await;
    let mut older = scene.server.connect("/gated/all/eve?open=now").await;
    scene.opened().await;
    let mut newer = scene.server.connect("/gated/all/eve?open=later").await;
    scene.opened().await;
    assert_eq!(scene.push("for both", "eve").await.unwrap(), 2);
    scene.gate.add_permits(1);
    for client in [&mut older, &mut newer] {
        assert_eq!(client.text().await, "welcome");
        assert_eq!(client.text().await, "for both");
    }
}

#[tokio::test]
async fn what_on_open_sends_to_all_includes_the_session_that_opens() {
    let scene = Scene::start().await;
    let url = "/herald/fay?fails=false&herself=true";
    let mut client: Client = scene.server.connect(url).await;
    for text in ["welcome", "fay is here", "fay is in", "for yourself"] {
        assert_eq!(client.text().await, text);
    }
    let mut other = scene
        .server
        .connect("/herald/gus?fails=false&herself=false")
        .await;
    assert_eq!(client.text().await, "gus is here");
    assert_eq!(other.text().await, "welcome");
    assert_eq!(scene.push("and nothing else", "gus").await.unwrap(), 1);
    assert_eq!(other.text().await, "and nothing else");

    let mut refused = scene
        .server
        .connect("/herald/hal?fails=true&herself=true")
        .await;
    assert_eq!(refused.text().await, "welcome", "sent to it alone");
    assert_eq!(refused.closed().await.0, 1011);
    assert_eq!(client.text().await, "hal is here");
    assert_eq!(client.text().await, "hal is in");
}
