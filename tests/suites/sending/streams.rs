//! Messages that are written or streamed.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};
use wspring::MessageKind::{Binary, Text};
use wspring::prelude::*;
use wspring::{Initiator, MessageKind};
use wspring_tests::soon;

use crate::{Scene, assert_frame, read_message};

#[tokio::test]
async fn g3_a_writer_that_was_never_written_to_sends_nothing() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    session.message_writer(Text).finish().await.unwrap();
    session.message_writer(Binary).shutdown().await.unwrap();
    session.message_writer(Text).flush().await.unwrap();
    drop(session.message_writer(Text));
    session.send("the next").await.unwrap();
    assert_frame(&mut client, 0x81, b"the next").await;
}

#[tokio::test]
async fn g3_a_write_of_no_bytes_is_an_empty_message() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    for (kind, first) in [(Text, 0x81), (Binary, 0x82)] {
        let mut writer = session.message_writer(kind);
        assert_eq!(writer.write(b"").await.unwrap(), 0);
        writer.flush().await.unwrap();
        writer.finish().await.unwrap();
        assert_frame(&mut client, first, b"").await;
    }
}

#[tokio::test]
async fn g3_what_is_written_goes_out_in_frames_of_16_kib() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let mut writer = session.message_writer(Text);
    for word in ["one ", "short ", "message"] {
        writer.write_all(word.as_bytes()).await.unwrap();
    }
    writer.finish().await.unwrap();
    assert_frame(&mut client, 0x81, b"one short message").await;

    let mut writer = session.message_writer(Binary);
    writer.write_all(&[7; 40_000]).await.unwrap();
    writer.finish().await.unwrap();
    assert_frame(&mut client, 0x02, &[7; 16_384]).await;
    assert_frame(&mut client, 0x00, &[7; 16_384]).await;
    assert_frame(&mut client, 0x80, &[7; 7_232]).await;
}

#[tokio::test]
async fn g3_a_flush_sends_what_was_written_and_shutdown_ends_the_message() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let mut writer = session.message_writer(Text);
    writer.write_all(b"at once").await.unwrap();
    writer.flush().await.unwrap();
    assert_frame(&mut client, 0x01, b"at once").await;
    writer.shutdown().await.unwrap();
    assert_frame(&mut client, 0x80, b"").await;

    writer.shutdown().await.unwrap();
    let late = writer.write_all(b"late").await.unwrap_err();
    assert_eq!(late.kind(), io::ErrorKind::BrokenPipe);
    assert!(
        late.to_string().contains("`Session::message_writer`"),
        "{late}"
    );
    writer.finish().await.unwrap();
    session.send("the next").await.unwrap();
    assert_frame(&mut client, 0x81, b"the next").await;
}

#[tokio::test]
async fn g3_one_writer_waits_for_another_and_messages_for_both() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let mut first = session.message_writer(Text);
    let mut second = session.message_writer(Binary);
    first.write_all(b"first").await.unwrap();
    first.flush().await.unwrap();
    second.write_all(&[7; 16_384]).await.unwrap();
    assert!(
        second.flush().now_or_never().is_none(),
        "the first is not finished"
    );
    session.try_send("behind the first").unwrap();
    first.finish().await.unwrap();
    second.flush().await.unwrap();
    session.try_send("behind the second").unwrap();
    second.finish().await.unwrap();
    assert_frame(&mut client, 0x01, b"first").await;
    assert_frame(&mut client, 0x80, b"").await;
    assert_frame(&mut client, 0x81, b"behind the first").await;
    assert_frame(&mut client, 0x02, &[7; 16_384]).await;
    assert_frame(&mut client, 0x80, b"").await;
    assert_frame(&mut client, 0x81, b"behind the second").await;
}

#[tokio::test]
async fn g3_a_writer_that_is_dropped_in_the_middle_ends_the_session_with_1011() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let mut writer = session.message_writer(Text);
    writer.write_all(b"a piece").await.unwrap();
    writer.flush().await.unwrap();
    session.try_send("behind it").unwrap();
    drop(writer);
    assert!(!session.is_open());
    assert_frame(&mut client, 0x01, b"a piece").await;
    let reason = "a message was begun and not finished";
    assert_eq!(client.read_close().await, (1011, reason.to_owned()));
    client.frame(0x88, &1011_u16.to_be_bytes()).await;
    let closed = scene.closed().await;
    assert_eq!(
        (closed.code, closed.initiator),
        (CloseCode::INTERNAL_ERROR, Initiator::Runtime)
    );
}

