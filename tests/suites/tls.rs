//! `wss`: the certificate from files or a configuration of rustls, its renewal, and who speaks something else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;
use wspring::prelude::*;
use wspring::rustls::ServerConfig;
use wspring::rustls::crypto::ring;
use wspring::rustls::server::WebPkiClientVerifier;
use wspring::{Builder, ErrorKind, Tls, Workers};
use wspring_tests::certificate::{Certificate, connect};
use wspring_tests::client::{handshake, masked_frame};
use wspring_tests::{Client, Http2Client, Log, TestServer, soon};

const LARGE: usize = 300_000;

/// Sends back what it gets; `?` asks for what it knows of the connection.
#[derive(Default)]
struct Echo;

#[server_endpoint("/echo")]
impl Echo {
    #[on_message]
    fn text(session: &Session, handshake: &Handshake, text: &str) -> String {
        if text != "?" {
            return text.to_owned();
        }
        assert_eq!(session.is_secure(), handshake.is_secure());
        let certificates: Vec<_> = handshake.peer_certificates().map(<[u8]>::len).collect();
        format!(
            "secure: {}, at {}, from {:?}, certificates {certificates:?}",
            session.is_secure(),
            session.uri(),
            session.remote_addr(),
        )
    }

    #[on_message]
    fn binary(bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }
}

struct Fixture {
    server: TestServer,
    certificate: Certificate,
    directory: TempDir,
}

impl Fixture {
    async fn start() -> Self {
        Self::start_with(Server::builder()).await
    }

    async fn start_with(builder: Builder) -> Self {
        let certificate = Certificate::new();
        let directory = tempfile::tempdir().unwrap();
        let (chain, key) = certificate.write(directory.path());
        let builder = builder
            .max_message_size(LARGE)
            .tls(Tls::from_pem_files(chain, key));
        Self {
            server: TestServer::start_with(builder).await,
            certificate,
            directory,
        }
    }

    async fn stream(&self) -> TlsStream<TcpStream> {
        let stream = self.certificate.connect(self.server.address(), "localhost");
        stream.await.unwrap()
    }

    async fn client(&self) -> Client<TlsStream<TcpStream>> {
        upgrade(self.stream().await).await
    }
}

async fn upgrade(stream: TlsStream<TcpStream>) -> Client<TlsStream<TcpStream>> {
    let upgraded = client_async("wss://localhost/echo", stream);
    soon("the handshake", upgraded).await.unwrap().0.into()
}

async fn start_error(chain: &std::path::Path, key: &std::path::Path) -> String {
    let builder = Server::builder().address("127.0.0.1:0");
    let error = builder.tls(Tls::from_pem_files(chain, key)).bind().await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    error.to_string()
}

#[tokio::test]
async fn messages_come_and_go_over_wss() {
    let fixture = Fixture::start().await;
    let mut client = fixture.client().await;
    for size in [0, 1, 125, 126, 16_384, 65_536, LARGE] {
        let bytes: Vec<u8> = (0..size).map(|at: usize| at.to_le_bytes()[0]).collect();
        client.send(bytes.clone()).await;
        assert_eq!(client.next().await, Message::Binary(bytes.into()), "{size}");
    }
    client.send("goodbye").await;
    assert_eq!(client.text().await, "goodbye");
    client.close().await;
}

#[tokio::test]
async fn f7_a_session_knows_whether_it_is_secure() {
    let fixture = Fixture::start().await;
    let stream = fixture.stream().await;
    let address = stream.get_ref().0.local_addr().unwrap();
    let mut client = upgrade(stream).await;
    client.send("?").await;
    let known = format!("at /echo, from Some({address}), certificates []");
    assert_eq!(client.text().await, format!("secure: true, {known}"));

    let plain = TestServer::start().await;
    let mut client = plain.connect("/echo").await;
    client.send("?").await;
    assert!(client.text().await.starts_with("secure: false, at /echo"));
}

