use super::*;

const TIMEOUT: Duration = Duration::from_secs(60);

fn terms() -> Terms {
    Terms {
        write_timeout: TIMEOUT,
        min_throughput: Some(1000),
        max_send_time: Some(Duration::from_secs(600)),
        ..Terms::default()
    }
}

/// A socket that is blocked, of a peer that acknowledges so many bytes in a second; how long it lives, up to an hour.
async fn lives(terms: &Terms, per_second: u64) -> Result<(), (TooSlow, Duration)> {
    let begun = Instant::now();
    let mut backlog = Backlog::default();
    let mut at = backlog.block(terms);
    while begun.elapsed() < Duration::from_secs(3600) {
        tokio::time::sleep_until(at).await;
        backlog.finished = true;
        let bytes = begun.elapsed().as_secs() * per_second;
        let looked = backlog.look(Some(bytes), terms);
        at = looked.map_err(|slow| (slow, begun.elapsed()))?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_acknowledges_nothing_is_noticed_after_the_timeout() {
    let (slow, after) = lives(&terms(), 0).await.unwrap_err();
    assert_eq!(slow, TooSlow::Still);
    assert!(after >= TIMEOUT && after <= TIMEOUT * 5 / 4 + Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_peer_below_the_floor_is_noticed_and_one_above_it_never() {
    assert_eq!(lives(&terms(), 1010).await, Ok(()));
    let (slow, after) = lives(&terms(), 990).await.unwrap_err();
    assert_eq!(slow, TooSlow::BelowFloor);
    assert!(after < 2 * TIMEOUT, "{after:?}");
    let without = Terms {
        min_throughput: None,
        ..terms()
    };
    assert_eq!(lives(&without, 1).await, Ok(()));
}

/// A peer has taken all that there was while its socket was not blocked: that time is not measured.
#[tokio::test(start_paused = true)]
async fn time_in_which_nothing_waited_does_not_count_against_a_peer() {
    let terms = terms();
    let mut backlog = Backlog::default();
    let mut bytes = 0;
    for _ in 0..100 {
        let look_at = backlog.block(&terms);
        tokio::time::advance(Duration::from_secs(1)).await;
        if Instant::now() >= look_at {
            assert!(backlog.look(Some(bytes), &terms).is_ok());
        }
        bytes += 1500;
        backlog.finished = true;
        backlog.unblock();
        tokio::time::advance(TIMEOUT).await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_message_has_a_greatest_time_however_fast_its_parts_are_taken() {
    let terms = terms();
    let mut backlog = Backlog::default();
    let begun = Instant::now();
    let mut at = backlog.block(&terms);
    let slow = loop {
        tokio::time::sleep_until(at).await;
        match backlog.look(Some(begun.elapsed().as_secs() * 100_000), &terms) {
            Ok(next) => at = next,
            Err(slow) => break slow,
        }
    };
    assert_eq!(slow, TooSlow::OneMessage);
    let late = begun.elapsed() - Duration::from_secs(600);
    assert!(late <= TIMEOUT / 2, "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn where_the_kernel_says_nothing_what_it_takes_is_progress_and_the_time_is_longer() {
    let terms = terms();
    let mut backlog = Backlog::default();
    let begun = Instant::now();
    let mut at = backlog.block(&terms);
    let slow = loop {
        tokio::time::sleep_until(at).await;
        if begun.elapsed() < Duration::from_secs(600) {
            backlog.taken += 100_000;
            backlog.finished = true;
        }
        match backlog.look(None, &terms) {
            Ok(next) => at = next,
            Err(slow) => break slow,
        }
    };
    assert_eq!(slow, TooSlow::Still);
    assert!(begun.elapsed() >= Duration::from_secs(600) + TIMEOUT * 3 / 2);
}
