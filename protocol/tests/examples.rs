//! The examples, in memory and over TCP.

#[expect(dead_code, reason = "`main` is not called here")]
#[path = "../examples/bytes.rs"]
mod bytes;
#[expect(dead_code, reason = "`main` is not called here")]
#[path = "../examples/echo.rs"]
mod echo;

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use wspring_protocol::{
    Decoder, Event, Limits, MaskingKey, Opcode, ProtocolError, Role, encode_close, encode_frame,
};

const KEY: Option<MaskingKey> = Some([0x12, 0x34, 0x56, 0x78]);

const REQUEST: &str = "GET / HTTP/1.1\r\n\
    Host: localhost\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[test]
fn over_a_byte_slice_every_cut_gives_the_same_replies() {
    let size = bytes::client().len();
    for piece in 1..=size {
        let mut replies = Vec::new();
        let mut server = bytes::Server::new();
        for piece in bytes::client().chunks_mut(piece) {
            server.receive(piece, &mut replies).unwrap();
        }
        assert_eq!(
            replies,
            b"\x8a\x06there?\x81\x0cHello, world\x88\x02\x03\xe8",
        );
    }
}

#[test]
fn over_a_byte_slice_a_broken_rule_is_answered_with_a_close_frame() {
    let mut replies = Vec::new();
    let mut unmasked = *b"\x81\x05Hello";
    let error = bytes::Server::new()
        .receive(&mut unmasked, &mut replies)
        .unwrap_err();
    assert_eq!(error, ProtocolError::Unmasked);
    assert_eq!(replies[2..4], 1002_u16.to_be_bytes());
}

#[test]
fn section_1_3_the_key_is_answered() {
    assert_eq!(
        echo::accept("dGhlIHNhbXBsZSBub25jZQ=="),
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );
}

#[test]
fn over_tcp_messages_come_back_until_the_client_closes() {
    let (mut client, server) = connect();
    client.write_all(REQUEST.as_bytes()).unwrap();
    let mut frames = Vec::new();
    encode_frame(&mut frames, Opcode::Text, false, KEY, b"Hel");
    encode_frame(&mut frames, Opcode::Ping, true, KEY, b"?");
    encode_frame(&mut frames, Opcode::Continuation, true, KEY, b"lo");
    encode_frame(&mut frames, Opcode::Binary, true, KEY, &[7; 70_000]);
    encode_close(&mut frames, KEY, Some(1000), "");
    client.write_all(&frames).unwrap();

    let mut received = Vec::new();
    client.read_to_end(&mut received).unwrap();
    let end = received.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, wire) = received.split_at_mut(end.expect("a response") + 4);
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    let mut decoder = Decoder::new(Role::Client, Limits::new(100_000, None));
    let mut input = wire;
    for expected in [
        Event::Pong(b"?".into()),
        Event::Text("Hello".into()),
        Event::Binary(vec![7; 70_000].into()),
    ] {
        assert_eq!(decoder.decode(&mut input), Ok(Some(expected)));
    }
    let last = decoder.decode(&mut input);
    assert!(matches!(last, Ok(Some(Event::Close(Some(frame)))) if frame.code == 1000));
    server.join().unwrap().unwrap();
}

#[test]
fn over_tcp_a_request_that_is_not_a_handshake_is_refused() {
    let cut = REQUEST.len() / 2;
    let old = REQUEST.replace("Version: 13", "Version: 8");
    let endless = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(10_000));
    for (request, answer) in [
        (old.as_str(), "HTTP/1.1 400 "),
        (&REQUEST[..cut], ""),
        (&endless, ""),
        ("", ""),
    ] {
        let (mut client, server) = connect();
        client.write_all(request.as_bytes()).unwrap();
        // It fails if the server has refused the request by now.
        let _end = client.shutdown(Shutdown::Write);
        let error = server.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let mut received = Vec::new();
        // Unread bytes of the request make the kernel reset the connection.
        let _reset = client.read_to_end(&mut received);
        assert!(received.starts_with(answer.as_bytes()));
    }
}

/// Connects to the example's server, which serves this one client on a thread.
fn connect() -> (TcpStream, thread::JoinHandle<io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (stream, _) = listener.accept().unwrap();
    (client, thread::spawn(move || echo::serve(stream)))
}
