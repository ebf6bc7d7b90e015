//! `f`: tokio-websockets on a TCP stream, without an HTTP server, with the loop that one writes first.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{self, Sender, error::RecvError};
use tokio_websockets::{Message, ServerBuilder};
use wspring_bench_peers::{BROADCAST, accept, block_on, listen_async, start};

fn main() {
    let arguments = start();
    let (sender, _) = broadcast::channel(BROADCAST);
    block_on(arguments, async move {
        let listener = listen_async(arguments.port, false).expect("a free port");
        loop {
            let stream = accept(&listener).await;
            tokio::spawn(serve(stream, sender.clone()));
        }
    });
}

fn is_data(message: &Message) -> bool {
    message.is_text() || message.is_binary()
}

async fn serve(stream: TcpStream, sender: Sender<Message>) -> Option<()> {
    let (request, mut websocket) = ServerBuilder::new().accept(stream).await.ok()?;
    if request.uri().path() == "/echo" {
        while let Some(Ok(message)) = websocket.next().await {
            if is_data(&message) {
                websocket.send(message).await.ok()?;
            }
        }
        return None;
    }
    let mut receiver = sender.subscribe();
    loop {
        tokio::select! {
            message = websocket.next() => {
                let message = message?.ok()?;
                if is_data(&message) {
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
