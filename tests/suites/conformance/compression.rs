//! RFC 7692: what is agreed on (§7.1), and how messages go over the wire then (§6 and §7.2).

use wspring::{Compression, Server};
use wspring_tests::client::handshake;
use wspring_tests::{RawClient, TestServer};

use crate::context::{Context, bits, has};
use crate::peer::{CLOSE, CONTINUATION, FIN, Frame, PING, PONG, Peer, TEXT};

const RSV1: u8 = 0x40;
const NAME: &str = "permessage-deflate";
const LARGEST: usize = 128 * 1024;

/// Takes compressed messages, with a context or without.
async fn server(takeover: bool) -> TestServer {
    let compression = Compression::on().context_takeover(takeover).threshold(1);
    let settings = Server::builder()
        .compression(compression)
        .max_message_size(LARGEST);
    TestServer::start_with(settings).await
}

/// Connects with an offer; the parameters of the answer.
async fn agreed(server: &TestServer, offer: &str) -> (RawClient, Vec<String>) {
    let mut client = server.raw().await;
    let offer = format!("Sec-WebSocket-Extensions: {offer}");
    client.write(handshake("/echo", &[&offer]).as_bytes()).await;
    let response = client.response().await;
    assert_eq!(response.status, 101, "{}", response.head);
    let answer = response.header("sec-websocket-extensions");
    let answer = answer.unwrap_or_else(|| panic!("{offer} was declined"));
    let mut parts = answer.split(';').map(|part| part.trim().to_owned());
    assert_eq!(parts.next().as_deref(), Some(NAME), "{answer}");
    (client, parts.collect())
}

/// Lines that look like one another, up to this length.
fn lines(length: usize) -> Vec<u8> {
    let lines =
        (0..).flat_map(|line: u32| format!("{{\"id\": {line}, \"é\": \"€😀\"}}\n").into_bytes());
    let mut text: Vec<u8> = lines.take(length).collect();
    while std::str::from_utf8(&text).is_err() {
        text.pop();
        text.insert(0, b' ');
    }
    text
}

/// What a client may offer.
struct Offer {
    server_forgets: bool,
    client_forgets: bool,
    server_bits: Option<u8>,
    /// Behind the name, with its `=`.
    client_bits: Option<&'static str>,
}

impl Offer {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for (server_forgets, client_forgets) in
            [(false, false), (false, true), (true, false), (true, true)]
        {
            for server_bits in [None, Some(9), Some(12), Some(15)] {
                for client_bits in [None, Some(""), Some("=9"), Some("=15")] {
                    all.push(Self {
                        server_forgets,
                        client_forgets,
                        server_bits,
                        client_bits,
                    });
                }
            }
        }
        all
    }

    fn header(&self) -> String {
        let mut header = NAME.to_owned();
        if self.server_forgets {
            header += "; server_no_context_takeover";
        }
        if self.client_forgets {
            header += "; client_no_context_takeover";
        }
        if let Some(bits) = self.server_bits {
            header += &format!("; server_max_window_bits={bits}");
        }
        if let Some(bits) = self.client_bits {
            header += &format!("; client_max_window_bits{bits}");
        }
        header
    }

    fn check(&self, answer: &[String]) {
        let case = format!("{} was answered with {answer:?}", self.header());
        let servers = has(answer, "server_no_context_takeover");
        assert!(servers || !self.server_forgets, "§7.1.1.1: {case}");
        let clients = has(answer, "client_no_context_takeover");
        assert!(clients || !self.client_forgets, "§7.1.1.2: {case}");
        if let Some(most) = self.server_bits {
            let bits = bits(answer, "server_max_window_bits");
            let fits = bits.is_some_and(|bits| (9..=most).contains(&bits));
            assert!(fits, "§7.1.2.1: {case}");
        }
        let bits = bits(answer, "client_max_window_bits");
        assert!(
            bits.is_none() || self.client_bits.is_some(),
            "§7.1.2.2: {case}"
        );
        let mut names: Vec<_> = answer.iter().map(|part| part.split('=').next()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), answer.len(), "§7.1, a parameter twice: {case}");
    }
}

/// Every offer is answered as §7.1 says, and both sides keep to it.
#[tokio::test]
async fn l2_s7_1_every_combination_of_parameters_is_answered_and_kept_to() {
    for takeover in [false, true] {
        let server = server(takeover).await;
        for offer in Offer::all() {
            let (client, answer) = agreed(&server, &offer.header()).await;
            offer.check(&answer);
            let mut context = Context::new(&answer);
            let mut peer = Peer::with(client, offer.header());
            for length in [10, 1000, 40_000] {
                let message = lines(length);
                peer.sends(&[(TEXT | RSV1, &context.deflate(&message))])
                    .await;
                let echo = peer.message(&mut context).await;
                assert!(echo == message, "{}, {length} bytes", offer.header());
            }
        }
    }
}

impl Peer {
    /// The next message, inflated if it is compressed.
    async fn message(&mut self, context: &mut Context) -> Vec<u8> {
        let frame = self.frame().await;
        match frame.first & !0x0f {
            0x80 => frame.payload,
            0xc0 => context.inflate(&frame.payload),
            _ => panic!("{}: {frame:?}", self.name()),
        }
    }
}