#[tokio::test]
async fn g3_a_writer_that_is_dropped_before_its_first_part_leaves_no_trace() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let mut writer = session.message_writer(Text);
    writer.write_all(b"thought better of it").await.unwrap();
    drop(writer);
    session.send("the next").await.unwrap();
    assert_frame(&mut client, 0x81, b"the next").await;
}

#[tokio::test]
async fn g3_text_is_cut_between_characters_wherever_it_is_written() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let text = "aä€𝄞".repeat(3_000);
    let mut writer = session.message_writer(Text);
    for piece in text.as_bytes().chunks(7) {
        writer.write_all(piece).await.unwrap();
        if piece[0] == b'a' {
            writer.flush().await.unwrap();
        }
    }
    writer.finish().await.unwrap();
    let mut received = String::new();
    loop {
        let frame = client.read_frame().await;
        let part = str::from_utf8(&frame.payload);
        received.push_str(part.expect("each frame is text for itself"));
        if frame.first & 0x80 != 0 {
            break;
        }
    }
    assert!(received == text);
}

#[tokio::test]
async fn g3_text_that_is_not_utf_8_is_an_error_before_it_goes_out() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let mut writer = session.message_writer(Text);
    writer.write_all(b"good, ").await.unwrap();
    writer.flush().await.unwrap();
    for bad in [
        &b"bad \xff"[..],
        b"\xed\xa0\x80 is a lone surrogate",
        b"\x80",
    ] {
        let error = writer.write_all(bad).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let error = error.downcast::<SendError>().unwrap();
        assert!(matches!(error, SendError::InvalidText), "{error}");
    }
    writer.write_all(b"and good").await.unwrap();
    writer.finish().await.unwrap();
    assert_frame(&mut client, 0x01, b"good, ").await;
    assert_frame(&mut client, 0x80, b"and good").await;
}

#[tokio::test]
async fn g3_a_text_that_ends_inside_a_character_cannot_be_finished() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let mut writer = session.message_writer(Text);
    writer.write_all(b"\xe2\x82").await.unwrap();
    let error = writer.shutdown().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    writer.write_all(b"\xac").await.unwrap();
    writer.finish().await.unwrap();
    assert_frame(&mut client, 0x81, "€".as_bytes()).await;

    let mut writer = session.message_writer(Text);
    writer.write_all(b"begun").await.unwrap();
    writer.flush().await.unwrap();
    writer.write_all(b"\xe2\x82").await.unwrap();
    let unfinished = writer.finish().await;
    assert!(matches!(unfinished, Err(SendError::InvalidText)));
    assert_frame(&mut client, 0x01, b"begun").await;
    assert_eq!(client.read_close().await.0, 1011);
}

#[tokio::test]
async fn g3_a_writer_of_a_pong_is_refused() {
    let mut scene = Scene::start().await;
    let (_client, session) = scene.open().await;
    let mut writer = session.message_writer(MessageKind::Pong);
    let error = writer.write_all(b"?").await.unwrap_err();
    assert!(error.to_string().contains("`Session::pong`"), "{error}");
    assert!(session.is_open());
}

#[tokio::test]
async fn g3_a_stream_is_one_message_and_an_empty_one_an_empty_message() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let long: Vec<u8> = (0..100_000_u32).flat_map(u32::to_be_bytes).collect();
    let sending = tokio::spawn({
        let (session, long) = (session.clone(), long.clone());
        async move { session.send_stream(Binary, long.as_slice()).await }
    });
    let (opcode, received, frames) = read_message(&mut client).await;
    assert_eq!(sending.await.unwrap().unwrap(), 400_000);
    assert!(opcode == 2 && received == long);
    assert!(frames > 20, "{frames} frames");
    assert_eq!(
        session.send_stream(Text, tokio::io::empty()).await.unwrap(),
        0
    );
    assert_frame(&mut client, 0x81, b"").await;
}

