//! From a request to a session: each step of the handshake, and the HTTP answer where one says no.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use compact_str::CompactString;
use http::request::Parts;
use http::{HeaderValue, Request, Response, header};
use http_body_util::Full;
use wspring_path::MatchError;

use super::deployment::Deployment;
use super::http::RemoteAddr;
use crate::endpoint::Site;
use crate::handshake::{self, Accept, Accepted, Handshake, PathValues, Place, Refusal};
use crate::protocol::{Agreement, Deflater};
use crate::push::Registered;
use crate::session::{Granted, Outbox, Properties, Session};

impl Deployment {
    /// Answers a request: 101 (over HTTP/2: 200) and a session of its own task, or what is wrong with it.
    pub(super) async fn answer<B>(&self, request: Request<B>) -> Response<Full<Bytes>> {
        let (mut parts, _) = request.into_parts();
        handshake::in_origin_form(&mut parts);
        let peer = remote_addr(&parts);
        self.accept(parts).await.unwrap_or_else(|refusal| {
            tracing::debug!(?peer, status = refusal.status().as_u16(), %refusal, "refused");
            refusal.into_response()
        })
    }

    async fn accept(&self, parts: Parts) -> Result<Response<Full<Bytes>>, Refusal> {
        let (site, values) = self.find(&parts)?;
        handshake::verify(&parts)?;
        if self.registry.is_draining() {
            return Err(Refusal::Draining);
        }
        self.origins.verify(&parts)?;
        let handshake = Handshake::new(&parts, remote_addr(&parts), Arc::clone(&site), values);
        (site.code.check)(&handshake).map_err(|error| Refusal::Parameter(error.to_string()))?;
        let accept = match site.code.ask {
            Some(ask) => self.ask(ask, &handshake).await?,
            None => Accept::new(),
        };
        if self.registry.is_draining() {
            return Err(Refusal::Draining);
        }
        let agreed = site.compression.accept(&parts.headers);
        let (deflater, deflate, extensions) = match agreed {
            Some(agreed) => (
                Some(agreed.deflater),
                Some(agreed.agreement),
                Some(agreed.header),
            ),
            None => (None, None, None),
        };
        let mut headers = accept.headers.clone();
        if let Some(extensions) = &extensions {
            headers.insert(header::SEC_WEBSOCKET_EXTENSIONS, extensions.clone());
        }
        if let Some(Ok(name)) = accept.subprotocol.as_deref().map(HeaderValue::from_str) {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, name);
        }
        let registered = self.register(handshake, deflater, accept, extensions)?;
        let mut response = self.upgrade(registered, deflate, parts)?;
        response.headers_mut().extend(headers);
        Ok(response)
    }

    /// The endpoint that the request's path means, and the values of its variables.
    fn find(&self, parts: &Parts) -> Result<(Arc<Site>, PathValues), Refusal> {
        let path = parts.uri.path();
        match self.router().match_path(path) {
            Ok(found) => {
                let values = found.values.into_iter().map(CompactString::from).collect();
                Ok((Arc::clone(found.value), values))
            }
            Err(MatchError::BadPath(error)) => Err(Refusal::BadPath(error.to_string())),
            Err(_) => {
                let is_handshake = handshake::is_handshake(&parts.headers, &parts.extensions);
                Err(self.not_found(path, is_handshake))
            }
        }
    }

    fn register(
        &self,
        handshake: Handshake,
        deflater: Option<Deflater>,
        accept: Accept,
        extensions: Option<HeaderValue>,
    ) -> Result<Registered, Refusal> {
        let key = accept.key.or_else(|| handshake.key());
        let outbox = Outbox::new(Arc::clone(&self.outbox), deflater);
        let granted = Granted {
            principal: accept.principal,
            subprotocol: accept.subprotocol.map(String::into_boxed_str),
            extensions,
        };
        let properties = Properties::seeded(accept.properties);
        let session = Session::new(handshake, outbox, granted, properties);
        self.registry
            .register(session, key)
            .map_err(|taken| Refusal::KeyTaken(taken.0.to_string()))
    }

    fn upgrade(
        &self,
        registered: Registered,
        deflate: Option<Agreement>,
        parts: Parts,
    ) -> Result<Response<Full<Bytes>>, Refusal> {
        let (response, upgrading) = handshake::upgrade(parts)?;
        let live = registered.session().site().code.live;
        let sessions = self.sessions.clone();
        self.sessions.spawn(async move {
            match handshake::take_back(upgrading).await {
                // The session has a task of its own, because what the upgrade needs is many times as large.
                Ok((stream, received)) => {
                    let accepted = Accepted {
                        place: Place::Registered(registered),
                        stream,
                        received,
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

fn remote_addr(request: &Parts) -> Option<SocketAddr> {
    let address = request.extensions.get::<RemoteAddr>();
    address.map(|RemoteAddr(address)| *address)
}
