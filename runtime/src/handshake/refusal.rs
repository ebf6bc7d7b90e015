use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;

use super::Reject;
use super::retry_after::full_seconds;
use crate::escaped::Escaped;
use crate::log_limits::LogKind;

/// Why a request did not become a session, and the HTTP answer that says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("no WebSocket endpoint at this path{}", .nearest.as_ref().map(|path| format!("; did you mean {path}?")).unwrap_or_default())]
    NotFound { nearest: Option<String> },
    #[error("the path is not valid: {0}")]
    BadPath(String),
    #[error("this is a WebSocket endpoint: open it with GET, not {}", Escaped(.0))]
    Method(String),
    #[error("this is a WebSocket endpoint: connect with a WebSocket client (Upgrade: websocket)")]
    NoUpgrade,
    #[error("a WebSocket handshake is an HTTP/1.1 request (RFC 6455 §4.1)")]
    HttpVersion,
    #[error(
        "the header Connection must contain Upgrade (RFC 6455 §4.1); a proxy may have removed it"
    )]
    NoConnectionUpgrade,
    #[error("this server speaks WebSocket version 13 (RFC 6455 §4.4)")]
    Version,
    #[error("the header Sec-WebSocket-Key must be one base64 value of 16 bytes (RFC 6455 §4.1)")]
    Key,
    #[error(
        "this is a WebSocket endpoint: over HTTP/2 it is opened with an extended CONNECT (RFC 8441 §5)"
    )]
    NoConnect,
    #[error("the only :protocol to be had here is websocket (RFC 8441 §5)")]
    Protocol,
    #[error("this server speaks WebSocket version 13 (RFC 8441 §5)")]
    ConnectVersion,
    #[error("the header Host must stand exactly once (RFC 6455 §4.2.1)")]
    Host,
    #[error("a WebSocket handshake has no body")]
    Body,
    #[error(
        "the head of the request has {bytes} bytes, and this server takes {limit}: send less, for example fewer cookies, or raise `max_head_bytes`"
    )]
    LargeHead { bytes: usize, limit: usize },
    #[error(
        "the head of the request has {fields} header fields, and this server takes {limit}: send fewer, or raise `max_head_fields`"
    )]
    ManyFields { fields: usize, limit: usize },
    /// The headers of a trusted proxy say nothing that can be used.
    #[error("{0}")]
    Forwarded(&'static str),
    #[error("the query has more than {0} parameters")]
    Query(usize),
    #[error(
        "pages from the origin {} may not connect here, because the header Host is {}, another host or port: list the origin in `origins`, or, if there is a proxy, let it pass on the Host that the browser sent (nginx: `proxy_set_header Host $http_host`)",
        Escaped(.origin), Escaped(.host)
    )]
    Origin { origin: String, host: String },
    #[error(
        "this server does not answer to the host {}: connect with another name, or add this one to `hosts`",
        Escaped(.0)
    )]
    ForeignHost(String),
    #[error(
        "the host of the page {} is a name for this machine that the server does not know (DNS rebinding?): if the name is yours, add it to `hosts`",
        Escaped(.0)
    )]
    Rebinding(String),
    #[error("{}", Escaped(.0))]
    Parameter(String),
    #[error("the key {} is in use by another connection", Escaped(.0))]
    KeyTaken(String),
    #[error(
        "the key {} has as many connections as it may have: close another one first",
        Escaped(.0)
    )]
    KeyFull(String),
    #[error("the server has as many connections as it may have: try again later")]
    Full,
    #[error("this address has as many connections as it may have: close another one first")]
    TooManyOfAddress,
    #[error("too many handshakes at a time: try again later")]
    TooFast(Duration),
    #[error("the server is shutting down")]
    Draining,
    /// The endpoint says no.
    #[error("{0}")]
    Rejected(Reject),
    #[error("the server took too long to decide about this handshake: try again later")]
    Undecided,
}

impl Refusal {
    /// Seconds until a client that found no place may try again: nobody knows when there will be one.
    pub(crate) const RETRY_AFTER: u32 = 5;

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Method(_) | Self::NoConnect => StatusCode::METHOD_NOT_ALLOWED,
            Self::Protocol => StatusCode::NOT_IMPLEMENTED,
            Self::NoUpgrade | Self::Version => StatusCode::UPGRADE_REQUIRED,
            Self::BadPath(_)
            | Self::HttpVersion
            | Self::NoConnectionUpgrade
            | Self::Key
            // HTTP/2 has no `Upgrade` header to go with a 426.
            | Self::ConnectVersion
            | Self::Host
            | Self::Body
            | Self::Forwarded(_)
            | Self::Query(_)
            | Self::Parameter(_) => StatusCode::BAD_REQUEST,
            Self::LargeHead { .. } | Self::ManyFields { .. } => {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            }
            Self::Origin { .. } | Self::ForeignHost(_) | Self::Rebinding(_) => StatusCode::FORBIDDEN,
            Self::KeyTaken(_) => StatusCode::CONFLICT,
            Self::Rejected(reject) => reject.status(),
            Self::KeyFull(_) | Self::TooManyOfAddress | Self::TooFast(_) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::Draining | Self::Undecided | Self::Full => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The fault of this program behind it, if there is one.
    pub(crate) fn cause(&self) -> Option<&str> {
        match self {
            Self::Rejected(reject) => reject.cause(),
            _ => None,
        }
    }

    /// The kind of its line in the log.
    pub(crate) fn log_kind(&self) -> LogKind {
        match self {
            Self::NotFound { .. } => LogKind::UnknownPath,
            Self::Origin { .. } | Self::ForeignHost(_) | Self::Rebinding(_) => {
                LogKind::ForeignOrigin
            }
            Self::KeyTaken(_) | Self::KeyFull(_) => LogKind::KeyInUse,
            Self::Full | Self::TooManyOfAddress | Self::TooFast(_) => LogKind::Overloaded,
            Self::Draining => LogKind::Draining,
            Self::Rejected(_) if self.cause().is_some() => LogKind::HandshakeFailed,
            Self::Rejected(_) => LogKind::Rejected,
            Self::Undecided => LogKind::Undecided,
            _ => LogKind::BadRequest,
        }
    }

    pub(crate) fn into_response(self) -> Response<Full<Bytes>> {
        if let Self::Rejected(reject) = self {
            return reject.into_response();
        }
        let mut response = Response::new(Full::from(format!("{self}\n")));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        if self.status() == StatusCode::UPGRADE_REQUIRED {
            // Mandatory (RFC 9110 §15.5.22).
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        }
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        match self {
            Self::Method(_) => {
                headers.insert(header::ALLOW, HeaderValue::from_static("GET"));
            }
            Self::NoConnect => {
                headers.insert(header::ALLOW, HeaderValue::from_static("CONNECT"));
            }
            Self::Version | Self::ConnectVersion => {
                headers.insert(
                    header::SEC_WEBSOCKET_VERSION,
                    HeaderValue::from_static("13"),
                );
            }
            Self::TooFast(time) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(full_seconds(time)));
            }
            Self::Full
            | Self::TooManyOfAddress
            | Self::KeyFull(_)
            | Self::Draining
            | Self::Undecided => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(Self::RETRY_AFTER));
            }
            _ => {}
        }
        response
    }
}
