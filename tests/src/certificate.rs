//! Certificates made for one test, and clients that trust them.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::soon;

/// A certificate for `localhost` and 127.0.0.1 that nobody else has signed, with its key.
pub struct Certificate(CertifiedKey<KeyPair>);

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}

impl Certificate {
    /// A new one.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    #[must_use]
    pub fn new() -> Self {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        Self(rcgen::generate_simple_self_signed(names).expect("a certificate"))
    }

    /// Writes it and its key into a directory, as `certificate.pem` and `key.pem`.
    ///
    /// # Panics
    ///
    /// When that does not work.
    pub fn write(&self, directory: &Path) -> (PathBuf, PathBuf) {
        let files = (directory.join("certificate.pem"), directory.join("key.pem"));
        std::fs::write(&files.0, self.0.cert.pem()).expect("a file");
        std::fs::write(&files.1, self.0.signing_key.serialize_pem()).expect("a file");
        files
    }

    /// The certificate itself.
    #[must_use]
    pub fn der(&self) -> CertificateDer<'static> {
        self.0.cert.der().clone()
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.0.signing_key.serialize_der().into())
    }

    /// A store that trusts it, and nothing else.
    ///
    /// # Panics
    ///
    /// When it is no good certificate.
    #[must_use]
    pub fn trusted(&self) -> RootCertStore {
        let mut store = RootCertStore::empty();
        store.add(self.der()).expect("a certificate to trust");
        store
    }

    /// What a client that trusts it is made with; it has `identity` as its own certificate, if there is one.
    ///
    /// # Panics
    ///
    /// When the identity is no good.
    #[must_use]
    pub fn client(&self, identity: Option<&Self>) -> ClientConfig {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_root_certificates(self.trusted());
        match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => builder
                .with_client_auth_cert(vec![identity.der()], identity.key())
                .expect("a certificate of the client's own"),
        }
    }

    /// Connects a client that trusts it, under a name; an IP address is no SNI.
    ///
    /// # Errors
    ///
    /// When the TLS handshake fails.
    ///
    /// # Panics
    ///
    /// When nobody listens.
    pub async fn connect(
        &self,
        address: SocketAddr,
        name: &'static str,
    ) -> io::Result<TlsStream<TcpStream>> {
        connect(self.client(None), address, name).await
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate").finish_non_exhaustive()
    }
}

/// Connects a client.
///
/// # Errors
///
/// When the TLS handshake fails.
///
/// # Panics
///
/// When nobody listens.
pub async fn connect(
    config: ClientConfig,
    address: SocketAddr,
    name: &'static str,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = soon("a TCP connection", TcpStream::connect(address)).await?;
    let name = ServerName::try_from(name).expect("a name");
    let connector = TlsConnector::from(Arc::new(config));
    soon("the TLS handshake", connector.connect(name, stream)).await
}
