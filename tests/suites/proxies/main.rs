//! Behind proxies: whom the server believes, and what it knows of the client then.

mod haproxy;
mod headers;
mod nginx;
mod preface;

use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use http::HeaderName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error as ClientError;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use wspring::prelude::*;
use wspring::{Builder, TrustedProxies};
use wspring_tests::{Client, TestServer, soon};

/// Says what it knows of the client.
#[derive(Default)]
struct Seen;

#[server_endpoint("/seen")]
impl Seen {
    #[on_message]
    fn text(session: &Session, handshake: &Handshake, _: &str) -> String {
        assert_eq!(session.is_secure(), handshake.is_secure());
        assert_eq!(session.remote_addr(), handshake.remote_addr());
        let address = session.remote_addr().map(|address| address.to_string());
        format!("{} {}", address.unwrap_or_default(), handshake.full_uri())
    }
}

/// A server that believes proxies on this machine's first address.
fn builder() -> Builder {
    let proxies = TrustedProxies::list(["127.0.0.1", "10.0.0.0/8"]).unwrap();
    Server::builder().trusted_proxies(proxies)
}

/// A client with an address of its own.
const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 10);

async fn connect_from(from: Ipv4Addr, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    let connected = soon("a connection", socket.connect(to)).await;
    connected.expect("a connection")
}

/// A port that was free a moment ago, for a program that cannot choose one itself.
fn free_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address")
}

/// A connection to a program that has just been started.
async fn connect_at_last(from: Ipv4Addr, to: SocketAddr) -> TcpStream {
    let connecting = async {
        loop {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind((from, 0).into()).unwrap();
            match socket.connect(to).await {
                Ok(stream) => return stream,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    soon("the proxy", connecting).await
}

/// What the server sees of a client on this stream, or the status with which it refuses.
async fn seen(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    host: &str,
    headers: &[(&str, &str)],
) -> Result<String, u16> {
    let mut request = format!("ws://{host}/seen").into_client_request().unwrap();
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    let opened = soon("an answer", client_async(request, stream)).await;
    match opened {
        Ok((websocket, _)) => {
            let mut client = Client::from(websocket);
            client.send("?").await;
            let text = client.text().await;
            // The connection stays, for tests that count.
            tokio::spawn(async move {
                let _client = client;
                pending::<()>().await;
            });
            Ok(text)
        }
        Err(ClientError::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn start(builder: Builder) -> TestServer {
    TestServer::start_with(builder).await
}
