use std::collections::HashSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Request, Response, request::Parts};
use http_body_util::Empty;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::answer;
use super::exchange::{Answer, exchange};
use super::target::Target;
#[cfg(feature = "tls")]
use super::tls;
use super::{Client, Refused};
use crate::connection;
use crate::endpoint::{Defaults, Endpoint, EndpointConfig, Served};
use crate::error::{Error, ErrorKind};
use crate::handshake::{self, Accepted, AnyFactory, Opening, Origins, Place, Stream};
use crate::log_limits::LogLimits;
use crate::protocol::Role;
#[cfg(feature = "tls")]
use crate::request::Secure;
use crate::request::{Handshake, PathValues, Peer, is_token};
use crate::session::{
    CloseCode, CloseReason, CloseRequest, Granted, Outbox, OutboxLimits, Properties, Session,
};
use crate::site::Requirements;

/// Everything that it takes to connect an endpoint to a server, once or again and again.
#[derive(Debug)]
pub(super) struct Dial {
    client: Client,
    target: Target,
    served: Served,
    outbox: Arc<OutboxLimits>,
    /// The header with the subprotocols, if any are offered.
    subprotocols: Option<HeaderValue>,
}

/// The task of a connection, which ends with the reason for which the connection ended.
pub(super) type Life = JoinHandle<Option<CloseReason>>;

impl Dial {
    /// Checks everything that can be checked before there is a network.
    pub(super) fn new<E: Endpoint>(
        client: &Client,
        url: &str,
        factory: Option<AnyFactory>,
    ) -> Result<Self, Error> {
        let target = Target::parse(url)?;
        if target.is_secure && cfg!(not(feature = "tls")) {
            let text = "`wss://` needs TLS: build with the feature `tls` of wspring";
            return Err(Error::new(ErrorKind::Config, text));
        }
        if factory.is_some() && E::MAKES_ITSELF {
            let text = "the endpoint's `#[on_open]` makes it: connect without a factory, or let it take `&mut self`";
            return Err(Error::new(ErrorKind::Deployment, text));
        }
        if factory.is_none() && !E::is_made() {
            let text = "nothing makes this endpoint: implement `Default`, or connect with `Client::connect_with`";
            return Err(Error::new(ErrorKind::Deployment, text));
        }
        let declared = &E::CLIENT;
        let names: Vec<&str> = match declared.subprotocols {
            [] => client.subprotocols.iter().map(String::as_str).collect(),
            names => names.to_vec(),
        };
        let problems: Vec<_> = client.problems().chain(wrong_names(&names)).collect();
        if !problems.is_empty() {
            let text = format!("the client cannot connect: {}", problems.join("; "));
            return Err(Error::new(ErrorKind::Config, text));
        }
        let config = EndpointConfig {
            max_message_size: declared.max_message_size,
            compression: declared.compression,
            unhandled: declared.unhandled,
            idle_timeout: declared.idle_timeout,
            ..EndpointConfig::new("/").of::<E>()
        };
        let defaults = Defaults {
            terms: client.terms.clone(),
            compression: client.compression,
            origins: Origins::same(),
            max_connections_per_key: None,
            state: Arc::new(client.state.clone()),
            server: Weak::<()>::new(),
            logs: Arc::new(LogLimits::new()),
        };
        let served = Served::new(connection::code::<E>(), config, factory, &defaults)
            .map_err(|problem| Error::new(ErrorKind::Config, problem))?;
        lacks_no_state(&served)?;
        Ok(Self {
            client: client.clone(),
            target,
            served,
            outbox: Arc::new(client.outbox.clone()),
            subprotocols: (!names.is_empty())
                .then(|| HeaderValue::try_from(names.join(", ")))
                .transpose()
                .map_err(|error| Error::caused(ErrorKind::Config, "a subprotocol", error))?,
        })
    }

