//! The answer to whoever watches over this server, at the path that was set for it.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use http_body_util::Full;
use serde::Serialize;

use super::deployment::Deployment;
use crate::cluster::{ClusterHealth, Node};

/// How a server is, as its answer says it.
#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<ClusterHealth>,
}

impl Deployment {
    /// Whether a request is for the health of the server.
    pub(super) fn is_for_health(&self, path: &str) -> bool {
        self.health.as_deref() == Some(path)
    }

    /// 200 while all is well, and 503 with what is wrong.
    pub(super) async fn health(&self, method: &Method) -> Response<Full<Bytes>> {
        if method != Method::GET && method != Method::HEAD {
            let mut response = Response::new(Full::from("ask with GET\n"));
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            let allowed = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(header::ALLOW, allowed);
            return response;
        }
        let cluster = match Node::of(&self.registry) {
            Some(node) => Some(node.health().await),
            None => None,
        };
        let status = match &cluster {
            _ if self.registry.is_draining() => "draining",
            Some(cluster) if !cluster.reachable => "degraded",
            _ => "ok",
        };
        let health = Health { status, cluster };
        let body = serde_json::to_vec(&health).unwrap_or_default();
        let mut response = Response::new(Full::from(body));
        if status != "ok" {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        let not_stored = HeaderValue::from_static("no-store");
        headers.insert(header::CACHE_CONTROL, not_stored);
        response
    }
}
