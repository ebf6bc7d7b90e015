use std::future::poll_fn;
use std::time::Duration;

use tokio::task::coop::poll_proceed;

use super::*;

const PING: Duration = Duration::from_secs(25);
const PONG: Duration = Duration::from_secs(20);
const WRITE: Duration = Duration::from_secs(40);
const MESSAGE: Duration = Duration::from_secs(60);

fn deadlines() -> Deadlines {
    Deadlines::new(Arc::new(terms()))
}

fn terms() -> Terms {
    Terms {
        ping_interval: PING,
        pong_timeout: PONG,
        message_timeout: MESSAGE,
        close_timeout: Duration::from_secs(5),
        write_timeout: WRITE,
        ..Terms::default()
    }
}

async fn next(deadlines: &mut Deadlines) -> Due {
    poll_fn(|cx| deadlines.poll(cx)).await
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_is_silent_after_a_ping_is_noticed_after_the_pong_timeout() {
    let start = Instant::now();
    let mut deadlines = deadlines();
    assert_eq!(next(&mut deadlines).await, Due::Ping);
    deadlines.pinged();
    let pinged = Instant::now();
    assert!(pinged - start <= PING + Duration::from_millis(2));
    assert_eq!(next(&mut deadlines).await, Due::Pong);
    assert!((pinged.elapsed().abs_diff(PONG)) <= Duration::from_millis(2));
}

#[tokio::test(start_paused = true)]
async fn a_ping_that_could_not_be_sent_is_not_waited_for() {
    let mut deadlines = deadlines();
    assert_eq!(next(&mut deadlines).await, Due::Ping);
    for _ in 0..5 {
        let last = Instant::now();
        assert_eq!(next(&mut deadlines).await, Due::Ping);
        assert!((last.elapsed().abs_diff(PING)) <= Duration::from_millis(2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_never_waits_is_told_what_is_overdue() {
    let mut deadlines = deadlines();
    assert_eq!(deadlines.overdue(), None);
    tokio::time::advance(PING).await;
    assert_eq!(deadlines.overdue(), Some(Due::Ping));
    assert_eq!(deadlines.overdue(), None);
    deadlines.pinged();
    assert!(poll_fn(|cx| Poll::Ready(deadlines.poll(cx).is_pending())).await);
    assert_eq!(
        deadlines.overdue(),
        None,
        "the timer is set, and has not rung"
    );
    tokio::time::advance(PONG).await;
    assert_eq!(deadlines.overdue(), Some(Due::Pong));
}

/// tokio answers nothing more to a task that has done much in one go, and runs it again at once.
#[tokio::test(start_paused = true)]
async fn a_deadline_is_kept_though_the_task_had_used_up_its_budget_when_it_was_set() {
    let mut deadlines = deadlines();
    poll_fn(|cx| {
        while let Poll::Ready(coop) = poll_proceed(cx) {
            coop.made_progress();
        }
        assert!(deadlines.poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    let due = tokio::time::timeout(2 * PING, next(&mut deadlines)).await;
    assert_eq!(due, Ok(Due::Ping));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_is_heard_is_pinged_again_after_the_interval() {
    let mut deadlines = deadlines();
    assert_eq!(next(&mut deadlines).await, Due::Ping);
    for _ in 0..3 {
        let pinged = Instant::now();
        deadlines.pinged();
        deadlines.heard();
        assert_eq!(next(&mut deadlines).await, Due::Ping);
        assert!((pinged.elapsed().abs_diff(PING)) <= Duration::from_millis(2));
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_pings_of_many_connections_are_spread_over_the_interval() {
    let now = Instant::now();
    let (early, late) = (0..200)
        .map(|_| deadlines().ping - now)
        .fold((Duration::MAX, Duration::ZERO), |(early, late), at| {
            (early.min(at), late.max(at))
        });
    // The chance that 200 random moments all miss one half is 2^-200.
    assert!(early < PING / 2 && late > PING / 2 && late <= PING);
}

#[tokio::test(start_paused = true)]
async fn time_in_which_nothing_is_read_does_not_count_against_the_peer() {
    let mut deadlines = deadlines();
    assert_eq!(next(&mut deadlines).await, Due::Ping);
    deadlines.pinged();
    tokio::time::advance(PONG / 2).await;
    deadlines.deaf();
    let resumed = Instant::now();
    assert_eq!(next(&mut deadlines).await, Due::Ping, "pings go on");
    assert_eq!(next(&mut deadlines).await, Due::Pong);
    assert!(resumed.elapsed() >= PONG);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_too_much_gets_the_time_of_two_messages_for_one() {
    let mut deadlines = deadlines();
    let begun = Instant::now();
    deadlines.mid_message(true);
    for _ in 0..10 {
        tokio::time::advance(MESSAGE / 4).await;
        deadlines.throttled();
        deadlines.mid_message(true);
    }
    let mut due = next(&mut deadlines).await;
    while due == Due::Ping {
        deadlines.heard();
        due = next(&mut deadlines).await;
    }
    assert_eq!(due, Due::Message);
    assert!(begun.elapsed() < 3 * MESSAGE, "{:?}", begun.elapsed());

    // The next message has its own time.
    deadlines.mid_message(false);
    deadlines.mid_message(true);
    deadlines.throttled();
    assert!(
        deadlines
            .message
            .is_some_and(|end| end >= Instant::now() + MESSAGE)
    );
}

/// The time that a slow handler takes is not the peer's, whether or not it was throttled before.
#[tokio::test(start_paused = true)]
async fn time_in_which_nothing_is_read_does_not_count_against_a_peer_that_sent_too_much() {
    let mut deadlines = deadlines();
    deadlines.mid_message(true);
    deadlines.throttled();
    for _ in 0..10 {
        tokio::time::advance(MESSAGE / 2).await;
        deadlines.deaf();
    }
    deadlines.throttled();
    assert!(
        deadlines
            .message
            .is_some_and(|end| end >= Instant::now() + MESSAGE)
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_never_finished_is_noticed_however_often_a_part_of_it_comes() {
    let mut deadlines = deadlines();
    let begun = Instant::now();
    let mut due = Due::Ping;
    while due == Due::Ping {
        deadlines.heard();
        deadlines.mid_message(true);
        due = next(&mut deadlines).await;
    }
    assert_eq!(due, Due::Message);
    assert!(begun.elapsed().abs_diff(Duration::from_secs(60)) <= Duration::from_millis(2));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_answer_the_close_frame_is_cut_off() {
    let mut deadlines = deadlines();
    deadlines.closing();
    let closing = Instant::now();
    assert_eq!(next(&mut deadlines).await, Due::Close);
    assert!((closing.elapsed().abs_diff(Duration::from_secs(5))) <= Duration::from_millis(2));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_the_last_bytes_one_by_one_is_cut_off_as_well() {
    let mut deadlines = deadlines();
    let begun = Instant::now();
    deadlines.closing();
    while tokio::time::timeout(Duration::from_secs(4), next(&mut deadlines))
        .await
        .is_err()
    {
        deadlines.closing();
    }
    assert!(begun.elapsed().abs_diff(Duration::from_secs(60)) <= Duration::from_millis(2));
}

fn acknowledged(bytes: u64, is_all: bool) -> Option<Acknowledged> {
    Some(Acknowledged {
        bytes,
        is_all,
        ago: Duration::ZERO,
    })
}

#[tokio::test(start_paused = true)]
async fn a_pong_is_waited_for_from_when_the_ping_can_have_reached_the_peer() {
    let mut deadlines = deadlines();
    assert_eq!(next(&mut deadlines).await, Due::Ping);
    deadlines.pinged();
    for bytes in 0..10 {
        while next(&mut deadlines).await != Due::Pong {}
        assert!(deadlines.is_pong_prolonged(acknowledged(bytes, false)));
    }
    while next(&mut deadlines).await != Due::Pong {}
    assert!(deadlines.is_pong_prolonged(acknowledged(10, true)));
    let reached = Instant::now();
    while next(&mut deadlines).await != Due::Pong {}
    assert!(reached.elapsed().abs_diff(PONG) <= Duration::from_millis(2));
    assert!(!deadlines.is_pong_prolonged(acknowledged(10, true)));
}

#[tokio::test(start_paused = true)]
async fn a_message_in_parts_has_a_greatest_time_in_which_it_is_read() {
    let most = Duration::from_secs(600);
    let mut deadlines = Deadlines::new(Arc::new(Terms {
        max_receive_time: Some(most),
        ..terms()
    }));
    for position in [Position::First, Position::Middle, Position::Last] {
        deadlines.came(position);
        tokio::time::advance(most).await;
    }
    assert!(
        deadlines
            .seldom
            .as_ref()
            .is_some_and(|seldom| seldom.arrival.last.is_none())
    );
    deadlines.came(Position::First);
    let begun = Instant::now();
    // A handler that is slower than the peer.
    deadlines.deaf();
    tokio::time::advance(most).await;
    deadlines.heard();
    while next_but_pings(&mut deadlines).await != Due::Arrival {
        deadlines.came(Position::Middle);
    }
    assert!(begun.elapsed().abs_diff(2 * most) <= Duration::from_millis(10));
}

/// A peer that takes the last bytes slowly and is above the floor gets all of them.
#[tokio::test(start_paused = true)]
async fn the_close_handshake_takes_as_long_as_the_peer_takes_enough() {
    let mut deadlines = deadlines();
    deadlines.closing();
    let begun = Instant::now();
    let mut prolonged = |per_second: u64| {
        let bytes = begun.elapsed().as_secs() * per_second;
        deadlines.is_closing_prolonged(acknowledged(bytes, false))
    };
    while begun.elapsed() < Duration::from_secs(600) {
        tokio::time::advance(Duration::from_secs(5)).await;
        assert!(prolonged(3000), "after {:?}", begun.elapsed());
    }
    let slow = (0..30).find(|_| !prolonged(0));
    assert!(slow.is_some());
}

fn idling(after: Duration) -> Deadlines {
    Deadlines::new(Arc::new(Terms {
        idle_timeout: Some(after),
        ..terms()
    }))
}

/// Answers the runtime's pings until something else is due.
async fn next_but_pings(deadlines: &mut Deadlines) -> Due {
    loop {
        let due = next(deadlines).await;
        if due != Due::Ping {
            return due;
        }
        deadlines.pinged();
        deadlines.heard();
        deadlines.ponged(b"");
    }
}

#[tokio::test(start_paused = true)]
async fn r_pings_of_the_runtime_and_their_pongs_are_no_activity() {
    let idle = Duration::from_secs(200);
    let mut deadlines = idling(idle);
    tokio::time::advance(idle / 2).await;
    deadlines.active();
    let active = Instant::now();
    assert_eq!(next_but_pings(&mut deadlines).await, Due::Idle);
    assert!(active.elapsed().abs_diff(idle) <= Duration::from_millis(2));
}

#[tokio::test(start_paused = true)]
async fn r_pongs_that_answer_something_else_or_nothing_are_activity() {
    let idle = Duration::from_secs(10);
    for (pings, payload) in [(0, &b""[..]), (1, b"of the application")] {
        let mut deadlines = idling(idle);
        for _ in 0..pings {
            deadlines.pinged();
        }
        tokio::time::advance(idle / 2).await;
        deadlines.ponged(payload);
        let active = Instant::now();
        assert_eq!(next_but_pings(&mut deadlines).await, Due::Idle);
        assert!(active.elapsed().abs_diff(idle) <= Duration::from_millis(2));
    }
}

/// So that a peer whose answers come late, and all at once, is not taken for one that has something to say.
#[tokio::test(start_paused = true)]
async fn r_each_ping_of_the_runtime_has_a_pong_that_is_no_activity() {
    let idle = Duration::from_secs(10);
    let mut deadlines = idling(idle);
    let begun = Instant::now();
    for _ in 0..3 {
        deadlines.pinged();
    }
    tokio::time::advance(idle / 2).await;
    for _ in 0..3 {
        deadlines.ponged(b"");
    }
    assert_eq!(next_but_pings(&mut deadlines).await, Due::Idle);
    assert!(begun.elapsed().abs_diff(idle) <= Duration::from_millis(2));
}

#[tokio::test(start_paused = true)]
async fn f9_another_idle_timeout_counts_from_now_on() {
    let long = Duration::from_secs(200);
    let short = Duration::from_secs(3);
    for (before, after) in [(None, short), (Some(long), short), (Some(short), long)] {
        let mut deadlines = before.map_or_else(deadlines, idling);
        // The timer is set for what was before.
        let waiting = tokio::time::timeout(Duration::from_millis(1), next(&mut deadlines));
        if waiting.await == Ok(Due::Ping) {
            deadlines.heard();
        }
        deadlines.set_idle_timeout(Some(after));
        let changed = Instant::now();
        assert_eq!(next_but_pings(&mut deadlines).await, Due::Idle);
        assert!(changed.elapsed().abs_diff(after) <= Duration::from_millis(2));
    }
}

#[tokio::test(start_paused = true)]
async fn f9_activity_counts_for_another_idle_timeout_too() {
    let idle = Duration::from_secs(200);
    let mut deadlines = deadlines();
    deadlines.set_idle_timeout(Some(idle));
    tokio::time::advance(idle / 2).await;
    deadlines.active();
    let active = Instant::now();
    assert_eq!(next_but_pings(&mut deadlines).await, Due::Idle);
    assert!(active.elapsed().abs_diff(idle) <= Duration::from_millis(2));
}

#[tokio::test(start_paused = true)]
async fn f9_without_an_idle_timeout_a_session_may_be_idle_for_ever() {
    let mut deadlines = idling(Duration::from_secs(3));
    deadlines.set_idle_timeout(None);
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    let due = tokio::time::timeout(year, next_but_pings(&mut deadlines)).await;
    assert!(due.is_err(), "{due:?}");
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_in_the_last_tenth_of_its_greatest_age_and_not_with_the_others() {
    let max_age = Duration::from_secs(1000);
    let mut ages = Vec::new();
    for _ in 0..20 {
        let start = Instant::now();
        let mut deadlines = Deadlines::new(Arc::new(Terms {
            max_age: Some(max_age),
            ..terms()
        }));
        while next(&mut deadlines).await != Due::Age {}
        ages.push(start.elapsed());
        // It is told once.
        assert_eq!(next(&mut deadlines).await, Due::Ping);
    }
    let bounds = max_age * 9 / 10..=max_age + Duration::from_millis(2);
    assert!(ages.iter().all(|age| bounds.contains(age)), "{ages:?}");
    ages.sort();
    assert!(ages[19] - ages[0] > Duration::from_secs(10), "{ages:?}");
}

#[tokio::test(start_paused = true)]
async fn a_login_ends_when_it_was_said_last() {
    let start = Instant::now();
    let mut deadlines = deadlines();
    deadlines.set_login_end(Some(start + PING / 100));
    deadlines.set_login_end(Some(start + 3 * PING));
    while next(&mut deadlines).await != Due::Login {}
    assert!(start.elapsed().abs_diff(3 * PING) <= Duration::from_millis(2));
    // Earlier is possible too, when the timer is set already.
    deadlines.set_login_end(Some(Instant::now() + 2 * PING));
    assert_eq!(next(&mut deadlines).await, Due::Ping);
    assert!(poll_fn(|cx| Poll::Ready(deadlines.poll(cx).is_pending())).await);
    let now = Instant::now();
    deadlines.set_login_end(Some(now + PING / 100));
    assert_eq!(next(&mut deadlines).await, Due::Login);
    assert!(now.elapsed().abs_diff(PING / 100) <= Duration::from_millis(2));
}