    /// Connects, and waits until the endpoint has accepted the connection.
    pub(super) async fn open<E: Endpoint>(&self) -> Result<(Session, Life), Error> {
        let (accepted, opened) = self.shake_hands().await?;
        let session = accepted.place.session().clone();
        let close_timeout = self.client.terms.close_timeout;
        let life = tokio::spawn(connection::run::<E>(accepted));
        let mut waiting = Waiting {
            session: Some(session.clone()),
            close_timeout,
            runtime: Handle::current(),
        };
        let opened = opened.await;
        waiting.session = None;
        opened.map_err(|_| {
            let text = "the endpoint could not be opened: its `#[on_error]`, or the log, says why";
            Error::new(ErrorKind::Handler, text)
        })?;
        Ok((session, life))
    }

    /// One handshake, from the request to the checked answer.
    async fn shake_hands(&self) -> Result<(Accepted, oneshot::Receiver<()>), Error> {
        let mut request = self.request();
        let mut handshake = Handshake::new(
            &request,
            Peer::default(),
            Arc::clone(&self.served.site),
            PathValues::new(),
        );
        (self.served.code.check)(&handshake)?;
        request.uri = self.target.request_target();
        let limit = self.client.connect_timeout.0;
        let request = Request::from_parts(request, Empty::new());
        let answer = tokio::time::timeout(limit, self.ask(request)).await;
        let answer = answer.map_err(|_| {
            let text = format!("the server did not answer within {limit:?} (`connect_timeout`)");
            Error::new(ErrorKind::Io, text)
        })??;
        let see = |answer: &Response<Bytes>| {
            if let Some(hook) = &self.client.after_response {
                hook(answer);
            }
        };
        let (answer, stream, received) = match answer {
            Answer::Switched(answer, stream, received) => {
                see(&answer);
                (answer, stream, received)
            }
            Answer::Other(unread) => {
                let answer = unread.read().await;
                see(&answer);
                let text = "the server refused the handshake";
                return Err(Error::caused(
                    ErrorKind::Handshake,
                    text,
                    Refused::new(answer),
                ));
            }
        };

        let agreed = answer::verify(&handshake, &answer, self.served.compression)?;
        handshake.answered(answer.headers());
        let (deflate, deflater) = agreed.unzip();
        let outbox = Outbox::of(Role::Client, Arc::clone(&self.outbox), deflater);
        let session = Session::new(
            handshake,
            outbox,
            granted(&answer),
            Properties::seeded(self.client.properties.clone()),
        );
        let (opening, opened) = Opening::new(session);
        let accepted = Accepted {
            place: Place::Client(opening),
            stream,
            received,
            pass: None,
            deflate,
            factory: self.served.factory.clone(),
        };
        Ok((accepted, opened))
    }

    async fn ask(&self, request: Request<Empty<Bytes>>) -> Result<Answer<Stream>, Error> {
        let Target { host, port, .. } = &self.target;
        let tcp = TcpStream::connect((host.as_str(), *port)).await;
        let tcp = tcp.map_err(|error| {
            let text = format!("cannot connect to {host}, port {port}");
            Error::caused(ErrorKind::Io, text, error)
        })?;
        handshake::without_delay(&tcp);
        self.client.terms.buffers.apply(&tcp);
        exchange(self.secured(tcp).await?, request, self.client.head_limits).await
    }

    #[cfg(feature = "tls")]
    async fn secured(&self, tcp: TcpStream) -> Result<Stream, Error> {
        let Target {
            host, is_secure, ..
        } = &self.target;
        if *is_secure {
            return tls::connect(self.client.tls.as_ref(), host, tcp).await;
        }
        Ok(Stream::Tcp(tcp))
    }

    /// Nothing: a `wss://` URL was refused.
    #[cfg(not(feature = "tls"))]
    async fn secured(&self, tcp: TcpStream) -> Result<Stream, Error> {
        Ok(Stream::Tcp(tcp))
    }

