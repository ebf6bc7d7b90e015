use std::any::type_name;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use wspring_path::Router;

use crate::connection;
use crate::endpoint::{
    Code, Defaults, Endpoint, EndpointConfig, Registration, Served, registrations,
};
use crate::handshake::AnyFactory;
use crate::session::Session;
use crate::site::{EndpointId, Requirements};

/// Which endpoints a server is to serve, before it is known whether it can.
#[derive(Default)]
pub(super) struct Endpoints {
    chosen: Option<Choice>,
    factories: HashMap<EndpointId, Factory>,
    given: Vec<Given>,
}

/// Whether a registered endpoint is served.
type Choice = Box<dyn Fn(&EndpointConfig) -> bool + Send + Sync>;

/// An endpoint that was given by hand.
#[derive(Debug)]
pub(super) struct Given {
    config: EndpointConfig,
    code: Code,
    factory: AnyFactory,
}

/// A factory for a registered type.
struct Factory {
    make: AnyFactory,
    type_name: &'static str,
    /// The type has an `#[on_open]` that makes it, and leaves nothing to a factory.
    is_idle: bool,
}

impl Endpoints {
    pub(super) fn choose(
        &mut self,
        chosen: impl Fn(&EndpointConfig) -> bool + Send + Sync + 'static,
    ) {
        self.chosen = Some(Box::new(chosen));
    }

    pub(super) fn make<E: Endpoint>(
        &mut self,
        factory: impl Fn(&Session) -> E + Send + Sync + 'static,
    ) {
        let factory = Factory {
            make: AnyFactory::new(factory),
            type_name: type_name::<E>(),
            is_idle: E::MAKES_ITSELF,
        };
        self.factories.insert(EndpointId::of::<E>(), factory);
    }

    pub(super) fn give(&mut self, given: Given) {
        self.given.push(given);
    }

    /// Puts every endpoint at its path, and returns what is wrong.
    pub(super) fn deploy(
        mut self,
        router: &mut Router<Arc<Served>>,
        defaults: &Defaults,
    ) -> Vec<String> {
        let mut problems = Vec::new();
        for registration in registrations() {
            let config = EndpointConfig::declared(registration.declaration);
            let factory = self.factory_of(registration, &mut problems);
            if self.chosen.as_ref().is_none_or(|chosen| chosen(&config)) {
                problems.extend(deploy(config, registration.code, factory, router, defaults));
            }
        }
        for factory in self.factories.values() {
            problems.push(format!(
                "a factory was given for `{}`, which is not registered: give it with its path (`Server::builder().endpoint(…)`)",
                factory.type_name
            ));
        }
        for given in self.given {
            problems.extend(given.deploy(router, defaults));
        }
        problems
    }

    fn factory_of(
        &mut self,
        registration: &Registration,
        problems: &mut Vec<String>,
    ) -> Option<AnyFactory> {
        let factory = self.factories.remove(&(registration.code.id)())?;
        if factory.is_idle {
            problems.push(format!(
                "a factory was given for `{}`, whose `#[on_open]` makes it: remove the factory, or let `#[on_open]` take `&mut self`",
                factory.type_name
            ));
        }
        Some(factory.make)
    }
}

impl Given {
    pub(super) fn new<E: Endpoint>(
        config: EndpointConfig,
        factory: impl Fn(&Session) -> E + Send + Sync + 'static,
    ) -> Self {
        Self {
            config: config.of::<E>(),
            code: connection::code::<E>(),
            factory: AnyFactory::new(factory),
        }
    }

    /// Puts the endpoint at its path, and returns what is wrong.
    pub(super) fn deploy(
        self,
        router: &mut Router<Arc<Served>>,
        defaults: &Defaults,
    ) -> Vec<String> {
        deploy(self.config, self.code, Some(self.factory), router, defaults)
    }
}

fn deploy(
    config: EndpointConfig,
    code: Code,
    factory: Option<AnyFactory>,
    router: &mut Router<Arc<Served>>,
    defaults: &Defaults,
) -> Vec<String> {
    let shown = config.to_string();
    match Served::new(code, config, factory, defaults) {
        Ok(served) => {
            let lacking = lacking_state(&served);
            place(router, served).into_iter().chain(lacking).collect()
        }
        Err(problem) => vec![format!("{shown}: {problem}")],
    }
}

/// Puts an endpoint at its path, or says why not.
fn place(router: &mut Router<Arc<Served>>, served: Served) -> Option<String> {
    let template = served.site.template.clone();
    let conflict = router.insert(template, Arc::new(served)).err()?;
    let (other, served) = (conflict.other_value, conflict.value);
    Some(format!(
        "two endpoints have paths that mean the same; change one of them:\n      {other}\n      {served}"
    ))
}

/// The state that an endpoint takes and that nobody gave.
fn lacking_state(served: &Served) -> Option<String> {
    let mut requirements = Requirements::default();
    (served.code.requirements)(&mut requirements);
    let missing = requirements.missing_from(&served.site.state);
    if missing.is_empty() {
        return None;
    }
    let missing = missing.join("`, `");
    Some(format!(
        "an endpoint takes state that nobody gave (`{missing}`); give it with `Server::builder().state(…)`:\n      {served}"
    ))
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoints")
            .field("chosen", &self.chosen.is_some())
            .field("factories", &self.factories.len())
            .field("given", &self.given)
            .finish()
    }
}
