//! How proxies are set, and how that is written.

use super::Settings;

impl Settings {
    pub(in crate::server) fn proxy_problem(&self) -> Option<String> {
        let is_alone = self.proxy_protocol && self.trusted_proxies.is_empty();
        is_alone.then(|| {
            "`proxy_protocol` is on, and no proxy may use it: list the proxies in `trusted_proxies`".to_owned()
        })
    }
}

/// A network or a list of networks.
pub(super) mod networks {
    use crate::server::TrustedProxies;
    use serde::{Deserialize, Deserializer, Serializer, de};

    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "this is not a network: write a list such as [\"10.0.0.0/8\", \"::1\"]"
    )]
    enum Written {
        Text(String),
        List(Vec<String>),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<TrustedProxies, D::Error>
    where
        D: Deserializer<'de>,
    {
        match Written::deserialize(from)? {
            Written::Text(text) => text.parse(),
            Written::List(list) => TrustedProxies::list(list),
        }
        .map_err(de::Error::custom)
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        proxies: &TrustedProxies,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(proxies)
    }
}

/// `on` or `off`, or a truth value.
pub(super) mod switch {
    use serde::{Deserialize, Deserializer, Serializer, de};

    #[derive(Deserialize)]
    #[serde(untagged, expecting = "this is neither \"on\" nor \"off\"")]
    enum Written {
        Switch(bool),
        Text(String),
    }

    pub(in crate::server) fn deserialize<'de, D>(from: D) -> Result<bool, D::Error>
    where
        D: Deserializer<'de>,
    {
        match Written::deserialize(from)? {
            Written::Switch(is_on) => Ok(is_on),
            Written::Text(text) => match text.as_str() {
                "on" | "true" => Ok(true),
                "off" | "false" => Ok(false),
                _ => Err(de::Error::custom(format!(
                    "`{text}` is neither \"on\" nor \"off\""
                ))),
            },
        }
    }

    pub(in crate::server) fn serialize<S: Serializer>(
        is_on: &bool,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_bool(*is_on)
    }
}
