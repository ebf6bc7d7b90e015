//! Who is in a room.

use std::slice;

use wspring::room;

use crate::{Scene, in_step, names};

#[tokio::test]
async fn a_session_is_in_a_room_from_join_to_leave() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("/member").await;
    let lobby = room("members: lobby");
    assert!(lobby.is_empty() && session.rooms().is_empty());

    assert_eq!(session.join("members: lobby"), Ok(true));
    assert_eq!(session.join(&lobby), Ok(false), "it is in there");
    assert_eq!(session.join(17), Ok(true), "a number is a name too");
    assert_eq!(names(&session.rooms()), ["members: lobby", "17"]);
    assert_eq!(session.rooms(), [lobby.clone(), room(17)]);
    assert_eq!((lobby.len(), lobby.is_empty()), (1, false));
    assert_eq!(lobby.sessions(), slice::from_ref(&session));
    assert_eq!(lobby.send("hello").await.unwrap().sessions, 1);
    assert_eq!(client.text().await, "hello");

    assert!(session.leave(&lobby));
    assert!(!session.leave("members: lobby"), "it is out");
    assert!(!session.leave("members: never joined"));
    assert_eq!(names(&session.rooms()), ["17"]);
    assert_eq!((lobby.len(), lobby.sessions().len()), (0, 0));
    assert_eq!(lobby.send("anybody?").await.unwrap().sessions, 0);
    in_step(&mut client).await;

    assert_eq!(session.join(&lobby), Ok(true), "one may come back");
    assert_eq!(lobby.send("again").await.unwrap().sessions, 1);
    assert_eq!(client.text().await, "again");
    session.leave(17);
}

#[tokio::test]
async fn a_room_has_sessions_of_all_servers_and_endpoints() {
    let (mut one, mut other) = (Scene::start().await, Scene::start().await);
    let (mut first, _) = one.open("/member?room=everywhere").await;
    let (mut second, _) = other.open("/member?room=everywhere").await;
    let (mut third, session) = one.open("/keys/everywhere").await;
    assert_eq!(session.join("everywhere"), Ok(true));
    let (mut stranger, _) = one.open("/member?room=elsewhere").await;

    assert_eq!(room("everywhere").len(), 3);
    let delivered = room("everywhere").send("hello").await.unwrap();
    assert_eq!(delivered.sessions, 3);
    for client in [&mut first, &mut second, &mut third] {
        assert_eq!(client.text().await, "hello");
    }
    in_step(&mut stranger).await;
}

#[tokio::test]
async fn what_was_queued_before_one_left_still_arrives() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("/member?room=left").await;
    room("left").send("before").await.unwrap();
    session.leave("left");
    room("left").send("after").await.unwrap();
    assert_eq!(client.text().await, "before");
    in_step(&mut client).await;
}
