use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use wspring_path::Router;

use super::endpoints::{Endpoints, Given};
use super::proxies::TrustedProxies;
use super::settings::{Http2Limits, Settings};
use crate::cluster::{self, Broker, Node};
use crate::endpoint::{Defaults, Served};
use crate::error::{Error, ErrorKind};
use crate::handshake::{Door, HeadLimits, Hosts, Refusal};
use crate::log_limits::{LogKind, LogLimits, log_limited};
use crate::registry;
use crate::registry::Registry;
use crate::session::OutboxLimits;
use crate::site::{OnDuplicate, Site, StateMap};

/// How long the drain waits for sessions that were cut off: they only have to be polled once.
const CUT_OFF: Duration = Duration::from_secs(1);

/// How many handlers that block their threads are named.
const MOST_NAMED: usize = 10;

/// The endpoints of the program, checked and ready to take handshakes. Java: a deployed application.
#[derive(Debug)]
pub(super) struct Deployment {
    /// Read by every handshake, and replaced as a whole when an endpoint is added or removed.
    router: ArcSwap<Router<Arc<Served>>>,
    /// Held by who replaces the router.
    changing: Mutex<()>,
    pub(super) defaults: Defaults,
    pub(super) registry: Arc<Registry>,
    pub(super) outbox: Arc<OutboxLimits>,
    pub(super) http2: Http2Limits,
    pub(super) door: Arc<Door>,
    pub(super) proxies: TrustedProxies,
    /// Connections of trusted proxies begin with a header of the PROXY protocol.
    pub(super) proxy_protocol: bool,
    pub(super) hosts: Hosts,
    pub(super) head_limits: HeadLimits,
    pub(super) kept_header_bytes: Option<usize>,
    pub(super) handshake_timeout: Duration,
    pub(super) drain_timeout: Duration,
    /// How many requests of one HTTP connection may be answered with an error.
    pub(super) max_refusals: Option<usize>,
    /// Where the health of the server can be asked for.
    pub(super) health: Option<String>,
    /// Every session's task.
    pub(super) sessions: TaskTracker,
    /// When the drain that has begun is over.
    drained_at: OnceLock<Instant>,
    /// The sessions that were left when the drain was over have been reported.
    cut_off: AtomicBool,
    /// The handlers that still run after that have been reported.
    reported: AtomicBool,
    /// Requests that were dropped when the drain was over, and whose code still runs.
    blocked_requests: AtomicUsize,
}

impl Deployment {
    pub(super) fn new(
        settings: &Settings,
        state: StateMap,
        endpoints: Endpoints,
    ) -> Result<Self, Error> {
        let mut problems = settings.problems();
        let settings_only = problems.len();
        let registry = Arc::new(Registry::new());
        let defaults = Defaults {
            terms: settings.terms(),
            compression: settings.compression,
            origins: settings.origins.clone(),
            max_connections_per_key: settings.max_connections_per_key,
            state: Arc::new(state),
            server: Arc::<Registry>::downgrade(&registry),
            logs: Arc::new(LogLimits::new()),
        };
        let mut router = Router::new();
        problems.extend(endpoints.deploy(&mut router, &defaults));
        let health = (!settings.health.is_empty()).then(|| settings.health.clone());
        if let Some(path) = &health
            && let Ok(found) = router.match_path(path)
        {
            problems.push(format!(
                "`health` is `{path}`, which is for an endpoint; choose another path:\n      {}",
                found.value
            ));
        }
        if !problems.is_empty() {
            let kind = if problems.len() == settings_only {
                ErrorKind::Config
            } else {
                ErrorKind::Deployment
            };
            return Err(Error::new(kind, listed(&problems)));
        }
        for (_, served) in router.iter() {
            registry.serve(served.site.endpoint, served.site.can_have_key);
        }
        let sites: Vec<_> = router.iter().map(|(_, served)| &*served.site).collect();
        warn_about_keys(&sites, settings.max_connections_per_key);
        registry::announce(&registry);
        log_open_keys(&router);
        Ok(Self {
            router: ArcSwap::from_pointee(router),
            changing: Mutex::default(),
            defaults,
            outbox: Arc::new(OutboxLimits {
                budget: settings.memory_budget.begin(&registry),
                ..settings.outbox()
            }),
            http2: settings.http2_limits(),
            registry,
            door: Arc::new(Door::new(settings.door())),
            proxies: settings.trusted_proxies.clone(),
            proxy_protocol: settings.proxy_protocol,
            hosts: settings.hosts.clone(),
            head_limits: settings.head_limits(),
            kept_header_bytes: settings.kept_header_bytes,
            handshake_timeout: settings.handshake_timeout,
            drain_timeout: settings.drain_timeout,
            max_refusals: settings.max_refusals,
            health,
            sessions: TaskTracker::new(),
            drained_at: OnceLock::new(),
            cut_off: AtomicBool::new(false),
            reported: AtomicBool::new(false),
            blocked_requests: AtomicUsize::new(0),
        })
    }

