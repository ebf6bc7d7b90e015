//! How each kind of setting is written in `wspring.toml` and the environment. A `true` where a number belongs is a
//! mistake, which the crate `config` would read as 1.

use serde::{Deserialize, Deserializer, Serializer, de};

/// A whole number; the environment has it as text.
pub(super) mod size {
    use super::{Deserialize, Deserializer, Serializer, de};

    #[derive(Deserialize)]
    #[serde(untagged, expecting = "this is not a whole number such as 65536")]
    enum Written {
        Number(usize),
        Text(String),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<usize, D::Error>
    where
        D: Deserializer<'de>,
    {
        match Written::deserialize(from)? {
            Written::Number(size) => Ok(size),
            Written::Text(text) => text.parse().map_err(|_| {
                de::Error::custom(format!("`{text}` is not a whole number such as 65536"))
            }),
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        size: &usize,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_u64(*size as u64)
    }
}

/// A whole number, or `auto`.
pub(super) mod size_or_auto {
    use super::{Deserialize, Deserializer, Serializer, de};

    const AUTO: &str = "auto";

    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "this is neither `auto` nor a whole number such as 1024"
    )]
    enum Written {
        Number(usize),
        Text(String),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Option<usize>, D::Error>
    where
        D: Deserializer<'de>,
    {
        match Written::deserialize(from)? {
            Written::Number(size) => Ok(Some(size)),
            Written::Text(text) if text == AUTO => Ok(None),
            Written::Text(text) => text.parse().map(Some).map_err(|_| {
                de::Error::custom(format!(
                    "`{text}` is neither `auto` nor a whole number such as 1024"
                ))
            }),
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        size: &Option<usize>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match size {
            Some(size) => to.serialize_u64(*size as u64),
            None => to.serialize_str(AUTO),
        }
    }
}

/// A whole number, or `off`.
pub(super) mod size_or_off {
    use super::{Deserialize, Deserializer, Serializer, de};

    const OFF: &str = "off";

    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "this is neither `off` nor a whole number such as 1000"
    )]
    enum Written {
        Number(usize),
        Text(String),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Option<usize>, D::Error>
    where
        D: Deserializer<'de>,
    {
        match Written::deserialize(from)? {
            Written::Number(size) => Ok(Some(size)),
            Written::Text(text) if text == OFF => Ok(None),
            Written::Text(text) => text.parse().map(Some).map_err(|_| {
                de::Error::custom(format!(
                    "`{text}` is neither `off` nor a whole number such as 1000"
                ))
            }),
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        size: &Option<usize>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match size {
            Some(size) => to.serialize_u64(*size as u64),
            None => to.serialize_str(OFF),
        }
    }
}

/// A number of bytes, `auto` or `off`.
pub(super) mod memory_budget {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::server::shedding::MemoryBudget;

    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "this is neither `auto` nor `off` nor a whole number such as 1073741824"
    )]
    enum Written {
        Number(usize),
        Text(String),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<MemoryBudget, D::Error>
    where
        D: Deserializer<'de>,
    {
        let text = match Written::deserialize(from)? {
            Written::Number(bytes) => return Ok(MemoryBudget::Bytes(bytes)),
            Written::Text(text) => text,
        };
        match text.as_str() {
            "auto" => Ok(MemoryBudget::Auto),
            "off" => Ok(MemoryBudget::Off),
            number => number.parse().map(MemoryBudget::Bytes).map_err(|_| {
                de::Error::custom(format!(
                    "`{text}` is neither `auto` nor `off` nor a whole number such as 1073741824"
                ))
            }),
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        budget: &MemoryBudget,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match budget {
            MemoryBudget::Auto => to.serialize_str("auto"),
            MemoryBudget::Off => to.serialize_str("off"),
            MemoryBudget::Bytes(bytes) => to.serialize_u64(*bytes as u64),
        }
    }
}

/// A time with its unit.
pub(super) mod time {
    use std::time::Duration;

    use humantime_serde::re::humantime;
    pub(in crate::server) use humantime_serde::serialize;

    use super::{Deserialize, Deserializer, de};

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Duration, D::Error>
    where
        D: Deserializer<'de>,
    {
        let text = String::deserialize(from)?;
        humantime::parse_duration(&text).map_err(|_| {
            de::Error::custom(format!(
                "`{text}` is not a time: write it with its unit, such as \"25s\" or \"500ms\""
            ))
        })
    }
}

/// A time with its unit, or `off`.
pub(super) mod time_or_off {
    use std::time::Duration;

    use humantime_serde::re::humantime;

    use super::{Deserialize, Deserializer, Serializer, de};

