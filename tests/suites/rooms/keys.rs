//! Who is online: keys, the sessions of a key, and the end of all of them.

use std::collections::HashSet;
use std::slice;

use wspring::prelude::*;
use wspring::{Initiator, OnDuplicate, close_key, is_online, keys, sessions_of};

use crate::{Ended, Event, Gate, Scene, Seen, counted};

macro_rules! endpoint {
    ($name:ident at $path:literal $(, $argument:ident = $value:literal)*) => {
        #[derive(Default)]
        struct $name;

        #[server_endpoint($path $(, $argument = $value)*)]
        impl $name {
            #[on_open]
            fn on_open(&self, session: &Session, seen: Seen) {
                seen.record(Event::Opened(session.clone()));
            }

            #[on_message]
            fn echo(text: String) -> String {
                text
            }

            #[on_close]
            fn on_close(session: &Session, reason: CloseReason, seen: Seen) {
                let rooms = counted(session);
                seen.record(Event::Closed(Ended { reason, rooms }));
            }
        }
    };
}

endpoint!(Desk at "/keys/<user>");
endpoint!(Phone at "/phones/<user>", on_duplicate = "all");
// Only the test that lists all keys connects to these two.
endpoint!(Listed at "/listed/<user>");
endpoint!(Numbered at "/numbered/<user>", on_duplicate = "close_older");

/// A key of type `i64`.
#[derive(Default)]
struct Typed;

