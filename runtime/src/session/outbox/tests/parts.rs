use super::*;
use crate::protocol::{Decoder, DeflateConfig, Event, Limits, Role};

#[test]
fn messages_wait_behind_one_in_parts_and_control_frames_do_not() {
    let outbox = roomy();
    let mut batch = Batch::default();
    outbox.try_send(&frame("before")).unwrap();
    try_part(&outbox, Owner::Session, "one ", false).unwrap();
    outbox.try_send(&frame("sent")).unwrap();
    outbox.push(&frame("pushed")).unwrap();
    outbox.try_send(&Frame::ping("?".into()).unwrap()).unwrap();
    let begun = b"\x81\x06before\x01\x04one \x89\x01?";
    assert_eq!(written(&outbox, &mut batch), begun);

    try_part(&outbox, Owner::Session, "message", false).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"\x00\x07message");
    try_part(&outbox, Owner::Session, "", true).unwrap();
    outbox.try_send(&frame("after")).unwrap();
    let rest = b"\x80\x00\x81\x04sent\x81\x06pushed\x81\x05after";
    assert_eq!(written(&outbox, &mut batch), rest);
}

#[test]
fn pushes_that_fill_the_outbox_leave_room_for_the_parts_that_they_wait_for() {
    let outbox = outbox();
    let mut batch = Batch::default();
    try_part(&outbox, WRITER, "a", false).unwrap();
    // One of the three messages that fit is the part.
    outbox.try_send(&frame("1")).unwrap();
    outbox.try_send(&frame("2")).unwrap();
    assert!(matches!(outbox.try_send(&frame("3")), Err(SendError::Full)));
    assert_eq!(written(&outbox, &mut batch), b"\x01\x01a");
    outbox.try_send(&frame("3")).unwrap();
    assert!(matches!(outbox.try_send(&frame("4")), Err(SendError::Full)));

    let large = "b".repeat(1024);
    try_part(&outbox, BEGUN, &large, false).unwrap();
    assert!(matches!(
        try_part(&outbox, BEGUN, "c", false),
        Err(SendError::Full)
    ));
    assert_eq!(written(&outbox, &mut batch).len(), 4 + 1024);
    try_part(&outbox, BEGUN, "c", true).unwrap();
    let rest = b"\x80\x01c\x81\x011\x81\x012\x81\x013";
    assert_eq!(written(&outbox, &mut batch), rest);
    outbox.try_send(&frame("there is room again")).unwrap();
}

/// Else a message of any length would leave no room for pushes.
#[test]
fn parts_take_half_of_the_outbox_and_pushes_find_the_other() {
    let outbox = outbox();
    let mut batch = Batch::default();
    let half = "x".repeat(500);
    try_part(&outbox, WRITER, "", false).unwrap();
    written(&outbox, &mut batch);
    try_part(&outbox, BEGUN, &half, false).unwrap();
    assert!(matches!(
        try_part(&outbox, BEGUN, &half, false),
        Err(SendError::Full)
    ));
    outbox.push(&frame(&half)).unwrap();
}

#[test]
fn a_part_of_another_kind_is_refused_and_the_message_goes_on() {
    let outbox = roomy();
    try_part(&outbox, Owner::Session, "one ", false).unwrap();
    let mut binary = Frame::part(MessageKind::Binary, "?".into(), true).unwrap();
    let mixed = outbox.try_send_part(&mut binary, MessageKind::Binary, Owner::Session);
    let Err(SendError::MixedKinds { open, part }) = mixed else {
        panic!("{mixed:?}");
    };
    assert_eq!((open, part), (TEXT, MessageKind::Binary));
    try_part(&outbox, Owner::Session, "message", true).unwrap();
    let message = b"\x01\x04one \x80\x07message";
    assert_eq!(written(&outbox, &mut Batch::default()), message);
}

#[test]
fn messages_in_parts_wait_for_each_other() {
    let outbox = roomy();
    let mut batch = Batch::default();
    let (mut first, mut second) = (part("second", false), part("third", false));
    try_part(&outbox, WRITER, "first", false).unwrap();
    let mut writer = pin!(outbox.send_part(&mut first, TEXT, WRITER));
    let mut session = pin!(outbox.send_part(&mut second, TEXT, Owner::Session));
    assert!(poll(writer.as_mut()).is_pending());
    assert!(poll(session.as_mut()).is_pending());
    assert_eq!(written(&outbox, &mut batch), b"\x01\x05first");
    assert!(poll(writer.as_mut()).is_pending());
    try_part(&outbox, BEGUN, "", true).unwrap();
    assert!(matches!(poll(writer.as_mut()), Poll::Ready(Ok(()))));
    assert!(poll(session.as_mut()).is_pending());
    try_part(&outbox, BEGUN, "", true).unwrap();
    assert!(matches!(poll(session.as_mut()), Poll::Ready(Ok(()))));
    let all = b"\x80\x00\x01\x06second\x80\x00\x01\x05third";
    assert_eq!(written(&outbox, &mut batch), all);
}

