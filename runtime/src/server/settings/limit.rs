use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A number that may be left to the server, or not be limited at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum Limit {
    Auto,
    Off,
    At(usize),
}

const AUTO: &str = "auto";
const OFF: &str = "off";

impl Limit {
    /// The number, where `auto` means `number`.
    pub(in crate::server) fn or(self, number: Option<usize>) -> Option<usize> {
        match self {
            Self::Auto => number,
            Self::Off => None,
            Self::At(number) => Some(number),
        }
    }
}

impl From<Option<usize>> for Limit {
    fn from(number: Option<usize>) -> Self {
        number.map_or(Self::Off, Self::At)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "this is not `auto`, `off` or a whole number such as 1000"
        )]
        enum Written {
            Number(usize),
            Text(String),
        }

        match Written::deserialize(from)? {
            Written::Number(number) => Ok(Self::At(number)),
            Written::Text(text) => match text.as_str() {
                AUTO => Ok(Self::Auto),
                OFF => Ok(Self::Off),
                number => number.parse().map(Self::At).map_err(|_| {
                    de::Error::custom(format!(
                        "`{text}` is not `auto`, `off` or a whole number such as 1000"
                    ))
                }),
            },
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => to.serialize_str(AUTO),
            Self::Off => to.serialize_str(OFF),
            Self::At(number) => to.serialize_u64(*number as u64),
        }
    }
}
