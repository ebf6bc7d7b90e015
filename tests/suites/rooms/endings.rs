//! A session leaves its rooms when it ends, whatever ended it, and joins none any more.

use std::time::Duration;

use wspring::prelude::*;
use wspring::{JoinError, room};
use wspring_tests::RawClient;

use crate::{Event, Scene, Seen, names};

/// The room as `#[on_close]` saw it, and as it is since.
#[track_caller]
fn assert_left(ended: &[(String, usize)], session: &Session, name: &str) {
    assert_eq!(ended, [(name.to_owned(), 0)], "on_close knows which it was");
    assert!(room(name).is_empty());
    assert_eq!(names(&session.rooms()), [name]);
    assert_eq!(session.join("too late"), Err(JoinError::Closed));
    assert_eq!(session.join(name), Err(JoinError::Closed));
    assert!(!session.leave(name), "it has left already");
    assert!(room("too late").is_empty());
}

#[tokio::test]
async fn the_peer_closes() {
    let mut scene = Scene::start().await;
    let (client, session) = scene.open("/member?room=peer+closes").await;
    client.close().await;
    let ended = scene.closed().await;
    assert_eq!(ended.reason.code, CloseCode::NORMAL);
    assert_left(&ended.rooms, &session, "peer closes");
}

#[tokio::test]
async fn the_socket_is_cut() {
    let mut scene = Scene::start().await;
    let path = "/member?room=cut";
    let client = RawClient::upgraded(scene.server.address(), path).await;
    let session = scene.opened().await;
    client.reset();
    let ended = scene.closed().await;
    assert_eq!(u16::from(ended.reason.code), 1006);
    assert_left(&ended.rooms, &session, "cut");
}

#[tokio::test]
async fn the_program_closes() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("/member?room=program").await;
    session.close_with(CloseCode::POLICY, "out").unwrap();
    assert_eq!(
        session.join("too late"),
        Err(JoinError::Closed),
        "from now on"
    );
    assert_eq!(client.closed().await.0, 1008);
    assert_left(&scene.closed().await.rooms, &session, "program");
}

#[tokio::test]
async fn a_handler_panics() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("/member?room=panic").await;
    client.send("panic").await;
    assert_eq!(client.closed().await.0, 1011);
    assert_left(&scene.closed().await.rooms, &session, "panic");
}

#[tokio::test]
async fn a_slow_consumer_is_closed() {
    let builder = Server::builder().close_timeout(Duration::from_millis(50));
    let mut scene = Scene::start_with(builder).await;
    let (_stuck, session) = scene.open_stuck("/member?room=slow").await;
    // More than every buffer on the way holds. It is in the room until it has ended, and gets nothing more.
    while session.is_open() {
        room("slow").send(vec![7; 64 * 1024]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(room("slow").send("more").await.unwrap().sessions, 0);
    let ended = scene.closed().await;
    assert_eq!(ended.reason.code, CloseCode::TRY_AGAIN_LATER);
    assert_left(&ended.rooms, &session, "slow");
}

#[tokio::test]
async fn the_server_drains() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open("/member?room=drained").await;
    let handle = scene.server.handle().clone();
    let draining = tokio::spawn(async move { handle.shutdown().await });
    assert_eq!(client.closed().await.0, 1001);
    draining.await.unwrap();
    assert_left(&scene.closed().await.rooms, &session, "drained");
}

/// Its handler of messages never returns.
#[derive(Default)]
struct Stuck;

#[server_endpoint("/stuck")]
impl Stuck {
    #[on_open]
    fn on_open(session: &Session, seen: Seen) -> Result<Self, JoinError> {
        session.join("aborted")?;
        seen.record(Event::Opened(session.clone()));
        Ok(Self)
    }

    #[on_message]
    async fn hang(_text: &str, session: &Session, seen: Seen) {
        seen.record(Event::Opened(session.clone()));
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn the_drain_cuts_a_handler_off() {
    let builder = Server::builder().drain_timeout(Duration::from_millis(50));
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.server.connect("/stuck").await;
    let session = scene.opened().await;
    client.send("hang").await;
    scene.opened().await;
    assert_eq!(room("aborted").len(), 1);
    scene.server.stop().await;
    assert!(room("aborted").is_empty());
    assert_eq!(session.join("aborted"), Err(JoinError::Closed));
}

#[test]
fn the_runtime_is_dropped_with_all_its_tasks() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (scene, client, session) = runtime.block_on(async {
        let mut scene = Scene::start().await;
        let (client, session) = scene.open("/member?room=runtime").await;
        (scene, client, session)
    });
    assert_eq!(room("runtime").len(), 1);
    drop((scene, client));
    drop(runtime);
    assert!(room("runtime").is_empty());
    assert_eq!(session.join("runtime"), Err(JoinError::Closed));
}

/// Tells the others when it goes.
#[derive(Default)]
struct Polite;

#[server_endpoint("/polite/<user>")]
impl Polite {
    #[on_open]
    fn on_open(&self, session: &Session, seen: Seen) -> Result<(), JoinError> {
        session.join("polite")?;
        session.join("polite too")?;
        seen.record(Event::Opened(session.clone()));
        Ok(())
    }

    #[on_message]
    fn echo(text: String) -> String {
        text
    }

    #[on_close]
    async fn goodbye(session: &Session, #[path_param] user: &str) -> Result<(), SendError> {
        for room in session.rooms() {
            room.send(format!("{user} has left {room}")).await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn on_close_can_tell_the_others() {
    let mut scene = Scene::start().await;
    let (mut ann, _) = scene.open("/polite/ann").await;
    let (ben, _) = scene.open("/polite/ben").await;
    ben.close().await;
    assert_eq!(ann.text().await, "ben has left polite");
    assert_eq!(ann.text().await, "ben has left polite too");
    assert_eq!(room("polite").len(), 1);
}