    /// The request of a handshake (RFC 6455 §4.1), with the whole URL for a target.
    fn request(&self) -> Parts {
        let host = HeaderValue::try_from(self.target.host_header()).ok();
        let mut headers = HeaderMap::new();
        // Host comes first (RFC 9110 §7.2), whoever writes it.
        headers.extend(host.clone().map(|host| (header::HOST, host)));
        headers.extend(self.client.headers.clone());
        if let Some(names) = &self.subprotocols {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, names.clone());
        }
        if let Some(hook) = &self.client.before_request {
            hook(&mut headers);
        }
        if let Some(host) = host {
            headers.entry(header::HOST).or_insert(host);
        }
        // Nobody else's to write: without them it is no handshake, or one whose answer cannot be understood.
        let key = BASE64_STANDARD.encode(rand::random::<[u8; 16]>());
        for (name, value) in [
            (header::UPGRADE, Some(HeaderValue::from_static("websocket"))),
            (
                header::CONNECTION,
                Some(HeaderValue::from_static("Upgrade")),
            ),
            (
                header::SEC_WEBSOCKET_VERSION,
                Some(HeaderValue::from_static("13")),
            ),
            (header::SEC_WEBSOCKET_KEY, HeaderValue::try_from(key).ok()),
            (
                header::SEC_WEBSOCKET_EXTENSIONS,
                self.served.compression.offer(),
            ),
            (header::CONTENT_LENGTH, None),
            (header::TRANSFER_ENCODING, None),
        ] {
            match value {
                Some(value) => headers.insert(name, value),
                None => headers.remove(name),
            };
        }
        let mut request = Request::new(());
        *request.uri_mut() = self.target.uri.clone();
        *request.headers_mut() = headers;
        #[cfg(feature = "tls")]
        if self.target.is_secure {
            request.extensions_mut().insert(Secure::new([]));
        }
        request.into_parts().0
    }
}

/// Somebody waits until the endpoint has opened; when that is given up, the session is closed, and cut off if its
/// `#[on_open]` goes on.
struct Waiting {
    session: Option<Session>,
    close_timeout: Duration,
    runtime: Handle,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else {
            return;
        };
        let reason = "nobody waits for this connection any more";
        let request = CloseRequest::runtime(CloseCode::GOING_AWAY, reason);
        session.outbox().close(request);
        let close_timeout = self.close_timeout;
        self.runtime.spawn(async move {
            tokio::time::sleep(close_timeout).await;
            session.outbox().abort();
        });
    }
}

/// What a checked answer settles about the session.
fn granted(answer: &Response<Bytes>) -> Granted {
    let headers = answer.headers();
    let subprotocol = headers.get(header::SEC_WEBSOCKET_PROTOCOL);
    Granted {
        principal: None,
        subprotocol: subprotocol
            .and_then(|name| name.to_str().ok())
            .map(Into::into),
        extensions: headers.get(header::SEC_WEBSOCKET_EXTENSIONS).cloned(),
    }
}

/// What is wrong with the names of subprotocols (RFC 6455 §4.1), a sentence each.
fn wrong_names<'n>(names: &[&'n str]) -> impl Iterator<Item = String> + use<'n> {
    let mut seen = HashSet::new();
    let problems: Vec<_> = names
        .iter()
        .filter_map(|name| {
            if !is_token(name) {
                let name = name.escape_debug();
                Some(format!("`{name}` is not the name of a subprotocol: it has letters, digits and some signs, such as `.`"))
            } else if !seen.insert(*name) {
                Some(format!("the subprotocol `{name}` is offered twice"))
            } else {
                None
            }
        })
        .collect();
    problems.into_iter()
}

fn lacks_no_state(served: &Served) -> Result<(), Error> {
    let mut requirements = Requirements::default();
    (served.code.requirements)(&mut requirements);
    let missing = requirements.missing_from(&served.site.state);
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.join("`, `");
    let text = format!(
        "the endpoint {} takes state that nobody gave (`{missing}`); give it with `Client::state`",
        served.site.name
    );
    Err(Error::new(ErrorKind::Deployment, text))
}

#[cfg(all(test, not(feature = "tls")))]
mod tests {
    use super::*;

    struct Prices;

    impl Endpoint for Prices {}

    #[test]
    fn tls_that_is_not_built_in_is_refused_before_connecting() {
        let error = Dial::new::<Prices>(&Client::new(), "wss://127.0.0.1:1/", None);
        let error = error.expect_err("no TLS");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("feature `tls`"), "{error}");
    }
}