#[tokio::test]
async fn s6_messages_of_every_size() {
    for takeover in [false, true] {
        let server = server(takeover).await;
        let (client, answer) = agreed(&server, NAME).await;
        let mut context = Context::new(&answer);
        let mut peer = Peer::with(client, format!("{answer:?}"));
        for length in [
            0, 1, 16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, LARGEST,
        ] {
            for _ in 0..3 {
                let message = lines(length);
                let payload = context.deflate(&message);
                peer.sends(&[(TEXT | RSV1, &payload)]).await;
                assert!(
                    peer.message(&mut context).await == message,
                    "{length} bytes"
                );
            }
        }
    }
}

/// Cut anywhere, with a ping between; only the first fragment has RSV1.
#[tokio::test]
async fn s6_1_a_compressed_message_in_fragments() {
    let server = server(true).await;
    for size in [1, 2, 10, 1000] {
        let (client, answer) = agreed(&server, NAME).await;
        let mut context = Context::new(&answer);
        let mut peer = Peer::with(client, format!("fragments of {size}"));
        let message = lines(20_000);
        let payload = context.deflate(&message);
        peer.sends(&[(0x01 | RSV1, b"")]).await;
        for fragment in payload.chunks(size).take(900) {
            peer.sends(&[(CONTINUATION, fragment)]).await;
        }
        peer.sends(&[(PING, b"between")]).await;
        peer.gets(&[(PONG, b"between")]).await;
        let sent = payload.len().min(900 * size);
        peer.sends(&[(FIN, &payload[sent..])]).await;
        assert!(
            peer.message(&mut context).await == message,
            "fragments of {size}"
        );
    }
}

/// The bytes that the RFC prints.
#[tokio::test]
async fn s7_2_3_the_examples() {
    let server = server(true).await;
    type Case = (
        &'static str,
        &'static [Frame<'static>],
        &'static [&'static [u8]],
    );
    let cases: [Case; 7] = [
        (
            "7.2.3.1, one frame",
            &[(0xc1, b"\xf2\x48\xcd\xc9\xc9\x07\x00")],
            &[b"Hello"],
        ),
        (
            "7.2.3.1, two fragments",
            &[(0x41, b"\xf2\x48\xcd"), (0x80, b"\xc9\xc9\x07\x00")],
            &[b"Hello"],
        ),
        (
            "7.2.3.2, the window shared",
            &[
                (0xc1, b"\xf2\x48\xcd\xc9\xc9\x07\x00"),
                (0xc1, b"\xf2\x00\x11\x00\x00"),
            ],
            &[b"Hello", b"Hello"],
        ),
        (
            "7.2.3.3, a block without compression",
            &[(0xc1, b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00")],
            &[b"Hello"],
        ),
        (
            "7.2.3.4, a block that says it is the last",
            &[(0xc1, b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00")],
            &[b"Hello"],
        ),
        (
            "7.2.3.5, two blocks",
            &[(
                0xc1,
                b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
            )],
            &[b"Hello"],
        ),
        ("7.2.3.6, an empty message", &[(0xc1, b"\x00")], &[b""]),
    ];
    for (name, frames, messages) in cases {
        let (client, answer) = agreed(&server, NAME).await;
        let mut context = Context::new(&answer);
        let mut peer = Peer::with(client, name);
        peer.sends(frames).await;
        for message in messages {
            assert_eq!(peer.message(&mut context).await, *message, "{name}");
        }
        let after = context.deflate(b"and on");
        // What the example's bytes left in the window is not in this context, and is not referred to.
        peer.sends(&[(0xc1, &after)]).await;
        assert_eq!(peer.message(&mut context).await, b"and on", "{name}");
    }
}

/// "An endpoint MUST NOT set RSV1 of control frames and non-first fragments" (§6).
#[tokio::test]
async fn s6_only_the_first_frame_of_a_message_has_rsv1() {
    let server = server(false).await;
    for (name, frames) in [
        ("a ping", &[(PING | RSV1, &b""[..])][..]),
        ("a pong", &[(PONG | RSV1, b"")]),
        ("a close", &[(CLOSE | RSV1, b"\x03\xe8")]),
        (
            "a continuation",
            &[(0x41, b"\xf2"), (CONTINUATION | RSV1, b"\x48")],
        ),
        (
            "the last fragment",
            &[(0x41, b"\xf2"), (FIN | RSV1, b"\x48")],
        ),
        (
            "a continuation of a plain message",
            &[(0x01, b"a"), (FIN | RSV1, b"b")],
        ),
    ] {
        let (client, _) = agreed(&server, NAME).await;
        let mut peer = Peer::with(client, name);
        peer.sends(frames).await;
        peer.ends_with(1002).await;
    }
}

#[tokio::test]
async fn s6_the_other_reserved_bits_stay_reserved() {
    let server = server(false).await;
    for bits in [0x10, 0x20, 0x30, 0x50, 0x60, 0x70] {
        let (client, _) = agreed(&server, NAME).await;
        let mut peer = Peer::with(client, format!("{bits:#x}"));
        peer.sends(&[(TEXT | bits, b"\xf2\x48\xcd\xc9\xc9\x07\x00")])
            .await;
        peer.ends_with(1002).await;
    }
}

/// UTF-8 is that of the message and not that of its payload; it fails as soon as it shows.
#[tokio::test]
async fn s6_2_inflated_text_fails_fast() {
    let server = server(false).await;
    let (client, answer) = agreed(&server, NAME).await;
    let mut context = Context::new(&answer);
    let payload = context.deflate(b"good \xed\xa0\x80");
    let mut peer = Peer::with(client, "a surrogate, in a message that does not end");
    peer.sends(&[(0x41, &payload)]).await;
    peer.ends_with(1007).await;
}
