//! What another process costs, as `/proc` tells it.

use std::fs;
use std::time::Duration;

use rustix::param::{clock_ticks_per_second, page_size};
use rustix::time::{ClockId, clock_gettime};

/// The processor time of a process since it began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu {
    /// All of it, by the scheduler's own clock.
    pub total: Duration,
    /// Ticks in the program.
    pub user: u64,
    /// Ticks in the system.
    pub system: u64,
}

impl Cpu {
    /// That of the process `pid`, all its threads together; nothing when there is none.
    #[must_use]
    pub fn of(pid: u32) -> Self {
        let (user, system) = ticks(pid).unwrap_or_default();
        let scheduled = scheduled(pid).unwrap_or_default();
        let total = if scheduled.is_zero() {
            let seconds = (user + system) as f64 / clock_ticks_per_second() as f64;
            Duration::from_secs_f64(seconds)
        } else {
            scheduled
        };
        Self {
            total,
            user,
            system,
        }
    }

    /// What was used since `earlier`.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            total: self.total.saturating_sub(earlier.total),
            user: self.user.saturating_sub(earlier.user),
            system: self.system.saturating_sub(earlier.system),
        }
    }

    /// How much of it was spent in the program and not in the system, from 0 to 1.
    #[must_use]
    pub fn user_share(self) -> f64 {
        self.user as f64 / (self.user + self.system).max(1) as f64
    }
}

/// The processor time of this process.
#[must_use]
pub fn own_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// The memory of the process `pid` that is resident, in bytes; 0 when there is none.
#[must_use]
pub fn resident(pid: u32) -> u64 {
    let pages = || {
        let text = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
        text.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    pages().unwrap_or_default() * page_size() as u64
}

/// The processor time that all processes of the machine used since it started.
#[must_use]
pub fn machine_cpu() -> Duration {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let fields = line.split_whitespace().skip(1);
    let mut ticks = fields.map(|field| field.parse::<u64>().unwrap_or_default());
    // User, nice, system, idle, waiting for disks, interrupts of two kinds.
    let busy: u64 = [
        ticks.next(),
        ticks.next(),
        ticks.next(),
        ticks.nth(2),
        ticks.next(),
    ]
    .into_iter()
    .flatten()
    .sum();
    Duration::from_secs_f64(busy as f64 / clock_ticks_per_second() as f64)
}

/// How many files the process `pid` may have open; `None` when it does not say.
#[must_use]
pub fn open_files(pid: u32) -> Option<usize> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

/// Nanoseconds on a processor, summed over the threads.
fn scheduled(pid: u32) -> Option<Duration> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let nanoseconds = threads.flatten().filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    Some(Duration::from_nanos(nanoseconds.sum()))
}

/// Ticks in the program and in the system.
fn ticks(pid: u32) -> Option<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program stands in parentheses, and may hold anything.
    let (_, fields) = text.rsplit_once(") ")?;
    let mut fields = fields.split_whitespace().skip(11);
    let user = fields.next()?.parse().ok()?;
    let system = fields.next()?.parse().ok()?;
    Some((user, system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_used_time() {
        let pid = std::process::id();
        let before = Cpu::of(pid);
        let begun = own_cpu();
        let mut sum = 0_u64;
        while own_cpu() - begun < Duration::from_millis(30) {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(Cpu::of(pid).since(before).total >= Duration::from_millis(20));
        assert!(resident(pid) > 100_000);
        assert!(open_files(pid).is_some_and(|files| files > 2));
    }
}