#[tokio::test]
async fn i7_a_handshake_has_the_certificates_of_the_client() {
    let (certificate, ann) = (Certificate::new(), Certificate::new());
    let provider = Arc::new(ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(ann.trusted()), Arc::clone(&provider));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![certificate.der()], certificate.key())
        .unwrap();
    let builder = Server::builder().tls(Tls::from_config(config));
    let server = TestServer::start_with(builder).await;

    let stream = connect(
        certificate.client(Some(&ann)),
        server.address(),
        "localhost",
    );
    let mut client = upgrade(stream.await.unwrap()).await;
    client.send("?").await;
    let known = format!("certificates [{}]", ann.der().len());
    assert!(client.text().await.ends_with(&known));

    // With TLS 1.3 the client has finished before the server has refused it.
    if let Ok(mut stream) = certificate.connect(server.address(), "localhost").await {
        let refused = soon("the refusal", stream.read_u8()).await;
        assert!(refused.unwrap_err().to_string().contains("Certificate"));
    }
}

#[tokio::test]
async fn a_client_without_sni_is_served() {
    let fixture = Fixture::start().await;
    let address = fixture.server.address();
    let stream = fixture.certificate.connect(address, "127.0.0.1").await;
    let mut client = upgrade(stream.unwrap()).await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
}

#[tokio::test]
async fn the_end_of_a_session_is_the_end_of_tls_too() {
    let fixture = Fixture::start().await;
    let mut stream = fixture.stream().await;
    stream
        .write_all(handshake("/echo", &[]).as_bytes())
        .await
        .unwrap();
    stream
        .write_all(&masked_frame(0x88, &1000_u16.to_be_bytes()))
        .await
        .unwrap();
    let mut all = Vec::new();
    // Without TLS's own goodbye this would be an error: somebody might have cut the end off.
    soon("the end", stream.read_to_end(&mut all)).await.unwrap();
    assert!(all.ends_with(&[0x88, 2, 3, 0xe8]));
}

