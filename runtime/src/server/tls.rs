//! TLS on accepted connections: where the certificate comes from, and how a new one takes its place.

mod certificate;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use self::certificate::{Files, Stamp};
use crate::error::{Error, ErrorKind};
use crate::request::Secure;

/// What ALPN offers (RFC 7301), the most wanted first.
const PROTOCOLS: &[&[u8]] = if cfg!(feature = "http2") {
    &[b"h2", b"http/1.1"]
} else {
    &[b"http/1.1"]
};

/// How often the files of a certificate are looked at, at most.
const LOOK: Duration = Duration::from_secs(1);

/// How a server speaks TLS, with rustls: with a certificate from two files, or as a configuration of rustls says.
///
/// ```no_run
/// use wspring::{Server, Tls};
///
/// # async fn example() -> Result<(), wspring::Error> {
/// Server::builder()
///     .address("0.0.0.0:443")
///     .tls(Tls::from_pem_files("chain.pem", "key.pem"))
///     .run()
///     .await
/// # }
/// ```
///
/// It takes TLS 1.2 and 1.3, and offers `http/1.1` by ALPN, with the feature `http2` also `h2`. A client that speaks
/// anything else than TLS is cut off, and so is one that takes longer than
/// [`handshake_timeout`](crate::Builder::handshake_timeout) for the TLS handshake.
#[derive(Clone)]
pub struct Tls(Source);

#[derive(Clone)]
enum Source {
    Files { certificate: PathBuf, key: PathBuf },
    Config(Arc<ServerConfig>),
}

impl Tls {
    /// The certificate with its chain, the server's own first, and its private key, each a PEM file (PKCS #8, PKCS #1 or
    /// SEC 1 for the key). They are read when the server starts, which fails if they cannot be used.
    ///
    /// **Renewal.** When one of the files has changed, the next connections get the new certificate, without a restart:
    /// the server looks at the files when a client connects, at most once a second. Connections that are open go on. As
    /// long as the new files cannot be used, the old certificate stays, and an error is logged; they are read again until they can be used.
    pub fn from_pem_files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self(Source::Files {
            certificate: certificate.into(),
            key: key.into(),
        })
    }

    /// Whatever [rustls](crate::rustls) can do: client certificates, a certificate for each name, a cryptography provider of
    /// your own. ALPN is added unless the configuration has its own.
    pub fn from_config(config: impl Into<Arc<ServerConfig>>) -> Self {
        Self(Source::Config(config.into()))
    }

    /// Reads the files.
    pub(super) fn acceptor(self) -> Result<Acceptor, Error> {
        Acceptor::new(self.0).map_err(|problem| {
            let text = format!("the server cannot start:\n  - {problem}");
            Error::new(ErrorKind::Config, text)
        })
    }
}

/// What a running server accepts with.
pub(super) struct Acceptor {
    current: ArcSwap<Current>,
    files: Option<Files>,
    started: Instant,
    /// When the files were looked at, in milliseconds from the start.
    looked: AtomicU64,
}

struct Current {
    config: Arc<ServerConfig>,
    /// Of the files that it was made from.
    stamp: Option<Stamp>,
    /// Why files that have changed since cannot be used; they are read again each time, until they can.
    problem: Option<String>,
}

impl Acceptor {
    /// Or a sentence on why the files cannot be used.
    fn new(source: Source) -> Result<Self, String> {
        let (current, files) = match source {
            Source::Files { certificate, key } => {
                let files = Files { certificate, key };
                let stamp = Some(files.stamp());
                let config = files.load()?;
                let current = Current {
                    config,
                    stamp,
                    problem: None,
                };
                (current, Some(files))
            }
            Source::Config(config) => {
                let offers_http_2 = config.alpn_protocols.iter().any(|name| name == b"h2");
                if offers_http_2 && cfg!(not(feature = "http2")) {
                    let text = "the configuration of TLS offers `h2` (ALPN), which needs the feature `http2` of wspring";
                    return Err(text.to_owned());
                }
                let config = with_protocols(config);
                (
                    Current {
                        config,
                        stamp: None,
                        problem: None,
                    },
                    None,
                )
            }
        };
        Ok(Self {
            current: ArcSwap::from_pointee(current),
            files,
            started: Instant::now(),
            looked: AtomicU64::new(0),
        })
    }

    /// Performs the TLS handshake, for which the client has a limited time.
    pub(super) async fn accept(
        self: &Arc<Self>,
        stream: TcpStream,
        timeout: Duration,
    ) -> io::Result<(TlsStream<TcpStream>, Secure)> {
        if self.is_due() {
            self.look().await;
        }
        let config = Arc::clone(&self.current.load().config);
        let accepted = TlsAcceptor::from(config).accept(stream);
        let stream = tokio::time::timeout(timeout, accepted).await??;
        let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let secure = Secure::new(certificates.iter().map(AsRef::as_ref));
        Ok((stream, secure))
    }

    /// Whether it is this connection that looks at the files.
    fn is_due(&self) -> bool {
        if self.files.is_none() {
            return false;
        }
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let looked = self.looked.load(Ordering::Relaxed);
        Duration::from_millis(now.saturating_sub(looked)) >= LOOK
            && self
                .looked
                .compare_exchange(looked, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// Takes a certificate that has changed, if it can be used.
    async fn look(self: &Arc<Self>) {
        let this = Arc::clone(self);
        // A file system may be slow.
        match tokio::task::spawn_blocking(move || this.reload()).await {
            Ok(Some(Ok(()))) => {
                tracing::info!("the TLS certificate has changed: new connections get the new one");
            }
            Ok(Some(Err(problem))) => {
                tracing::error!(
                    "the TLS certificate has changed, and the old one stays: {problem}"
                );
            }
            Ok(None) | Err(_) => {}
        }
    }

    /// Reads the files if they have changed; an error leaves the old certificate in place, and is told once.
    fn reload(&self) -> Option<Result<(), String>> {
        let files = self.files.as_ref()?;
        // Before they are read: what changes meanwhile is seen the next time.
        let stamp = Some(files.stamp());
        let current = self.current.load();
        if current.stamp == stamp {
            return None;
        }
        let (next, told) = match files.load() {
            Ok(config) => {
                let next = Current {
                    config,
                    stamp,
                    problem: None,
                };
                (next, Some(Ok(())))
            }
            Err(problem) if current.problem.as_ref() == Some(&problem) => return None,
            Err(problem) => {
                let next = Current {
                    config: Arc::clone(&current.config),
                    stamp: current.stamp,
                    problem: Some(problem.clone()),
                };
                (next, Some(Err(problem)))
            }
        };
        self.current.store(Arc::new(next));
        told
    }
}

fn with_protocols(config: Arc<ServerConfig>) -> Arc<ServerConfig> {
    if !config.alpn_protocols.is_empty() {
        return config;
    }
    let mut config = Arc::unwrap_or_clone(config);
    config.alpn_protocols = PROTOCOLS.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Files { certificate, .. } => f.debug_tuple("Tls").field(certificate).finish(),
            Source::Config(_) => f.write_str("Tls"),
        }
    }
}