#[server_endpoint("/typed/<id>")]
impl Typed {
    #[on_open]
    fn on_open(&self, session: &Session, #[path_param] id: i64, seen: Seen) {
        assert!(is_online(id), "its client may know that it is open");
        assert_eq!(sessions_of(id), slice::from_ref(session));
        seen.record(Event::Opened(session.clone()));
    }

    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

#[tokio::test]
async fn a_key_is_online_while_a_push_finds_it() {
    let mut scene = Scene::start().await;
    assert!(!is_online("keys: ann") && sessions_of("keys: ann").is_empty());
    let (client, session) = scene.open("/keys/keys:%20ann").await;
    assert!(is_online("keys: ann") && Desk::is_online("keys: ann"));
    assert!(!Phone::is_online("keys: ann"), "not at this endpoint");
    assert_eq!(sessions_of("keys: ann"), slice::from_ref(&session));
    assert_eq!(Desk::sessions_of("keys: ann"), slice::from_ref(&session));
    assert!(Phone::sessions_of("keys: ann").is_empty());
    assert!(!is_online("keys: ben") && !is_online(""));

    session.close();
    assert!(!is_online("keys: ann"), "it has begun to close");
    client.close().await;
    scene.closed().await;
    assert!(!is_online("keys: ann") && sessions_of("keys: ann").is_empty());
}

#[tokio::test]
async fn a_key_has_the_form_of_its_type() {
    let mut scene = Scene::start().await;
    let (_client, session) = scene.open("/typed/0090210").await;
    assert!(is_online(90210) && !is_online("0090210"));
    assert_eq!(sessions_of("90210"), [session]);
}

#[tokio::test]
async fn all_sessions_of_a_key_are_listed_whoever_gets_the_pushes() {
    let (mut one, mut other) = (Scene::start().await, Scene::start().await);
    let (_first, oldest) = one.open("/keys/tabs").await;
    let (_second, newest) = one.open("/keys/tabs").await;
    let (_third, elsewhere) = other.open("/phones/tabs").await;
    assert_eq!(Desk::sessions_of("tabs"), [oldest.clone(), newest.clone()]);
    assert_eq!(Phone::sessions_of("tabs"), slice::from_ref(&elsewhere));
    let all: HashSet<_> = sessions_of("tabs").iter().map(Session::id).collect();
    assert_eq!(all, [oldest.id(), newest.id(), elsewhere.id()].into());
}

#[tokio::test]
async fn the_keys_that_are_online_are_listed_once() {
    let (mut one, mut other) = (Scene::start().await, Scene::start().await);
    assert!(Listed::keys().is_empty());
    let mut clients = Vec::new();
    for user in ["ann", "ben", "ben"] {
        clients.push(one.open(&format!("/listed/listed-{user}")).await);
    }
    clients.push(other.open("/listed/listed-ben").await);
    clients.push(other.open("/numbered/listed-cleo").await);
    let listed = |keys: Vec<String>| {
        let mut keys = keys;
        keys.retain(|key| key.starts_with("listed-"));
        keys.sort();
        keys
    };
    assert_eq!(listed(Listed::keys()), ["listed-ann", "listed-ben"]);
    assert_eq!(listed(Numbered::keys()), ["listed-cleo"]);
    assert_eq!(listed(keys()), ["listed-ann", "listed-ben", "listed-cleo"]);

    let (ann, _) = clients.remove(0);
    ann.close().await;
    one.closed().await;
    assert_eq!(listed(Listed::keys()), ["listed-ben"]);
}

#[tokio::test]
async fn a_key_that_a_newer_connection_took_over_has_one_session() {
    assert_eq!(OnDuplicate::default(), OnDuplicate::Newest);
    let mut scene = Scene::start().await;
    let (mut older, _) = scene.open("/numbered/replaced").await;
    let (_newer, session) = scene.open("/numbered/replaced").await;
    assert_eq!(older.closed().await.0, 4001);
    assert_eq!(Numbered::sessions_of("replaced"), [session]);
}

#[tokio::test]
async fn all_sessions_of_a_key_are_closed_with_a_code_and_a_reason() {
    let (mut one, mut other) = (Scene::start().await, Scene::start().await);
    let (mut first, _) = one.open("/keys/logout").await;
    let (mut second, _) = one.open("/keys/logout").await;
    let (mut third, _) = other.open("/phones/logout").await;
    let (_stays, session) = one.open("/keys/somebody").await;

    for (code, reason) in [
        (CloseCode::new(1006), ""),
        (CloseCode::POLICY, &*"x".repeat(124)),
    ] {
        assert!(close_key("logout", code, reason).await.is_err());
        assert!(Desk::close_key("logout", code, reason).await.is_err());
    }
    assert_eq!(
        sessions_of("logout").len(),
        3,
        "a wrong close closes nobody"
    );

    let reason = "you have logged out";
    let closed = Phone::close_key("logout", CloseCode::POLICY, reason)
        .await
        .unwrap();
    assert_eq!((closed.sessions, closed.is_partial), (1, false));
    assert_eq!(third.closed().await, (1008, reason.to_owned()));
    let ended = other.closed().await;
    assert_eq!(ended.reason.initiator, Initiator::App);
    let closed = close_key("logout", CloseCode::POLICY, reason)
        .await
        .unwrap();
    assert_eq!(closed.sessions, 2);
    assert_eq!(first.closed().await, (1008, reason.to_owned()));
    assert_eq!(second.closed().await, (1008, reason.to_owned()));
    one.closed().await;
    one.closed().await;
    let closed = close_key("logout", CloseCode::POLICY, reason)
        .await
        .unwrap();
    assert_eq!(closed.sessions, 0);
    assert!(session.is_open());
}

/// Its `#[on_open]` returns when the test lets it.
#[derive(Default)]
struct Opening;

#[server_endpoint("/opening/<user>")]
impl Opening {
    #[on_open]
    async fn on_open(&self, session: &Session, seen: Seen, gate: State<Gate>) {
        seen.record(Event::Opened(session.clone()));
        gate.pass().await;
    }
}

#[tokio::test]
async fn a_session_that_is_being_opened_is_online_and_is_closed_too() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/opening/opening").await;
    let session = scene.opened().await;
    assert!(is_online("opening"));
    assert_eq!(Opening::keys(), ["opening"]);
    assert_eq!(sessions_of("opening"), slice::from_ref(&session));
    assert_eq!(Opening::count().await.sessions, 1);
    let closed = Opening::close_key("opening", CloseCode::POLICY, "out").await;
    assert_eq!(closed.unwrap().sessions, 1);
    assert!(!session.is_open());
    scene.gate.let_through();
    assert_eq!(client.closed().await, (1008, "out".to_owned()));
}
