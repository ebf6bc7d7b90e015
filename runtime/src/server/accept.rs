//! From a request to a session: each step of the handshake, and the HTTP answer where one says no.

use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use compact_str::CompactString;
use http::request::Parts;
use http::{HeaderValue, Request, Response, header};
use http_body_util::Full;
use wspring_path::MatchError;

use super::contained::caught;
use super::deployment::{Deployment, beginning};
use crate::cluster::Node;
use crate::endpoint::Served;
use crate::handshake::{
    self, Accept, Accepted, Network, Pass, Place, Refusal, Reject, Stream, Trust, Visit,
};
use crate::log_limits::{LogKind, log_limited};
use crate::protocol::Agreement;
use crate::registry::{NoPlace, Registered};
use crate::request::{Handshake, PathValues, Peer};
use crate::session::{Granted, Outbox, OutboxLimits, Properties, Session, SharedRoom};

/// A session whose client is about to be told that it is open, and all that its connection needs.
struct Admitted {
    registered: Registered,
    served: Arc<Served>,
    pass: Pass,
    visit: Option<Visit>,
    deflate: Option<Agreement>,
    trust: Trust,
}

/// The limits of all outboxes of one HTTP/2 connection, which share their room; among a request's extensions.
#[derive(Clone)]
pub(super) struct SharedOutbox(Arc<OutboxLimits>);

impl SharedOutbox {
    pub(super) fn new(deployment: &Deployment) -> Self {
        let room = SharedRoom::new(deployment.http2.outbox_bytes);
        Self(Arc::new(OutboxLimits {
            shared_room: Some(Arc::new(room)),
            ..(*deployment.outbox).clone()
        }))
    }
}

impl Deployment {
    /// Answers a request: 101 (over HTTP/2: 200) and a session of its own task, or what is wrong with it.
    ///
    /// The `visit` is that of a connection of this server.
    pub(super) async fn answer<B>(
        &self,
        request: Request<B>,
        visit: Option<Visit>,
    ) -> Response<Full<Bytes>> {
        let (mut parts, _) = request.into_parts();
        handshake::in_origin_form(&mut parts);
        let forwarded = self.proxies.apply(&mut parts);
        let peer = peer(&parts).remote_addr;
        let uri = parts.uri.clone();
        let answered = caught(async {
            if self.is_for_health(parts.uri.path()) {
                return Ok(self.health(&parts.method).await);
            }
            forwarded?;
            self.accept(parts, visit).await
        });
        let answered = answered.await;
        answered
            .unwrap_or_else(|panic| Err(self.panicked(uri.path(), &panic)))
            .unwrap_or_else(|refusal| {
                self.log_refused(peer, uri.path(), &refusal);
                refusal.into_response()
            })
    }

