use std::fmt::Display;
use std::time::SystemTime;

use http::{Extensions, HeaderMap, HeaderName, HeaderValue};

use super::header::{self, Unsendable};
use crate::request::{Principal, is_token};
use crate::site::Key;

/// The handshake is accepted: what `#[on_handshake]` says about the session that it opens.
///
/// Every part may be left out; `Accept::new()` is the same as `()`.
///
/// ```
/// use wspring::prelude::*;
///
/// #[derive(Clone)]
/// struct Plan(String);
///
/// #[derive(Default)]
/// struct Inbox;
///
/// #[server_endpoint("/inbox")]
/// impl Inbox {
///     #[on_handshake]
///     async fn check(handshake: &Handshake) -> Result<Accept, Reject> {
///         let token = handshake.cookie("token").ok_or_else(|| Reject::unauthorized("log in first"))?;
///         let user = user_of(token).await.ok_or_else(|| Reject::forbidden("this token has expired"))?;
///         Ok(Accept::new()
///             .key(user) // what `send_info` addresses
///             .principal(user.to_string())
///             .property(Plan("free".to_owned()))
///             .header("x-user", user))
///     }
/// }
///
/// async fn user_of(token: &str) -> Option<u64> {
///     token.strip_prefix("user-")?.parse().ok()
/// }
/// ```
///
/// What cannot be sent, such as a header with a line break, opens no session: the client gets 500, and the log says
/// what is wrong.
///
/// Java: `HandshakeResponse`, and what `Configurator.modifyHandshake` puts into `getUserProperties()`.
#[derive(Clone, Debug, Default)]
pub struct Accept {
    pub(crate) key: Option<Key>,
    pub(crate) headers: HeaderMap,
    pub(crate) properties: Extensions,
    pub(crate) principal: Option<Principal>,
    pub(crate) subprotocol: Option<String>,
    pub(crate) expires_at: Option<SystemTime>,
    /// The first thing that cannot be sent.
    problem: Option<Unsendable>,
}

impl Accept {
    /// The session is opened, and nothing more is said about it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The key that [`send_info`](crate::send_info) addresses, instead of the one that the path has.
    #[must_use]
    pub fn key(mut self, key: impl Display) -> Self {
        self.key = Some(Key::new(key));
        self
    }

    /// Adds a header to the 101, for instance a `Set-Cookie`. Browsers show none of them to scripts.
    ///
    /// Headers that belong to the protocol cannot be set: `Connection`, `Upgrade`, `Content-Length`, `Transfer-Encoding`
    /// and those that begin with `Sec-WebSocket-`. Java: `HandshakeResponse.getHeaders()`.
    #[must_use]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        if let Err(problem) = header::append(&mut self.headers, name, value) {
            self.problem.get_or_insert(problem);
        }
        self
    }

    /// A value that the session's [`Properties`](crate::Properties) have from the start, one for each type. Java:
    /// `ServerEndpointConfig.getUserProperties()` in `modifyHandshake`.
    #[must_use]
    pub fn property<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.properties.insert(value);
        self
    }

    /// Who the user is, as [`Session::principal`](crate::Session::principal) says from now on.
    #[must_use]
    pub fn principal(mut self, principal: impl Into<Principal>) -> Self {
        self.principal = Some(principal.into());
        self
    }

    /// When the user's login ends, such as the `exp` of a JSON Web Token: the session is closed then with 1008 and the
    /// reason `the login has expired`, unless [`Session::renew_until`](crate::Session::renew_until) was called. A login
    /// that has ended already is answered with 401.
    ///
    /// The time that is left is measured from this handshake on with a clock that only goes forward: setting the system's
    /// clock later changes nothing. Default: never.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use wspring::Accept;
    ///
    /// let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
    /// let accept = Accept::new().principal("alice").expires_at(in_an_hour);
    /// ```
    #[must_use]
    pub fn expires_at(mut self, time: SystemTime) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// The subprotocol of the session, in place of the one that `subprotocols` would choose. It must be one of those
    /// that the client offers ([`Handshake::subprotocols`](crate::Handshake::subprotocols)). Java:
    /// `Configurator.getNegotiatedSubprotocol`.
    #[must_use]
    pub fn subprotocol(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        if !is_token(&name) {
            self.problem
                .get_or_insert_with(|| Unsendable::Subprotocol(name.clone()));
        }
        self.subprotocol = Some(name);
        self
    }

    /// The same, if all of it can be sent to a client that offers `offered`.
    pub(crate) fn checked<'o>(
        mut self,
        mut offered: impl Iterator<Item = &'o str>,
    ) -> Result<Self, Unsendable> {
        if let Some(problem) = self.problem.take() {
            return Err(problem);
        }
        match &self.subprotocol {
            Some(chosen) if offered.all(|other| other != chosen) => {
                Err(Unsendable::NotOffered(chosen.clone()))
            }
            _ => Ok(self),
        }
    }
}
