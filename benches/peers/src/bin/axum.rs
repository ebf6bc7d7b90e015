//! `c`: axum, as its documentation and its chat example show it.

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use axum::serve::ListenerExt as _;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::broadcast::{self, Sender, error::RecvError};
use wspring_bench_peers::{BROADCAST, block_on, listen_async, start};

fn main() {
    let arguments = start();
    let (sender, _) = broadcast::channel(BROADCAST);
    block_on(arguments, async move {
        let router = Router::new()
            .route("/echo", any(echo))
            .route("/broadcast", any(broadcast))
            .with_state(sender);
        let listener = listen_async(arguments.port, false).expect("a free port");
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, router).await
    });
}

fn is_data(message: &Message) -> bool {
    matches!(message, Message::Text(_) | Message::Binary(_))
}

async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |mut socket: WebSocket| {
        while let Some(Ok(message)) = socket.recv().await {
            if is_data(&message) && socket.send(message).await.is_err() {
                return;
            }
        }
    })
}

async fn broadcast(upgrade: WebSocketUpgrade, State(all): State<Sender<Message>>) -> Response {
    upgrade.on_upgrade(async move |socket: WebSocket| {
        let (mut sink, mut stream) = socket.split();
        let mut receiver = all.subscribe();
        let mut sending = tokio::spawn(async move {
            loop {
                match receiver.recv().await {
                    Ok(message) => {
                        if sink.send(message).await.is_err() {
                            return;
                        }
                    }
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        });
        let mut receiving = tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                if is_data(&message) {
                    let _ = all.send(message);
                }
            }
        });
        tokio::select! {
            _ = &mut sending => receiving.abort(),
            _ = &mut receiving => sending.abort(),
        };
    })
}
