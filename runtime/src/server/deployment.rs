use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use compact_str::CompactString;
use http::request::Parts;
use http::{Request, Response, header};
use http_body_util::Full;
use hyper_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_util::task::TaskTracker;
use wspring_path::{MatchError, Router, Template};

use super::listener::RemoteAddr;
use super::settings::Settings;
use crate::endpoint::{Declaration, Registration, Requirements, StateMap, registrations};
use crate::error::{Error, ErrorKind};
use crate::handshake::{
    self, Accepted, Compression, Handshake, Origins, PathValues, Refusal, Terms,
};
use crate::protocol::{Agreement, Deflater};
use crate::push::{self, Key, Registered, Registry};
use crate::session::{Outbox, OutboxLimits, Session};

/// How long the drain waits for sessions that were cut off: they only have to be polled once.
const CUT_OFF: Duration = Duration::from_secs(1);

/// The endpoints of the program, checked and ready to take handshakes. Java: a deployed application.
#[derive(Debug)]
pub(super) struct Deployment {
    router: Router<Site>,
    pub(super) registry: Arc<Registry>,
    state: Arc<StateMap>,
    outbox: Arc<OutboxLimits>,
    origins: Origins,
    pub(super) handshake_timeout: Duration,
    pub(super) drain_timeout: Duration,
    /// Every session's task.
    pub(super) sessions: TaskTracker,
}

/// An endpoint at its path, with what applies to its connections.
#[derive(Clone, Debug)]
struct Site {
    registration: &'static Registration,
    terms: Arc<Terms>,
    compression: Compression,
}

impl Deployment {
    pub(super) fn new(settings: &Settings, state: StateMap) -> Result<Self, Error> {
        let mut problems = settings.problems();
        let settings_only = problems.len();
        let mut router = Router::new();
        for registration in registrations() {
            problems.extend(deploy(&mut router, Site::new(registration, settings)));
            problems.extend(lacking_state(registration, &state));
        }
        if !problems.is_empty() {
            let kind = if problems.len() == settings_only {
                ErrorKind::Config
            } else {
                ErrorKind::Deployment
            };
            return Err(Error::new(kind, listed(&problems)));
        }
        let registry = Arc::new(Registry::new());
        push::announce(&registry);
        Ok(Self {
            router,
            registry,
            state: Arc::new(state),
            outbox: Arc::new(settings.outbox()),
            origins: settings.origins.clone(),
            handshake_timeout: settings.handshake_timeout,
            drain_timeout: settings.drain_timeout,
            sessions: TaskTracker::new(),
        })
    }