    const OFF: &str = "off";

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Option<Duration>, D::Error>
    where
        D: Deserializer<'de>,
    {
        let text = String::deserialize(from)?;
        if text == OFF {
            return Ok(None);
        }
        humantime::parse_duration(&text).map(Some).map_err(|_| {
            de::Error::custom(format!(
                "`{text}` is neither `off` nor a time: write it with its unit, such as \"5m\""
            ))
        })
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => to.collect_str(&humantime::format_duration(*time)),
            None => to.serialize_str(OFF),
        }
    }
}

/// `close` or `drop`.
pub(super) mod slow_consumer {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::session::SlowConsumer;

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<SlowConsumer, D::Error>
    where
        D: Deserializer<'de>,
    {
        let text = String::deserialize(from)?;
        match text.as_str() {
            "close" => Ok(SlowConsumer::Close),
            "drop" => Ok(SlowConsumer::Drop),
            _ => Err(de::Error::custom(format!(
                "`{text}` is not what can be done with a slow consumer: write \"close\" or \"drop\""
            ))),
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        policy: &SlowConsumer,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(match policy {
            SlowConsumer::Close => "close",
            SlowConsumer::Drop => "drop",
        })
    }
}

/// `wait`, `drop` or `close`.
pub(super) mod fast_producer {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::endpoint::FastProducer;

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<FastProducer, D::Error>
    where
        D: Deserializer<'de>,
    {
        let text = String::deserialize(from)?;
        match text.as_str() {
            "wait" => Ok(FastProducer::Wait),
            "drop" => Ok(FastProducer::Drop),
            "close" => Ok(FastProducer::Close),
            _ => Err(de::Error::custom(format!(
                "`{text}` is not what can be done with a fast producer: write \"wait\", \"drop\" or \"close\""
            ))),
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        policy: &FastProducer,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(match policy {
            FastProducer::Wait => "wait",
            FastProducer::Drop => "drop",
            FastProducer::Close => "close",
        })
    }
}

/// `close` or `ignore`.
pub(super) mod unhandled {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::endpoint::Unhandled;

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Unhandled, D::Error>
    where
        D: Deserializer<'de>,
    {
        let text = String::deserialize(from)?;
        match text.as_str() {
            "close" => Ok(Unhandled::Close),
            "ignore" => Ok(Unhandled::Ignore),
            _ => Err(de::Error::custom(format!(
                "`{text}` is not what can be done with a message that no handler takes: write \"close\" or \"ignore\""
            ))),
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        policy: &Unhandled,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(match policy {
            Unhandled::Close => "close",
            Unhandled::Ignore => "ignore",
        })
    }
}

/// A text as [`Hosts`](crate::Hosts) takes it, or a list of hosts.
pub(super) mod hosts {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::handshake::Hosts;

    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "this is not a host: write \"auto\", \"any\", or a list such as [\"app.example.com\"]"
    )]
    enum Written {
        Text(String),
        List(Vec<String>),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Hosts, D::Error>
    where
        D: Deserializer<'de>,
    {
        match Written::deserialize(from)? {
            Written::Text(text) => text.parse(),
            Written::List(list) => Hosts::list(list),
        }
        .map_err(de::Error::custom)
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        hosts: &Hosts,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(hosts)
    }
}

/// A text as [`Origins`](crate::Origins) takes it, or a list of origins.
pub(super) mod origins {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::handshake::Origins;

    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "this is not an origin: write \"same\", \"any\", or a list such as [\"https://app.example.com\"]"
    )]
    enum Written {
        Text(String),
        List(Vec<String>),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Origins, D::Error>
    where
        D: Deserializer<'de>,
    {
        match Written::deserialize(from)? {
            Written::Text(text) => text.parse(),
            Written::List(list) => Origins::list(list),
        }
        .map_err(de::Error::custom)
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        origins: &Origins,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(origins)
    }
}

/// `on` or `off`, or a truth value.
pub(super) mod compression {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::handshake::Compression;

    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "this does not say whether messages are compressed: write \"on\" or \"off\""
    )]
    enum Written {
        Switch(bool),
        Text(String),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Compression, D::Error>
    where
        D: Deserializer<'de>,
    {
        let is_on = match Written::deserialize(from)? {
            Written::Switch(is_on) => is_on,
            Written::Text(text) => match text.as_str() {
                "on" | "true" => true,
                "off" | "false" => false,
                _ => {
                    return Err(de::Error::custom(format!(
                        "`{text}` does not say whether messages are compressed: write \"on\" or \"off\""
                    )));
                }
            },
        };
        Ok(Compression::off().switched(is_on))
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        compression: &Compression,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_bool(compression.is_on())
    }
}

/// A text as [`Workers`](crate::Workers) takes it, or a number of threads.
pub(super) mod workers {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::server::Workers;

    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "this does not say which threads run the connections: write \"shared\", \"per-core\" or a number"
    )]
    enum Written {
        Number(usize),
        Text(String),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Workers, D::Error>
    where
        D: Deserializer<'de>,
    {
        match Written::deserialize(from)? {
            Written::Number(count) => Ok(Workers::threads(count)),
            Written::Text(text) => text.parse().map_err(de::Error::custom),
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        workers: &Workers,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(workers)
    }
}

/// A text that is never shown, also where it is wrong.
pub(super) mod secret {
    use super::{Deserialize, Deserializer, Serializer};
    use crate::cluster::Secret;

    /// The crate `config` makes numbers of texts that look like numbers, and they would not be the same secret any more.
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "a secret is a text, and no number: make one with `openssl rand -base64 32`"
    )]
    enum Written {
        Text(String),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<Secret, D::Error>
    where
        D: Deserializer<'de>,
    {
        let Written::Text(text) = Written::deserialize(from)?;
        Ok(Secret::new(text))
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        secret: &Secret,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }
}
