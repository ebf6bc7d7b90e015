//! `b`: like `a`, but replies are flushed when no more messages are there, and the read buffer has 4 KiB and not 128.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::{Sink as _, SinkExt as _, Stream as _, StreamExt as _};
use hyper_tungstenite::tungstenite::Message;
use hyper_tungstenite::tungstenite::protocol::WebSocketConfig;
use hyper_tungstenite::{HyperWebsocket, HyperWebsocketStream};
use tokio::sync::broadcast::{self, Sender, error::RecvError, error::TryRecvError};
use wspring_bench_peers::{BROADCAST, block_on, serve_hyper, start};

fn main() {
    let arguments = start();
    let (sender, _) = broadcast::channel(BROADCAST);
    let config = WebSocketConfig::default().read_buffer_size(4096);
    block_on(
        arguments,
        serve_hyper(arguments.port, Some(config), move |websocket, is_echo| {
            serve(websocket, is_echo, sender.clone())
        }),
    );
}

async fn serve(websocket: HyperWebsocket, is_echo: bool, sender: Sender<Message>) -> Option<()> {
    let mut websocket = websocket.await.ok()?;
    if is_echo {
        let mut is_dirty = false;
        poll_fn(|cx| echo(&mut websocket, cx, &mut is_dirty)).await;
        None
    } else {
        broadcast(websocket, &sender).await
    }
}

/// Ready when the connection is over.
fn echo(
    websocket: &mut HyperWebsocketStream,
    cx: &mut Context<'_>,
    is_dirty: &mut bool,
) -> Poll<()> {
    loop {
        let mut websocket = Pin::new(&mut *websocket);
        if ready!(websocket.as_mut().poll_ready(cx)).is_err() {
            return Poll::Ready(());
        }
        match websocket.as_mut().poll_next(cx) {
            Poll::Ready(Some(Ok(message))) => {
                if message.is_text() || message.is_binary() {
                    *is_dirty = true;
                    if websocket.start_send(message).is_err() {
                        return Poll::Ready(());
                    }
                }
            }
            Poll::Ready(_) => return Poll::Ready(()),
            Poll::Pending => {
                if *is_dirty && let Poll::Ready(flushed) = websocket.poll_flush(cx) {
                    *is_dirty = false;
                    if flushed.is_err() {
                        return Poll::Ready(());
                    }
                }
                return Poll::Pending;
            }
        }
    }
}

async fn broadcast(mut websocket: HyperWebsocketStream, sender: &Sender<Message>) -> Option<()> {
    let mut receiver = sender.subscribe();
    loop {
        tokio::select! {
            message = websocket.next() => {
                let message = message?.ok()?;
                if message.is_text() || message.is_binary() {
                    let _ = sender.send(message);
                }
            }
            message = receiver.recv() => {
                match message {
                    Ok(message) => websocket.feed(message).await.ok()?,
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
                loop {
                    match receiver.try_recv() {
                        Ok(message) => websocket.feed(message).await.ok()?,
                        Err(TryRecvError::Lagged(_)) => {}
                        Err(_) => break,
                    }
                }
                websocket.flush().await.ok()?;
            }
        }
    }
}
