//! Sockets that never block, and the one place that waits for them.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::fd::OwnedFd;
use rustix::io::{self, Errno, Result};
use rustix::net::{self, AddressFamily, SocketFlags, SocketType, sockopt};
use rustix::time::Timespec;

/// A TCP connection to the server.
pub(crate) struct Socket(OwnedFd);

/// What a read found.
pub(crate) enum Read {
    Bytes(usize),
    Nothing,
    /// The server ended the connection, with a reset or without.
    End {
        reset: bool,
    },
}

/// So many connections leave from one address of this machine: it has 28,000 ports for them.
const CONNECTIONS_PER_SOURCE: usize = 20_000;

/// The address that connection `number` leaves from.
pub(crate) fn source(number: usize) -> Ipv4Addr {
    address(number / CONNECTIONS_PER_SOURCE)
}

/// The `number`th loopback address of 200.
pub(crate) fn address(number: usize) -> Ipv4Addr {
    let last = u8::try_from(number % 200 + 1).unwrap_or(1);
    Ipv4Addr::new(127, 0, 0, last)
}

impl Socket {
    /// Begins to connect.
    pub(crate) fn connect(source: Ipv4Addr, port: u16, narrow: bool) -> Result<Self> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = net::socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
        sockopt::set_tcp_nodelay(&socket, true)?;
        if narrow {
            sockopt::set_socket_recv_buffer_size(&socket, 4096)?;
        }
        if source != Ipv4Addr::LOCALHOST {
            net::bind(&socket, &SocketAddrV4::new(source, 0))?;
        }
        match net::connect(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)) {
            Ok(()) | Err(Errno::INPROGRESS) => Ok(Self(socket)),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn read(&self, buffer: &mut [u8]) -> Read {
        match io::read(&self.0, buffer) {
            Ok(0) => Read::End { reset: false },
            Ok(length) => Read::Bytes(length),
            Err(Errno::AGAIN | Errno::INTR) => Read::Nothing,
            Err(_) => Read::End { reset: true },
        }
    }

    /// Writes as much as the socket takes now.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<usize> {
        match io::write(&self.0, bytes) {
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            written => written,
        }
    }

    /// Ends the connection with a reset, which leaves nothing behind on either side.
    pub(crate) fn reset(self) {
        // Without it, it ends all the same.
        let _ = sockopt::set_socket_linger(&self.0, Some(Duration::ZERO));
    }
}

/// Waits for many sockets; each has a token of the caller's choice.
pub(crate) struct Poller(OwnedFd);

/// What a wait found.
pub(crate) struct Events(Vec<epoll::Event>);

/// A socket that can be read or written.
#[derive(Clone, Copy)]
pub(crate) struct Event {
    pub(crate) token: usize,
    /// There is something to read, if only the end.
    pub(crate) readable: bool,
    pub(crate) writable: bool,
}

/// What to wait for.
pub(crate) const READ: EventFlags = EventFlags::IN;
pub(crate) const WRITE: EventFlags = EventFlags::OUT;

impl Poller {
    pub(crate) fn new() -> Result<Self> {
        epoll::create(CreateFlags::CLOEXEC).map(Self)
    }

    pub(crate) fn add(&self, socket: &Socket, token: usize, interest: EventFlags) -> Result<()> {
        epoll::add(
            &self.0,
            &socket.0,
            EventData::new_u64(token as u64),
            interest,
        )
    }

    pub(crate) fn modify(&self, socket: &Socket, token: usize, interest: EventFlags) -> Result<()> {
        epoll::modify(
            &self.0,
            &socket.0,
            EventData::new_u64(token as u64),
            interest,
        )
    }

    pub(crate) fn remove(&self, socket: &Socket) -> Result<()> {
        epoll::delete(&self.0, &socket.0)
    }

    /// Waits until something happens, at most so long.
    pub(crate) fn wait(&self, events: &mut Events, timeout: Duration) -> Result<()> {
        events.0.clear();
        let timeout = Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            // Whole milliseconds, which every kernel can wait for.
            tv_nsec: i64::from(timeout.subsec_millis()) * 1_000_000,
        };
        match epoll::wait(&self.0, spare_capacity(&mut events.0), Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Events {
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(1024))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Event> {
        let ends = EventFlags::ERR | EventFlags::HUP;
        self.0.iter().map(move |event| {
            // Copied out, because the fields of the system's structure are not aligned.
            let (flags, data) = (event.flags, event.data);
            Event {
                token: usize::try_from(data.u64()).unwrap_or(usize::MAX),
                readable: flags.intersects(READ | ends),
                writable: flags.intersects(WRITE),
            }
        })
    }
}
