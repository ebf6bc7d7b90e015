use http::Uri;
use http::uri::PathAndQuery;

use crate::error::{Error, ErrorKind};

/// Where a client connects to, out of a `ws://` or `wss://` URL (RFC 6455 §3).
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// As it was written.
    pub(super) uri: Uri,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_secure: bool,
}

impl Target {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`], which does not repeat the URL: it may have secrets in it.
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        let wrong = |text: &str| {
            let text = format!("not the URL of a WebSocket: {text}");
            Error::new(ErrorKind::Config, text)
        };
        if url.contains('#') {
            // `Uri` would drop it.
            return Err(wrong(
                "it has no fragment (RFC 6455 §3); write a `#` as `%23`",
            ));
        }
        let uri: Uri = url
            .parse()
            .map_err(|error: http::uri::InvalidUri| wrong(&error.to_string()))?;
        let scheme = uri.scheme_str().map(str::to_ascii_lowercase);
        let is_secure = match scheme.as_deref() {
            Some("ws") => false,
            Some("wss") => true,
            _ => return Err(wrong("it begins with `ws://` or `wss://`")),
        };
        let Some(authority) = uri.authority() else {
            return Err(wrong("it names no host"));
        };
        if authority.as_str().contains('@') {
            return Err(wrong(
                "it has no user and password (RFC 6455 §3); give the header `authorization` instead",
            ));
        }
        let host = authority.host();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
            .to_owned();
        if host.is_empty() {
            return Err(wrong("it names no host"));
        }
        let port = match authority.port() {
            Some(port) if port.as_u16() == 0 => return Err(wrong("nobody listens on port 0")),
            Some(port) => port.as_u16(),
            // `host:` and `host:99999` have no port that could be read.
            None if authority.as_str().len() > authority.host().len() => {
                return Err(wrong("its port is a number from 1 to 65535"));
            }
            None if is_secure => 443,
            None => 80,
        };
        Ok(Self {
            uri,
            host,
            port,
            is_secure,
        })
    }

    /// The value of the header `Host`: the port stands there if it is not the usual one (RFC 6455 §4.1).
    pub(super) fn host_header(&self) -> String {
        let host = self.uri.host().unwrap_or_default();
        match (self.is_secure, self.port) {
            (false, 80) | (true, 443) => host.to_owned(),
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// What stands in the request line.
    pub(super) fn request_target(&self) -> Uri {
        let path = self.uri.path_and_query().cloned();
        path.unwrap_or_else(|| PathAndQuery::from_static("/"))
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_3_urls_are_taken_apart() {
        let parse = |url| Target::parse(url).unwrap();
        let target = parse("ws://localhost");
        assert_eq!((target.host.as_str(), target.port), ("localhost", 80));
        assert_eq!(target.host_header(), "localhost");
        assert_eq!(target.request_target(), "/");
        assert!(!target.is_secure);

        let target = parse("wss://[::1]:8443/a%20b?c=d");
        assert_eq!((target.host.as_str(), target.port), ("::1", 8443));
        assert_eq!(target.host_header(), "[::1]:8443");
        assert_eq!(target.request_target(), "/a%20b?c=d");
        assert!(target.is_secure);

        assert_eq!(
            parse("wss://example.com:443/?x").host_header(),
            "example.com"
        );
        assert_eq!(
            parse("ws://example.com:443").host_header(),
            "example.com:443"
        );
        assert_eq!(parse("WS://example.com?x").request_target(), "/?x");
    }

    #[test]
    fn what_is_no_websocket_url_is_refused_and_not_repeated() {
        for (url, text) in [
            ("http://localhost/secret", "`ws://` or `wss://`"),
            ("/secret", "`ws://` or `wss://`"),
            ("localhost:8080", "`ws://` or `wss://`"),
            ("ws://localhost/#secret", "fragment"),
            ("ws://user:secret@localhost/", "authorization"),
            ("ws://localhost/secret path", "invalid"),
            ("ws://:80/secret", ""),
            ("ws://localhost:0/secret", "port 0"),
            ("ws://localhost:65536/secret", ""),
            ("ws://localhost:/secret", "port"),
            ("ws:///secret", ""),
            ("", ""),
        ] {
            let error = Target::parse(url).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Config, "{url}");
            let shown = error.to_string();
            assert!(shown.contains(text), "{url}: {shown}");
            assert!(!shown.contains("secret"), "{url}: {shown}");
        }
    }
}
