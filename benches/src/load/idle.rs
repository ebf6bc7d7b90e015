//! What connections cost that do nothing.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wspring_bench::process::resident;

use crate::args::Args;
use crate::frame::Frame;
use crate::handshake::{self, Opened};
use crate::payload::Noise;
use crate::report::{mib, rounded};
use crate::socket::Read;

/// So many connections are echoed on at the same time.
const AT_ONCE: usize = 64;

/// An echo takes no longer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn measure(args: &Args) -> anyhow::Result<Value> {
    // What is allocated once is allocated before.
    for opened in handshake::open_all(args, 50)? {
        opened.socket.reset();
    }
    sleep(Duration::from_millis(400));
    let base = resident(args.pid);
    let begun = Instant::now();
    let connections = handshake::open_all(args, args.connections)?;
    let opening = begun.elapsed();
    sleep(args.hold);
    let open = resident(args.pid);
    let mut touched = open;
    let mut echoed = 0;
    if args.touch {
        echoed = echo(args, &connections);
        sleep(args.hold);
        touched = resident(args.pid);
    }
    let alive = connections.iter().filter(|opened| is_alive(opened)).count();
    for opened in connections {
        opened.socket.reset();
    }
    sleep(Duration::from_millis(500));
    let each = |with: u64| ((with as f64 - base as f64) / args.connections.max(1) as f64).round();
    Ok(json!({
        "mode": "idle",
        "conns": args.connections,
        "alive": alive,
        "rss_base_mb": rounded(mib(base)),
        "rss_open_mb": rounded(mib(open)),
        "bytes_conn": each(open),
        "bytes_conn_touched": each(touched),
        "rss_after_close_mb": rounded(mib(resident(args.pid))),
        "open_s": (args.connections as f64 / opening.as_secs_f64()).round(),
        "echoed": echoed,
    }))
}

/// Sends a message over each connection; how many of them came back.
fn echo(args: &Args, connections: &[Opened]) -> usize {
    let mut noise = Noise::new();
    let payload = noise.text(args.payload);
    let frame = Frame::new(args.opcode(), &payload, noise.mask());
    let mut buffer = vec![0; args.payload + 64];
    let mut echoed = 0;
    for some in connections.chunks(AT_ONCE) {
        for opened in some {
            // One that cannot be written does not echo, which is counted.
            let _ = opened.socket.write(&frame.bytes);
        }
        let until = Instant::now() + PATIENCE;
        for opened in some {
            // A header of two bytes is the least that stands before it.
            let mut missing = payload.len() + 2;
            while missing > 0 && Instant::now() < until {
                match opened.socket.read(&mut buffer) {
                    Read::Bytes(length) => missing = missing.saturating_sub(length),
                    Read::Nothing => sleep(Duration::from_micros(50)),
                    Read::End { .. } => break,
                }
            }
            echoed += usize::from(missing == 0);
        }
    }
    echoed
}

fn is_alive(opened: &Opened) -> bool {
    !matches!(opened.socket.read(&mut [0; 256]), Read::End { .. })
}
