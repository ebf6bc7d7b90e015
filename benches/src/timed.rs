//! Work that is done again and again, and timed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::future::join_all;

use crate::histogram::Histogram;
use crate::pushes::Figures;

/// Does something `count` times, `at_once` at a time, and says how long it took. What fails is told, and the rest is
/// not done.
pub async fn timed<F, W>(count: usize, at_once: usize, work: W) -> Figures
where
    W: Fn(usize) -> F,
    F: Future<Output = Result<(), String>>,
{
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let lanes = (0..at_once).map(|_| async {
        let mut times = Histogram::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return (times, None);
            }
            let begun = Instant::now();
            if let Err(error) = work(number).await {
                next.store(count, Ordering::Relaxed);
                return (times, Some(error));
            }
            times.add(begun.elapsed());
            // One that is never pending would keep the others waiting, and their connections too.
            tokio::task::coop::consume_budget().await;
        }
    });
    let mut figures = Figures::default();
    let mut times = Histogram::new();
    for (of_lane, failed) in join_all(lanes).await {
        times.merge(&of_lane);
        figures.failed = figures.failed.or(failed);
    }
    figures.rate = (count as f64 / begun.elapsed().as_secs_f64()).round();
    figures.p50 = times.quantile(0.5);
    figures.p99 = times.quantile(0.99);
    figures
}
