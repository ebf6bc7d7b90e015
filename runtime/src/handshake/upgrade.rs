//! The answer that accepts a handshake, and what becomes of the HTTP connection behind it.

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_tungstenite::HyperWebsocket;
use hyper_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::Refusal;
use crate::box_error::BoxError;

/// An upgrade that comes true when its answer is written.
#[derive(Debug)]
pub(crate) enum Upgrading {
    WebSocket(HyperWebsocket),
    Connect(OnUpgrade),
}

/// Accepts a request that was verified: with 101 over HTTP/1.1, with 200 over HTTP/2 (RFC 8441 §5).
pub(crate) fn upgrade(parts: Parts) -> Result<(Response<Full<Bytes>>, Upgrading), Refusal> {
    let mut request = Request::from_parts(parts, ());
    if request.version() == Version::HTTP_2 {
        let connect = hyper::upgrade::on(&mut request);
        return Ok((Response::default(), Upgrading::Connect(connect)));
    }
    // hyper-tungstenite's stream is taken apart at once, so it gets no buffers.
    let config = WebSocketConfig::default()
        .read_buffer_size(0)
        .write_buffer_size(0);
    let (response, websocket) =
        hyper_tungstenite::upgrade(request, Some(config)).map_err(|_| Refusal::Key)?;
    Ok((response, Upgrading::WebSocket(websocket)))
}

impl Upgrading {
    pub(super) async fn upgraded(self) -> Result<Upgraded, BoxError> {
        Ok(match self {
            Self::WebSocket(websocket) => websocket.await?.into_inner().into_inner(),
            Self::Connect(connect) => connect.await?,
        })
    }
}
