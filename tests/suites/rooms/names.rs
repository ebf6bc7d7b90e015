//! What the name of a room may be.

use wspring::{InvalidRoom, JoinError, SendError, room};

use crate::{Scene, in_step, names};

#[tokio::test]
async fn any_text_of_up_to_256_bytes_is_a_name_of_its_own() {
    let mut scene = Scene::start().await;
    let long = "é".repeat(128);
    let all = [
        "*", ">", "a.b", "a.*", " ", "\0", "\r\n", "😀", "名前", "<id>", "{id}", "/", "Lobby",
        "lobby", "lobby ", &long,
    ];
    let mut members = Vec::new();
    for name in all {
        let (client, session) = scene.open("/member").await;
        assert_eq!(session.join(name), Ok(true), "{name:?}");
        members.push((name, client, session));
    }
    for name in all {
        assert_eq!(room(name).len(), 1, "{name:?} means no other room");
        assert_eq!(room(name).send(name).await.unwrap().sessions, 1);
    }
    for (name, client, session) in &mut members {
        assert_eq!(names(&session.rooms()), [*name]);
        assert_eq!(client.text().await, *name);
        in_step(client).await;
    }
}

#[tokio::test]
async fn a_text_that_is_no_name_is_refused_with_a_sentence() {
    let mut scene = Scene::start().await;
    let (_client, session) = scene.open("/member").await;
    for (name, invalid, advice) in [
        (
            String::new(),
            InvalidRoom::Empty,
            "give it at least one character",
        ),
        (
            "x".repeat(257),
            InvalidRoom::TooLong { bytes: 257 },
            "at most 256 bytes, and this one has 257: take a shorter one",
        ),
    ] {
        let error = session.join(&name).unwrap_err();
        assert_eq!(error, JoinError::Name(invalid));
        assert!(error.to_string().contains(advice), "{error}");
        let error = room(&name).send("hello").await.unwrap_err();
        assert!(matches!(error, SendError::Room(found) if found == invalid));
        assert!(error.to_string().contains(advice), "{error}");
        assert!(!session.leave(&name));
        assert_eq!((room(&name).len(), room(&name).sessions().len()), (0, 0));
    }
    assert!(session.rooms().is_empty());
}

#[tokio::test]
async fn a_session_may_be_in_256_rooms_and_no_more() {
    let mut scene = Scene::start().await;
    let (_client, session) = scene.open("/member").await;
    let (_other, another) = scene.open("/member").await;
    for number in 0..256 {
        assert_eq!(session.join(format!("many {number}")), Ok(true));
    }
    let error = session.join("one more").unwrap_err();
    assert_eq!(error, JoinError::TooMany { max: 256 });
    assert!(error.to_string().contains("leave one"), "{error}");
    assert!(room("one more").is_empty());
    assert_eq!(
        another.join("one more"),
        Ok(true),
        "the bound is a session's own"
    );
    assert!(session.leave("many 3"));
    assert_eq!(session.join("one more"), Ok(true));
    assert_eq!((session.rooms().len(), room("one more").len()), (256, 2));
}
