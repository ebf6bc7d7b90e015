//! Which handler runs when: one at a time, in order, on_open first, on_close last and once.

use wspring::prelude::*;
use wspring::{ErrorKind, Initiator};
use wspring_tests::client::{handshake, masked_frame};

use crate::{Event, Scene, Seen, Watched};

/// Goes away and comes back in the middle of each handler.
#[derive(Default)]
struct Yielding {
    handled: usize,
}

#[server_endpoint("/yielding")]
impl Yielding {
    #[on_message]
    async fn on_text(&mut self, text: &str, seen: Seen) {
        self.run(text, &seen).await;
    }

    #[on_message]
    async fn on_bytes(&mut self, bytes: &[u8], seen: Seen) {
        self.run(str::from_utf8(bytes).expect("the test sends text"), &seen)
            .await;
    }

    async fn run(&mut self, name: &str, seen: &Seen) {
        seen.record(Event::Handled(format!("begin {name} {}", self.handled)));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        seen.record(Event::Handled(format!("end {name} {}", self.handled)));
        self.handled += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o2_o4_handlers_run_one_at_a_time_in_the_order_of_the_messages() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.raw().await;
    client.write(handshake("/yielding", &[]).as_bytes()).await;
    client.head().await;
    let mut burst = Vec::new();
    for number in 0..100 {
        let first = if number % 3 == 0 { 0x82 } else { 0x81 };
        burst.extend(masked_frame(first, format!("message {number}").as_bytes()));
    }
    client.write(&burst).await;
    for number in 0..100 {
        scene
            .assert_handled(&format!("begin message {number} {number}"))
            .await;
        scene
            .assert_handled(&format!("end message {number} {number}"))
            .await;
    }
}

#[tokio::test]
async fn e10_no_message_is_delivered_before_on_open_has_returned() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.raw().await;
    // All in one packet: the handshake, a message, and a ping whose answer says that both were read.
    let mut packet = handshake("/watched/ann?open=wait", &[]).into_bytes();
    packet.extend(masked_frame(0x81, b"early"));
    packet.extend(masked_frame(0x89, b"read?"));
    client.write(&packet).await;
    assert!(client.head().await.starts_with("HTTP/1.1 101 "));
    let pong = client.read_frame().await;
    assert_eq!((pong.first, pong.payload.as_slice()), (0x8a, &b"read?"[..]));
    assert_eq!(scene.events.rest(), [Event::Opening]);

    scene.gate.add_permits(1);
    assert!(matches!(scene.events.next().await, Event::Opened(_)));
    scene.assert_handled("early").await;
    assert_eq!(client.read_frame().await.payload, b"did early");
}

#[tokio::test]
async fn e10_a_session_that_opens_can_send_and_what_is_pushed_to_it_waits() {
    let mut scene = Scene::start().await;
    let mut client = scene.server.connect("/watched/ann?open=wait").await;
    assert_eq!(scene.events.next().await, Event::Opening);
    client.send("a message").await;
    let handle = scene.server.handle();
    let pushed = handle.send_info("a push", "ann").await;
    assert_eq!(pushed.unwrap().sessions, 1);
    let opening = handle.sessions::<Watched>().to_vec();
    opening[0].send("welcome").await.unwrap();
    assert_eq!(client.text().await, "welcome");
    scene.gate.add_permits(1);
    assert_eq!(client.text().await, "a push");
    assert_eq!(client.text().await, "did a message");
}

#[tokio::test]
async fn o4_messages_before_a_close_are_handled_before_on_close() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open_raw("").await;
    let mut packet = masked_frame(0x81, b"wait");
    packet.extend(masked_frame(0x81, b"second"));
    packet.extend(masked_frame(0x88, b"\x03\xe8bye"));
    client.write(&packet).await;
    // The Close frame is answered at once; the handlers may take their time.
    assert_eq!(client.read_close().await, (1000, "bye".to_owned()));
    assert!(!session.is_open());
    assert_eq!(scene.events.rest(), []);
    scene.gate.add_permits(1);
    let too_late = "the reply of `Watched::on_message` was not sent: the session is closed: connect again, then send again";
    scene.assert_handled("wait").await;
    scene.assert_failed(ErrorKind::Closed, too_late).await;
    scene.assert_handled("second").await;
    scene.assert_failed(ErrorKind::Closed, too_late).await;
    scene
        .assert_closed(1000, "bye", Initiator::Peer, true)
        .await;
    scene.assert_over().await;
}

#[tokio::test]
async fn o4_messages_after_our_own_close_are_handled_by_nobody() {
    let mut scene = Scene::start().await;
    for together in [true, false] {
        let (mut client, _) = scene.open_raw("").await;
        let close = masked_frame(0x81, b"close 4000");
        let after = masked_frame(0x81, b"after the close");
        if together {
            client.write(&[close, after].concat()).await;
            assert_eq!(client.read_close().await, (4000, "done".to_owned()));
        } else {
            client.write(&close).await;
            assert_eq!(client.read_close().await, (4000, "done".to_owned()));
            client.write(&after).await;
        }
        client.frame(0x88, b"\x0f\xa0done").await;
        assert_eq!(client.rest().await, b"", "nothing follows the Close frame");
        scene.assert_handled("close 4000").await;
        let Event::Failed(ErrorKind::Closed, _) = scene.events.next().await else {
            panic!("the reply comes too late");
        };
        scene
            .assert_closed(4000, "done", Initiator::App, true)
            .await;
    }
    scene.assert_over().await;
}

#[tokio::test]
async fn o7_sessions_do_not_wait_for_each_other() {
    let mut scene = Scene::start().await;
    let (mut waiting, _) = scene.open("").await;
    let (mut other, _) = scene.open("").await;
    waiting.send("wait").await;
    other.send("hello").await;
    assert_eq!(other.text().await, "did hello");
    scene.gate.add_permits(1);
    assert_eq!(waiting.text().await, "did wait");
}
