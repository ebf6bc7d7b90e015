//! `a`: hyper and hyper-tungstenite, with the loop that one writes first.

use futures_util::{SinkExt as _, StreamExt as _};
use hyper_tungstenite::tungstenite::Message;
use hyper_tungstenite::{HyperWebsocket, HyperWebsocketStream};
use tokio::sync::broadcast::{self, Sender, error::RecvError};
use wspring_bench_peers::{BROADCAST, block_on, serve_hyper, start};

fn main() {
    let arguments = start();
    let (sender, _) = broadcast::channel(BROADCAST);
    block_on(
        arguments,
        serve_hyper(arguments.port, None, move |websocket, is_echo| {
            serve(websocket, is_echo, sender.clone())
        }),
    );
}

async fn serve(websocket: HyperWebsocket, is_echo: bool, sender: Sender<Message>) -> Option<()> {
    let websocket = websocket.await.ok()?;
    if is_echo {
        echo(websocket).await
    } else {
        broadcast(websocket, &sender).await
    }
}

async fn echo(mut websocket: HyperWebsocketStream) -> Option<()> {
    while let Some(Ok(message)) = websocket.next().await {
        if message.is_text() || message.is_binary() {
            websocket.send(message).await.ok()?;
        }
    }
    None
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
            message = receiver.recv() => match message {
                Ok(message) => websocket.send(message).await.ok()?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