    async fn accept(
        &self,
        parts: Parts,
        visit: Option<Visit>,
    ) -> Result<Response<Full<Bytes>>, Refusal> {
        let (served, values) = self.find(&parts)?;
        handshake::verify(&parts)?;
        if self.registry.is_draining() {
            return Err(Refusal::Draining);
        }
        self.hosts.verify(&parts)?;
        let trust = served.origins.verify(&parts, &self.hosts)?;
        let peer = peer(&parts);
        let pass = self.door.enter(peer.client().map(Network::from))?;
        let mut handshake = Handshake::new(&parts, peer, Arc::clone(&served.site), values);
        (served.code.check)(&handshake).map_err(|error| Refusal::Parameter(error.to_string()))?;
        let mut accept = match served.code.ask {
            Some(ask) => self.ask(ask, &handshake).await?,
            None => Accept::new(),
        };
        if accept
            .expires_at
            .is_some_and(|end| end <= SystemTime::now())
        {
            let reject = Reject::unauthorized("the login has expired: log in again");
            return Err(Refusal::Rejected(reject));
        }
        let dropped = handshake.compact(self.kept_header_bytes);
        if !dropped.is_empty() {
            self.log_trimmed(&handshake, &dropped);
        }
        if accept.subprotocol.is_none() {
            accept.subprotocol = served.subprotocol(&parts.headers);
        }
        if self.registry.is_draining() {
            return Err(Refusal::Draining);
        }
        let agreed = served.compression.accept(&parts.headers);
        let (deflater, deflate, extensions) = match agreed {
            Some(agreed) => (
                Some(agreed.deflater),
                Some(agreed.agreement),
                Some(agreed.header),
            ),
            None => (None, None, None),
        };
        let mut headers = mem::take(&mut accept.headers);
        if let Some(extensions) = &extensions {
            headers.insert(header::SEC_WEBSOCKET_EXTENSIONS, extensions.clone());
        }
        if let Some(Ok(name)) = accept.subprotocol.as_deref().map(HeaderValue::from_str) {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, name);
        }
        let shared = parts.extensions.get();
        let limits = shared.map_or(&self.outbox, |SharedOutbox(limits)| limits);
        let outbox = Outbox::new(Arc::clone(limits), deflater);
        let registered = self.register(handshake, outbox, accept, extensions)?;
        if registered.has_key()
            && let Some(node) = Node::of(&self.registry)
        {
            node.said().await;
        }
        let mut response = self.upgrade(
            parts,
            Admitted {
                registered,
                served,
                pass,
                visit,
                deflate,
                trust,
            },
        )?;
        response.headers_mut().extend(headers);
        Ok(response)
    }

    /// Writes a line about a handshake that is refused.
    pub(super) fn log_refused(&self, peer: Option<SocketAddr>, path: &str, refusal: &Refusal) {
        let path = beginning(path);
        let status = refusal.status().as_u16();
        let logs = &self.defaults.logs;
        let kind = refusal.log_kind();
        if let Some(error) = refusal.cause() {
            log_limited!(logs, kind, ?peer, path, status, error, "a handshake failed");
        } else if matches!(kind, LogKind::UnknownPath | LogKind::Undecided) {
            // Logged where they are decided, because more is known there.
            tracing::debug!(?peer, path, status, %refusal, "refused");
        } else {
            log_limited!(logs, kind, ?peer, path, status, %refusal, "a handshake was refused");
        }
    }

    /// The endpoint that the request's path means, and the values of its variables.
    fn find(&self, parts: &Parts) -> Result<(Arc<Served>, PathValues), Refusal> {
        let path = parts.uri.path();
        match self.router().match_path(path) {
            Ok(found) => {
                let values = found.values.into_iter().map(CompactString::from).collect();
                Ok((Arc::clone(found.value), values))
            }
            Err(MatchError::BadPath(error)) => Err(Refusal::BadPath(error.to_string())),
            Err(_) => {
                let is_handshake = handshake::is_handshake(&parts.headers, &parts.extensions);
                Err(self.not_found(path, is_handshake, peer(parts).remote_addr))
            }
        }
    }

    fn register(
        &self,
        handshake: Handshake,
        outbox: Outbox,
        accept: Accept,
        extensions: Option<HeaderValue>,
    ) -> Result<Registered, Refusal> {
        let key = accept.key.or_else(|| handshake.key());
        let granted = Granted {
            principal: accept.principal,
            subprotocol: accept.subprotocol.map(String::into_boxed_str),
            extensions,
        };
        let properties = Properties::seeded(accept.properties);
        let session = Session::new(handshake, outbox, granted, properties);
        if let Some(end) = accept.expires_at {
            session.renew_until(end);
        }
        self.registry
            .register(session, key)
            .map_err(|no_place| match no_place {
                NoPlace::Taken(key) => Refusal::KeyTaken(key.to_string()),
                NoPlace::Full(key) => Refusal::KeyFull(key.to_string()),
            })
    }

    fn upgrade(&self, parts: Parts, admitted: Admitted) -> Result<Response<Full<Bytes>>, Refusal> {
        let (response, upgrading) = handshake::upgrade(parts)?;
        let Admitted {
            registered,
            served,
            mut pass,
            visit,
            deflate,
            trust,
        } = admitted;
        let sessions = self.sessions.clone();
        let buffers = registered.session().site().terms.buffers;
        self.sessions.spawn(async move {
            match handshake::take_back(upgrading, buffers).await {
                Ok((stream, _)) if !trust.covers(&stream) => {
                    let handshake = registered.session().handshake();
                    log_limited!(
                        registered.session().site().logs,
                        LogKind::ForeignOrigin,
                        peer = ?stream.peer_addr(),
                        origin = ?handshake.origin(),
                        "a page's host is a name for this machine that the server does not know (DNS rebinding?): if the name is yours, add it to `hosts`"
                    );
                    stream.turn_away("the host of this page is not one of the server's `hosts`").await;
                }
                // The session has a task of its own, because what the upgrade needs is many times as large.
                Ok((stream, received)) => {
                    pass.settle(visit, !matches!(stream, Stream::Http(_)));
                    let accepted = Accepted {
                        place: Place::Registered(registered),
                        stream,
                        received,
                        pass: Some(pass),
                        deflate,
                        factory: served.factory.clone(),
                    };
                    (served.code.live)(&sessions, accepted);
                }
                Err(error) => tracing::debug!(%error, "the client went away during the handshake"),
            }
        });
        Ok(response)
    }
}

fn peer(request: &Parts) -> Peer {
    let peer = request.extensions.get();
    peer.copied().unwrap_or_default()
}
