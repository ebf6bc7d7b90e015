//! How fast a peer takes what waits for it.

use std::time::Duration;

use tokio::time::Instant;

use crate::site::Terms;

/// Into so many steps the write timeout is divided. The kernel is asked once in each of them, and not before the first
/// one has passed; so a peer that takes nothing is cut off after one step more.
const STEPS: u32 = 4;

/// Where the kernel does not say what was acknowledged, only the bytes that it takes count. It takes them in
/// larger pieces, and so the peer has this many times as long.
const LONGER: u32 = 2;

/// What waits for a peer, measured over the time in which its socket takes nothing: between two such times the peer
/// has taken all that there was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backlog {
    blocked: Option<Instant>,
    /// How long it was blocked since the last look, before it was blocked this time.
    waited: Duration,
    /// Bytes that the socket has taken from us.
    pub(super) taken: u64,
    /// Bytes that the peer had at the last look.
    seen: Option<u64>,
    /// How long it has been blocked without any progress.
    still: Duration,
    window: Window,
    /// A message, or a part of one, was written to its end since the last look.
    pub(super) finished: bool,
    /// At this look a message was found to be the next one.
    begun: Option<Instant>,
}

/// A time over which the throughput is measured.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    begun_at: u64,
    length: Duration,
}

/// What is wrong with how a peer takes what waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::connection) enum TooSlow {
    /// It takes nothing.
    Still,
    /// It takes less than `min_throughput`.
    BelowFloor,
    /// It has not taken one message within `max_send_time`.
    OneMessage,
}

impl Backlog {
    /// The socket takes nothing from now on; returns when to look at it.
    pub(super) fn block(&mut self, terms: &Terms) -> Instant {
        let blocked = *self.blocked.get_or_insert_with(Instant::now);
        blocked + step(terms).saturating_sub(self.waited)
    }

    pub(super) fn unblock(&mut self) {
        if let Some(blocked) = self.blocked.take() {
            self.waited += blocked.elapsed();
        }
    }

    /// Looks at what has become of it; `acknowledged` are the bytes that the peer has, if they are known. Returns what
    /// is wrong, or when to look again.
    pub(super) fn look(
        &mut self,
        acknowledged: Option<u64>,
        terms: &Terms,
    ) -> Result<Instant, TooSlow> {
        let now = Instant::now();
        let mut waited = std::mem::take(&mut self.waited);
        if let Some(blocked) = &mut self.blocked {
            waited += now - *blocked;
            *blocked = now;
        }
        let timeout = match acknowledged {
            Some(_) => terms.write_timeout,
            None => terms.write_timeout * LONGER,
        };
        let bytes = acknowledged.unwrap_or(self.taken);
        if let Some(seen) = self.seen {
            self.still = if bytes == seen {
                self.still + waited
            } else {
                Duration::ZERO
            };
            if self.still >= timeout {
                return Err(TooSlow::Still);
            }
            self.window.length += waited;
            if self.window.length >= timeout {
                let window = std::mem::replace(&mut self.window, Window::at(bytes));
                if window.is_below(terms.min_throughput, bytes) {
                    return Err(TooSlow::BelowFloor);
                }
            }
        } else {
            self.window = Window::at(bytes);
        }
        self.seen = Some(bytes);
        let begun = match self.begun {
            Some(begun) if !self.finished => begun,
            _ => now,
        };
        self.finished = false;
        self.begun = Some(begun);
        if terms.max_send_time.is_some_and(|most| now - begun >= most) {
            return Err(TooSlow::OneMessage);
        }
        Ok(now + step(terms))
    }
}

impl Window {
    fn at(bytes: u64) -> Self {
        Self {
            begun_at: bytes,
            length: Duration::ZERO,
        }
    }

    fn is_below(&self, floor: Option<usize>, bytes: u64) -> bool {
        let taken = bytes.saturating_sub(self.begun_at);
        floor.is_some_and(|floor| is_below(floor, taken, self.length))
    }
}

/// Whether `taken` bytes in this time are less than `floor` in a second.
pub(super) fn is_below(floor: usize, taken: u64, time: Duration) -> bool {
    u128::from(taken) * 1000 < floor as u128 * time.as_millis()
}

fn step(terms: &Terms) -> Duration {
    // Rounded up, so that the steps together are not shorter than the time.
    terms.write_timeout / STEPS + Duration::from_nanos(1)
}

impl TooSlow {
    /// The reason that `#[on_close]` sees.
    pub(in crate::connection) fn reason(self) -> &'static str {
        match self {
            Self::Still => "what waits is not read",
            Self::BelowFloor => "what waits is read too slowly",
            Self::OneMessage => "a message took too long to be read",
        }
    }
}

#[cfg(test)]
mod tests;
