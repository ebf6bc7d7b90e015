//! The PROXY protocol, versions 1 and 2: what a proxy says about the client before the client's first byte.

use std::io;
use std::net::SocketAddr;

use proxy_header::{Error, ParseConfig, ProxyHeader};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::error::Elapsed;

/// A header of version 1 has up to 107 bytes; one of version 2 has extensions, of which certificates are the largest.
const LONGEST: usize = 4096;

/// The client as a proxy describes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::server) struct Preface {
    /// None if the proxy speaks for itself, as health checks do.
    pub(in crate::server) client: Option<SocketAddr>,
    /// The client's connection to the proxy is TLS.
    pub(in crate::server) is_secure: bool,
}

/// Why a connection has no header of the PROXY protocol.
#[derive(Debug, thiserror::Error)]
pub(in crate::server) enum PrefaceError {
    #[error(
        "it does not begin with a header of the PROXY protocol: have the proxy send one (haproxy: `send-proxy-v2`)"
    )]
    Invalid,
    #[error("its header of the PROXY protocol is longer than {LONGEST} bytes")]
    TooLong,
    #[error("it ended before its header of the PROXY protocol was complete")]
    Io(#[from] io::Error),
    #[error("its header of the PROXY protocol did not come in time")]
    Late(#[from] Elapsed),
}

/// Takes the header from the beginning of a connection, and nothing of what follows it: the stream goes on to TLS or HTTP
/// as if there had been none.
pub(in crate::server) async fn read_preface(
    stream: &mut TcpStream,
) -> Result<Preface, PrefaceError> {
    let mut header = Vec::new();
    loop {
        let taken = header.len();
        header.resize(LONGEST, 0);
        let seen = stream.peek(&mut header[taken..]).await?;
        header.truncate(taken + seen);
        if seen == 0 {
            return Err(PrefaceError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
        let (preface, length) = match parse(&header) {
            // All that has come belongs to the header.
            Err(Error::BufferTooShort) => (None, header.len()),
            Ok((preface, length)) => (Some(preface), length),
            Err(_) => return Err(PrefaceError::Invalid),
        };
        header.truncate(length);
        stream.read_exact(&mut header[taken..]).await?;
        if let Some(preface) = preface {
            return Ok(preface);
        }
        if header.len() == LONGEST {
            return Err(PrefaceError::TooLong);
        }
    }
}

fn parse(header: &[u8]) -> Result<(Preface, usize), Error> {
    let (header, length) = ProxyHeader::parse(header, ParseConfig::default())?;
    let preface = Preface {
        client: header.proxied_address().map(|address| address.source),
        is_secure: header.ssl().is_some_and(|ssl| ssl.client_ssl()),
    };
    Ok((preface, length))
}
