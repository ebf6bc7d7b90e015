use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use wspring_path::Template;

use super::{Code, EndpointConfig};
use crate::bounds;
use crate::handshake::{AnyFactory, Compression, Origins};
use crate::log_limits::LogLimits;
use crate::message::MessageKind;
use crate::request::{is_token, offered};
use crate::session::check_timeout;
use crate::site::{RateLimits, ServerOf, Site, StateMap, Terms};

/// An endpoint that is served at its path, or that a client connects: its data, its code, and what a handshake with it may
/// agree on.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) site: Arc<Site>,
    pub(crate) code: Code,
    pub(crate) factory: Option<AnyFactory>,
    pub(crate) compression: Compression,
    pub(crate) origins: Origins,
    subprotocols: Vec<String>,
}

/// What a server gives to each of its endpoints, unless they have their own.
#[derive(Clone, Debug)]
pub(crate) struct Defaults {
    pub(crate) terms: Terms,
    pub(crate) compression: Compression,
    pub(crate) origins: Origins,
    pub(crate) max_connections_per_key: Option<usize>,
    pub(crate) state: Arc<StateMap>,
    pub(crate) server: ServerOf,
    pub(crate) logs: Arc<LogLimits>,
}

impl Served {
    /// Returns the endpoint with its configuration, or what is wrong with that.
    pub(crate) fn new(
        code: Code,
        config: EndpointConfig,
        factory: Option<AnyFactory>,
        defaults: &Defaults,
    ) -> Result<Self, String> {
        let template = Template::parse(&config.path).map_err(|error| error.to_string())?;
        let Defaults {
            terms,
            compression,
            origins,
            max_connections_per_key,
            state,
            server,
            logs,
        } = defaults.clone();
        let mut terms = Terms {
            heartbeat: config.heartbeat,
            unhandled: config.unhandled.unwrap_or(terms.unhandled),
            idle_timeout: config.idle_timeout.unwrap_or(terms.idle_timeout),
            max_age: config.max_age.unwrap_or(terms.max_age),
            rates: RateLimits {
                messages: config.messages_per_second.or(terms.rates.messages),
                bytes: config.bytes_per_second.or(terms.rates.bytes),
                policy: config.fast_producer.unwrap_or(terms.rates.policy),
            },
            ..terms
        };
        check_timeout(terms.idle_timeout).map_err(|error| format!("`idle_timeout`: {error}"))?;
        if let Some(problem) = terms.max_age.and_then(|age| bounds::age("max_age", age)) {
            return Err(problem);
        }
        for (name, rate) in [
            ("messages_per_second", config.messages_per_second),
            ("bytes_per_second", config.bytes_per_second),
        ] {
            if let Some(problem) = bounds::size(name, rate.unwrap_or(1)) {
                return Err(problem);
            }
        }
        if config.max_message_size == Some(0) {
            return Err("`max_message_size` is 0: it must be at least 1".to_owned());
        }
        // Of two that say something, the one nearer to the message has the last word.
        let limit = |kind| (code.max_message_size)(kind).or(config.max_message_size);
        if let Some(bytes) = limit(MessageKind::Text) {
            terms.limits.max_text_size = bytes;
        }
        if let Some(bytes) = limit(MessageKind::Binary) {
            terms.limits.max_binary_size = bytes;
        }
        let names = &config.subprotocols;
        if let Some(name) = names.iter().find(|name| !is_token(name)) {
            return Err(format!(
                "`{name}` is not a subprotocol: it is one word of letters, digits and !#$%&'*+-.^_`|~ (RFC 6455 §4.1)"
            ));
        }
        let stands_before =
            |(at, name): (usize, &String)| names[..at].contains(name).then(|| name.clone());
        if let Some(name) = names.iter().enumerate().find_map(stands_before) {
            return Err(format!(
                "the subprotocol `{name}` stands there twice: leave one out"
            ));
        }
        if terms.heartbeat.as_ref().is_some_and(|text| text.is_empty()) {
            return Err(
                "the heartbeat is empty: it is a text that browsers send, such as `ping`"
                    .to_owned(),
            );
        }
        let own_origins = config.origins.transpose();
        let own_origins = own_origins.map_err(|error| error.to_string())?;
        let key = match &config.key {
            Some(key) => {
                let at = template.variables().position(|variable| variable == key);
                Some(at.ok_or_else(|| format!("the path has no variable `{key}` to be the key"))?)
            }
            None => (template.variables().count() == 1).then_some(0),
        };
        let site = Site {
            name: config.name,
            endpoint: (code.id)(),
            template,
            declared_at: config.declared_at,
            key,
            canonical: code.canonical,
            can_have_key: key.is_some() || code.ask.is_some(),
            on_duplicate: config.on_duplicate,
            state,
            terms: Arc::new(terms),
            max_connections_per_key,
            server,
            logs,
        };
        Ok(Self {
            site: Arc::new(site),
            code,
            factory,
            compression: match config.compression {
                Some(is_on) => compression.switched(is_on),
                None => compression,
            },
            origins: own_origins.unwrap_or(origins),
            subprotocols: config.subprotocols,
        })
    }

    /// The first subprotocol of the client's list that is spoken here. Java:
    /// `Configurator.getNegotiatedSubprotocol`.
    pub(crate) fn subprotocol(&self, headers: &HeaderMap) -> Option<String> {
        let mut offered = offered(headers);
        let name = offered.find(|name| self.subprotocols.iter().any(|own| own == name))?;
        Some(name.to_owned())
    }
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.site.fmt(f)
    }
}
