//! How fast a peer may send: token buckets, one for messages and one for bytes.
//!
//! The crates for this (`governor`, for one) are made to be shared between threads, and refuse what is larger than a whole
//! bucket. A session has one task, and a message that is larger than the bucket has to be paid for afterwards.

use std::time::Duration;

use tokio::time::Instant;

use crate::bounds::LONGEST;
use crate::protocol::{Event, Position};
use crate::site::{FastProducer, RateLimits};

/// How much a bucket holds, in time: a peer that was quiet may send as much at once as in a second.
const BURST: Duration = Duration::from_secs(1);

/// The limits of one connection, and how far its peer has used them.
#[derive(Debug)]
pub(super) struct Rates {
    messages: Option<Bucket>,
    bytes: Option<Bucket>,
    policy: FastProducer,
    /// Nothing is decoded at the moment.
    is_paused: bool,
}

/// What is to be done about something that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Take,
    /// Take it, and decode nothing more until then.
    TakeAndPause(Instant),
    Drop,
    /// Close the session.
    Close,
}

/// A bucket that fills by itself.
#[derive(Debug)]
struct Bucket {
    per_second: u64,
    /// When it will be full.
    full_at: Instant,
}

impl Rates {
    /// Nothing, if there is no limit.
    pub(super) fn new(limits: RateLimits) -> Option<Box<Self>> {
        let RateLimits {
            messages,
            bytes,
            policy,
        } = limits;
        let is_limited = messages.is_some() || bytes.is_some();
        is_limited.then(|| {
            Box::new(Self {
                messages: messages.map(Bucket::new),
                bytes: bytes.map(Bucket::new),
                policy,
                is_paused: false,
            })
        })
    }

