mod admission;
mod cluster;
mod http2;
mod limit;
mod proxies;
mod written;

use std::io::ErrorKind::NotFound;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use config::{Config, ConfigError, Environment, File, FileFormat};
use serde::{Deserialize, Serialize};

#[cfg(feature = "tls")]
use super::Tls;
use super::Workers;
use super::proxies::TrustedProxies;
use super::shedding::MemoryBudget;
use crate::bounds::{self, LONGEST, SHORTEST};
use crate::cluster::{DEFAULT_NAME, Secret};
use crate::error::{Error, ErrorKind};
use crate::handshake::{Compression, HeadLimits, Hosts, Origins};
use crate::protocol::Limits;
use crate::session::{OutboxLimits, SendTimeout, SlowConsumer};
use crate::site::{FastProducer, RateLimits, SocketBuffers, Terms, Unhandled, UnsentReply};

pub(super) use self::http2::Http2Limits;
pub(super) use self::limit::Limit;

/// What can be set, by code, in `wspring.toml`, or by `WSPRING_…` variables; see [`Builder`](super::Builder) for
/// what each one means.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) address: String,
    #[serde(with = "written::size")]
    pub(super) max_message_size: usize,
    #[serde(with = "written::size_or_auto")]
    pub(super) max_fragments: Option<usize>,
    #[serde(with = "written::size_or_off")]
    pub(super) messages_per_second: Option<usize>,
    #[serde(with = "written::size_or_off")]
    pub(super) bytes_per_second: Option<usize>,
    #[serde(with = "written::fast_producer")]
    pub(super) fast_producer: FastProducer,
    #[serde(with = "written::size")]
    pub(super) outbox_bytes: usize,
    #[serde(with = "written::size")]
    pub(super) outbox_messages: usize,
    #[serde(with = "written::memory_budget")]
    pub(super) memory_budget: MemoryBudget,
    #[serde(with = "written::slow_consumer")]
    pub(super) slow_consumer: SlowConsumer,
    #[serde(with = "written::time_or_off")]
    pub(super) send_timeout: Option<Duration>,
    #[serde(with = "written::time")]
    pub(super) ping_interval: Duration,
    #[serde(with = "written::time")]
    pub(super) pong_timeout: Duration,
    #[serde(with = "written::time")]
    pub(super) message_timeout: Duration,
    #[serde(with = "written::time_or_off")]
    pub(super) max_receive_time: Option<Duration>,
    #[serde(with = "written::time")]
    pub(super) write_timeout: Duration,
    #[serde(with = "written::size_or_off")]
    pub(super) min_throughput: Option<usize>,
    #[serde(with = "written::time_or_off")]
    pub(super) max_send_time: Option<Duration>,
    #[serde(with = "written::time_or_off")]
    pub(super) unfinished_timeout: Option<Duration>,
    #[serde(with = "written::size_or_auto")]
    pub(super) send_buffer: Option<usize>,
    #[serde(with = "written::size_or_off")]
    pub(super) unsent_bytes: Option<usize>,
    #[serde(with = "written::time_or_off")]
    pub(super) idle_timeout: Option<Duration>,
    #[serde(with = "written::time_or_off")]
    pub(super) max_age: Option<Duration>,
    #[serde(with = "written::time")]
    pub(super) handshake_timeout: Duration,
    #[serde(with = "written::size_or_off")]
    pub(super) max_refusals: Option<usize>,
    #[serde(with = "written::time")]
    pub(super) close_timeout: Duration,
    #[serde(with = "written::time")]
    pub(super) drain_timeout: Duration,
    #[serde(with = "written::time_or_off")]
    pub(super) handler_timeout: Option<Duration>,
    #[serde(with = "written::time")]
    pub(super) handler_grace: Duration,
    pub(super) max_connections: Limit,
    #[serde(with = "written::size_or_off")]
    pub(super) max_connections_per_ip: Option<usize>,
    #[serde(with = "written::size_or_off")]
    pub(super) max_connections_per_key: Option<usize>,
    #[serde(with = "written::size_or_off")]
    pub(super) handshakes_per_second: Option<usize>,
    pub(super) handshakes_per_second_per_ip: Limit,
    #[serde(with = "written::size")]
    pub(super) max_head_bytes: usize,
    #[serde(with = "written::size")]
    pub(super) max_head_fields: usize,
    #[serde(with = "written::size_or_off")]
    pub(super) kept_header_bytes: Option<usize>,
    #[serde(with = "proxies::networks")]
    pub(super) trusted_proxies: TrustedProxies,
    #[serde(with = "proxies::switch")]
    pub(super) proxy_protocol: bool,
    #[serde(with = "written::hosts")]
    pub(super) hosts: Hosts,
    #[serde(with = "written::origins")]
    pub(super) origins: Origins,
    #[serde(with = "written::compression")]
    pub(super) compression: Compression,
    #[serde(with = "written::unhandled")]
    pub(super) unhandled: Unhandled,
    #[serde(with = "written::unsent_reply")]
    pub(super) unsent_reply: UnsentReply,
    #[serde(with = "written::workers")]
    pub(super) workers: Workers,
    #[serde(with = "written::size_or_auto")]
    pub(super) http2_max_streams: Option<usize>,
    #[serde(with = "written::size_or_auto")]
    pub(super) http2_window: Option<usize>,
    #[serde(with = "written::size_or_auto")]
    pub(super) http2_outbox_bytes: Option<usize>,
    /// Empty: no TLS.
    pub(super) tls_certificate: PathBuf,
    pub(super) tls_key: PathBuf,
    /// Empty: no broker but one that the program gives.
    pub(super) broker_url: String,
    pub(super) cluster: String,
    /// Empty: the nodes sign nothing.
    #[serde(with = "written::secret")]
    pub(super) cluster_secret: Secret,
    /// Empty: no other one.
    #[serde(with = "written::secret")]
    pub(super) cluster_secret_accepted: Secret,
    pub(super) cluster_encryption: bool,
    /// Empty: nobody can ask.
    pub(super) health: String,
}

