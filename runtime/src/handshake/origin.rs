//! Which pages may connect. Browsers send cookies with every handshake and no script can forge `Origin`, so
//! the server has to look at it (RFC 6455 §10.2). Java: `Configurator.checkOrigin`.

use std::fmt;
use std::str::FromStr;

use http::header;
use http::request::Parts;
use http::uri::{Authority, Scheme, Uri};

use super::Refusal;
use super::request::only;

/// The origins of pages that may open a session; a request without `Origin` is not from a page and may.
///
/// The default is the server's own origin only: that of the `Host` header.
///
/// ```
/// use wspring::{Origins, Server};
///
/// let server = Server::builder().origins(Origins::list(["https://app.example.com"])?);
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
    "`{0}` is not an origin: write it as browsers send it, such as `https://app.example.com` or `http://localhost:3000`"
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
                for (i, Origin { scheme, host, port }) in list.iter().enumerate() {
                    let comma = if i == 0 { "" } else { "," };
                    write!(f, "{comma}{scheme}://{host}:{port}")?;
                }
                Ok(())
            }
        }
    }
}

/// Scheme, host and port, in one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origins {
    /// The server's own origin only.
    #[must_use]
    pub fn same() -> Self {
        Self(Allowed::Same)
    }

    /// The server's own origin and these, compared exactly.
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] for a text that is not `http://` or `https://`, a host and perhaps a port.
    pub fn list<T: AsRef<str>>(
        origins: impl IntoIterator<Item = T>,
    ) -> Result<Self, InvalidOrigin> {
        let parse = |text: T| {
            let text = text.as_ref();
            Origin::parse(text).ok_or_else(|| InvalidOrigin(text.to_owned()))
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

    pub(crate) fn verify(&self, request: &Parts) -> Result<(), Refusal> {
        if self.0 == Allowed::Any || !request.headers.contains_key(header::ORIGIN) {
            return Ok(());
        }
        let text =
            only(&request.headers, &header::ORIGIN).and_then(|value| str::from_utf8(value).ok());
        let allowed = text.and_then(Origin::parse).is_some_and(|origin| {
            origin.is_of(request)
                || matches!(&self.0, Allowed::List(list) if list.contains(&origin))
        });
        if allowed {
            return Ok(());
        }
        let shown = text.unwrap_or("(unreadable)").chars().take(100).collect();
        Err(Refusal::Origin(shown))
    }
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let authority = uri.authority()?;
        // `Uri` adds the path that an origin does not have.
        let bare = text.len() == scheme.len() + "://".len() + authority.as_str().len();
        if !bare || authority.as_str().contains('@') {
            return None;
        }
        Some(Self {
            port: authority.port_u16().or_else(|| default_port(&scheme))?,
            host: authority.host().to_ascii_lowercase(),
            scheme,
        })
    }

    /// Whether this is the origin that the request was sent to. A proxy may have taken the TLS off, so the
    /// scheme is not compared; a port that the `Host` header leaves out is the scheme's.
    fn is_of(&self, request: &Parts) -> bool {
        let host = match request.uri.authority() {
            Some(authority) => Some(authority.clone()),
            None => only(&request.headers, &header::HOST)
                .and_then(|host| Authority::try_from(host).ok()),
        };
        host.is_some_and(|host| {
            host.host().eq_ignore_ascii_case(&self.host)
                && host.port_u16().or_else(|| default_port(&self.scheme)) == Some(self.port)
        })
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    if scheme == Scheme::HTTP.as_str() {
        Some(80)
    } else if scheme == Scheme::HTTPS.as_str() {
        Some(443)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn verify(origins: &Origins, host: &str, origin: &str) -> Result<(), Refusal> {
        let request = Request::get("/chat")
            .header(header::HOST, host)
            .header(header::ORIGIN, origin);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        origins.verify(&parts)
    }

    #[test]
    fn by_default_only_the_own_origin_passes() {
        let same = Origins::same();
        for (host, origin) in [
            ("localhost:8009", "http://localhost:8009"),
            ("Example.com", "https://example.com"),
            ("example.com:443", "https://example.com"),
            ("example.com", "http://example.com:80"),
            ("[::1]:8009", "http://[::1]:8009"),
        ] {
            assert_eq!(verify(&same, host, origin), Ok(()), "{origin} at {host}");
        }
        for (host, origin) in [
            ("localhost:8009", "http://localhost:8010"),
            ("localhost:8009", "http://localhost"),
            ("example.com", "https://example.com.evil.org"),
            ("example.com", "https://evil-example.com"),
            ("example.com", "https://user@example.com"),
            ("example.com", "null"),
            ("example.com", ""),
            ("example.com", "example.com"),
            ("example.com", "https://example.com/path"),
            ("example.com", "file://example.com"),
        ] {
            assert!(verify(&same, host, origin).is_err(), "{origin} at {host}");
        }
    }

    #[test]
    fn a_list_is_compared_exactly_and_keeps_the_own_origin() {
        let list = Origins::list(["https://app.example.com", "http://localhost:3000"]).unwrap();
        assert_eq!(
            verify(&list, "api.example.com", "https://app.example.com"),
            Ok(())
        );
        assert_eq!(
            verify(&list, "api.example.com", "https://app.example.com:443"),
            Ok(())
        );
        assert_eq!(
            verify(&list, "api.example.com", "https://api.example.com"),
            Ok(())
        );
        assert!(verify(&list, "api.example.com", "http://app.example.com").is_err());
        assert!(verify(&list, "api.example.com", "https://app.example.com.evil.org").is_err());
    }

    #[test]
    fn two_origins_are_refused_and_none_passes() {
        let request = Request::get("/chat")
            .header(header::HOST, "example.com")
            .header(header::ORIGIN, "https://example.com")
            .header(header::ORIGIN, "https://evil.org");
        let (two, ()) = request.body(()).unwrap().into_parts();
        assert!(Origins::same().verify(&two).is_err());

        let (none, ()) = Request::get("/chat").body(()).unwrap().into_parts();
        assert_eq!(Origins::same().verify(&none), Ok(()));
    }

    #[test]
    fn what_is_not_an_origin_is_refused_when_it_is_listed() {
        for text in [
            "",
            "example.com",
            "https://",
            "https://example.com/",
            "ftp://example.com",
            "*",
        ] {
            assert_eq!(Origins::list([text]), Err(InvalidOrigin(text.to_owned())));
        }
    }
}
