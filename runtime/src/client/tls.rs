//! TLS on connections that this program opens.

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use crate::box_error::BoxError;
use crate::error::{Error, ErrorKind};
use crate::handshake::Stream;

/// What is used where the program gives no configuration; read once, because it takes its time.
static OF_SYSTEM: OnceCell<Arc<ClientConfig>> = OnceCell::const_new();

/// What ALPN offers (RFC 7301): a server that chose anything else would not be understood.
const HTTP_1: &[u8] = b"http/1.1";

/// The same configuration, with this alone for ALPN.
pub(super) fn with_http_1(config: Arc<ClientConfig>) -> Arc<ClientConfig> {
    if config.alpn_protocols == [HTTP_1] {
        return config;
    }
    let mut config = Arc::unwrap_or_clone(config);
    config.alpn_protocols = vec![HTTP_1.to_vec()];
    Arc::new(config)
}

/// Speaks TLS on `tcp`, with the configuration of the program or one that trusts what the system trusts.
pub(super) async fn connect(
    config: Option<&Arc<ClientConfig>>,
    host: &str,
    tcp: TcpStream,
) -> Result<Stream, Error> {
    let config = match config {
        Some(config) => config,
        None => OF_SYSTEM.get_or_try_init(of_system).await?,
    };
    let name = ServerName::try_from(host.to_owned()).map_err(|error| {
        let text = "the host of the URL is no name that a certificate can have";
        Error::caused(ErrorKind::Config, text, error)
    })?;
    let connector = TlsConnector::from(Arc::clone(config));
    let stream = connector.connect(name, tcp).await.map_err(|error| {
        let cause = error.get_ref();
        let (kind, text) = if cause.is_some_and(|cause| cause.is::<rustls::Error>()) {
            (ErrorKind::Handshake, "TLS failed")
        } else {
            (
                ErrorKind::Io,
                "the connection broke during the handshake of TLS",
            )
        };
        Error::caused(kind, text, error)
    })?;
    Ok(Stream::Tls(Box::new(stream.into())))
}

async fn of_system() -> Result<Arc<ClientConfig>, Error> {
    let read = spawn_blocking(read_system).await;
    let read = read.map_err(BoxError::from).and_then(|read| read);
    read.map_err(|error| {
        let text =
            "the certificates that this system trusts cannot be read: give them with `Client::tls`";
        Error::caused(ErrorKind::Config, text, error)
    })
}

fn read_system() -> Result<Arc<ClientConfig>, BoxError> {
    let found = rustls_native_certs::load_native_certs();
    let mut trusted = RootCertStore::empty();
    trusted.add_parsable_certificates(found.certs);
    if trusted.is_empty() {
        let error = found.errors.into_iter().next().map(BoxError::from);
        return Err(error.unwrap_or_else(|| "there are none".into()));
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    config.alpn_protocols = vec![HTTP_1.to_vec()];
    Ok(Arc::new(config))
}
