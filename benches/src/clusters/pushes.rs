//! `send_info` without a broker, with one, and to another node; beside a bare request through the same broker.

use std::time::{Duration, Instant};

use anyhow::ensure;
use futures_util::StreamExt as _;
use wspring_bench::nats::NatsServer;
use wspring_bench::programs::Programs;
use wspring_bench::pushes::{Figures, Pushes};
use wspring_bench::running::Server;
use wspring_bench::timed::timed;

use crate::clients::{Users, push};
use crate::node;

/// How many users there are, at one node.
const KEYS: usize = 64;

/// The bytes of a message.
const PAYLOAD: usize = 64;

/// How many pushes are on their way at the same time.
const AT_ONCE: [usize; 2] = [1, 64];

/// What is on its way arrives sooner.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn measure(
    programs: &Programs,
    nats: &NatsServer,
    sends: usize,
) -> anyhow::Result<()> {
    println!("\nsend_info, {PAYLOAD} B to {KEYS} users, until it is queued");
    println!(
        "  {:34} {:>8} {:>10} {:>9} {:>9}",
        "", "at once", "a second", "p50 µs", "p99 µs"
    );
    let alone = node::start(programs, None, 1)?;
    let users = Users::connect(&alone[0], KEYS).await?;
    row("one server, no broker", &alone[0], &users, sends * 5).await?;
    drop((users, alone));

    let nodes = node::start(programs, Some(nats), 2)?;
    let users = Users::connect(&nodes[0], KEYS).await?;
    for node in &nodes {
        node::knows_keys(node, KEYS)?;
    }
    row("a node, to its own sessions", &nodes[0], &users, sends * 5).await?;
    row("a node, to sessions of another", &nodes[1], &users, sends).await?;
    drop((users, nodes));

    let url = nats.url();
    let client = async_nats::connect(&url).await?;
    let mut requests = async_nats::connect(&url)
        .await?
        .subscribe("answered")
        .await?;
    let answering = tokio::spawn({
        let client = async_nats::connect(&url).await?;
        async move {
            while let Some(request) = requests.next().await {
                if let Some(reply) = request.reply {
                    // A request that is not answered is told by who waits for it.
                    let _ = client.publish(reply, "ok".into()).await;
                }
            }
        }
    });
    for at_once in AT_ONCE {
        let sends = if at_once == 1 { sends / 10 } else { sends };
        let figures = timed(sends, at_once, |_| async {
            let answer = client.request("answered", "x".repeat(PAYLOAD).into()).await;
            answer.map(drop).map_err(|error| error.to_string())
        });
        print("a bare request through the broker", at_once, &figures.await)?;
    }
    answering.abort();
    Ok(())
}

async fn row(label: &str, node: &Server, users: &Users, sends: usize) -> anyhow::Result<()> {
    for at_once in AT_ONCE {
        let before = users.got();
        let pushes = Pushes {
            keys: users.len(),
            sends: if at_once == 1 { sends / 10 } else { sends },
            at_once,
            payload: PAYLOAD,
        };
        print(label, at_once, &push(node, pushes).await?)?;
        // What was delivered must have arrived, or the figures mean nothing.
        let until = Instant::now() + PATIENCE;
        while users.got() - before < pushes.sends && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let got = users.got() - before;
        ensure!(
            got == pushes.sends,
            "{got} of {} messages arrived",
            pushes.sends
        );
    }
    Ok(())
}

fn print(label: &str, at_once: usize, figures: &Figures) -> anyhow::Result<()> {
    if let Some(failed) = &figures.failed {
        anyhow::bail!("{label}: a push was not delivered: {failed}");
    }
    let Figures { rate, p50, p99, .. } = figures;
    println!("  {label:34} {at_once:>8} {rate:>10.0} {p50:>9.1} {p99:>9.1}");
    Ok(())
}
