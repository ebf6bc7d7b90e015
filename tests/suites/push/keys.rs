//! What a key is, and whom it means.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use wspring::prelude::*;

use crate::{Event, Everyone, Newest, Scene, Seen, assert_offline};

/// The handler's type decides what the key looks like.
struct Numbered;

#[server_endpoint("/numbered/<id>")]
impl Numbered {
    #[on_open]
    fn on_open(session: Session, #[path_param] id: i64, seen: Seen) -> Self {
        let _ = id;
        seen.record(Event::Opened(session));
        Self
    }
}

/// A name in which capital letters mean nothing.
struct Name(String);

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_lowercase()))
    }
}

/// Its type can be parsed but not printed.
struct Named;

#[server_endpoint("/named/<name>")]
impl Named {
    #[on_open]
    fn on_open(session: Session, #[path_param] name: Name, seen: Seen) -> Self {
        session.properties().insert(name.0);
        seen.record(Event::Opened(session));
        Self
    }
}

#[tokio::test]
async fn the_only_variable_of_the_path_is_the_key() {
    let mut scene = Scene::start().await;
    let mut ann = scene.open("/newest/ann").await;
    let mut ben = scene.open("/newest/ben").await;
    assert_eq!(scene.push("for ann", "ann").await.unwrap(), 1);
    assert_eq!(scene.push("for ben", "ben").await.unwrap(), 1);
    assert_eq!(ann.text().await, "for ann");
    assert_eq!(ben.text().await, "for ben");
    assert_offline(&scene.push("for nobody", "Ann").await);
    assert_offline(&scene.push("for nobody", "").await);
}

#[tokio::test]
async fn a_key_is_written_as_the_type_of_its_handler_prints_it() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/numbered/007").await;
    scene.opened().await;
    assert_eq!(scene.push("by text", "7").await.unwrap(), 1);
    let pushed = scene.server.handle().send_info("by number", 7).await;
    assert_eq!(pushed.unwrap().sessions, 1);
    assert_offline(&scene.push("as it came", "007").await);
    assert_eq!(client.text().await, "by text");
    assert_eq!(client.text().await, "by number");

    let mut newer = scene.server.connect("/numbered/+7").await;
    scene.opened().await;
    assert_eq!(scene.push("the same user", "7").await.unwrap(), 1);
    assert_eq!(newer.text().await, "the same user");
}

#[tokio::test]
async fn a_key_is_decoded_and_otherwise_as_it_came() {
    let mut scene = Scene::start().await;
    let mut client = scene.open("/newest/J%C3%BCrgen%20M.").await;
    assert_eq!(scene.push("hallo", "Jürgen M.").await.unwrap(), 1);
    assert_eq!(client.text().await, "hallo");

    let mut client = scene.server.connect("/named/BEN").await;
    let session = scene.opened().await;
    assert_eq!(
        session.properties().find::<String>().as_deref(),
        Some("ben")
    );
    assert_eq!(scene.push("hello", "BEN").await.unwrap(), 1);
    assert_eq!(client.text().await, "hello");
}

#[tokio::test]
async fn a_key_is_anything_that_can_be_printed() {
    let mut scene = Scene::start().await;
    let mut client = scene.open("/newest/10.0.0.1").await;
    let key = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    assert_eq!(
        scene
            .server
            .handle()
            .send_info("hello", key)
            .await
            .unwrap()
            .sessions,
        1
    );
    assert_eq!(client.text().await, "hello");
}

#[tokio::test]
async fn of_several_variables_the_one_that_was_named_is_the_key() {
    let mut scene = Scene::start().await;
    let mut client = scene.open("/rooms/blue/users/ann").await;
    assert_eq!(scene.push("hello", "ann").await.unwrap(), 1);
    assert_eq!(client.text().await, "hello");
    assert_offline(&scene.push("to a room", "blue").await);
    // One key, whichever room: the connection that opened last.
    let mut green = scene.open("/rooms/green/users/ann").await;
    assert_eq!(scene.push("where are you?", "ann").await.unwrap(), 1);
    assert_eq!(green.text().await, "where are you?");
}

#[tokio::test]
async fn without_a_key_no_session_is_meant() {
    let mut scene = Scene::start().await;
    let _pair = scene.open("/pairs/one/other").await;
    let _lobby = scene.open("/lobby").await;
    for key in ["one", "other", "", "/lobby", "lobby"] {
        assert_offline(&scene.push("hello", key).await);
    }
}

#[tokio::test]
async fn a_key_means_the_sessions_of_every_endpoint_and_of_one_when_it_is_asked() {
    let mut scene = Scene::start().await;
    let key = "keys-endpoints";
    let mut newest = scene.open(&format!("/newest/{key}")).await;
    let mut everyone = scene.open(&format!("/everyone/{key}")).await;
    assert_eq!(send_info("both", key).await.unwrap().sessions, 2);
    assert_eq!(Newest::send_info("one", key).await.unwrap().sessions, 1);
    assert_eq!(
        Everyone::send_info("the other", key)
            .await
            .unwrap()
            .sessions,
        1
    );
    let nobody = Numbered::send_info("nobody", key).await;
    assert!(
        matches!(nobody, Err(SendError::Offline { .. })),
        "{nobody:?}"
    );
    assert_eq!([newest.text().await, newest.text().await], ["both", "one"]);
    assert_eq!(
        [everyone.text().await, everyone.text().await],
        ["both", "the other"]
    );
}

#[tokio::test]
async fn j7_a_handle_means_the_sessions_of_its_server_alone() {
    let mut one = Scene::start().await;
    let mut other = Scene::start().await;
    let key = "keys-servers";
    let mut here = one.open(&format!("/newest/{key}")).await;
    assert_offline(&other.push("not here", key).await);
    let mut there = other.open(&format!("/newest/{key}")).await;
    assert_eq!(one.push("here", key).await.unwrap(), 1);
    assert_eq!(other.push("there", key).await.unwrap(), 1);
    assert_eq!(send_info("everywhere", key).await.unwrap().sessions, 2);
    assert_eq!(
        [here.text().await, here.text().await],
        ["here", "everywhere"]
    );
    assert_eq!(
        [there.text().await, there.text().await],
        ["there", "everywhere"]
    );
}
