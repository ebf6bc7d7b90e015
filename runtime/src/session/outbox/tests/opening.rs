//! Pushes to a session whose endpoint has not accepted it yet.

use super::*;
use crate::message::Pong;
use crate::protocol::{Decoder, DeflateConfig, Event, Limits, Role};

fn opening_with(limits: OutboxLimits) -> Outbox {
    Outbox::new(Arc::new(limits), None)
}

fn opening() -> Outbox {
    opening_with(LIMITS)
}

/// The frames of these texts.
fn wire(texts: &[&str]) -> Vec<u8> {
    let outbox = roomy();
    for text in texts {
        outbox.try_send(&frame(text)).unwrap();
    }
    written(&outbox, &mut Batch::default())
}

#[test]
fn a_push_waits_for_the_endpoint_and_follows_what_on_open_has_sent() {
    let outbox = opening();
    let mut batch = Batch::default();
    outbox.push(&frame("a push")).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"");
    outbox.try_send(&frame("from on_open")).unwrap();
    assert_eq!(written(&outbox, &mut batch), wire(&["from on_open"]));
    outbox.accept();
    outbox.push(&frame("another")).unwrap();
    assert_eq!(written(&outbox, &mut batch), wire(&["a push", "another"]));
}

#[test]
fn what_waits_is_discarded_when_the_session_is_closed_before_it_was_accepted() {
    let outbox = opening();
    let mut batch = Batch::default();
    outbox.push(&frame("a push")).unwrap();
    outbox.close(CloseRequest::runtime(CloseCode::INTERNAL_ERROR, ""));
    assert!(outbox.lock().waiting.is_none());
    assert!(matches!(
        outbox.push(&frame("another")),
        Err(SendError::Closed)
    ));
    outbox.accept();
    assert_eq!(written(&outbox, &mut batch), b"");
}

#[test]
fn a_peer_that_leaves_before_it_was_accepted_takes_what_waits_along() {
    for end in [Outbox::end, |outbox: &Outbox| {
        outbox.stop(&mut Batch::default());
    }] {
        let outbox = opening();
        outbox.push(&frame("a push")).unwrap();
        end(&outbox);
        assert!(outbox.lock().waiting.is_none());
        outbox.accept();
        assert_eq!(written(&outbox, &mut Batch::default()), b"");
    }
}

#[test]
fn what_waits_is_bounded_in_messages_and_bytes_beside_what_on_open_sends() {
    let outbox = opening();
    outbox.try_send(&frame("from on_open")).unwrap();
    for _ in 0..2 {
        outbox.push(&frame("a push")).unwrap();
    }
    assert!(matches!(
        outbox.push(&frame("one too many")),
        Err(SendError::Full)
    ));
    assert!(matches!(
        outbox.turn(&mut Batch::default()),
        Turn::Close(request) if request.code == CloseCode::TRY_AGAIN_LATER
    ));

    let outbox = opening_with(OutboxLimits {
        slow_consumer: SlowConsumer::Drop,
        ..LIMITS
    });
    outbox.push(&frame(&"x".repeat(1_000))).unwrap();
    assert!(matches!(
        outbox.push(&frame(&"y".repeat(25))),
        Err(SendError::Full)
    ));
    outbox.push(&frame("z")).unwrap();
    outbox.accept();
    let expected = wire(&[&"x".repeat(1_000), "z"]);
    assert_eq!(written(&outbox, &mut Batch::default()), expected);
}

/// `#[on_open]` would wait for itself.
#[test]
fn what_waits_takes_no_room_from_what_on_open_sends() {
    let outbox = opening();
    for _ in 0..3 {
        outbox.push(&frame("a push")).unwrap();
    }
    outbox.try_send(&frame("from on_open")).unwrap();
    outbox.accept();
    let expected = wire(&["from on_open", "a push", "a push", "a push"]);
    assert_eq!(written(&outbox, &mut Batch::default()), expected);
}

#[test]
fn a_message_in_parts_that_on_open_began_goes_out_whole() {
    let outbox = opening_with(OutboxLimits {
        messages: 100,
        ..LIMITS
    });
    let mut batch = Batch::default();
    outbox.push(&frame("a push")).unwrap();
    let pong = Frame::new(Pong("".into())).unwrap();
    outbox.push(&pong).unwrap();
    try_part(&outbox, WRITER, "be", false).unwrap();
    outbox.accept();
    let begun = written(&outbox, &mut batch);
    assert_eq!(
        begun, b"\x01\x02be\x8a\x00",
        "a pong may stand between parts"
    );
    try_part(&outbox, BEGUN, "gun", true).unwrap();
    let rest = [b"\x80\x03gun".to_vec(), wire(&["a push"])].concat();
    assert_eq!(written(&outbox, &mut batch), rest);
}

#[test]
fn a_push_is_compressed_behind_what_on_open_has_sent() {
    let config = DeflateConfig {
        server_context_takeover: true,
        threshold: 0,
        ..DeflateConfig::default()
    };
    let (ours, answer) = config.accept([config.offer().as_bytes()]).unwrap();
    let theirs = config.check([answer.as_bytes()]).unwrap().unwrap();
    let outbox = Outbox::new(Arc::new(LIMITS), Some(Deflater::new(&config, &ours)));
    let text = |name: &str| format!("a text that is much like the other one, by {name}");
    outbox.push(&frame(&text("a push"))).unwrap();
    outbox.try_send(&frame(&text("on_open"))).unwrap();
    outbox.accept();

    let mut wire = written(&outbox, &mut Batch::default());
    let mut rest = wire.as_mut_slice();
    let mut decoder = Decoder::new(Role::Client, Limits::new(1024, None)).with_deflate(&theirs);
    for name in ["on_open", "a push"] {
        let event = decoder.decode(&mut rest).unwrap();
        assert!(matches!(event, Some(Event::Text(got)) if *got == text(name)));
    }
}