#[test]
fn a_message_in_one_part_is_like_any_other() {
    let outbox = roomy();
    let mut batch = Batch::default();
    try_part(&outbox, WRITER, "a", false).unwrap();
    try_part(&outbox, Owner::Session, "whole", true).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"\x01\x01a");
    try_part(&outbox, BEGUN, "b", true).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"\x80\x01b\x81\x05whole");
}

#[test]
fn a_flush_waits_for_the_end_of_the_message_that_its_own_is_behind() {
    let outbox = roomy();
    let mut batch = Batch::default();
    try_part(&outbox, WRITER, "first", false).unwrap();
    let mut parts = pin!(outbox.flush());
    assert!(poll(parts.as_mut()).is_pending());
    outbox.try_send(&frame("mine")).unwrap();
    let mut all = pin!(outbox.flush());
    written(&outbox, &mut batch);
    assert!(matches!(poll(parts.as_mut()), Poll::Ready(Ok(()))));
    // As many bytes as the message has, and they are not its own.
    try_part(&outbox, BEGUN, &"x".repeat(size("mine")), false).unwrap();
    written(&outbox, &mut batch);
    assert!(poll(all.as_mut()).is_pending());

    // The next message in parts begins before the flush has looked.
    try_part(&outbox, BEGUN, "", true).unwrap();
    try_part(&outbox, WRITER, "second", false).unwrap();
    outbox.try_send(&frame("another's")).unwrap();
    assert!(poll(all.as_mut()).is_pending());
    written(&outbox, &mut batch);
    assert!(matches!(poll(all.as_mut()), Poll::Ready(Ok(()))));
}

#[test]
fn what_waits_behind_a_message_that_does_not_end_is_lost_and_its_flush_fails() {
    let outbox = roomy();
    let mut batch = Batch::default();
    try_part(&outbox, WRITER, "begun", false).unwrap();
    outbox.try_send(&frame("lost")).unwrap();
    let mut flush = pin!(outbox.flush());
    assert!(poll(flush.as_mut()).is_pending());
    outbox.close(CloseRequest::app(CloseCode::NORMAL, ""));
    assert!(!outbox.is_open());
    for owner in [WRITER, BEGUN, Owner::Session] {
        let part = try_part(&outbox, owner, "?", true);
        assert!(matches!(part, Err(SendError::Closed)), "{part:?}");
    }
    outbox.take_changes();
    assert!(matches!(outbox.turn(&mut batch), Turn::Close(_)));
    outbox.goodbye(&mut batch, Some(1000), "");
    let end = b"\x01\x05begun\x88\x02\x03\xe8";
    assert_eq!(written(&outbox, &mut batch), end);
    assert!(poll(flush.as_mut()).is_pending());
    outbox.end();
    assert!(matches!(
        poll(flush.as_mut()),
        Poll::Ready(Err(SendError::Closed))
    ));
}

/// A peer that inflates what comes in the order of the wire has the context that each message was compressed with.
#[test]
fn what_is_compressed_while_it_waits_keeps_the_context_in_the_order_of_the_wire() {
    let config = DeflateConfig {
        server_context_takeover: true,
        threshold: 0,
        ..DeflateConfig::default()
    };
    let (ours, answer) = config.accept([config.offer().as_bytes()]).unwrap();
    let theirs = config.check([answer.as_bytes()]).unwrap().unwrap();
    let limits = OutboxLimits {
        messages: 100,
        ..LIMITS
    };
    let outbox = Outbox::new(Arc::new(limits), Some(Deflater::new(&config, &ours)));
    let mut batch = Batch::default();
    let text = |number: u8| format!("a text that is much like the others, number {number}");

    outbox.try_send(&frame(&text(0))).unwrap();
    try_part(&outbox, WRITER, &text(1), false).unwrap();
    outbox.try_send(&frame(&text(2))).unwrap();
    try_part(&outbox, BEGUN, &text(1), false).unwrap();
    outbox.try_send(&frame(&text(3))).unwrap();
    try_part(&outbox, BEGUN, &text(1), true).unwrap();
    outbox.try_send(&frame(&text(4))).unwrap();

    let wire = written(&outbox, &mut batch);
    let mut decoder = Decoder::new(Role::Client, Limits::new(1024, None)).with_deflate(&theirs);
    let mut rest = wire.clone();
    let mut rest = rest.as_mut_slice();
    let mut received = Vec::new();
    while !rest.is_empty() {
        match decoder.decode(&mut rest) {
            Ok(Some(Event::Text(text))) => received.push(text.into_owned()),
            Ok(None) => {}
            other => panic!("{other:?}"),
        }
    }
    let expected = [text(0), text(1).repeat(3), text(2), text(3), text(4)];
    assert_eq!(received, expected);
    let compressed = wire.len() - 3 * (2 + text(1).len());
    assert!(
        compressed < 2 * text(0).len(),
        "each refers to those before it"
    );
}
