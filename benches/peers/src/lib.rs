//! What the servers share: arguments, runtimes, the listener, and hyper's side of the upgrade.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use clap::Parser;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_tungstenite::HyperWebsocket;
use hyper_tungstenite::tungstenite::protocol::WebSocketConfig;
use hyper_util::rt::TokioIo;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;

/// So many messages of a broadcast wait for a client before it misses some.
pub const BROADCAST: usize = 1024;

/// Serves /echo and /broadcast on 127.0.0.1.
#[derive(Clone, Copy, Debug, Parser)]
pub struct Arguments {
    /// The port to listen on
    pub port: u16,
    /// How many threads run the connections
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub threads: usize,
}

/// Parses the arguments, and lets the process have as many sockets as it may.
pub fn start() -> Arguments {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    // Where it cannot be raised, the server still serves.
    let _ = setrlimit(Resource::Nofile, limit);
    Arguments::parse()
}

/// Runs a server: on this thread, or on several that share the work.
pub fn block_on(arguments: Arguments, server: impl Future) {
    let mut builder = match arguments.threads {
        0 | 1 => runtime::Builder::new_current_thread(),
        _ => runtime::Builder::new_multi_thread(),
    };
    let runtime = builder
        .worker_threads(arguments.threads.max(1))
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(server);
}

/// A listener that does not block; `shared` when each thread has one.
pub fn listen(port: u16, shared: bool) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}

/// [`listen`], for tokio.
pub fn listen_async(port: u16, shared: bool) -> io::Result<TcpListener> {
    TcpListener::from_std(listen(port, shared)?)
}

/// The next connection.
pub async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            return stream;
        }
        tokio::task::yield_now().await;
    }
}

/// Accepts connections, and lets hyper and hyper-tungstenite upgrade each of them.
pub async fn serve_hyper<F>(
    port: u16,
    config: Option<WebSocketConfig>,
    serve: impl Fn(HyperWebsocket, bool) -> F + Clone + Send + Sync + 'static,
) where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let listener = listen_async(port, false).expect("a free port");
    loop {
        let stream = accept(&listener).await;
        let serve = serve.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            let answer = upgrade(&mut request, config, |websocket, is_echo| {
                tokio::spawn(serve(websocket, is_echo));
            });
            async move { Ok::<_, Infallible>(answer) }
        });
        tokio::spawn(
            http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades(),
        );
    }
}

/// The answer to a request; `serve` gets the WebSocket, and whether it is one for echoes.
pub fn upgrade(
    request: &mut Request<Incoming>,
    config: Option<WebSocketConfig>,
    serve: impl FnOnce(HyperWebsocket, bool),
) -> Response<Full<Bytes>> {
    let is_echo = request.uri().path() == "/echo";
    match hyper_tungstenite::upgrade(request, config) {
        Ok((response, websocket)) => {
            serve(websocket, is_echo);
            response
        }
        Err(error) => {
            let mut response = Response::new(Full::from(error.to_string()));
            *response.status_mut() = hyper::StatusCode::BAD_REQUEST;
            response
        }
    }
}
