//! A stream of any size takes little memory.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use wspring::Compression;
use wspring::prelude::*;
use wspring_tests::client::masked_frame;
use wspring_tests::soon;

use crate::{BINARY, COMPRESSED_BINARY, Event, FIRST_BINARY, LAST, MIDDLE, Scene, TEXT, compress};

#[tokio::test]
async fn b8_a_stream_may_be_larger_than_any_limit() {
    let builder = Server::builder().max_message_size(1_000).max_fragments(4);
    let scene = Scene::start_with(builder).await;
    let mut client = scene.connect("/reader/count").await;
    client.frame(BINARY, &vec![7; 5_000_000]).await;
    assert_eq!(client.read_frame().await.payload, b"5000000");
    client.frame(FIRST_BINARY, b"").await;
    for _ in 0..1_000 {
        client.frame(MIDDLE, &[7; 1_000]).await;
    }
    client.frame(LAST, b"").await;
    assert_eq!(client.read_frame().await.payload, b"1000000");
}

/// What the kernel holds for a connection is a few megabytes; a server that reads on would take all of it.
#[tokio::test]
async fn e4_a_peer_whose_message_nobody_reads_has_to_wait() {
    // The bytes of the answer are compared, and this takes seconds: no ping may come in between.
    let builder = Server::builder().ping_interval(Duration::from_secs(3600));
    let mut scene = Scene::start_with(builder).await;
    let mut client = scene.connect("/reader/impatient").await;
    client.frame(FIRST_BINARY, b"begun").await;
    scene.assert_next(Event::Pong).await;
    let mut client = client.into_inner();
    let frame = masked_frame(LAST, &vec![7; 32_000_000]);
    let mut written = 0;
    let mut refused = 0;
    while written < frame.len() && refused < 1_000 {
        match client.try_write(&frame[written..]) {
            Ok(bytes) => {
                written += bytes;
                refused = 0;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                refused += 1;
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(written < frame.len(), "all was taken");

    // When its handler has returned, the rest is dropped.
    scene.gate.add_permits(1);
    scene
        .assert_next(Event::Binary(b"begu".to_vec(), false))
        .await;
    let rest = async {
        use tokio::io::AsyncWriteExt as _;
        client.write_all(&frame[written..]).await.unwrap();
        client
            .write_all(&masked_frame(TEXT, b"after"))
            .await
            .unwrap();
        let mut answer = [0; 7];
        client.read_exact(&mut answer).await.unwrap();
        answer
    };
    assert_eq!(soon("the answer", rest).await, *b"\x81\x05after");
}

/// 400 MB in a compressed message of 400 KB.
#[tokio::test]
async fn e4_a_bomb_takes_no_more_memory_than_any_message() {
    const TIMES: usize = 40;
    const SIZE: usize = TIMES * 10_000_000;
    let builder = Server::builder().compression(Compression::on());
    let scene = Scene::start_with(builder).await;
    // Behind zeros, the same bytes give as many zeros again.
    let zeros = [&compress(&vec![0; SIZE / TIMES])[..], b"\x00\x00\xff\xff"].concat();
    let mut bomb = zeros.repeat(TIMES);
    bomb.truncate(bomb.len() - 4);

    let mut client = scene.connect_compressed("/reader/count").await;
    client.frame(COMPRESSED_BINARY, &compress(b"Hello")).await;
    assert_eq!(client.read_frame().await.payload, b"5");
    let before = peak_memory();
    client.frame(COMPRESSED_BINARY, &bomb).await;
    assert_eq!(client.read_frame().await.payload, b"400000000");
    let grown = peak_memory() - before;
    assert!(grown < SIZE / 5, "{grown} bytes, other tests counted");
}

/// The most memory that this process ever had, in bytes.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .and_then(|number| number.parse::<usize>().ok())
        .expect("a number of kB")
        * 1024
}
