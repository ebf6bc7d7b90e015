//! Which pages may connect. Browsers send cookies with every handshake and no script can forge `Origin`, so
//! the server has to look at it (RFC 6455 §10.2). Java: `Configurator.checkOrigin`.

use std::fmt;
use std::str::FromStr;

use http::header;
use http::request::Parts;

use super::origin::{Origin, beginning};
use super::verify::only;
use super::{Hosts, Refusal, Trust};

/// The origins of pages that may open a session. Clients other than browsers send no `Origin` and are allowed.
///
/// The default is the server's own origin only: that of the `Host` header. See [`Hosts`] for what protects a server on
/// a loopback address from pages that write both headers.
///
/// ```
/// use wspring::{Origins, Server};
///
/// let server = Server::builder().origins(Origins::list(["https://app.example.com"])?);
/// let for_an_extension = Server::builder().origins(Origins::list(["chrome-extension://abcdefghijklmnop"])?);
/// let open_to_all = Server::builder().origins(Origins::any());
/// # Ok::<(), wspring::InvalidOrigin>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Allowed);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Allowed {
    #[default]
    Same,
    List(Vec<Origin>),
    Any,
}

/// A text that is not an origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an origin: write it as browsers send it, such as `https://app.example.com`, `http://localhost:3000`, `chrome-extension://abcdefghijklmnop` or `null`"
)]
pub struct InvalidOrigin(String);

impl FromStr for Origins {
    type Err = InvalidOrigin;

    /// `same`, `any`, or origins separated by commas.
    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        match text {
            "same" => Ok(Self::same()),
            "any" => Ok(Self::any()),
            list => Self::list(list.split(',').map(str::trim)),
        }
    }
}

impl fmt::Display for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Allowed::Same => f.write_str("same"),
            Allowed::Any => f.write_str("any"),
            Allowed::List(list) => {
                for (i, origin) in list.iter().enumerate() {
                    let comma = if i == 0 { "" } else { "," };
                    write!(f, "{comma}{origin}")?;
                }
                Ok(())
            }
        }
    }
}

impl Origins {
    /// The server's own origin only.
    #[must_use]
    pub fn same() -> Self {
        Self(Allowed::Same)
    }

    /// The server's own origin and these, compared exactly.
    ///
    /// An origin is a scheme and a host, and a port unless it is the usual one of the scheme:
    /// `https://app.example.com`, `http://localhost:3000`, `chrome-extension://…`, `moz-extension://…`, `file://`. Or it is
    /// `null`, which browsers send for local files and sandboxed frames. Every site can put a page into such a frame, so
    /// list `null` only at endpoints that authenticate with something that a browser does not send by itself.
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] for any other text. `ws` and `wss` are not schemes of pages.
    pub fn list<T: AsRef<str>>(
        origins: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidOrigin> {
        let parse = |text: T| {
            let text = text.as_ref();
            Origin::parse(text)
                .filter(Origin::can_be_listed)
                .ok_or_else(|| InvalidOrigin(text.to_owned()))
        };
        Ok(Self(Allowed::List(
            origins.into_iter().map(parse).collect::<Result<_, _>>()?,
        )))
    }

    /// Every page on the web; for endpoints that trust nothing that a browser sends by itself.
    #[must_use]
    pub fn any() -> Self {
        Self(Allowed::Any)
    }

    /// The argument `origins` of an endpoint: one of the two words, or a list.
    pub(crate) fn declared(texts: &[&str]) -> Result<Self, InvalidOrigin> {
        match texts {
            ["same" | "any"] => texts[0].parse(),
            list => Self::list(list),
        }
    }

    /// Checks the page that sends a request, if it comes from one.
    ///
    /// # Errors
    ///
    /// [`Refusal::Origin`], or what [`Hosts::trust`] says about an origin that is allowed only because it is the server's
    /// own.
    pub(crate) fn verify(&self, request: &Parts, hosts: &Hosts) -> Result<Trust, Refusal> {
        if self.0 == Allowed::Any || !request.headers.contains_key(header::ORIGIN) {
            return Ok(Trust::Full);
        }
        let text =
            only(&request.headers, &header::ORIGIN).and_then(|value| str::from_utf8(value).ok());
        if let Some(origin) = text.and_then(Origin::parse) {
            if matches!(&self.0, Allowed::List(list) if list.contains(&origin)) {
                return Ok(Trust::Full);
            }
            if origin.is_of(request) {
                return hosts.trust(&origin, request);
            }
        }
        let host = only(&request.headers, &header::HOST).map(String::from_utf8_lossy);
        Err(Refusal::Origin {
            origin: beginning(text.unwrap_or("(unreadable)")),
            host: beginning(&host.unwrap_or_default()),
        })
    }
}

#[cfg(test)]
mod tests;
