//! Connections that are upgraded (RFC 6455 §4.1).

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use crate::args::Args;
use crate::socket::{self, Events, Poller, READ, Read, Socket, WRITE};

/// The key of the RFC's example, and the answer to it.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// So many handshakes are on their way at the same time.
const AT_ONCE: usize = 64;

/// A connection, and what came behind the head of the answer.
pub(crate) struct Opened {
    pub(crate) socket: Socket,
    pub(crate) rest: Vec<u8>,
}

/// A handshake that is on its way.
struct Pending {
    socket: Socket,
    is_sent: bool,
    answer: Vec<u8>,
}

/// The request of connection `number`.
pub(crate) fn request(args: &Args, number: usize) -> Vec<u8> {
    let (target, port) = (args.target(number), args.port_of(number));
    let extensions = if args.deflate {
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    } else {
        ""
    };
    format!(
        "GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: wspring-bench\r\n\
         Origin: http://127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n{extensions}\r\n"
    )
    .into_bytes()
}

/// Where the head of the answer ends.
pub(crate) fn end_of_head(answer: &[u8]) -> Option<usize> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some(end + 4)
}

/// Fails unless the answer is the 101 to our request.
pub(crate) fn verify(args: &Args, head: &[u8]) -> anyhow::Result<()> {
    let head = String::from_utf8_lossy(head);
    let status = head.lines().next().unwrap_or_default();
    ensure!(
        head.starts_with("HTTP/1.1 101"),
        "the answer is no 101: {status}"
    );
    if !args.raw {
        ensure!(head.contains(ACCEPT), "the Sec-WebSocket-Accept is wrong");
    }
    if args.deflate {
        let agreed = head.contains("permessage-deflate");
        ensure!(agreed, "the server did not agree on permessage-deflate");
    }
    Ok(())
}

/// Opens `count` connections, in the order of their numbers.
pub(crate) fn open_all(args: &Args, count: usize) -> anyhow::Result<Vec<Opened>> {
    open(args, 0..count, false)
}

/// Opens the connections of these numbers, in their order.
pub(crate) fn open_some(args: &Args, numbers: Range<usize>) -> anyhow::Result<Vec<Opened>> {
    open(args, numbers, false)
}

/// Opens a connection whose receive buffer is small.
pub(crate) fn open_narrow(args: &Args) -> anyhow::Result<Opened> {
    open(args, 0..1, true)?.pop().context("no connection")
}

fn open(args: &Args, numbers: Range<usize>, narrow: bool) -> anyhow::Result<Vec<Opened>> {
    let (first, count) = (numbers.start, numbers.len());
    let poller = Poller::new()?;
    let mut events = Events::new();
    let mut opened: Vec<Option<Opened>> = (0..count).map(|_| None).collect();
    let mut pending: Vec<Option<Pending>> = (0..count).map(|_| None).collect();
    let mut buffer = vec![0; 16 * 1024];
    let (mut begun, mut done) = (0, 0);
    let patience = Duration::from_secs(60) + Duration::from_millis(count as u64);
    let deadline = Instant::now() + patience;
    while done < count {
        while begun < count && begun - done < AT_ONCE {
            let number = first + begun;
            let (source, port) = (socket::source(number), args.port_of(number));
            let socket = Socket::connect(source, port, narrow).context("cannot connect")?;
            poller.add(&socket, begun, WRITE)?;
            pending[begun] = Some(Pending {
                socket,
                is_sent: false,
                answer: Vec::new(),
            });
            begun += 1;
        }
        poller.wait(&mut events, Duration::from_secs(1))?;
        if Instant::now() > deadline {
            bail!("only {done} of {count} handshakes were answered in time");
        }
        for event in events.iter() {
            let number = event.token;
            let Some(handshake) = pending[number].as_mut() else {
                continue;
            };
            if !handshake.is_sent {
                handshake.send(args, first + number)?;
                poller.modify(&handshake.socket, number, READ)?;
                continue;
            }
            if handshake.is_answered(args, &mut buffer)?
                && let Some(Pending { socket, answer, .. }) = pending[number].take()
            {
                poller.remove(&socket)?;
                let rest = answer;
                opened[number] = Some(Opened { socket, rest });
                done += 1;
            }
        }
    }
    Ok(opened.into_iter().flatten().collect())
}

impl Pending {
    fn send(&mut self, args: &Args, number: usize) -> anyhow::Result<()> {
        let request = request(args, number);
        let written = self.socket.write(&request).context("cannot connect")?;
        ensure!(
            written == request.len(),
            "a request does not fit into a socket"
        );
        self.is_sent = true;
        Ok(())
    }

    /// Whether the answer is complete; what is behind its head stays in `answer`.
    fn is_answered(&mut self, args: &Args, buffer: &mut [u8]) -> anyhow::Result<bool> {
        match self.socket.read(buffer) {
            Read::Bytes(length) => self.answer.extend_from_slice(&buffer[..length]),
            Read::Nothing => {}
            Read::End { .. } => bail!("the server ended a connection instead of an answer"),
        }
        let Some(end) = end_of_head(&self.answer) else {
            return Ok(false);
        };
        verify(args, &self.answer[..end])?;
        self.answer.drain(..end);
        Ok(true)
    }
}
