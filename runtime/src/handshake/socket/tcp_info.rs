//! `TCP_INFO` of Linux.

use std::sync::LazyLock;
use std::time::Duration;

use nix::libc;
use nix::sys::socket::{GetSockOpt as _, sockopt::GetStruct};
use nix::sys::utsname::uname;
use tokio::net::TcpStream;

use super::Acknowledged;

/// The beginning of the kernel's `struct tcp_info`, which only ever grew at its end.
type Info = [u8; 148];

/// `tcpi_unacked`: segments that were sent and are not acknowledged.
const UNACKED: usize = 24;
/// `tcpi_last_ack_recv`: milliseconds since the last acknowledgement.
const LAST_ACK: usize = 56;
/// `tcpi_bytes_acked`.
const BYTES_ACKED: usize = 120;
/// `tcpi_notsent_bytes`.
const NOT_SENT: usize = 144;

#[derive(Clone, Copy)]
struct TcpInfo;

nix::getsockopt_impl!(
    TcpInfo,
    libc::IPPROTO_TCP,
    libc::TCP_INFO,
    Info,
    GetStruct<Info>
);

/// Kernels before 4.6 have a shorter one, which nix would not accept.
static IS_LONG: LazyLock<bool> = LazyLock::new(|| {
    uname().is_ok_and(|system| {
        let release = system.release().to_string_lossy();
        version(&release).is_some_and(|version| version >= (4, 6))
    })
});

/// The first two numbers of a release such as `6.1.0-13-amd64`.
fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

pub(super) fn ask(tcp: &TcpStream) -> Option<Acknowledged> {
    if !*IS_LONG {
        return None;
    }
    read(&TcpInfo.get(tcp).ok()?)
}

fn read(info: &Info) -> Option<Acknowledged> {
    let number = |at| info.get(at..)?.first_chunk().copied();
    let number = |at| number(at).map(u32::from_ne_bytes);
    let bytes = info.get(BYTES_ACKED..)?.first_chunk().copied()?;
    Some(Acknowledged {
        bytes: u64::from_ne_bytes(bytes),
        is_all: number(UNACKED)? == 0 && number(NOT_SENT)? == 0,
        ago: Duration::from_millis(number(LAST_ACK)?.into()),
    })
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn the_version_is_read_from_a_release() {
        assert_eq!(version("6.1.0-13-amd64"), Some((6, 1)));
        assert_eq!(version("4.4"), Some((4, 4)));
        assert_eq!(version("unknown"), None);
    }

    #[tokio::test]
    async fn what_the_peer_has_is_acknowledged_and_what_it_has_no_room_for_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (mut client, (mut server, _)) = (client.unwrap(), accepted.unwrap());
        server.write_all(&[7; 1000]).await.unwrap();
        client.read_exact(&mut [0; 1000]).await.unwrap();
        // The acknowledgement may come a moment later.
        let mut info = ask(&server).unwrap();
        while !info.is_all {
            tokio::task::yield_now().await;
            info = ask(&server).unwrap();
        }
        assert_eq!(info.bytes, 1000);
        while server.try_write(&[7; 65_536]).is_ok() {}
        let info = ask(&server).unwrap();
        assert!(!info.is_all && info.bytes >= 1000, "{info:?}");
    }
}
