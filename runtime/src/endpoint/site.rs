use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use http::HeaderMap;
use wspring_path::Template;

use super::{Code, Endpoint, EndpointConfig};
use crate::bounds;
use crate::handshake::{Compression, Origins, is_token, offered};
use crate::log_limits::LogLimits;
use crate::message::MessageKind;
use crate::push::Registry;
use crate::session::{Session, check_timeout};
use crate::site::DeclaredAt;
use crate::site::Terms;
use crate::site::{OnDuplicate, RateLimits, StateMap};

/// An endpoint at its path, as one server serves it, or as one client connects it: what was declared, the code, and what
/// applies to its connections.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) template: Template,
    /// `None` for an endpoint that was given to the builder.
    declared_at: Option<DeclaredAt>,
    /// Which of the variables has the key.
    pub(crate) key: Option<usize>,
    pub(crate) on_duplicate: OnDuplicate,
    pub(crate) code: Code,
    pub(crate) factory: Option<AnyFactory>,
    pub(crate) state: Arc<StateMap>,
    pub(crate) terms: Arc<Terms>,
    pub(crate) compression: Compression,
    pub(crate) origins: Origins,
    subprotocols: Vec<String>,
    pub(crate) max_connections_per_key: Option<usize>,
    /// The sessions of the server that serves it; a client's endpoint has none.
    pub(crate) registry: Weak<Registry>,
    /// Those of the server or the client.
    pub(crate) logs: Arc<LogLimits>,
}

/// Makes the values of an endpoint whose type the [`Code`] knows.
#[derive(Clone)]
pub(crate) struct AnyFactory(Arc<dyn Any + Send + Sync>);

/// What [`AnyFactory`] holds: `None` comes from one that has made all that it could.
type Factory<E> = Box<dyn Fn(&Session) -> Option<E> + Send + Sync>;

/// What a server gives to each of its endpoints, unless they have their own.
#[derive(Clone, Debug)]
pub(crate) struct Defaults {
    pub(crate) terms: Terms,
    pub(crate) compression: Compression,
    pub(crate) origins: Origins,
    pub(crate) max_connections_per_key: Option<usize>,
    pub(crate) state: Arc<StateMap>,
    pub(crate) registry: Weak<Registry>,
    pub(crate) logs: Arc<LogLimits>,
}

impl Site {
    /// The site of an endpoint, or what is wrong with its configuration.
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
            registry,
            logs,
        } = defaults.clone();
        let mut terms = Terms {
            heartbeat: config.heartbeat,
            unhandled: config.unhandled.unwrap_or(terms.unhandled),
            idle_timeout: config.idle_timeout.unwrap_or(terms.idle_timeout),
            rates: RateLimits {
                messages: config.messages_per_second.or(terms.rates.messages),
                bytes: config.bytes_per_second.or(terms.rates.bytes),
                policy: config.fast_producer.unwrap_or(terms.rates.policy),
            },
            ..terms
        };
        check_timeout(terms.idle_timeout).map_err(|error| format!("`idle_timeout`: {error}"))?;
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
        Ok(Self {
            name: config.name,
            template,
            declared_at: config.declared_at,
            key,
            on_duplicate: config.on_duplicate,
            code,
            factory,
            state,
            terms: Arc::new(terms),
            compression: match config.compression {
                Some(is_on) => compression.switched(is_on),
                None => compression,
            },
            origins: own_origins.unwrap_or(origins),
            subprotocols: config.subprotocols,
            max_connections_per_key,
            registry,
            logs,
        })
    }

    /// Where the value of a path variable stands among the values.
    pub(crate) fn variable(&self, name: &str) -> Option<usize> {
        let mut variables = self.template.variables();
        variables.position(|variable| variable == name)
    }

    /// Whether a session can have a key: from the path, or given by `#[on_handshake]`.
    pub(crate) fn can_have_key(&self) -> bool {
        self.key.is_some() || self.code.ask.is_some()
    }

    /// The canonical form of the key: that of the type which a handler gives its variable.
    pub(crate) fn canonical_key(&self, value: &str) -> Option<String> {
        let variable = self.template.variables().nth(self.key?)?;
        (self.code.canonical)(variable, value)
    }

    /// The first subprotocol of the client's list that is spoken here. Java:
    /// `Configurator.getNegotiatedSubprotocol`.
    pub(crate) fn subprotocol(&self, headers: &HeaderMap) -> Option<String> {
        let mut offered = offered(headers);
        let name = offered.find(|name| self.subprotocols.iter().any(|own| own == name))?;
        Some(name.to_owned())
    }

    /// A value of the endpoint for a new session, where somebody gave a factory.
    pub(crate) fn make<E: Endpoint>(&self, session: &Session) -> Option<E> {
        let factory: &Factory<E> = self.factory.as_ref()?.0.downcast_ref()?;
        factory(session)
    }
}

/// An endpoint without handlers, for tests.
#[cfg(any(test, fuzzing))]
pub(crate) fn sample(config: impl Into<EndpointConfig>) -> Arc<Site> {
    sample_at(Weak::new(), config)
}

/// An endpoint without handlers whose sessions are in this registry, for tests.
#[cfg(any(test, fuzzing))]
pub(crate) fn sample_at(registry: Weak<Registry>, config: impl Into<EndpointConfig>) -> Arc<Site> {
    use std::time::Duration;

    struct Silent;
    impl Endpoint for Silent {}
    let second = Duration::from_secs(1);
    let defaults = Defaults {
        terms: Terms {
            ping_interval: second,
            pong_timeout: second,
            message_timeout: second,
            write_timeout: second,
            close_timeout: second,
            handler_grace: second,
            ..Terms::default()
        },
        compression: Compression::off(),
        origins: Origins::same(),
        max_connections_per_key: None,
        state: Arc::default(),
        registry,
        logs: Arc::new(LogLimits::new()),
    };
    let site = Site::new(
        crate::__private::code::<Silent>(),
        config.into(),
        None,
        &defaults,
    );
    Arc::new(site.unwrap_or_else(|problem| panic!("{problem}")))
}

impl AnyFactory {
    pub(crate) fn new<E: Endpoint>(
        factory: impl Fn(&Session) -> E + Send + Sync + 'static,
    ) -> Self {
        let factory: Factory<E> = Box::new(move |session| Some(factory(session)));
        Self(Arc::new(factory))
    }

    /// One that makes a single value.
    pub(crate) fn once<E: Endpoint>(factory: impl FnOnce(&Session) -> E + Send + 'static) -> Self {
        let factory = Mutex::new(Some(factory));
        let factory: Factory<E> = Box::new(move |session| {
            let factory = factory
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take()?;
            Some(factory(session))
        });
        Self(Arc::new(factory))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            template,
            declared_at,
            ..
        } = self;
        write_found_at(f, template.as_str(), name, *declared_at)
    }
}

/// An endpoint as people find it: its path, its type, and where that was declared.
pub(super) fn write_found_at(
    f: &mut fmt::Formatter<'_>,
    path: &str,
    name: &str,
    declared_at: Option<DeclaredAt>,
) -> fmt::Result {
    write!(f, "{path}  {name}")?;
    match declared_at {
        Some(declared_at) => write!(f, "  ({declared_at})"),
        None => Ok(()),
    }
}

impl fmt::Debug for AnyFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyFactory")
    }
}