    pub(super) fn declarations(&self) -> impl Iterator<Item = &'static Declaration> {
        self.router
            .iter()
            .map(|(_, site)| site.registration.declaration)
    }

    /// Whether an endpoint stands at `path`, so that the request is ours to answer.
    pub(super) fn serves(&self, path: &str) -> bool {
        self.router.match_path(path).is_ok()
    }

    /// Answers a request: 101 and a session of its own task, or what is wrong with it.
    pub(super) fn answer<B>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let (parts, _) = request.into_parts();
        let peer = remote_addr(&parts);
        self.accept(parts).unwrap_or_else(|refusal| {
            tracing::debug!(?peer, status = refusal.status().as_u16(), %refusal, "refused");
            refusal.into_response()
        })
    }

    /// No endpoint: says which one was perhaps meant, to the client and in the log.
    pub(super) fn not_found(&self, path: &str, is_handshake: bool) -> Refusal {
        let nearest = self.router.nearest(path).map(ToString::to_string);
        if is_handshake && let Some(nearest) = &nearest {
            let path: String = path.chars().take(100).collect();
            tracing::warn!(
                path,
                nearest,
                "a WebSocket handshake for a path that no endpoint has"
            );
        }
        Refusal::NotFound { nearest }
    }

    pub(super) async fn drain(&self) {
        self.registry.drain();
        self.sessions.close();
        if tokio::time::timeout(self.drain_timeout, self.sessions.wait())
            .await
            .is_err()
        {
            let left = self.sessions.len();
            tracing::warn!(
                left,
                "the drain timeout has passed: these sessions are cut off"
            );
            self.registry.abort();
            // A handshake that the server in which we are mounted holds back cannot be reached; it is left to it.
            let _ = tokio::time::timeout(CUT_OFF, self.sessions.wait()).await;
        }
    }

    fn accept(&self, parts: Parts) -> Result<Response<Full<Bytes>>, Refusal> {
        let (site, values) = match self.router.match_path(parts.uri.path()) {
            Ok(found) => {
                let values: PathValues =
                    found.values.into_iter().map(CompactString::from).collect();
                (found.value, values)
            }
            Err(MatchError::BadPath(error)) => return Err(Refusal::BadPath(error.to_string())),
            Err(_) => {
                let is_handshake = parts.headers.contains_key(header::UPGRADE);
                return Err(self.not_found(parts.uri.path(), is_handshake));
            }
        };
        let registration = site.registration;
        handshake::verify(&parts)?;
        if self.registry.is_draining() {
            return Err(Refusal::Draining);
        }
        self.origins.verify(&parts)?;
        let remote = remote_addr(&parts);
        let handshake = Handshake::new(&parts, remote, registration.declaration, values);
        (registration.check)(&handshake).map_err(|error| Refusal::Parameter(error.to_string()))?;
        let agreed = site.compression.accept(&parts.headers);
        let (deflater, deflate, extensions) = match agreed {
            Some(agreed) => (
                Some(agreed.deflater),
                Some(agreed.agreement),
                Some(agreed.header),
            ),
            None => (None, None, None),
        };
        let registered = self.register(registration, handshake, deflater)?;
        let mut response = self.upgrade(site, registered, deflate, parts)?;
        if let Some(extensions) = extensions {
            let headers = response.headers_mut();
            headers.insert(header::SEC_WEBSOCKET_EXTENSIONS, extensions);
        }
        Ok(response)
    }

    fn register(
        &self,
        registration: &'static Registration,
        handshake: Handshake,
        deflater: Option<Deflater>,
    ) -> Result<Registered, Refusal> {
        let declaration = registration.declaration;
        let key = declaration.key_variable().and_then(|variable| {
            let value = handshake.path_param(variable)?;
            let canonical = (registration.canonical)(variable, value);
            Some(canonical.map_or_else(|| Key::new(value), Key::new))
        });
        let session = Session::new(
            registration,
            handshake,
            Outbox::new(Arc::clone(&self.outbox), deflater),
            Arc::clone(&self.state),
        );
        self.registry
            .register(session, key)
            .map_err(|taken| Refusal::KeyTaken(taken.0.to_string()))
    }

    fn upgrade(
        &self,
        site: &Site,
        registered: Registered,
        deflate: Option<Agreement>,
        parts: Parts,
    ) -> Result<Response<Full<Bytes>>, Refusal> {
        // hyper-tungstenite's stream is taken apart at once, so it gets no buffers.
        let config = WebSocketConfig::default()
            .read_buffer_size(0)
            .write_buffer_size(0);
        let request = Request::from_parts(parts, ());
        let (response, websocket) =
            hyper_tungstenite::upgrade(request, Some(config)).map_err(|_| Refusal::Key)?;
        let live = site.registration.live;
        let terms = Arc::clone(&site.terms);
        let sessions = self.sessions.clone();
        self.sessions.spawn(async move {
            match handshake::take_back(websocket).await {
                // The session has a task of its own, because what the upgrade needs is many times as large.
                Ok((stream, received)) => {
                    let accepted = Accepted {
                        registered,
                        stream,
                        received,
                        terms,
                        deflate,
                    };
                    live(&sessions, accepted);
                }
                Err(error) => tracing::debug!(%error, "the client went away during the handshake"),
            }
        });
        Ok(response)
    }
}

impl Site {
    fn new(registration: &'static Registration, settings: &Settings) -> Self {
        let declaration = registration.declaration;
        let compression = match declaration.compression {
            Some(is_on) => settings.compression.switched(is_on),
            None => settings.compression,
        };
        Self {
            registration,
            terms: Arc::new(settings.terms().overridden_by(registration)),
            compression,
        }
    }
}

fn remote_addr(request: &Parts) -> Option<SocketAddr> {
    let address = request.extensions.get::<RemoteAddr>();
    address.map(|RemoteAddr(address)| *address)
}

/// Puts an endpoint at its path, or says why not.
fn deploy(router: &mut Router<Site>, site: Site) -> Option<String> {
    let declaration = site.registration.declaration;
    let template = match Template::parse(declaration.path) {
        Ok(template) => template,
        Err(error) => return Some(format!("{declaration}: {error}")),
    };
    let conflict = router.insert(template, site).err()?;
    let other = conflict.other_value.registration.declaration;
    Some(format!(
        "two endpoints have paths that mean the same; change one of them:\n      {other}\n      {declaration}"
    ))
}

fn lacking_state(registration: &Registration, state: &StateMap) -> Option<String> {
    let mut requirements = Requirements::default();
    (registration.requirements)(&mut requirements);
    let missing = requirements.missing_from(state);
    if missing.is_empty() {
        return None;
    }
    let missing = missing.join("`, `");
    let declaration = registration.declaration;
    Some(format!(
        "an endpoint takes state that nobody gave (`{missing}`); give it with `Server::builder().state(…)`:\n      {declaration}"
    ))
}

fn listed(problems: &[String]) -> String {
    let mut text = "the server cannot start:".to_owned();
    for problem in problems {
        text.push_str("\n  - ");
        text.push_str(problem);
    }
    text
}
