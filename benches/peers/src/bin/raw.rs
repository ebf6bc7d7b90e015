//! `z`: the limit of the machine. It answers the first request of a connection with a 101, whatever it is, and from
//! then on sends back what it reads, or sends it to all connections of /broadcast.

use std::io;
use std::net::TcpListener;
use std::thread;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::fd::{AsFd, AsRawFd as _, OwnedFd};
use rustix::io::Errno;
use rustix::net::{SocketFlags, accept_with, sockopt};

const ANSWER: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

struct Connection {
    socket: OwnedFd,
    is_upgraded: bool,
    is_broadcast: bool,
    unwritten: Vec<u8>,
}

/// The connections of one thread, by the number of their socket.
struct Server {
    epoll: OwnedFd,
    connections: Vec<Option<Box<Connection>>>,
    /// The members of /broadcast.
    members: Vec<usize>,
}

fn main() {
    let arguments = wspring_bench_peers::start();
    let threads: Vec<_> = (0..arguments.threads)
        .map(|_| thread::spawn(move || serve(arguments.port)))
        .collect();
    for thread in threads {
        let ended = thread.join().expect("a thread");
        ended.expect("sockets");
    }
}

fn serve(port: u16) -> io::Result<()> {
    let listener = wspring_bench_peers::listen(port, true)?;
    let mut server = Server {
        epoll: epoll::create(CreateFlags::CLOEXEC)?,
        connections: Vec::new(),
        members: Vec::new(),
    };
    let listening = number(&listener);
    add(&server.epoll, &listener, listening)?;
    let mut events = Vec::with_capacity(1024);
    let mut buffer = vec![0; 512 * 1024];
    loop {
        events.clear();
        match epoll::wait(&server.epoll, spare_capacity(&mut events), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &events {
            let (flags, data) = (event.flags, event.data);
            let number = data.u64() as usize;
            if number == listening {
                server.accept(&listener)?;
                continue;
            }
            if flags.contains(EventFlags::OUT) {
                server.write(number)?;
            }
            if flags != EventFlags::OUT {
                server.read(number, &mut buffer)?;
            }
        }
    }
}

fn number(socket: &impl AsFd) -> usize {
    socket.as_fd().as_raw_fd() as usize
}

fn add(epoll: &OwnedFd, socket: &impl AsFd, number: usize) -> io::Result<()> {
    epoll::add(
        epoll,
        socket,
        EventData::new_u64(number as u64),
        EventFlags::IN,
    )?;
    Ok(())
}

/// Waits for what there is to read, and for room if there is something to write.
fn interest(epoll: &OwnedFd, connection: &Connection) -> io::Result<()> {
    let number = EventData::new_u64(number(&connection.socket) as u64);
    let interest = if connection.unwritten.is_empty() {
        EventFlags::IN
    } else {
        EventFlags::IN | EventFlags::OUT
    };
    epoll::modify(epoll, &connection.socket, number, interest)?;
    Ok(())
}

impl Server {
    fn accept(&mut self, listener: &TcpListener) -> io::Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        while let Ok(socket) = accept_with(listener, flags) {
            sockopt::set_tcp_nodelay(&socket, true)?;
            let number = number(&socket);
            add(&self.epoll, &socket, number)?;
            if self.connections.len() <= number {
                self.connections.resize_with(number + 1, || None);
            }
            self.connections[number] = Some(Box::new(Connection {
                socket,
                is_upgraded: false,
                is_broadcast: false,
                unwritten: Vec::new(),
            }));
        }
        Ok(())
    }

    fn read(&mut self, number: usize, buffer: &mut [u8]) -> io::Result<()> {
        let Some(connection) = self.connections[number].as_mut() else {
            return Ok(());
        };
        let bytes = match rustix::io::read(&connection.socket, &mut *buffer) {
            Err(Errno::AGAIN) => return Ok(()),
            Ok(length @ 1..) => &buffer[..length],
            Ok(0) | Err(_) => {
                self.end(number);
                return Ok(());
            }
        };
        if !connection.is_upgraded {
            connection.is_upgraded = true;
            connection.send(&self.epoll, ANSWER)?;
            connection.is_broadcast = bytes.starts_with(b"GET /broadcast");
            if connection.is_broadcast {
                self.members.push(number);
            }
        } else if connection.is_broadcast {
            for member in &self.members {
                if let Some(connection) = self.connections[*member].as_mut() {
                    connection.send(&self.epoll, bytes)?;
                }
            }
        } else {
            connection.send(&self.epoll, bytes)?;
            // A Close frame: the connection is to end.
            if bytes.len() < 16 && bytes[0] == 0x88 {
                self.end(number);
            }
        }
        Ok(())
    }

    fn write(&mut self, number: usize) -> io::Result<()> {
        if let Some(connection) = self.connections[number].as_mut() {
            let written = rustix::io::write(&connection.socket, &connection.unwritten);
            connection.unwritten.drain(..written.unwrap_or(0));
            if connection.unwritten.is_empty() {
                interest(&self.epoll, connection)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, number: usize) {
        if let Some(connection) = self.connections[number].take()
            && connection.is_broadcast
        {
            self.members.retain(|member| *member != number);
        }
    }
}

impl Connection {
    fn send(&mut self, epoll: &OwnedFd, bytes: &[u8]) -> io::Result<()> {
        let mut written = 0;
        if self.unwritten.is_empty() {
            // What is broken is found when it is read.
            written = rustix::io::write(&self.socket, bytes).unwrap_or(0);
        }
        if written < bytes.len() {
            let is_first = self.unwritten.is_empty();
            self.unwritten.extend_from_slice(&bytes[written..]);
            if is_first {
                interest(epoll, self)?;
            }
        }
        Ok(())
    }
}
