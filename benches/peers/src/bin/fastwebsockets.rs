//! `e`: fastwebsockets on hyper's upgrade, as in its own echo server; broadcast over the two halves of a socket.

use fastwebsockets::upgrade::{UpgradeFut, upgrade};
use fastwebsockets::{
    FragmentCollector, FragmentCollectorRead, Frame, OpCode, Payload, WebSocketError,
};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::sync::broadcast::{self, Sender, error::RecvError};
use wspring_bench_peers::{BROADCAST, accept, block_on, listen_async, start};

type Message = (OpCode, Bytes);

fn main() {
    let arguments = start();
    let (sender, _) = broadcast::channel(BROADCAST);
    block_on(arguments, async move {
        let listener = listen_async(arguments.port, false).expect("a free port");
        loop {
            let stream = accept(&listener).await;
            let sender = sender.clone();
            let service = service_fn(move |request| answer(request, sender.clone()));
            tokio::spawn(
                http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .with_upgrades(),
            );
        }
    });
}

async fn answer(
    mut request: Request<Incoming>,
    sender: Sender<Message>,
) -> Result<Response<Empty<Bytes>>, WebSocketError> {
    let is_echo = request.uri().path() == "/echo";
    let (response, socket) = upgrade(&mut request)?;
    tokio::spawn(async move {
        if is_echo {
            let _ = tokio::task::unconstrained(echo(socket)).await;
        } else {
            let _ = broadcast(socket, sender).await;
        }
    });
    Ok(response)
}

fn is_data(frame: &Frame<'_>) -> bool {
    matches!(frame.opcode, OpCode::Text | OpCode::Binary)
}

async fn echo(socket: UpgradeFut) -> Result<(), WebSocketError> {
    let mut socket = FragmentCollector::new(socket.await?);
    loop {
        let frame = socket.read_frame().await?;
        if is_data(&frame) {
            socket.write_frame(frame).await?;
        } else if frame.opcode == OpCode::Close {
            return Ok(());
        }
    }
}

async fn broadcast(socket: UpgradeFut, sender: Sender<Message>) -> Result<(), WebSocketError> {
    let (read, mut write) = socket.await?.split(tokio::io::split);
    let mut read = FragmentCollectorRead::new(read);
    let mut receiver = sender.subscribe();
    let writing = tokio::spawn(async move {
        loop {
            match receiver.recv().await {
                Ok((opcode, payload)) => {
                    let frame = Frame::new(true, opcode, None, Payload::Borrowed(&payload));
                    if write.write_frame(frame).await.is_err() {
                        return;
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
    let mut ignore = |_| async { Ok::<_, WebSocketError>(()) };
    while let Ok(frame) = read.read_frame(&mut ignore).await {
        if is_data(&frame) {
            let _ = sender.send((frame.opcode, Bytes::copy_from_slice(&frame.payload)));
        } else if frame.opcode == OpCode::Close {
            break;
        }
    }
    writing.abort();
    Ok(())
}
