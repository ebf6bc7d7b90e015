//! One receiver that never reads, among others that do.
//!
//! It joins when the others have had some messages, so that what the server allocates once does not count as growth.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wspring_bench::process::resident;

use crate::args::Args;
use crate::fanout::{Network, Receivers};
use crate::handshake::{self, Opened};
use crate::reader::Reader;
use crate::report::{mib, rounded};
use crate::socket::Read;

/// When the others get nothing for so long, they are held up.
const PATIENCE: Duration = Duration::from_secs(3);

/// The others have so long.
const LONGEST: Duration = Duration::from_secs(30);

/// So many messages are sent before the slow one joins.
const BEFORE: usize = 1024;

/// What pushing came to.
struct Pushed {
    /// The most memory that the server had.
    peak: u64,
    /// Whether nobody got anything any more.
    is_stalled: bool,
}

/// What the one that did not read found when it did.
struct Late {
    state: &'static str,
    seen: Receivers,
}

pub(crate) fn measure(args: &Args) -> anyhow::Result<Value> {
    let total = args.mib * 1024 * 1024 / args.payload.max(1);
    let mut receivers = Receivers::new(args, args.connections)?;
    let mut network = Network::open(args, &mut receivers)?;
    network.settle(&mut receivers)?;
    push(args, &mut receivers, &mut network, BEFORE)?;

    let slow = handshake::open_narrow(args)?;
    let before = resident(args.pid);
    let start = Instant::now();
    let pushed = push(args, &mut receivers, &mut network, BEFORE + total)?;
    let seconds = start.elapsed().as_secs_f64();
    let end = resident(args.pid);
    let late = read_late(args, &slow, &mut network, &mut receivers)?;
    let grown = |to: u64| rounded(mib(to) - mib(before));
    let report = json!({
        "mode": "slow",
        "pushed_mb": rounded(mib(((receivers.sent() - BEFORE) * args.payload) as u64)),
        "secs": rounded(seconds),
        "rss_growth_mb": grown(pushed.peak.max(end)),
        "rss_end_mb": grown(end),
        "rss_after_drain_mb": grown(resident(args.pid)),
        "healthy_ok": receivers.complete == BEFORE + total,
        "healthy_lost": receivers.sent() * receivers.len() - receivers.deliveries,
        "stalled": pushed.is_stalled,
        "slow_state": late.state,
        "slow_got": late.seen.got(0),
        "slow_gaps": late.seen.missed().saturating_sub(BEFORE),
        "slow_missing": total.saturating_sub(late.seen.got(0)),
        "total": total,
        "bad": receivers.bad + late.seen.bad,
        "dead": network.dead + receivers.closed,
    });
    slow.socket.reset();
    network.reset();
    Ok(report)
}

/// Sends messages until the receivers have `until` of them, or get no more.
fn push(
    args: &Args,
    receivers: &mut Receivers,
    network: &mut Network,
    until: usize,
) -> anyhow::Result<Pushed> {
    let start = Instant::now();
    let mut pushed = Pushed {
        peak: resident(args.pid),
        is_stalled: false,
    };
    let mut progress = (receivers.deliveries, start);
    while receivers.complete < until && start.elapsed() < LONGEST && !pushed.is_stalled {
        while receivers.sent() < until && receivers.in_flight() < args.window.max(1) {
            network.publish(receivers.send())?;
            if receivers.sent().is_multiple_of(64) {
                pushed.peak = pushed.peak.max(resident(args.pid));
            }
        }
        network.poll(receivers, Duration::from_millis(50))?;
        if receivers.deliveries != progress.0 {
            progress = (receivers.deliveries, Instant::now());
        }
        pushed.is_stalled = progress.1.elapsed() > PATIENCE;
    }
    Ok(pushed)
}

/// Lets the one that did not read read at last: what is left for it, and is it still connected?
fn read_late(
    args: &Args,
    slow: &Opened,
    network: &mut Network,
    receivers: &mut Receivers,
) -> anyhow::Result<Late> {
    let mut seen = Receivers::new(args, 1)?;
    for _ in 0..receivers.sent() {
        seen.send();
    }
    let mut reader = Reader::new();
    reader.feed(&slow.rest, 0, &mut seen)?;
    let mut buffer = vec![0; 256 * 1024];
    let mut state = "open";
    let until = Instant::now() + Duration::from_secs(5);
    let mut heard = Instant::now();
    while heard.elapsed() < Duration::from_millis(700) && Instant::now() < until {
        match slow.socket.read(&mut buffer) {
            Read::Bytes(length) => {
                heard = Instant::now();
                reader.feed(&buffer[..length], 0, &mut seen)?;
            }
            Read::Nothing => sleep(Duration::from_millis(1)),
            Read::End { reset } => {
                state = if reset { "reset" } else { "closed" };
                break;
            }
        }
        network.poll(receivers, Duration::ZERO)?;
    }
    if seen.closed > 0 {
        state = "closed-with-code";
    }
    Ok(Late { state, seen })
}
