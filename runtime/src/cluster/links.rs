//! What a node keeps of every other node to judge its packets: how far their clocks are apart, and what has come.
//!
//! Nodes know nothing of each other's clocks but what they hear: every packet says what its sender's clock shows. Since
//! a packet takes time, that clock shows at least as much when it arrives. So a node always knows a time that the clock of
//! another one has passed, and a packet that counts until half a second after it counts no longer than half a second,
//! whatever happens on the way.
//!
//! `Seal` is the outside of each packet: version, sender, number, and the time until which it
//! counts, with a signature or encrypted if the cluster has a secret. `Links` judges packets by it.
//! A packet for one node counts by that node's own clock, of which its sender has heard. So a
//! packet that was held up is dropped, whoever held it up, and numbers must be remembered for
//! seconds only.

mod clock;
mod window;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use self::clock::Clock;
use self::window::Window;
use super::seal::{FOR_EVER, Header, Refused};
use super::wire::NodeId;

/// No packet to one node counts for longer.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// A node that was not heard for so long is forgotten: nothing counts any more that it said to this node before.
const KEPT: Duration = Duration::from_secs(15);

/// More nodes than a cluster has are a mistake, or worse.
const MAX: usize = 2048;

/// Which of a node's two subscriptions a packet came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// What is for all nodes.
    All,
    /// What is for this node.
    Own,
}

#[derive(Debug)]
pub(super) struct Links {
    me: NodeId,
    begun: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    links: HashMap<NodeId, Link>,
    /// The number of the last packet to all.
    to_all: u64,
    /// The highest number of a packet to one node: a link that is made anew goes on from here.
    highest: u64,
}

#[derive(Debug)]
struct Link {
    /// When it was heard last, by this node's clock.
    heard: u64,
    clock: Clock,
    /// The number of the last packet to it.
    sent: u64,
    all: Window,
    own: Window,
}

impl Links {
    pub(super) fn new(me: NodeId, begun: Instant) -> Self {
        Self {
            me,
            begun,
            state: Mutex::default(),
        }
    }

    /// The header of a packet to all.
    pub(super) fn to_all(&self, now: Instant) -> Header {
        let mut state = self.state();
        state.to_all += 1;
        Header {
            from: self.me,
            number: state.to_all,
            time: self.time(now),
            until: FOR_EVER,
        }
    }

    /// The header of a packet to one node, which counts for so long at most; `None` when nothing was heard of that node.
    pub(super) fn to(&self, node: NodeId, life: Duration, now: Instant) -> Option<Header> {
        let time = self.time(now);
        let mut state = self.state();
        let State { links, highest, .. } = &mut *state;
        if node == self.me {
            links
                .entry(node)
                .or_insert_with(|| Link::new(time, *highest));
        }
        let link = links.get_mut(&node)?;
        link.sent += 1;
        *highest = (*highest).max(link.sent);
        let there = if node == self.me {
            time
        } else {
            link.clock.at(time)?
        };
        Some(Header {
            from: self.me,
            number: link.sent,
            time,
            until: there.saturating_add(micros(life.min(LONGEST))),
        })
    }

    /// The header of an answer.
    pub(super) fn answer(&self, now: Instant) -> Header {
        Header {
            from: self.me,
            number: 0,
            time: self.time(now),
            until: FOR_EVER,
        }
    }

    /// Takes a packet, unless it is late or, where that can be known for certain, came before. Says whether its sender has
    /// sent nothing later by the same way that came already.
    pub(super) fn take(
        &self,
        header: &Header,
        stream: Stream,
        is_proven: bool,
        now: Instant,
    ) -> Result<bool, Refused> {
        let time = self.time(now);
        if stream == Stream::Own {
            if header.until < time {
                return Err(Refused::Late);
            }
            // No node sends such a packet, and what came must be remembered for as long as it counts.
            if header.until > time.saturating_add(micros(LONGEST) + micros(KEPT - LONGEST) / 2) {
                return Err(Refused::Malformed);
            }
        }
        let mut state = self.state();
        let State { links, highest, .. } = &mut *state;
        if !links.contains_key(&header.from) && links.len() >= MAX {
            links.retain(|_, link| !link.is_over(time));
            if links.len() >= MAX {
                return Err(Refused::Malformed);
            }
        }
        let link = links
            .entry(header.from)
            .and_modify(|link| {
                if link.is_over(time) {
                    *link = Link::new(time, link.sent);
                }
            })
            .or_insert_with(|| Link::new(time, *highest));
        let window = match stream {
            Stream::All => &mut link.all,
            Stream::Own => &mut link.own,
        };
        let is_newest = window.is_newest(header.number);
        if !window.take(header.number) && is_proven {
            return Err(Refused::Replayed);
        }
        link.clock.shows(header.time, time);
        link.heard = time;
        Ok(is_newest)
    }

