//! Requests for a handshake.

use http::{HeaderName, HeaderValue, Method, Request};

use crate::handshake::{Hosts, Origins, verify};
use crate::request::{Handshake, Peer};
use crate::site::{OnDuplicate, sample};

/// Whether any request is judged in peace, and is kept as it came.
pub fn handshake(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let target = lines.next().unwrap_or_default();
    let method = lines.next().unwrap_or_default();
    let mut request = Request::builder()
        .uri(target)
        .method(Method::from_bytes(method).unwrap_or_default());
    for line in lines {
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => continue,
        };
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            request = request.header(name, value);
        }
    }
    let Ok(request) = request.body(()) else {
        return;
    };
    let (parts, ()) = request.into_parts();

    let own = Origins::same().verify(&parts, &Hosts::auto()).map(drop);
    let listed = Hosts::list(["localhost"]).map(|hosts| hosts.verify(&parts));
    for refusal in [verify(&parts), own, listed.unwrap_or(Ok(()))] {
        if let Err(refusal) = refusal {
            let status = refusal.status();
            assert!(status.is_client_error(), "{status}");
            assert_eq!(refusal.into_response().status(), status);
        }
    }
    let kept = Handshake::new(
        &parts,
        Peer::default(),
        sample("/<id>", OnDuplicate::Newest),
        ["1".into()].into(),
    );
    assert_eq!(kept.uri(), &parts.uri);
    assert_eq!(kept.headers(), &parts.headers);
    assert_eq!(kept.query(), parts.uri.query());
    for pair in parts.uri.query().unwrap_or_default().split('&') {
        // A name that is not encoded is found as it is.
        let name = pair.split('=').next().unwrap_or_default();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric();
        if !name.is_empty() && name.bytes().all(is_plain) {
            assert!(kept.query_param(name).is_some(), "{name}");
        }
    }
}
