//! Numbers, and the words that stand for one.

use serde::{Deserialize, Deserializer, Serializer, de};

/// A whole number; the environment has it as text.
pub(in crate::server) mod size {
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
pub(in crate::server) mod size_or_auto {
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
pub(in crate::server) mod size_or_off {
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
pub(in crate::server) mod memory_budget {
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