    /// This node's clock, in microseconds.
    fn time(&self, now: Instant) -> u64 {
        micros(now.saturating_duration_since(self.begun))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under this lock panics half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link {
    fn new(heard: u64, sent: u64) -> Self {
        Self {
            heard,
            clock: Clock::default(),
            sent,
            all: Window::default(),
            own: Window::default(),
        }
    }

    fn is_over(&self, time: u64) -> bool {
        time.saturating_sub(self.heard) > micros(KEPT)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_millis(500);

    /// Two nodes that were started an hour apart.
    fn pair(now: Instant) -> [Links; 2] {
        let begun = [now - Duration::from_secs(3600), now];
        begun.map(|begun| Links::new(NodeId::random(), begun))
    }

    fn hear(links: &Links, header: &Header, now: Instant) {
        assert!(links.take(header, Stream::All, true, now).is_ok());
    }

    fn base() -> Instant {
        Instant::now() + Duration::from_secs(7200)
    }

    #[test]
    fn a_packet_counts_for_its_life_and_never_longer_however_late_the_signs_of_life_were() {
        for delay in [0, 100, 400, 3_000] {
            let mut now = base();
            let [one, other] = pair(now);
            assert_eq!(one.to(other.me, LIFE, now), None, "nothing was heard");
            let beat = other.to_all(now);
            let delay = Duration::from_millis(delay);
            now += delay;
            hear(&one, &beat, now);
            let sent = now;
            let header = one.to(other.me, LIFE, now).unwrap();
            let mut taken = None;
            for _ in 0..600 {
                now += Duration::from_millis(1);
                // Each is another packet, so that none came before.
                let header = Header {
                    number: header.number
                        + 1
                        + u64::try_from(now.duration_since(sent).as_millis()).unwrap(),
                    ..header
                };
                if other.take(&header, Stream::Own, true, now).is_ok() {
                    taken = Some(now - sent);
                }
            }
            assert_eq!(
                taken,
                LIFE.checked_sub(delay).filter(|life| !life.is_zero())
            );
        }
    }

    #[test]
    fn the_quickest_sign_of_life_decides() {
        let mut now = base();
        let [one, other] = pair(now);
        hear(&one, &other.to_all(now), now);
        // These have waited in a queue.
        for _ in 0..5 {
            let beat = other.to_all(now);
            now += Duration::from_secs(1);
            hear(&one, &beat, now);
        }
        let header = one.to(other.me, LIFE, now).unwrap();
        now += Duration::from_millis(499);
        assert_eq!(other.take(&header, Stream::Own, true, now), Ok(true));
    }

    #[test]
    fn a_packet_is_taken_once_for_as_long_as_it_could_count() {
        let mut now = base();
        let [one, other] = pair(now);
        hear(&one, &other.to_all(now), now);
        let header = one.to(other.me, LONGEST * 2, now).unwrap();
        assert_eq!(other.take(&header, Stream::Own, true, now), Ok(true));
        for _ in 0..30 {
            assert!(other.take(&header, Stream::Own, true, now).is_err());
            now += Duration::from_secs(1);
        }
        assert_eq!(
            other.take(&header, Stream::Own, true, now),
            Err(Refused::Late)
        );
        // Without a secret it is not known who sent it, and nobody is locked out.
        let header = one.to_all(now);
        for _ in 0..2 {
            assert!(other.take(&header, Stream::All, false, now).is_ok());
        }
    }

    #[test]
    fn numbers_go_on_when_a_node_was_forgotten() {
        let mut now = base();
        let [one, other] = pair(now);
        let ping = |now| {
            hear(&one, &other.to_all(now), now);
            let header = one.to(other.me, LIFE, now).unwrap();
            assert_eq!(other.take(&header, Stream::Own, true, now), Ok(true));
        };
        ping(now);
        // It hears the other one's packets, and not the other way round.
        for _ in 0..20 {
            now += Duration::from_secs(1);
            hear(&other, &one.to_all(now), now);
        }
        ping(now);
    }

    #[test]
    fn no_packet_counts_for_longer_than_it_is_remembered() {
        let now = base();
        let [one, other] = pair(now);
        let forged = Header {
            until: FOR_EVER,
            ..one.to_all(now)
        };
        let taken = other.take(&forged, Stream::Own, true, now);
        assert_eq!(taken, Err(Refused::Malformed));
    }

    #[test]
    fn the_nodes_that_are_remembered_are_bounded() {
        let mut now = base();
        let [_, other] = pair(now);
        let from = |number| Header {
            from: NodeId::from_bits(number),
            number: 1,
            time: 0,
            until: FOR_EVER,
        };
        for number in 0..MAX as u64 {
            hear(&other, &from(number), now);
        }
        let one_more = from(MAX as u64);
        assert!(other.take(&one_more, Stream::All, true, now).is_err());
        now += KEPT * 2;
        hear(&other, &one_more, now);
        assert_eq!(other.state().links.len(), 1);
    }
}