/// Where settings are read from, in the working directory.
const FILE: &str = "wspring.toml";

impl Default for Settings {
    fn default() -> Self {
        let head = HeadLimits::default();
        let terms = Terms::default();
        let outbox = OutboxLimits::default();
        Self {
            address: "127.0.0.1:8080".to_owned(),
            max_message_size: terms.limits.max_text_size,
            max_fragments: None,
            messages_per_second: None,
            bytes_per_second: None,
            fast_producer: FastProducer::default(),
            outbox_bytes: outbox.bytes,
            outbox_messages: outbox.messages,
            memory_budget: MemoryBudget::Auto,
            slow_consumer: outbox.slow_consumer,
            send_timeout: None,
            ping_interval: terms.ping_interval,
            pong_timeout: terms.pong_timeout,
            message_timeout: terms.message_timeout,
            max_receive_time: terms.max_receive_time,
            write_timeout: terms.write_timeout,
            min_throughput: terms.min_throughput,
            max_send_time: terms.max_send_time,
            unfinished_timeout: terms.unfinished_timeout,
            send_buffer: terms.buffers.send_buffer,
            unsent_bytes: terms.buffers.unsent,
            idle_timeout: terms.idle_timeout,
            max_age: terms.max_age,
            handshake_timeout: Duration::from_secs(10),
            max_refusals: Some(100),
            close_timeout: terms.close_timeout,
            drain_timeout: Duration::from_secs(30),
            handler_timeout: terms.handler_timeout,
            handler_grace: terms.handler_grace,
            max_connections: Limit::Auto,
            max_connections_per_ip: None,
            max_connections_per_key: None,
            handshakes_per_second: None,
            handshakes_per_second_per_ip: Limit::Auto,
            max_head_bytes: head.bytes,
            max_head_fields: head.fields,
            kept_header_bytes: Some(8 * 1024),
            trusted_proxies: TrustedProxies::none(),
            proxy_protocol: false,
            hosts: Hosts::default(),
            origins: Origins::default(),
            compression: Compression::default(),
            unhandled: Unhandled::default(),
            unsent_reply: UnsentReply::default(),
            workers: Workers::default(),
            http2_max_streams: None,
            http2_window: None,
            http2_outbox_bytes: None,
            tls_certificate: PathBuf::new(),
            tls_key: PathBuf::new(),
            broker_url: String::new(),
            cluster: DEFAULT_NAME.to_owned(),
            cluster_secret: Secret::default(),
            cluster_secret_accepted: Secret::default(),
            cluster_encryption: false,
            health: String::new(),
        }
    }
}

