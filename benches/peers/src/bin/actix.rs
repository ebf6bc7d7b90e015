//! `d`: actix-web and actix-ws, as their documentation and their chat example show them.

use std::sync::Arc;

use actix_web::web::{Data, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use actix_ws::{Message, MessageStream, Session};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::Mutex;

/// The largest message that is accepted, as in the other servers.
const MAX: usize = 16 * 1024 * 1024;

/// All clients of /broadcast.
#[derive(Clone, Default)]
struct Clients(Arc<Mutex<Vec<Session>>>);

impl Clients {
    async fn send(&self, message: &Message) {
        let mut clients = self.0.lock().await;
        let mut sending = FuturesUnordered::new();
        for mut session in clients.drain(..) {
            sending.push(async move { send(&mut session, message).await.then_some(session) });
        }
        while let Some(sent) = sending.next().await {
            clients.extend(sent);
        }
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let arguments = wspring_bench_peers::start();
    let clients = Data::new(Clients::default());
    HttpServer::new(move || {
        App::new()
            .app_data(clients.clone())
            .route("/echo", web::get().to(echo))
            .route("/broadcast", web::get().to(broadcast))
    })
    .workers(arguments.threads)
    .backlog(4096)
    .max_connections(100_000)
    .bind(("127.0.0.1", arguments.port))?
    .run()
    .await
}

async fn echo(request: HttpRequest, body: Payload) -> actix_web::Result<HttpResponse> {
    let (response, mut session, stream) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        let mut stream = stream.max_frame_size(MAX);
        while let Some(message) = next(&mut session, &mut stream).await {
            if !send(&mut session, &message).await {
                return;
            }
        }
    });
    Ok(response)
}

async fn broadcast(
    request: HttpRequest,
    body: Payload,
    clients: Data<Clients>,
) -> actix_web::Result<HttpResponse> {
    let (response, mut session, stream) = actix_ws::handle(&request, body)?;
    clients.0.lock().await.push(session.clone());
    actix_web::rt::spawn(async move {
        let mut stream = stream.max_frame_size(MAX);
        while let Some(message) = next(&mut session, &mut stream).await {
            clients.send(&message).await;
        }
    });
    Ok(response)
}

/// The next text or binary message; the others are answered.
async fn next(session: &mut Session, stream: &mut MessageStream) -> Option<Message> {
    while let Some(Ok(message)) = stream.recv().await {
        match message {
            Message::Text(_) | Message::Binary(_) => return Some(message),
            Message::Ping(payload) => session.pong(&payload).await.ok()?,
            Message::Close(reason) => {
                let _ = session.clone().close(reason).await;
                return None;
            }
            _ => {}
        }
    }
    let _ = session.clone().close(None).await;
    None
}

/// Whether the session is still there.
async fn send(session: &mut Session, message: &Message) -> bool {
    match message {
        Message::Text(text) => session.text(text.clone()).await.is_ok(),
        Message::Binary(bytes) => session.binary(bytes.clone()).await.is_ok(),
        _ => true,
    }
}
