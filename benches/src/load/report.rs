//! Figures of the stretch of time that is measured.

use std::time::{Duration, Instant};

use wspring_bench::process::{Cpu, machine_cpu, own_cpu, resident};

/// A stretch of time that is measured.
pub(crate) struct Stretch {
    pid: u32,
    begun: Instant,
    server: Cpu,
    own: Duration,
    machine: Duration,
}

/// What was used in a stretch of time.
pub(crate) struct Used {
    /// How long it was, in seconds.
    pub(crate) seconds: f64,
    /// Processor time of the server, of this process, and of the whole machine.
    pub(crate) server: Cpu,
    own: Duration,
    machine: Duration,
}

impl Stretch {
    pub(crate) fn begin(pid: u32) -> Self {
        Self {
            pid,
            begun: Instant::now(),
            server: Cpu::of(pid),
            own: own_cpu(),
            machine: machine_cpu(),
        }
    }

    pub(crate) fn end(&self) -> Used {
        Used {
            seconds: self.begun.elapsed().as_secs_f64(),
            server: Cpu::of(self.pid).since(self.server),
            own: own_cpu().saturating_sub(self.own),
            machine: machine_cpu().saturating_sub(self.machine),
        }
    }
}

impl Used {
    /// So many of something, in a second.
    pub(crate) fn rate(&self, count: usize) -> f64 {
        (count as f64 / self.seconds).round()
    }

    /// MiB in a second.
    pub(crate) fn mib_rate(&self, bytes: usize) -> f64 {
        rounded(mib(bytes as u64) / self.seconds)
    }

    /// Cores that the server used.
    pub(crate) fn server_cores(&self) -> f64 {
        rounded(self.server.total.as_secs_f64() / self.seconds)
    }

    /// Cores that this process used.
    pub(crate) fn own_cores(&self) -> f64 {
        rounded(self.own.as_secs_f64() / self.seconds)
    }

    /// Cores that other processes used, which disturbs.
    pub(crate) fn foreign_cores(&self) -> f64 {
        let ours = self.server.total + self.own;
        rounded(self.machine.saturating_sub(ours).as_secs_f64() / self.seconds)
    }

    /// Microseconds of the server for each of so many.
    pub(crate) fn server_micros(&self, count: usize) -> f64 {
        rounded(self.server.total.as_secs_f64() * 1e6 / count.max(1) as f64)
    }
}

/// Bytes as MiB.
pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

/// The memory of a process, in MiB.
pub(crate) fn resident_mib(pid: u32) -> f64 {
    rounded(mib(resident(pid)))
}

/// Three digits behind the point are enough.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
