use super::*;

const LIMIT: usize = 8 * SharedRoom::OWN;

fn neighbors(slow_consumer: SlowConsumer) -> (Arc<SharedRoom>, [Outbox; 2]) {
    let room = Arc::new(SharedRoom::new(LIMIT));
    let limits = Arc::new(OutboxLimits {
        bytes: LIMIT,
        slow_consumer,
        shared_room: Some(Arc::clone(&room)),
        ..LIMITS
    });
    let outboxes = [0, 1].map(|_| {
        let outbox = Outbox::new(Arc::clone(&limits), None);
        outbox.accept();
        outbox
    });
    (room, outboxes)
}

fn message(bytes: usize) -> Frame {
    Frame::new(vec![7; bytes]).unwrap()
}

#[test]
fn the_room_is_for_all_and_a_session_keeps_its_own() {
    let (room, [greedy, modest]) = neighbors(SlowConsumer::Close);
    greedy.push(&message(LIMIT)).unwrap();
    assert!(matches!(
        modest.push(&message(LIMIT / 2)),
        Err(SendError::Full)
    ));
    assert!(modest.is_open(), "it has nothing queued");
    modest.push(&message(SharedRoom::OWN / 2)).unwrap();

    // It has used no more than its own room.
    assert!(matches!(
        modest.push(&message(LIMIT / 2)),
        Err(SendError::Full)
    ));
    assert!(modest.is_open());
    // A session that has used its own room up is slow as well.
    assert!(matches!(greedy.push(&message(1)), Err(SendError::Full)));
    assert!(!greedy.is_open());
    drop((greedy, modest));
    assert_eq!(room.used(), 0);
}

/// Small messages fill an outbox by their number, and take none of the shared room.
#[test]
fn a_session_whose_own_outbox_is_full_is_slow_whatever_its_neighbors_do() {
    let (_room, [one, _]) = neighbors(SlowConsumer::Close);
    for _ in 0..LIMITS.messages {
        one.push(&message(1)).unwrap();
    }
    assert!(matches!(one.push(&message(1)), Err(SendError::Full)));
    assert!(!one.is_open());
}

#[test]
fn room_comes_back_when_it_is_written_and_when_a_session_ends() {
    let (room, [one, two]) = neighbors(SlowConsumer::Drop);
    one.push(&message(LIMIT)).unwrap();
    assert!(matches!(two.push(&message(LIMIT)), Err(SendError::Full)));
    written(&one, &mut Batch::default());
    assert_eq!(room.used(), 0);

    two.push(&message(LIMIT)).unwrap();
    two.end();
    assert_eq!(room.used(), 0);
    one.push(&message(LIMIT)).unwrap();
    drop(one);
    assert_eq!(room.used(), 0);
}

#[test]
fn a_push_that_waits_for_on_open_takes_room() {
    let (room, [ready, _]) = neighbors(SlowConsumer::Drop);
    let opening = Outbox::new(Arc::clone(&ready.limits), None);
    opening.push(&message(LIMIT)).unwrap();
    assert!(matches!(ready.push(&message(LIMIT)), Err(SendError::Full)));
    drop(opening);
    assert_eq!(room.used(), 0);
}

#[test]
fn a_send_waits_until_a_neighbor_gives_room_back() {
    let (_room, [one, two]) = neighbors(SlowConsumer::Drop);
    one.push(&message(LIMIT)).unwrap();
    let large = message(LIMIT);
    let mut send = pin!(two.send(&large));
    let (woken, waker) = counting_waker();
    let mut cx = Context::from_waker(&waker);
    assert!(send.as_mut().poll(&mut cx).is_pending());
    assert_eq!(woken.0.load(Ordering::Relaxed), 0);
    written(&one, &mut Batch::default());
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    assert!(matches!(send.as_mut().poll(&mut cx), Poll::Ready(Ok(()))));
}

#[test]
fn a_large_part_waits_for_room_and_a_small_one_does_not() {
    let (_room, [one, two]) = neighbors(SlowConsumer::Drop);
    one.push(&message(LIMIT)).unwrap();
    let begin = |bytes| {
        let mut part = Frame::part(MessageKind::Binary, vec![7; bytes].into(), false).unwrap();
        two.try_send_part(&mut part, MessageKind::Binary, Owner::Session)
    };
    assert!(matches!(begin(LIMIT), Err(SendError::Full)));
    begin(SharedRoom::OWN / 2).unwrap();
}