#[tokio::test]
async fn g3_what_a_source_gives_goes_out_while_it_has_nothing_more() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let (mut source, reader) = tokio::io::duplex(1_024);
    let sending = tokio::spawn(async move { session.send_stream(Text, reader).await });
    source.write_all(b"tick").await.unwrap();
    assert_frame(&mut client, 0x01, b"tick").await;
    source.write_all(b"tock").await.unwrap();
    assert_frame(&mut client, 0x00, b"tock").await;
    drop(source);
    assert_frame(&mut client, 0x80, b"").await;
    assert_eq!(sending.await.unwrap().unwrap(), 8);
}

/// A source without an end, that counts what was read of it.
struct Endless(Arc<AtomicUsize>);

impl AsyncRead for Endless {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let bytes = buffer.remaining();
        buffer.initialize_unfilled().fill(b'x');
        buffer.advance(bytes);
        self.0.fetch_add(bytes, Ordering::SeqCst);
        Poll::Ready(Ok(()))
    }
}

/// How much was read when nothing more is, because the peer takes no more.
async fn stalled(read: &AtomicUsize) -> usize {
    let (mut before, mut same) = (0, 0);
    while same < 1_000 || before == 0 {
        tokio::task::yield_now().await;
        let now = read.load(Ordering::SeqCst);
        same = if now == before { same + 1 } else { 0 };
        before = now;
    }
    before
}

#[tokio::test]
async fn g3_a_stream_is_read_no_faster_than_the_peer_reads_and_leaves_room_for_pushes() {
    // Ten times as much as the kernel holds for a connection would fit.
    let mut scene = Scene::start_with(Server::builder().outbox_bytes(100 << 20)).await;
    let (mut client, session) = scene.open_narrow().await;
    let read = Arc::default();
    let sending = tokio::spawn({
        let (session, source) = (session.clone(), Endless(Arc::clone(&read)));
        async move { session.send_stream(Binary, source).await }
    });
    let before = stalled(&read).await;
    assert!(
        before < 16 << 20,
        "{before} bytes were read for a peer that reads nothing"
    );
    assert_eq!(scene.push("a push").await.unwrap(), 1, "it finds room");
    let mut received = 0;
    while received < before {
        received += client.read_frame().await.payload.len();
    }
    assert!(
        stalled(&read).await > before,
        "it goes on when the peer reads"
    );

    client.reset();
    let ended = soon("the end of the stream", sending).await.unwrap();
    assert!(matches!(ended, Err(SendError::Closed)), "{ended:?}");
    assert_eq!(scene.closed().await.code, CloseCode::ABNORMAL);
}

#[tokio::test]
async fn g3_a_text_stream_that_is_not_utf_8_fails_before_it_goes_out() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let short = session.send_stream(Text, &b"bad \xff"[..]).await;
    assert!(matches!(short, Err(SendError::InvalidText)), "{short:?}");
    session.send("still open").await.unwrap();
    assert_frame(&mut client, 0x81, b"still open").await;

    let long = [&[b'x'; 100_000][..], b"\xff"].concat();
    let sending = tokio::spawn(async move { session.send_stream(Text, long.as_slice()).await });
    let mut received = Vec::new();
    let close = loop {
        let frame = client.read_frame().await;
        if frame.first == 0x88 {
            break frame.payload;
        }
        received.extend(frame.payload);
    };
    let ended = sending.await.unwrap();
    assert!(matches!(ended, Err(SendError::InvalidText)), "{ended:?}");
    assert!(received.len() <= 100_000 && received.iter().all(|byte| *byte == b'x'));
    assert_eq!(close[..2], 1011_u16.to_be_bytes());
}

/// A source that cannot be read.
struct Broken;

impl AsyncRead for Broken {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::Error::other("the disk is gone")))
    }
}

#[tokio::test]
async fn g3_a_source_that_fails_ends_the_session_if_a_part_went_out() {
    let mut scene = Scene::start().await;
    let (mut client, session) = scene.open().await;
    let failed = session.send_stream(Binary, Broken).await.unwrap_err();
    assert!(matches!(failed, SendError::Read(_)), "{failed:?}");
    assert!(failed.to_string().ends_with("the disk is gone"), "{failed}");
    session.send("still open").await.unwrap();
    assert_frame(&mut client, 0x81, b"still open").await;

    let source = (&[b'x'; 20_000][..]).chain(Broken);
    let failed = session.send_stream(Binary, source).await;
    assert!(matches!(failed, Err(SendError::Read(_))), "{failed:?}");
    assert_frame(&mut client, 0x02, &[b'x'; 16_384]).await;
    assert_eq!(client.read_close().await.0, 1011);
}
