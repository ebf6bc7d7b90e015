use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::Server;
use super::http::Http;
use super::workers::Pool;
use crate::error::Error;
use crate::log_limits::{LogKind, log_limited};

/// How many connections may wait until they are accepted, where the system allows as many: when a server comes back, all
/// its clients do at once, and who finds no room tries again only a second later.
const BACKLOG: u32 = 4096;

/// How long the listener rests when the system has no more file descriptors: long enough for the connections that it has
/// just accepted to send their requests.
const REST: Duration = Duration::from_millis(100);

/// How many connections that have no request even then have to leave.
const LEAVE: usize = 64;

/// Listens on the first of `addresses` that is free.
pub(super) fn listen(addresses: &[SocketAddr]) -> io::Result<TcpListener> {
    let mut failed = io::Error::new(io::ErrorKind::AddrNotAvailable, "the name has no address");
    for address in addresses {
        match listen_on(*address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // On Windows it would let other programs take the port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts until the server is told to stop, then drains.
pub(super) async fn serve(server: Server) -> Result<(), Error> {
    let Server {
        listener,
        deployment,
        fallback,
        stop,
        workers,
        #[cfg(feature = "tls")]
        tls,
        ..
    } = server;
    let mut pool = Pool::start(workers, &deployment.sessions)?;
    let http = Http {
        deployment: Arc::clone(&deployment),
        fallback,
        stop: stop.clone(),
        #[cfg(feature = "tls")]
        tls,
    };
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(arrival) = http.admit(&stream, peer) else {
                    continue;
                };
                let http = http.clone();
                match pool.next() {
                    None => {
                        connections.spawn(http.serve(stream, peer, arrival));
                    }
                    Some(worker) => match adopt(stream, worker) {
                        Ok(stream) => {
                            connections.spawn_on(http.serve(stream, peer, arrival), worker);
                        }
                        Err(error) => log_limited!(
                            deployment.defaults.logs,
                            LogKind::OutOfFiles,
                            %peer,
                            %error,
                            "a connection is lost: its thread cannot take it"
                        ),
                    },
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors or memory: trying again at once would only spin.
                log_limited!(
                    deployment.defaults.logs,
                    LogKind::OutOfFiles,
                    %error,
                    "cannot accept connections at the moment: raise the limit of open files (`ulimit -n`, `LimitNOFILE`) or lower `max_connections`"
                );
                tokio::time::sleep(REST).await;
                for _ in 0..LEAVE {
                    if !deployment.door.shed() {
                        break;
                    }
                }
            }
        }
    }
    drop(listener);
    let requests = async {
        let all = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout_at(deployment.drained_at(), all).await;
        deployment.drop_requests(connections).await;
    };
    tokio::join!(requests, deployment.drain());
    // A handshake that was under way when the drain began may have become a session since.
    deployment.drain().await;
    Ok(())
}

/// Makes the socket known to the runtime that will wait for it.
fn adopt(stream: TcpStream, worker: &Handle) -> io::Result<TcpStream> {
    let stream = stream.into_std()?;
    let _runtime = worker.enter();
    TcpStream::from_std(stream)
}

/// The peer was gone before it was accepted: nothing is wrong with the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}
