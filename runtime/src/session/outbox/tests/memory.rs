use super::*;
use crate::session::budget::STEP;

const BYTES: usize = 20 * STEP;

fn outbox_in_budget() -> (Arc<Budget>, Outbox) {
    let budget = Arc::new(Budget::new(usize::MAX, || {
        unreachable!("there is no excess")
    }));
    let outbox = outbox_with(OutboxLimits {
        bytes: BYTES,
        budget: Some(Arc::clone(&budget)),
        ..LIMITS
    });
    (budget, outbox)
}

/// Pushes that wait for `#[on_open]`, or behind a message in parts whose peer takes it slowly, are in memory too.
#[test]
fn what_is_held_back_counts() {
    let message = Frame::new(vec![7; BYTES / 2]).unwrap();
    let held = BYTES / 2 - STEP..=BYTES / 2 + STEP;
    let budget = Arc::new(Budget::new(usize::MAX, || {
        unreachable!("there is no excess")
    }));
    let limits = OutboxLimits {
        bytes: BYTES,
        budget: Some(Arc::clone(&budget)),
        ..LIMITS
    };
    let opening = Outbox::new(Arc::new(limits), None);
    opening.push(&message).unwrap();
    assert!(held.contains(&budget.used()), "{}", budget.used());
    opening.accept();
    assert!(held.contains(&budget.used()), "{}", budget.used());
    opening.end();
    assert_eq!(budget.used(), 0);

    let (budget, outbox) = outbox_in_budget();
    let mut part = Frame::part(MessageKind::Text, "begin".into(), false).unwrap();
    outbox
        .try_send_part(&mut part, MessageKind::Text, Owner::Session)
        .unwrap();
    outbox.push(&message).unwrap();
    assert!(held.contains(&budget.used()), "{}", budget.used());
    outbox.close(CloseRequest::runtime(CloseCode::NORMAL, ""));
    written(&outbox, &mut Batch::default());
    assert_eq!(budget.used(), 0);
}

/// Its handler may run on, or somebody may keep a handle of the session.
#[test]
fn a_session_that_has_ended_counts_nothing_of_what_was_not_written() {
    for is_taken in [false, true] {
        let (budget, outbox) = outbox_in_budget();
        let message = Frame::new(vec![7; BYTES / 2]).unwrap();
        outbox.try_send(&message).unwrap();
        assert!(budget.used() >= BYTES / 2 - STEP);
        let mut batch = Batch::default();
        if is_taken {
            outbox.turn(&mut batch);
        }
        batch = Batch::default();
        outbox.end();
        assert_eq!(budget.used(), 0);
        // The connection is polled beside the handler that runs on.
        outbox.turn(&mut batch);
        outbox.wait(&mut batch, Waker::noop());
        outbox.settle(&mut batch);
        assert_eq!((budget.used(), outbox.reported()), (0, 0));
    }
}
