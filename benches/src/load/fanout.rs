//! One message to many.

mod network;
mod receivers;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::args::Args;
use crate::report::{Stretch, resident_mib, rounded};
pub(crate) use network::Network;
pub(crate) use receivers::Receivers;

/// When nobody gets anything for so long, nobody will.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Without a window, so many bytes may wait in front of the server.
const UNWRITTEN: usize = 64 * 1024;

/// What was counted when the warming up was over.
struct Begun {
    stretch: Stretch,
    deliveries: usize,
    sent: usize,
}

/// What there is when the time is over, or nobody gets anything any more.
struct Ended {
    begun: Begun,
    is_stalled: bool,
}

pub(crate) fn measure(args: &Args) -> anyhow::Result<Value> {
    let mut receivers = Receivers::new(args, args.connections)?;
    let mut network = Network::open(args, &mut receivers)?;
    network.settle(&mut receivers)?;
    let ended = run(args, &mut receivers, &mut network)?;
    let used = ended.begun.stretch.end();
    let deliveries = receivers.deliveries - ended.begun.deliveries;
    let published = receivers.sent() - ended.begun.sent;
    drain(&mut receivers, &mut network)?;
    let report = json!({
        "mode": "fanout",
        "deliv_s": used.rate(deliveries),
        "pub_s": used.rate(published),
        "p50_us": rounded(receivers.to_last.quantile(0.5)),
        "p99_us": rounded(receivers.to_last.quantile(0.99)),
        "first_p50_us": rounded(receivers.to_first.quantile(0.5)),
        "mib_s": used.mib_rate(deliveries * args.payload),
        "srv_cpu": used.server_cores(),
        "srv_us_deliv": used.server_micros(deliveries),
        "load_cpu": used.own_cores(),
        "foreign": used.foreign_cores(),
        "sent": receivers.sent(),
        "complete": receivers.complete,
        "lost": receivers.sent() * receivers.len() - receivers.deliveries,
        "bad": receivers.bad,
        "dead": network.dead + receivers.closed,
        "stalled": ended.is_stalled,
        "rss_mb": resident_mib(args.pid),
    });
    network.reset();
    Ok(report)
}

fn run(args: &Args, receivers: &mut Receivers, network: &mut Network) -> anyhow::Result<Ended> {
    let start = Instant::now();
    let warm_until = start + args.warm;
    let end = warm_until + args.time;
    let mut begun = None;
    let mut due = start;
    let mut progress = (0, start);
    loop {
        let now = Instant::now();
        if begun.is_none() && now >= warm_until {
            receivers.forget_times();
            begun = Some(Begun {
                stretch: Stretch::begin(args.pid),
                deliveries: receivers.deliveries,
                sent: receivers.sent(),
            });
        }
        let is_over = now >= end || receivers.sent() >= args.messages;
        if receivers.deliveries != progress.0 {
            progress = (receivers.deliveries, now);
        }
        let is_stalled = now - progress.1 > PATIENCE;
        if is_over || is_stalled {
            let begun = begun.unwrap_or_else(|| Begun {
                stretch: Stretch::begin(args.pid),
                deliveries: 0,
                sent: 0,
            });
            return Ok(Ended { begun, is_stalled });
        }
        let timeout = publish(args, receivers, network, &mut due)?;
        network.poll(receivers, timeout)?;
    }
}

/// Sends as much as may be sent now, and returns how long there may be nothing to do.
fn publish(
    args: &Args,
    receivers: &mut Receivers,
    network: &mut Network,
    due: &mut Instant,
) -> anyhow::Result<Duration> {
    if let Some(rate) = args.rate {
        while *due <= Instant::now() {
            network.publish(receivers.send())?;
            *due += Duration::from_secs_f64(1.0 / rate);
        }
        return Ok(due.saturating_duration_since(Instant::now()));
    }
    if args.window == 0 {
        let mut burst = 0;
        while burst < 16 && network.unwritten() < UNWRITTEN {
            network.publish(receivers.send())?;
            burst += 1;
        }
        return Ok(Duration::ZERO);
    }
    while receivers.in_flight() < args.window {
        network.publish(receivers.send())?;
    }
    Ok(Duration::from_millis(50))
}

/// Waits for what is still on its way.
fn drain(receivers: &mut Receivers, network: &mut Network) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    let mut heard = Instant::now();
    while receivers.in_flight() > 0 && Instant::now() < until {
        if network.poll(receivers, Duration::from_millis(50))? {
            heard = Instant::now();
        } else if heard.elapsed() > Duration::from_millis(500) {
            break;
        }
    }
    Ok(())
}
