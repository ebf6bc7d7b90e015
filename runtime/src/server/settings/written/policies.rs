//! What is done about peers that break a limit: a word each.

use serde::{Deserialize, Deserializer, Serializer, de};

/// `close` or `drop`.
pub(in crate::server) mod slow_consumer {
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
pub(in crate::server) mod fast_producer {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::site::FastProducer;

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
pub(in crate::server) mod unhandled {
    use super::{Deserialize, Deserializer, Serializer, de};
    use crate::site::Unhandled;

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
