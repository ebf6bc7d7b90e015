use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};

use crate::error::Error;
use crate::escaped::Escaped;

/// How much of the body is shown in the text of an error.
const SHOWN: usize = 200;

/// The HTTP answer of a server that refused a handshake: what [`ErrorKind::Handshake`](crate::ErrorKind::Handshake) has
/// as its source then.
///
/// ```
/// # use wspring::{Error, Refused};
/// fn is_logged_out(error: &Error) -> bool {
///     Refused::of(error).is_some_and(|refused| refused.status() == 401)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Refused(Response<Bytes>);

impl Refused {
    pub(super) fn new(response: Response<Bytes>) -> Self {
        Self(response)
    }

    /// The answer behind an error of [`connect`](crate::connect), if that is what it was.
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        error.source()?.downcast_ref()
    }

    /// The status of the answer, such as 401.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// The body of the answer: its first 8 KiB.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.0.body()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer was {}", self.status())?;
        if self.status().is_redirection()
            && let Some(location) = self.headers().get(header::LOCATION)
        {
            let location = String::from_utf8_lossy(location.as_bytes());
            return write!(
                f,
                "; redirects are not followed: connect to {}",
                Escaped(location)
            );
        }
        let body = String::from_utf8_lossy(self.body());
        let shown: String = body.trim().chars().take(SHOWN).collect();
        if shown.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", Escaped(shown))
    }
}

impl StdError for Refused {}
