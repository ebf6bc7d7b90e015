//! A certificate and its key in two PEM files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::with_protocols;

pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// By which a file is known to have changed: size and time of the last change, if it is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([Option<(u64, SystemTime)>; 2]);

impl Files {
    pub(super) fn stamp(&self) -> Stamp {
        Stamp([&self.certificate, &self.key].map(|file| {
            let metadata = fs::metadata(file).ok()?;
            Some((metadata.len(), metadata.modified().ok()?))
        }))
    }

    /// The configuration with this certificate, or a sentence on why there is none.
    pub(super) fn load(&self) -> Result<Arc<ServerConfig>, String> {
        let (certificate, key) = (self.certificate.display(), self.key.display());
        let chain: Vec<_> = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(|error| unreadable("tls_certificate", &self.certificate, &error))?;
        if chain.is_empty() {
            return Err(format!(
                "`tls_certificate`: there is no certificate in {certificate}: it must have a part BEGIN CERTIFICATE"
            ));
        }
        let private = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| match error {
            pem::Error::NoItemsFound => format!(
                "`tls_key`: there is no private key in {key}: it must have a part BEGIN PRIVATE KEY, without a password"
            ),
            error => unreadable("tls_key", &self.key, &error),
        })?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(chain, private)
            })
            .map_err(|error| {
                format!("`tls_key`: the key in {key} does not go with the certificate in {certificate}: {error}")
            })?;
        Ok(with_protocols(Arc::new(config)))
    }
}

fn unreadable(setting: &str, file: &Path, error: &pem::Error) -> String {
    format!("`{setting}`: {} cannot be read: {error}", file.display())
}
