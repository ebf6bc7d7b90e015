//! HTTP answers as they came over the wire.

use crate::{RawClient, TestServer};

/// The answer to a request that is no good handshake, or the head of a 101.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The status line and the header lines.
    pub head: String,
    /// As much as `Content-Length` announces.
    pub body: String,
}

impl Response {
    /// The value of the first header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl RawClient {
    /// Reads one HTTP answer, but for the answer to a HEAD request, whose body is announced and missing.
    ///
    /// # Panics
    ///
    /// When the connection ends before, or something else than HTTP comes.
    pub async fn response(&mut self) -> Response {
        let head = self.head().await;
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        let mut response = Response {
            status: status.unwrap_or_else(|| panic!("no HTTP answer: {head}")),
            head,
            body: String::new(),
        };
        let length = response
            .header("content-length")
            .and_then(|length| length.parse().ok());
        let mut body = vec![0; length.unwrap_or_default()];
        self.read(&mut body).await;
        response.body = String::from_utf8_lossy(&body).into_owned();
        response
    }
}

impl TestServer {
    /// The answer to `request` on a connection of its own.
    pub async fn ask(&self, request: impl AsRef<[u8]>) -> Response {
        let mut client = self.raw().await;
        client.write(request.as_ref()).await;
        client.response().await
    }
}