    /// Charges the peer for an event.
    ///
    /// Control frames count as messages, so that a flood of them has a bound too, and are never dropped: a ping has to be
    /// answered. Nobody pays for them where messages are dropped, so they never cost more than the messages of the next
    /// second. A part of a message cannot be dropped alone, and does not count as a message before the last one.
    pub(super) fn charge(&mut self, event: &Event<'_>) -> Verdict {
        let (messages, bytes, may_drop) = match event {
            Event::Text(text) => (1, text.len(), true),
            Event::Binary(bytes) => (1, bytes.len(), true),
            Event::TextPart(part, at) => (u64::from(*at == Position::Last), part.len(), false),
            Event::BinaryPart(part, at) => (u64::from(*at == Position::Last), part.len(), false),
            Event::Ping(payload) | Event::Pong(payload) => (1, payload.len(), false),
            // The last thing that comes is always taken.
            Event::Close(_) => return Verdict::Take,
        };
        let now = Instant::now();
        let is_over = self.room_at().is_some_and(|at| at > now);
        match self.policy {
            FastProducer::Close if is_over => {
                self.is_paused = true;
                return Verdict::Close;
            }
            FastProducer::Drop if is_over && may_drop => return Verdict::Drop,
            _ => {}
        }
        let is_control = matches!(event, Event::Ping(_) | Event::Pong(_));
        let has_bounded_debt = is_control && self.policy == FastProducer::Drop;
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        for (bucket, amount) in [(&mut self.messages, messages), (&mut self.bytes, bytes)] {
            let Some(bucket) = bucket else { continue };
            let before = bucket.full_at;
            bucket.take(amount, now);
            if has_bounded_debt {
                bucket.full_at = bucket.full_at.min(now + 2 * BURST).max(before);
            }
        }
        let is_part = matches!(event, Event::TextPart(..) | Event::BinaryPart(..));
        let waits = match self.policy {
            FastProducer::Wait => true,
            FastProducer::Drop => is_part,
            FastProducer::Close => false,
        };
        match self.room_at() {
            Some(at) if waits && at > now => {
                self.is_paused = true;
                Verdict::TakeAndPause(at)
            }
            _ => Verdict::Take,
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// The pause is over.
    pub(super) fn resume(&mut self) {
        self.is_paused = false;
    }

    /// When there is something in every bucket.
    fn room_at(&self) -> Option<Instant> {
        let buckets = [&self.messages, &self.bytes].into_iter().flatten();
        buckets.map(Bucket::room_at).max()
    }
}

impl Bucket {
    fn new(per_second: usize) -> Self {
        Self {
            per_second: u64::try_from(per_second).unwrap_or(u64::MAX).max(1),
            full_at: Instant::now(),
        }
    }

    /// When there is something in it.
    fn room_at(&self) -> Instant {
        // The smallest step of the clock, so that a bucket which has just become empty has no room.
        self.full_at + Duration::from_nanos(1) - BURST
    }

    /// Takes this much out, even if it is not in there: then the next one waits longer.
    fn take(&mut self, amount: u64, now: Instant) {
        let nanoseconds = u128::from(amount) * BURST.as_nanos() / u128::from(self.per_second);
        let time = u64::try_from(nanoseconds).map_or(LONGEST, Duration::from_nanos);
        self.full_at = self.full_at.max(now) + time.min(LONGEST);
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn rates(messages: Option<usize>, bytes: Option<usize>, policy: FastProducer) -> Box<Rates> {
        let limits = RateLimits {
            messages,
            bytes,
            policy,
        };
        Rates::new(limits).expect("a limit")
    }

    fn text(bytes: usize) -> Event<'static> {
        Event::Text("x".repeat(bytes).into())
    }

    #[test]
    fn without_limits_there_is_nothing() {
        assert!(Rates::new(RateLimits::default()).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_messages_as_in_a_second_may_come_at_once_and_then_evenly() {
        let mut rates = rates(Some(4), None, FastProducer::Drop);
        let quarter = Duration::from_millis(250);
        for _ in 0..4 {
            assert_eq!(rates.charge(&text(1_000_000)), Verdict::Take);
        }
        assert_eq!(rates.charge(&text(0)), Verdict::Drop);
        for _ in 0..10 {
            tokio::time::advance(quarter).await;
            assert_eq!(rates.charge(&text(1)), Verdict::Take);
            assert_eq!(rates.charge(&text(1)), Verdict::Drop);
        }
        tokio::time::advance(100 * quarter).await;
        let taken = (0..100).filter(|_| rates.charge(&text(1)) == Verdict::Take);
        assert_eq!(taken.count(), 4, "a bucket never holds more");
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_is_larger_than_the_bucket_is_paid_for_afterwards() {
        let mut rates = rates(None, Some(1000), FastProducer::Wait);
        let now = Instant::now();
        assert_eq!(rates.charge(&text(600)), Verdict::Take);
        let Verdict::TakeAndPause(until) = rates.charge(&text(5400)) else {
            panic!("6,000 bytes are six times as much as in a second");
        };
        assert!((until - now).abs_diff(Duration::from_secs(5)) <= Duration::from_micros(1));
        assert!(rates.is_paused());
        tokio::time::advance(until - now).await;
        rates.resume();
        assert_eq!(rates.charge(&text(0)), Verdict::Take);
    }

    #[tokio::test(start_paused = true)]
    async fn control_frames_count_and_are_not_dropped() {
        let mut dropping = rates(Some(2), None, FastProducer::Drop);
        let ping = || Event::Ping(Cow::Borrowed(b"?"));
        for _ in 0..10 {
            assert_eq!(dropping.charge(&ping()), Verdict::Take);
        }
        assert_eq!(dropping.charge(&text(1)), Verdict::Drop);
        let mut closing = rates(Some(2), None, FastProducer::Close);
        assert_eq!(closing.charge(&ping()), Verdict::Take);
        assert_eq!(closing.charge(&ping()), Verdict::Take);
        assert_eq!(closing.charge(&Event::Close(None)), Verdict::Take);
        assert_eq!(closing.charge(&ping()), Verdict::Close);
        assert!(closing.is_paused(), "nothing that follows is taken");
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_pings_costs_the_messages_of_a_second() {
        let mut rates = rates(Some(2), Some(100), FastProducer::Drop);
        for _ in 0..1000 {
            assert_eq!(
                rates.charge(&Event::Ping(Cow::Borrowed(b"?"))),
                Verdict::Take
            );
        }
        assert_eq!(rates.charge(&text(1)), Verdict::Drop);
        tokio::time::advance(BURST + Duration::from_millis(1)).await;
        assert_eq!(rates.charge(&text(1)), Verdict::Take);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_in_parts_counts_once_and_waits_where_others_are_dropped() {
        let mut rates = rates(Some(2), Some(1000), FastProducer::Drop);
        let part = |at| Event::BinaryPart(Cow::Owned(vec![0; 300]), at);
        assert_eq!(rates.charge(&part(Position::First)), Verdict::Take);
        for _ in 0..2 {
            assert_eq!(rates.charge(&part(Position::Middle)), Verdict::Take);
        }
        let paused = rates.charge(&part(Position::Last));
        assert!(matches!(paused, Verdict::TakeAndPause(_)), "{paused:?}");
    }
}
