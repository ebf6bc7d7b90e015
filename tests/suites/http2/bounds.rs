//! How much one connection may have: streams, windows, and what its sessions have queued together.

use std::collections::HashMap;

use wspring::SlowConsumer;

use super::*;

/// The client's first bytes (RFC 9113 §3.4), with an empty SETTINGS frame.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const MAX_CONCURRENT_STREAMS: u16 = 3;
const INITIAL_WINDOW_SIZE: u16 = 4;

/// The settings that the server begins with (RFC 9113 §6.5.1).
async fn announced(server: &TestServer) -> HashMap<u16, u32> {
    let mut client = server.raw().await;
    client.write(PREFACE).await;
    let mut head = [0; 9];
    client.read(&mut head).await;
    let [high, middle, low, kind, ..] = head;
    assert_eq!(kind, 4, "the first frame is SETTINGS: {head:?}");
    let mut payload = vec![0; u32::from_be_bytes([0, high, middle, low]) as usize];
    client.read(&mut payload).await;
    payload
        .chunks_exact(6)
        .map(|entry| {
            let name = u16::from_be_bytes([entry[0], entry[1]]);
            let value = u32::from_be_bytes([entry[2], entry[3], entry[4], entry[5]]);
            (name, value)
        })
        .collect()
}

#[tokio::test]
async fn streams_and_windows_are_settable() {
    let changed = Server::builder().http2_max_streams(2).http2_window(2048);
    for (builder, streams, window) in [(Server::builder(), 100, 65_536), (changed, 2, 2048)] {
        let (recorder, _events) = events::<String>();
        let builder = builder.state(recorder).state(Arc::new(Notify::new()));
        let server = TestServer::start_with(builder).await;
        let settings = announced(&server).await;
        assert_eq!(settings[&MAX_CONCURRENT_STREAMS], streams);
        assert_eq!(settings[&INITIAL_WINDOW_SIZE], window);
    }
}

#[tokio::test]
async fn sessions_of_one_connection_share_room_and_give_it_back() {
    const ROOM: usize = 128 * 1024;
    let (builder, mut events, _) = builder();
    let builder = builder
        .outbox_bytes(ROOM)
        .http2_outbox_bytes(ROOM)
        .slow_consumer(SlowConsumer::Drop);
    let server = TestServer::start_with(builder).await;
    let mut http = server.http2().await;
    let stuck = http.open("/echo/stuck").await;
    let mut neighbor = http.open("/echo/neighbor").await;
    let mut stranger = server.http2().await.open("/echo/stranger").await;
    let large = "x".repeat(60_000);
    let push = async |key| server.handle().send_info(&*large, key).await;
    while push("stuck").await.is_ok() {}

    assert!(matches!(push("neighbor").await, Err(SendError::Full)));
    let small = server.handle().send_info("small", "neighbor").await;
    assert_eq!(small.unwrap().sessions, 1);
    assert_eq!(neighbor.text().await, "small");
    assert_eq!(push("stranger").await.unwrap().sessions, 1);
    assert_eq!(stranger.text().await, large);

    drop(stuck);
    assert!(events.next().await.starts_with("1006"));
    assert_eq!(push("neighbor").await.unwrap().sessions, 1);
    assert_eq!(neighbor.text().await, large);
}