    pub(super) fn router(&self) -> Guard<Arc<Router<Arc<Served>>>> {
        self.router.load()
    }

    /// The endpoints that are served now.
    pub(super) fn served(&self) -> Vec<Arc<Served>> {
        let router = self.router.load();
        router
            .iter()
            .map(|(_, served)| Arc::clone(served))
            .collect()
    }

    /// Whether an endpoint stands at `path`, so that the request is ours to answer.
    pub(super) fn serves(&self, path: &str) -> bool {
        self.is_for_health(path) || self.router.load().match_path(path).is_ok()
    }

    /// Adds an endpoint while the server runs.
    pub(super) fn add(&self, given: Given) -> Result<(), Error> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut router = Router::clone(&self.router.load());
        let problems = given.deploy(&mut router, &self.defaults);
        if !problems.is_empty() {
            let mut text = "the endpoint cannot be added:".to_owned();
            list(&mut text, &problems);
            return Err(Error::new(ErrorKind::Deployment, text));
        }
        let added = router.iter().last();
        if let Some((_, served)) = added {
            self.registry
                .serve(served.site.endpoint, served.site.can_have_key);
            warn_about_keys(&[&served.site], self.defaults.max_connections_per_key);
        }
        self.router.store(Arc::new(router));
        Ok(())
    }

    /// Removes the endpoint whose path is `path`, as it was written; `false` when there is none.
    pub(super) fn remove(&self, path: &str) -> bool {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left = Router::new();
        let mut found = false;
        for (template, site) in self.router.load().iter() {
            if template.as_str() == path {
                found = true;
            } else {
                // It has been next to the others before.
                let _ = left.insert(template.clone(), Arc::clone(site));
            }
        }
        self.router.store(Arc::new(left));
        found
    }

    /// No endpoint: says which one was perhaps meant, to the client and in the log.
    pub(super) fn not_found(
        &self,
        path: &str,
        is_handshake: bool,
        peer: Option<SocketAddr>,
    ) -> Refusal {
        let nearest = self.router.load().nearest(path).map(ToString::to_string);
        if is_handshake {
            let path = beginning(path);
            log_limited!(
                self.defaults.logs,
                LogKind::UnknownPath,
                ?peer,
                path,
                nearest,
                "a WebSocket handshake for a path that no endpoint has"
            );
        }
        Refusal::NotFound { nearest }
    }

    /// Makes the server a node of a cluster, before its first session. It takes part as soon as the broker lets it.
    pub(super) fn join_cluster(&self, broker: Arc<dyn Broker>, settings: &Settings) {
        let terms = cluster::Terms {
            name: &settings.cluster,
            secrets: &settings.cluster_secrets(),
            logs: &self.defaults.logs,
        };
        let membership = cluster::begin(broker, &terms, &self.registry);
        self.registry.join_cluster(membership);
    }

    /// Waits until the server takes part in its cluster.
    pub(super) async fn await_cluster(&self) -> Result<(), Error> {
        match Node::of(&self.registry) {
            Some(node) => node.ready().await,
            None => Ok(()),
        }
    }

    pub(super) async fn drain(&self) {
        self.drain_sessions().await;
        if let Some(node) = Node::of(&self.registry) {
            node.leave_cluster().await;
        }
        self.defaults.logs.report();
    }

    async fn drain_sessions(&self) {
        self.registry.drain();
        self.sessions.close();
        if tokio::time::timeout_at(self.drained_at(), self.sessions.wait())
            .await
            .is_err()
        {
            if !self.cut_off.swap(true, Ordering::Relaxed) {
                let left = self.sessions.len();
                tracing::warn!(
                    left,
                    "the drain timeout has passed: these sessions are cut off"
                );
            }
            self.registry.abort();
            // A handshake that the server in which we are mounted holds back cannot be reached; it is left to it.
            let ended = tokio::time::timeout(CUT_OFF, self.sessions.wait()).await;
            if ended.is_err() && !self.reported.swap(true, Ordering::Relaxed) {
                self.report_blocked();
            }
        }
    }

    /// When the drain is over, which begins with the first call.
    pub(super) fn drained_at(&self) -> Instant {
        *self
            .drained_at
            .get_or_init(|| Instant::now() + self.drain_timeout)
    }

    /// Drops the requests that are left when the drain is over.
    pub(super) async fn drop_requests(&self, mut requests: JoinSet<()>) {
        requests.abort_all();
        let all = async { while requests.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(CUT_OFF, all).await;
        let requests = requests.len();
        self.blocked_requests.store(requests, Ordering::Relaxed);
        if requests > 0 {
            tracing::error!(
                requests,
                "requests block their threads, such as in `#[on_handshake]`: run such code with `tokio::task::spawn_blocking`"
            );
        }
    }

    pub(super) fn blocked_requests(&self) -> usize {
        self.blocked_requests.load(Ordering::Relaxed)
    }

    /// Names the handlers that still run although they were cut off: they block their threads.
    fn report_blocked(&self) {
        let running = self.registry.running();
        for session in running.iter().take(MOST_NAMED) {
            let (id, endpoint) = (session.id(), session.site());
            tracing::error!(session = %id, %endpoint, "a handler blocks its thread: run such code with `tokio::task::spawn_blocking`");
        }
        if running.len() > MOST_NAMED {
            let handlers = running.len();
            tracing::error!(handlers, "so many handlers block their threads");
        }
    }
}

