use super::*;

#[test]
fn a_corked_session_writes_when_the_last_cork_is_out() {
    let outbox = roomy();
    let mut batch = Batch::default();
    assert!(outbox.cork() && outbox.cork());
    outbox.try_send(&frame("one")).unwrap();
    outbox.uncork();
    outbox.push(&frame("two")).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"");
    outbox.try_send(&Frame::ping("?".into()).unwrap()).unwrap();
    assert_eq!(
        written(&outbox, &mut batch),
        b"\x89\x01?",
        "a ping is not held back"
    );
    outbox.uncork();
    assert_eq!(written(&outbox, &mut batch), b"\x81\x03one\x81\x03two");
    outbox.try_send(&frame("three")).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"\x81\x05three");
}

#[test]
fn what_a_cork_holds_is_let_out_before_it_is_much() {
    let outbox = outbox_with(OutboxLimits {
        messages: 4,
        ..LIMITS
    });
    let mut batch = Batch::default();
    assert!(outbox.cork());
    outbox.try_send(&frame("1")).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"");
    outbox.try_send(&frame("2")).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"\x81\x011\x81\x012");
    outbox.try_send(&frame("3")).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"", "it goes on to hold");

    // A message of the full size does not wait for one that waits for more.
    let large = "x".repeat(1024);
    outbox.try_send(&frame(&large)).unwrap();
    let bytes = size("3") + 4 + large.len();
    assert_eq!(written(&outbox, &mut batch).len(), bytes);
}

#[test]
fn a_flush_a_close_and_a_message_in_parts_let_out_what_a_cork_holds() {
    let held = |then: &dyn Fn(&Outbox)| {
        let outbox = roomy();
        assert!(outbox.cork());
        outbox.try_send(&frame("held")).unwrap();
        then(&outbox);
        written(&outbox, &mut Batch::default())
    };
    let flushed = held(&|outbox| {
        assert!(poll(pin!(outbox.flush())).is_pending());
    });
    assert_eq!(flushed, b"\x81\x04held");
    let closed = held(&|outbox| {
        outbox.close(CloseRequest::app(CloseCode::NORMAL, ""));
        outbox.uncork();
    });
    assert_eq!(closed, b"\x81\x04held");
    let in_parts = held(&|outbox| {
        try_part(outbox, WRITER, "a", false).unwrap();
        outbox.try_send(&frame("behind")).unwrap();
        outbox.uncork();
        try_part(outbox, BEGUN, "b", true).unwrap();
    });
    assert_eq!(in_parts, b"\x81\x04held\x01\x01a\x80\x01b\x81\x06behind");
    let stays_corked = held(&|outbox| {
        try_part(outbox, WRITER, "a", false).unwrap();
        try_part(outbox, BEGUN, "b", true).unwrap();
        outbox.try_send(&frame("held again")).unwrap();
    });
    assert_eq!(stays_corked, b"\x81\x04held\x01\x01a\x80\x01b");
}

#[test]
fn a_session_that_is_over_cannot_be_corked() {
    let outbox = roomy();
    outbox.close(CloseRequest::app(CloseCode::NORMAL, ""));
    assert!(!outbox.cork());
    outbox.end();
    assert!(!outbox.cork());
}

/// It would wait for the wake-up that the messages caused which it holds.
#[test]
fn a_connection_is_woken_for_what_is_let_out_and_for_the_parts_of_a_message() {
    let outbox = roomy();
    let (count, waker) = counting_waker();
    let mut batch = Batch::default();
    let mut woken = |action: &dyn Fn()| {
        written(&outbox, &mut batch);
        assert!(outbox.wait(&mut batch, &waker));
        let before = count.load();
        action();
        count.load() - before
    };
    assert_eq!(woken(&|| try_part(&outbox, WRITER, "a", false).unwrap()), 1);
    assert_eq!(woken(&|| outbox.try_send(&frame("behind")).unwrap()), 0);
    assert_eq!(woken(&|| try_part(&outbox, BEGUN, "b", true).unwrap()), 1);
    assert_eq!(woken(&|| assert!(outbox.cork())), 0);
    assert_eq!(woken(&|| outbox.try_send(&frame("held")).unwrap()), 0);
    assert_eq!(woken(&|| outbox.uncork()), 1);
}
