//! Row K2: `wss://`.

use std::sync::Arc;

use tempfile::TempDir;
use wspring::prelude::*;
use wspring::rustls::ServerConfig;
use wspring::rustls::crypto::ring;
use wspring::rustls::server::WebPkiClientVerifier;
use wspring::{Client, ErrorKind, Reconnect, Tls};
use wspring_tests::certificate::Certificate;
use wspring_tests::{RawServer, TestServer, events, soon};

use super::{Listener, fail, listen};

/// A server with this certificate, and the URL of its echo.
async fn start(certificate: &Certificate) -> (TestServer, String, TempDir) {
    let directory = TempDir::new().expect("a directory");
    let (chain, key) = certificate.write(directory.path());
    let builder = Server::builder().tls(Tls::from_pem_files(chain, key));
    let server = TestServer::start_with(builder).await;
    let url = format!("wss://localhost:{}/echo", server.address().port());
    (server, url, directory)
}

#[tokio::test]
async fn k2_a_server_that_is_trusted_is_spoken_to_in_tls() {
    let certificate = Certificate::new();
    let (server, url, _directory) = start(&certificate).await;
    let client = Client::new().tls(certificate.client(None));
    let by_address = format!("wss://{}/echo", server.address());
    for url in [url, by_address] {
        let (session, mut seen) = listen(&client, url).await;
        assert!(session.is_secure());
        assert_eq!(session.remote_addr(), Some(server.address()));
        for size in [5, 60_000] {
            let text = "x".repeat(size);
            session.send(text.as_str()).await.expect("an open session");
            assert_eq!(seen.next().await, format!("text {text}"));
        }
        session.close();
        assert_eq!(seen.next().await, "1000 by the application, clean");
    }
}

#[tokio::test]
async fn k2_a_client_may_have_a_certificate_of_its_own() {
    let (certificate, own) = (Certificate::new(), Certificate::new());
    let provider = Arc::new(ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(own.trusted().into(), Arc::clone(&provider));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_client_cert_verifier(verifier.build().expect("a verifier"))
        .with_single_cert(vec![certificate.der()], certificate.key())
        .expect("a certificate");
    let builder = Server::builder().tls(Tls::from_config(config));
    let server = TestServer::start_with(builder).await;
    let url = format!("wss://localhost:{}/echo", server.address().port());
    let client = Client::new().tls(certificate.client(Some(&own)));
    let (session, mut seen) = listen(&client, &url).await;
    session.send("known").await.expect("an open session");
    assert_eq!(seen.next().await, "text known");

    let error = fail(&Client::new().tls(certificate.client(None)), &url).await;
    assert!(
        matches!(error.kind(), ErrorKind::Handshake | ErrorKind::Io),
        "{error}"
    );
}

#[tokio::test]
async fn k2_a_server_that_is_not_trusted_is_left_alone() {
    let (_server, url, _directory) = start(&Certificate::new()).await;
    // By default the certificates of the system count, and no test has one of those.
    for client in [
        Client::new(),
        Client::new().tls(Certificate::new().client(None)),
    ] {
        let error = fail(&client, &url).await;
        let is_known = matches!(error.kind(), ErrorKind::Handshake | ErrorKind::Config);
        assert!(is_known, "{error}");
    }
    let client = Client::new().tls(Certificate::new().client(None));
    let (recorder, _seen) = events();
    let made = move |_: &Session| Listener(recorder.clone());
    let kept = client.keep_connected_with(&url, Reconnect::new(), made);
    let ended = kept.expect("a good client").ended();
    let error = soon("the end", ended).await.expect_err("no trust");
    assert_eq!(error.kind(), ErrorKind::Handshake, "{error}");
}

#[tokio::test]
async fn k2_a_server_without_tls_is_told() {
    let server = RawServer::listen().await;
    let client = Client::new().tls(Certificate::new().client(None));
    let url = format!("wss://{}/", server.address());
    let plain = async {
        let mut peer = server.accept().await;
        peer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        peer.rest().await;
    };
    let (error, ()) = tokio::join!(fail(&client, url), plain);
    assert_eq!(error.kind(), ErrorKind::Handshake, "{error}");
    assert!(error.to_string().starts_with("TLS failed"), "{error}");
}
