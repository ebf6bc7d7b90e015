//! How each kind of setting is written in `wspring.toml` and the environment. A `true` where a number belongs is a
//! mistake, which the crate `config` would read as 1.

mod policies;
mod sizes;

use serde::{Deserialize, Deserializer, Serializer, de};

pub(super) use self::policies::{fast_producer, slow_consumer, unhandled};
pub(super) use self::sizes::{memory_budget, size, size_or_auto, size_or_off};

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

/// `close` or `ignore`.
pub(super) mod unsent_reply {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::site::UnsentReply;

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<UnsentReply, D::Error>
    where
        D: Deserializer<'de>,
    {
        let text = String::deserialize(from)?;
        match text.as_str() {
            "close" => Ok(UnsentReply::Close),
            "ignore" => Ok(UnsentReply::Ignore),
            _ => Err(de::Error::custom(format!(
                "`{text}` is not what can be done about a reply that is too large: write \"close\" or \"ignore\""
            ))),
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        policy: &UnsentReply,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(match policy {
            UnsentReply::Close => "close",
            UnsentReply::Ignore => "ignore",
        })
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