impl Settings {
    /// These settings, overridden by `wspring.toml` in the working directory, if there is one, and then by the
    /// variables `WSPRING_ADDRESS`, `WSPRING_PING_INTERVAL` and so on.
    pub(super) fn overridden(self) -> Result<Self, Error> {
        let bad = |error: ConfigError| {
            let text =
                "the configuration (`wspring.toml` and `WSPRING_…` variables) cannot be used";
            Error::caused(ErrorKind::Config, text, error)
        };
        // A file that is there and cannot be read is a mistake, and not the same as none.
        let is_absent = std::fs::metadata(FILE).is_err_and(|error| error.kind() == NotFound);
        let source = Config::builder()
            .add_source(Config::try_from(&self).map_err(bad)?)
            .add_source(File::new(FILE, FileFormat::Toml).required(!is_absent))
            .add_source(
                Environment::with_prefix("WSPRING")
                    .prefix_separator("_")
                    .try_parsing(true),
            );
        let written: Self = source
            .build()
            .and_then(Config::try_deserialize)
            .map_err(bad)?;
        // Outside there is only on and off; how to compress is the program's choice.
        let compression = self.compression.switched(written.compression.is_on());
        Ok(Self {
            compression,
            ..written
        })
    }

    /// What is wrong with these settings, a sentence each.
    pub(super) fn problems(&self) -> Vec<String> {
        let sizes = [
            ("max_message_size", self.max_message_size),
            ("max_fragments", self.max_fragments.unwrap_or(1)),
            ("messages_per_second", self.messages_per_second.unwrap_or(1)),
            ("bytes_per_second", self.bytes_per_second.unwrap_or(1)),
            ("outbox_bytes", self.outbox_bytes),
            ("outbox_messages", self.outbox_messages),
            ("kept_header_bytes", self.kept_header_bytes.unwrap_or(1)),
            (
                "max_connections",
                self.max_connections.or(None).unwrap_or(1),
            ),
            ("max_refusals", self.max_refusals.unwrap_or(1)),
            ("min_throughput", self.min_throughput.unwrap_or(1)),
            ("send_buffer", self.send_buffer.unwrap_or(1)),
            ("unsent_bytes", self.unsent_bytes.unwrap_or(1)),
            (
                "max_connections_per_ip",
                self.max_connections_per_ip.unwrap_or(1),
            ),
            (
                "max_connections_per_key",
                self.max_connections_per_key.unwrap_or(1),
            ),
            (
                "handshakes_per_second",
                self.handshakes_per_second.unwrap_or(1),
            ),
            (
                "handshakes_per_second_per_ip",
                self.handshakes_per_second_per_ip.or(None).unwrap_or(1),
            ),
        ];
        let times = [
            ("send_timeout", self.send_timeout.unwrap_or(LONGEST)),
            ("ping_interval", self.ping_interval),
            ("pong_timeout", self.pong_timeout),
            ("message_timeout", self.message_timeout),
            ("write_timeout", self.write_timeout),
            ("max_receive_time", self.max_receive_time.unwrap_or(LONGEST)),
            ("max_send_time", self.max_send_time.unwrap_or(LONGEST)),
            (
                "unfinished_timeout",
                self.unfinished_timeout.unwrap_or(LONGEST),
            ),
            ("idle_timeout", self.idle_timeout.unwrap_or(LONGEST)),
            ("handshake_timeout", self.handshake_timeout),
            ("close_timeout", self.close_timeout),
            ("drain_timeout", self.drain_timeout),
            ("handler_timeout", self.handler_timeout.unwrap_or(LONGEST)),
            ("handler_grace", self.handler_grace),
        ];
        let sizes = sizes
            .into_iter()
            .filter_map(|(name, size)| bounds::size(name, size));
        let times = times.into_iter().filter_map(|(name, time)| {
            let waits_for_nobody = time < SHORTEST && name == "drain_timeout";
            bounds::time(name, time).filter(|_| !waits_for_nobody)
        });
        sizes
            .chain(times)
            .chain(self.max_age.and_then(|age| bounds::age("max_age", age)))
            .chain(self.head_limits().problems())
            .chain(self.compression.problems())
            .chain(self.memory_budget.problem())
            .chain(self.workers.problem())
            .chain(self.proxy_problem())
            .chain(self.http2_problem())
            .chain(self.tls_problem())
            .chain(self.cluster_problem())
            .chain(self.health_problem())
            .collect()
    }