#[tokio::test]
async fn alpn_chooses_the_version_of_http() {
    let fixture = Fixture::start().await;
    let stream = |protocols: &[&[u8]]| {
        let mut config = fixture.certificate.client(None);
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        connect(config, fixture.server.address(), "localhost")
    };
    let stream_2 = stream(&[b"http/1.1", b"h2"]).await.unwrap();
    assert_eq!(stream_2.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let mut client = Http2Client::over(stream_2).await.open("/echo").await;
    client.send("?").await;
    assert!(
        client
            .text()
            .await
            .starts_with("secure: true, at /echo, from Some(")
    );

    let stream_1 = stream(&[b"http/1.1"]).await.unwrap();
    assert_eq!(stream_1.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let mut client = upgrade(stream_1).await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_without_a_restart_and_a_broken_one_is_not() {
    let log = Log::start();
    let fixture = Fixture::start().await;
    let address = fixture.server.address();
    let mut old = fixture.client().await;

    let renewed = Certificate::new();
    let (chain, _) = renewed.write(fixture.directory.path());
    soon("the new certificate", async {
        while renewed.connect(address, "localhost").await.is_err() {}
    })
    .await;
    assert!(
        fixture
            .certificate
            .connect(address, "localhost")
            .await
            .is_err()
    );
    old.send("still here").await;
    assert_eq!(old.text().await, "still here");

    std::fs::write(chain, "no certificate").unwrap();
    soon("the complaint", async {
        while log.lines("ERROR").is_empty() {
            drop(renewed.connect(address, "localhost").await.unwrap());
        }
    })
    .await;
    let complaint = log.lines("ERROR").concat();
    assert!(complaint.contains("the old one stays"), "{complaint}");
    assert!(complaint.contains("no certificate in"), "{complaint}");
    drop(renewed.connect(address, "localhost").await.unwrap());
}

/// What makes them readable again need not change their size or time: rights do not, nor does a disk that works again.
#[tokio::test]
async fn files_that_can_be_used_again_are_taken_though_they_look_the_same() {
    let log = Log::start();
    let fixture = Fixture::start().await;
    let address = fixture.server.address();
    let renewed = Certificate::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let [(new_chain, new_key), (chain, key)] =
        [&elsewhere, &fixture.directory].map(|directory| renewed.write(directory.path()));
    let good = std::fs::read(&new_chain).unwrap();
    let broken = vec![b'x'; good.len()];
    std::fs::write(&chain, broken).unwrap();
    std::fs::copy(new_key, key).unwrap();
    let changed = std::fs::metadata(&chain).unwrap().modified().unwrap();
    soon("the complaint", async {
        while log.lines("ERROR").is_empty() {
            drop(TcpStream::connect(address).await.unwrap());
        }
    })
    .await;

    std::fs::write(&chain, good).unwrap();
    let file = std::fs::File::options().append(true).open(&chain).unwrap();
    file.set_modified(changed).unwrap();
    soon("the new certificate", async {
        while renewed.connect(address, "localhost").await.is_err() {}
    })
    .await;
    assert_eq!(log.lines("ERROR").len(), 1, "it is told once");
}

#[tokio::test]
async fn http_2_that_is_not_there_is_not_offered() {
    let certificate = Certificate::new();
    let provider = Arc::new(ring::default_provider());
    let mut client = certificate.client(None);
    client.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der()], certificate.key())
        .unwrap();
    config.alpn_protocols = client.alpn_protocols.clone();
    let builder = Server::builder().tls(Tls::from_config(config));
    let server = TestServer::start_with(builder).await;
    // The server would choose h2, and the client speaks HTTP/1.1.
    let url = format!("wss://localhost:{}/echo", server.address().port());
    let connected = wspring::Client::new()
        .tls(client)
        .connect_with(url, |_| Silent)
        .await;
    connected.expect("HTTP/1.1");
}

/// A client that only listens.
struct Silent;

impl Endpoint for Silent {}

#[tokio::test]
async fn files_that_cannot_be_used_keep_the_server_from_starting() {
    let directory = tempfile::tempdir().unwrap();
    let (chain, key) = Certificate::new().write(directory.path());
    let other = tempfile::tempdir().unwrap();
    let (_, other_key) = Certificate::new().write(other.path());
    let missing = directory.path().join("missing.pem");
    for (chain, key, text) in [
        (&chain, &other_key, "does not go with the certificate"),
        (&missing, &key, "`tls_certificate`: "),
        (&chain, &missing, "`tls_key`: "),
        (&key, &key, "there is no certificate in"),
        (&chain, &chain, "there is no private key in"),
    ] {
        let error = start_error(chain, key).await;
        assert!(error.contains(text), "{error}");
    }
}

#[tokio::test]
async fn plain_http_on_the_port_is_cut_off_and_logged() {
    let log = Log::start();
    let fixture = Fixture::start().await;
    let mut raw = fixture.server.raw().await;
    let address: SocketAddr = raw.local_addr();
    raw.write(handshake("/echo", &[]).as_bytes()).await;
    let answer = raw.rest().await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    let lines = log.lines("WARN");
    let failed = lines
        .iter()
        .find(|line| line.contains("a TLS handshake failed"));
    assert!(failed.unwrap().contains(&address.to_string()), "{failed:?}");
}

#[tokio::test]
async fn a_client_that_does_not_finish_the_tls_handshake_is_cut_off() {
    let builder = Server::builder().handshake_timeout(Duration::from_millis(200));
    let fixture = Fixture::start_with(builder).await;
    let mut client = fixture.client().await;
    // The head of a record, whose rest never comes.
    for begun in [&[][..], &[0x16, 3, 1, 0, 200]] {
        let mut raw = fixture.server.raw().await;
        raw.write(begun).await;
        assert_eq!(raw.rest().await, b"");
    }
    client.send("still here").await;
    assert_eq!(client.text().await, "still here");
}

#[tokio::test]
async fn the_drain_closes_sessions_and_waits_for_no_tls_handshake() {
    let fixture = Fixture::start_with(Server::builder().workers(Workers::threads(2))).await;
    let mut client = fixture.client().await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
    let mut begun = fixture.server.raw().await;
    begun.write(&[0x16, 3, 1]).await;
    tokio::join!(fixture.server.stop(), async {
        assert_eq!(client.closed().await.0, 1001);
    });
    begun.rest().await;
}

#[tokio::test]
async fn connections_that_never_begin_tls_keep_nobody_out() {
    let builder = Server::builder()
        .max_connections(1)
        .handshake_timeout(Duration::from_secs(3600));
    let fixture = Fixture::start_with(builder).await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(fixture.server.raw().await);
    }
    let mut client = fixture.client().await;
    client.send("served").await;
    assert_eq!(client.text().await, "served");
    // There are 16 more connections than sessions.
    for stream in &mut silent[..23] {
        stream.rest().await;
    }
}
