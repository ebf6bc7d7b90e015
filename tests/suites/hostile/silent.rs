//! Connections that are held open to keep others out.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use wspring::Server;
use wspring_tests::client::handshake;
use wspring_tests::{Client, RawClient, Recorder, Response, TestServer, soon};

use crate::Alone;

const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Nothing ends because its time is over.
const PATIENT: [(&str, &str); 2] = [
    ("WSPRING_HANDSHAKE_TIMEOUT", "1h"),
    ("RUST_LOG", "wspring=info"),
];

/// A connection from an address of this machine.
async fn connect_from(from: Ipv4Addr, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind((from, 0).into()).unwrap();
    let connected = soon("a connection", socket.connect(to)).await;
    connected.expect("a connection")
}

/// Connections that are opened again whenever the server closes them.
struct Renewing {
    cut_off: Arc<AtomicUsize>,
    changed: Arc<Notify>,
    _all: JoinSet<()>,
}

impl Renewing {
    fn start(count: usize, from: Ipv4Addr, to: SocketAddr, request: &'static str) -> Self {
        let (cut_off, changed) = (Arc::<AtomicUsize>::default(), Arc::<Notify>::default());
        let mut all = JoinSet::new();
        for _ in 0..count {
            let (cut_off, changed) = (Arc::clone(&cut_off), Arc::clone(&changed));
            all.spawn(async move {
                loop {
                    let mut stream = connect_from(from, to).await;
                    let _ = stream.try_write(request.as_bytes());
                    let mut answer = Vec::new();
                    let _ = stream.read_to_end(&mut answer).await;
                    cut_off.fetch_add(1, Ordering::Relaxed);
                    changed.notify_waiters();
                }
            });
        }
        Self {
            cut_off,
            changed,
            _all: all,
        }
    }

    /// Waits until so many have been cut off since now.
    async fn renewed(&self, count: usize) {
        let enough = self.cut_off.load(Ordering::Relaxed) + count;
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if self.cut_off.load(Ordering::Relaxed) >= enough {
                    return;
                }
                changed.await;
            }
        };
        soon("silent connections to be cut off", waiting).await;
    }
}

async fn knock(address: SocketAddr) -> (RawClient, Response) {
    let mut client = RawClient::connect(address).await;
    client.write(handshake("/echo/ann", &[]).as_bytes()).await;
    let response = client.response().await;
    (client, response)
}

#[tokio::test]
async fn a_good_client_is_served_while_another_renews_connections_that_say_nothing() {
    for per_address in ["off", "3"] {
        let bounds = [
            PATIENT[0],
            PATIENT[1],
            ("WSPRING_MAX_CONNECTIONS", "50"),
            ("WSPRING_MAX_CONNECTIONS_PER_IP", per_address),
        ];
        let server = Alone::with_files(200, &bounds).await;
        let silent = Renewing::start(300, ATTACKER, server.address, "");
        silent.renewed(300).await;
        for _ in 0..20 {
            let mut client = Client::connect(server.url()).await;
            client.send("served").await;
            assert_eq!(client.text().await, "served");
            client.close().await;
            silent.renewed(1).await;
        }
        drop(silent);
        server.program.signal("TERM").await;
        let log = server.program.ended().await.errors;
        let lines = log.lines().filter(|line| line.contains("cut off"));
        // Of hundreds, the first, and perhaps how many they were 10 s later.
        assert!((1..=3).contains(&lines.count()), "{log}");
    }
}

#[tokio::test]
async fn a_good_client_is_served_with_the_default_bounds() {
    let server = Alone::with_files(100, &PATIENT).await;
    let mut first = Client::connect(server.url()).await;
    let silent = Renewing::start(200, ATTACKER, server.address, "");
    silent.renewed(200).await;
    let mut second = Client::connect(server.url()).await;
    for client in [&mut first, &mut second] {
        client.send("served").await;
        assert_eq!(client.text().await, "served");
    }
}

#[tokio::test]
async fn connections_that_have_asked_for_something_make_room_as_well() {
    let server = Alone::with_files(100, &PATIENT).await;
    let request = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let asked = Renewing::start(200, ATTACKER, server.address, request);
    asked.renewed(200).await;
    let mut client = Client::connect(server.url()).await;
    client.send("served").await;
    assert_eq!(client.text().await, "served");
}

#[tokio::test]
async fn a_client_that_shares_the_address_of_silent_connections_is_served() {
    let bounds = [
        PATIENT[0],
        PATIENT[1],
        ("WSPRING_MAX_CONNECTIONS_PER_IP", "3"),
    ];
    let server = Alone::with_files(200, &bounds).await;
    let local = Ipv4Addr::LOCALHOST;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(connect_from(local, server.address).await);
    }
    let mut client = Client::connect(server.url()).await;
    client.send("served").await;
    assert_eq!(client.text().await, "served");
    // Of the silent ones, no more are left than the address may have beside the session.
    for stream in &mut silent[..17] {
        let mut answer = Vec::new();
        let _ = soon("the end of a connection", stream.read_to_end(&mut answer)).await;
    }
}

#[tokio::test]
async fn sessions_stay_and_one_more_is_told_that_there_is_no_place() {
    // 64 of 96 files, beside a reserve of 32.
    let server = Alone::with_files(96, &PATIENT).await;
    let mut sessions = Vec::new();
    for _ in 0..64 {
        let (client, response) = knock(server.address).await;
        assert_eq!(response.status, 101, "{response:?}");
        sessions.push(client);
    }
    let silent = Renewing::start(100, ATTACKER, server.address, "");
    silent.renewed(100).await;
    drop(silent);
    let (_, response) = knock(server.address).await;
    assert_eq!(response.status, 503, "{response:?}");
    assert!(response.header("retry-after").is_some(), "{response:?}");
    for client in &mut sessions {
        client.frame(0x81, b"still here").await;
        assert_eq!(client.read_frame().await.payload, b"still here");
    }
}

#[tokio::test]
async fn health_can_be_asked_for_when_every_place_is_taken() {
    let builder = Server::builder()
        .max_connections(1)
        .health("/health")
        .state(None::<Recorder<u16>>);
    let server = TestServer::start_with(builder).await;
    let _session = RawClient::upgraded(server.address(), "/echo").await;
    let health = server
        .ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!(health.status, 200, "{health:?}");
}
