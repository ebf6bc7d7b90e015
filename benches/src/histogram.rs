//! Times, counted.

use std::time::Duration;

/// Times, counted in steps of 3 %.
#[derive(Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: u64,
}

/// Each power of two is divided into 32 steps.
const STEPS: u64 = 32;

impl Histogram {
    /// No times.
    #[must_use]
    pub fn new() -> Self {
        Self {
            counts: vec![0; 64 * 32],
            total: 0,
            longest: 0,
        }
    }

    /// Counts a time.
    pub fn add(&mut self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1);
        self.counts[step(nanoseconds)] += 1;
        self.total += 1;
        self.longest = self.longest.max(nanoseconds);
    }

    /// Counts the times of another one too.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }

    /// The time in microseconds that this share of all times does not exceed.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let wanted = (self.total as f64 * share).ceil();
        let mut counted = 0;
        for (step, count) in self.counts.iter().enumerate() {
            counted += count;
            if counted > 0 && counted as f64 >= wanted {
                return middle(step).min(self.longest as f64) / 1000.0;
            }
        }
        0.0
    }

    /// The longest time, in microseconds.
    #[must_use]
    pub fn longest(&self) -> f64 {
        self.longest as f64 / 1000.0
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

fn step(nanoseconds: u64) -> usize {
    let step = match nanoseconds.ilog2() {
        0..5 => nanoseconds,
        power => (u64::from(power - 4) * STEPS) | ((nanoseconds >> (power - 5)) % STEPS),
    };
    usize::try_from(step).unwrap_or(usize::MAX)
}

fn middle(step: usize) -> f64 {
    let step = step as u64;
    match step / STEPS {
        0 => step as f64,
        power => ((STEPS + step % STEPS) as f64 + 0.5) * (1_u64 << (power - 1)) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_three_percent() {
        let mut times = Histogram::new();
        for microseconds in 1..=1000 {
            times.add(Duration::from_micros(microseconds));
        }
        for (share, expected) in [(0.001, 1.0), (0.5, 500.0), (0.99, 990.0), (1.0, 1000.0)] {
            let quantile = times.quantile(share);
            assert!(
                (quantile / expected - 1.0).abs() < 0.03,
                "{share}: {quantile}"
            );
        }
        assert!((times.longest() - 1000.0).abs() < f64::EPSILON);
    }

    #[test]
    fn the_shortest_and_the_longest_time_have_a_place() {
        let mut times = Histogram::new();
        assert!(times.quantile(0.5) == 0.0);
        times.add(Duration::ZERO);
        times.add(Duration::MAX);
        assert!(times.quantile(0.5) <= 0.001);
        assert!(times.quantile(1.0) > 1e15);
    }
}