/// The beginning of a path, for a line of the log.
pub(super) fn beginning(path: &str) -> &str {
    let end = path
        .char_indices()
        .nth(100)
        .map_or(path.len(), |(at, _)| at);
    path.get(..end).unwrap_or(path)
}

/// Warns of settings about keys that have no effect, because sessions of the endpoint have no key.
fn warn_about_keys(sites: &[&Site], max_connections_per_key: Option<usize>) {
    for site in sites.iter().filter(|site| !site.can_have_key) {
        if site.on_duplicate != OnDuplicate::Newest {
            tracing::warn!(
                endpoint = %site,
                "`on_duplicate` has no effect, because sessions of this endpoint have no key: name a variable of the path as the key, or give keys in `on_handshake`"
            );
        }
        if max_connections_per_key.is_some() {
            tracing::warn!(
                endpoint = %site,
                "`max_connections_per_key` has no effect at this endpoint, because its sessions have no key"
            );
        }
    }
}

/// Names the endpoints at which anybody can get the messages of any key.
fn log_open_keys(router: &Router<Arc<Served>>) {
    let served = router.iter().map(|(_, served)| served);
    let open = served.filter(|served| served.site.key.is_some() && served.code.ask.is_none());
    let open: Vec<_> = open.map(ToString::to_string).collect();
    if !open.is_empty() {
        tracing::info!(
            endpoints = open.join(", "),
            "any client can choose its key at these endpoints, and then gets the messages for that key: check the user in `#[on_handshake]`, unless that is intended"
        );
    }
}

fn listed(problems: &[String]) -> String {
    let mut text = "the server cannot start:".to_owned();
    list(&mut text, problems);
    text
}

fn list(text: &mut String, problems: &[String]) {
    for problem in problems {
        text.push_str("\n  - ");
        text.push_str(problem);
    }
}