    fn tls_problem(&self) -> Option<String> {
        let set = |file: &Path| !file.as_os_str().is_empty();
        match (set(&self.tls_certificate), set(&self.tls_key)) {
            (false, false) => None,
            _ if !cfg!(feature = "tls") => Some(
                "`tls_certificate` or `tls_key` is set, and this program speaks no TLS: build it with the feature `tls` of wspring".to_owned(),
            ),
            (true, true) => None,
            (true, false) => Some("`tls_certificate` is set without `tls_key`: TLS takes both".to_owned()),
            (false, true) => Some("`tls_key` is set without `tls_certificate`: TLS takes both".to_owned()),
        }
    }

    #[cfg(feature = "tls")]
    pub(super) fn tls(&self) -> Option<Tls> {
        let is_set = !self.tls_certificate.as_os_str().is_empty();
        is_set.then(|| Tls::from_pem_files(&self.tls_certificate, &self.tls_key))
    }

    pub(super) fn outbox(&self) -> OutboxLimits {
        OutboxLimits {
            bytes: self.outbox_bytes,
            messages: self.outbox_messages,
            slow_consumer: self.slow_consumer,
            send_timeout: SendTimeout::new(self.send_timeout),
            budget: None,
            shared_room: None,
        }
    }

    pub(super) fn head_limits(&self) -> HeadLimits {
        HeadLimits {
            bytes: self.max_head_bytes,
            fields: self.max_head_fields,
        }
    }

    pub(super) fn terms(&self) -> Terms {
        let max_fragments = self.max_fragments.unwrap_or_default();
        Terms {
            limits: Limits::new(
                self.max_message_size,
                NonZeroU32::new(max_fragments.try_into().unwrap_or(u32::MAX)),
            ),
            ping_interval: self.ping_interval,
            pong_timeout: self.pong_timeout,
            message_timeout: self.message_timeout,
            max_receive_time: self.max_receive_time,
            close_timeout: self.close_timeout,
            handler_timeout: self.handler_timeout,
            handler_grace: self.handler_grace,
            write_timeout: self.write_timeout,
            min_throughput: self.min_throughput,
            max_send_time: self.max_send_time,
            unfinished_timeout: self.unfinished_timeout,
            buffers: SocketBuffers {
                send_buffer: self.send_buffer,
                unsent: self.unsent_bytes,
            },
            idle_timeout: self.idle_timeout,
            max_age: self.max_age,
            rates: RateLimits {
                messages: self.messages_per_second,
                bytes: self.bytes_per_second,
                policy: self.fast_producer,
            },
            heartbeat: None,
            unhandled: self.unhandled,
            unsent_reply: self.unsent_reply,
        }
    }
}

#[cfg(test)]
mod tests;
