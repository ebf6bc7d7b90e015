use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;

use super::header::{self, Unsendable};
use super::retry_after::full_seconds;
use crate::box_error::BoxError;
use crate::escaped::Escaped;

/// The handshake is refused: the HTTP answer that the client gets instead of a session.
///
/// Browsers show their scripts neither status nor body of it, only that the connection failed; other clients do.
///
/// ```
/// use std::time::Duration;
/// use wspring::StatusCode;
/// use wspring::Reject;
///
/// let expired = Reject::unauthorized("this token has expired");
/// let busy = Reject::new(StatusCode::SERVICE_UNAVAILABLE).retry_after(Duration::from_secs(30));
/// let moved = Reject::new(StatusCode::FOUND).header("location", "/v2/chat");
/// let coded = Reject::new(StatusCode::FORBIDDEN)
///     .header("content-type", "application/json")
///     .body(r#"{"code": 17}"#);
/// ```
///
/// An error type of your own that `#[on_handshake]` returns needs an `impl From<YourError> for Reject`. What is nobody's
/// business outside becomes one with `map_err(Reject::internal)`.
///
/// What cannot be sent, such as a status that means success, is answered 500, and the log says what is wrong.
///
/// Java: none; `modifyHandshake` has no way to refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject(Box<Answer>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Option<Bytes>,
    /// The first thing that cannot be sent.
    problem: Option<Unsendable>,
    /// The fault of this program behind a 500, for the log alone.
    cause: Option<String>,
}

impl Reject {
    /// Refuses with `status`, which must not be one of those below 300, and its usual name as the body.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        let is_success = status.is_success() || status.is_informational();
        Self(Box::new(Answer {
            status,
            headers: HeaderMap::new(),
            body: None,
            problem: is_success.then(|| Unsendable::Success(status.as_u16())),
            cause: None,
        }))
    }

    /// 401: who the user is, is not known. `WWW-Authenticate`, which it must have (RFC 9110 §15.5.2), is `Bearer` unless
    /// it is set.
    #[must_use]
    pub fn unauthorized(text: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED).text(text.into())
    }

    /// 403: the user may not.
    #[must_use]
    pub fn forbidden(text: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN).text(text.into())
    }

    /// 500: the server failed. The error goes to the log and not to the client.
    #[must_use]
    pub fn internal(error: impl Into<BoxError>) -> Self {
        let mut reject =
            Self::new(StatusCode::INTERNAL_SERVER_ERROR).text("the server failed".to_owned());
        reject.0.cause = Some(error.into().to_string());
        reject
    }

    /// Adds a header. Those that belong to the protocol cannot be set; see [`Accept::header`](crate::Accept::header).
    #[must_use]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        if let Err(problem) = header::append(&mut self.0.headers, name, value) {
            self.0.problem.get_or_insert(problem);
        }
        self
    }

    /// The body: plain text, unless a header `Content-Type` says something else.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.0.body = Some(body.into());
        self
    }

    /// When the client may try again, in full seconds from now, rounded up.
    #[must_use]
    pub fn retry_after(mut self, time: Duration) -> Self {
        let seconds = HeaderValue::from(full_seconds(time));
        self.0.headers.insert(RETRY_AFTER, seconds);
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The fault of this program behind it, if there is one.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The same, if all of it can be sent.
    pub(crate) fn checked(mut self) -> Result<Self, Unsendable> {
        match self.0.problem.take() {
            Some(problem) => Err(problem),
            None => Ok(self),
        }
    }

    pub(super) fn into_response(self) -> Response<Full<Bytes>> {
        let Answer {
            status,
            mut headers,
            body,
            ..
        } = *self.0;
        if status == StatusCode::UNAUTHORIZED {
            headers
                .entry(WWW_AUTHENTICATE)
                .or_insert(HeaderValue::from_static("Bearer"));
        }
        headers
            .entry(CONTENT_TYPE)
            .or_insert(HeaderValue::from_static("text/plain; charset=utf-8"));
        let body = body.unwrap_or_else(|| {
            let reason = status
                .canonical_reason()
                .unwrap_or("the handshake is refused");
            format!("{reason}\n").into()
        });
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    /// A sentence as the body, on a line of its own.
    fn text(self, text: String) -> Self {
        self.body(text + "\n")
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.status)?;
        match self.0.body.as_deref().map(str::from_utf8) {
            Some(Ok(body)) => write!(f, ": {}", Escaped(body.trim_end())),
            _ => Ok(()),
        }
    }
}

impl StdError for Reject {}

impl From<StatusCode> for Reject {
    fn from(status: StatusCode) -> Self {
        Self::new(status)
    }
}
