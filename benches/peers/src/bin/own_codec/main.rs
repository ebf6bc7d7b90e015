//! `ko`: what tokio and hyper can reach. The handshake is hyper's; then the TCP stream is taken back, and frames are
//! parsed where a buffer that all connections of a thread share was read into. Each thread has a runtime and a listener
//! of its own, and /broadcast reaches the connections of the same thread.

mod broadcast;
mod echo;
mod frames;
mod read;

use std::convert::Infallible;
use std::io;
use std::rc::Rc;
use std::thread;

use bytes::Bytes;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_tungstenite::HyperWebsocket;
use hyper_tungstenite::tungstenite::protocol::WebSocketConfig;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime;
use tokio::task::spawn_local;
use wspring_bench_peers::{accept, listen_async, start, upgrade};

use broadcast::Hub;

fn main() {
    let arguments = start();
    let threads: Vec<_> = (0..arguments.threads)
        .map(|_| thread::spawn(move || serve(arguments.port)))
        .collect();
    for thread in threads {
        let ended = thread.join().expect("a thread");
        ended.expect("a free port");
    }
}

fn serve(port: u16) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(Default::default())?;
    runtime.block_on(async {
        let hub = Rc::new(Hub::default());
        spawn_local(Rc::clone(&hub).run());
        let listener = listen_async(port, true)?;
        loop {
            let stream = accept(&listener).await;
            let hub = Rc::clone(&hub);
            let service = service_fn(move |mut request: Request<Incoming>| {
                let hub = Rc::clone(&hub);
                // The stream that hyper-tungstenite builds is taken apart at once: it needs no buffer.
                let config = WebSocketConfig::default().read_buffer_size(0);
                let answer = upgrade(&mut request, Some(config), |websocket, is_echo| {
                    spawn_local(run(websocket, is_echo, hub));
                });
                async move { Ok::<_, Infallible>(answer) }
            });
            spawn_local(
                http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .with_upgrades(),
            );
        }
    })
}

async fn run(websocket: HyperWebsocket, is_echo: bool, hub: Rc<Hub>) -> Option<()> {
    let upgraded = websocket.await.ok()?.into_inner().into_inner();
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
    let stream = parts.io.into_inner();
    // Copied, because it keeps hyper's whole buffer alive.
    let first = Bytes::copy_from_slice(&parts.read_buf);
    drop(parts.read_buf);
    if is_echo {
        Box::pin(echo::run(stream, &first)).await;
    } else {
        Box::pin(broadcast::run(stream, &first, hub)).await;
    }
    Some(())
}
