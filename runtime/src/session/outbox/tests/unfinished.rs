use super::*;
use crate::session::outbox::unfinished::Overdue;

const TIMEOUT: Duration = Duration::from_secs(60);

/// The connection is told to look, and looks.
fn overdue(outbox: &Outbox) -> Overdue {
    outbox.overdue(TIMEOUT)
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_told_once_to_look_however_many_messages_are_sent_in_parts() {
    let outbox = roomy();
    let mut batch = Batch::default();
    for is_first in [true, false, false] {
        try_part(&outbox, Owner::Session, "a", false).unwrap();
        assert_eq!(outbox.take_changes().held, is_first);
        try_part(&outbox, Owner::Session, "b", true).unwrap();
        written(&outbox, &mut batch);
    }
    assert_eq!(overdue(&outbox), Overdue::No);
    assert!(outbox.cork());
    assert!(outbox.take_changes().held);
}

#[tokio::test(start_paused = true)]
async fn a_message_is_overdue_when_no_part_was_queued_for_the_timeout() {
    let outbox = roomy();
    let mut batch = Batch::default();
    for is_first in [true, false] {
        try_part(&outbox, Owner::Session, "a", false).unwrap();
        tokio::time::advance(TIMEOUT / 2).await;
        // It waits for the peer, which has its own deadline.
        assert_eq!(overdue(&outbox), Overdue::NotYet(Instant::now() + TIMEOUT));
        let bytes = written(&outbox, &mut batch);
        assert_eq!(bytes.first(), Some(if is_first { &1 } else { &0 }));
        assert_eq!(
            overdue(&outbox),
            Overdue::NotYet(Instant::now() + TIMEOUT / 2)
        );
    }
    tokio::time::advance(TIMEOUT / 2).await;
    assert_eq!(overdue(&outbox), Overdue::Message);
}

#[tokio::test(start_paused = true)]
async fn what_a_cork_holds_is_let_out_after_the_timeout_and_an_empty_one_holds_nothing() {
    let outbox = roomy();
    let mut batch = Batch::default();
    assert!(outbox.cork());
    tokio::time::advance(2 * TIMEOUT).await;
    assert_eq!(overdue(&outbox), Overdue::NotYet(Instant::now() + TIMEOUT));
    outbox.try_send(&frame("held")).unwrap();
    tokio::time::advance(TIMEOUT / 2).await;
    outbox.try_send(&frame("too")).unwrap();
    assert_eq!(written(&outbox, &mut batch), b"");
    tokio::time::advance(TIMEOUT / 2).await;
    assert_eq!(overdue(&outbox), Overdue::Cork);
    assert_eq!(written(&outbox, &mut batch), b"\x81\x04held\x81\x03too");
    assert_eq!(overdue(&outbox), Overdue::NotYet(Instant::now() + TIMEOUT));
}
