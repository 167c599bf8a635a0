//! Wrong: a socket that has become writable is connected.
//! Fails: a_reset_means_refused

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{Domain, Socket, Type};

/// What became of an attempt to open a connection.
#[derive(Debug)]
pub enum Outcome {
    /// The handshake is over for this side.
    Connected(Socket),
    /// The host is there, and a reset came back.
    Refused,
    /// No answer.
    TimedOut,
    /// An ICMP message says that the network or the host cannot be reached.
    Unreachable,
}

/// Opens a connection, and returns what became of it after `limit` at the latest.
pub fn connect(from: SocketAddr, to: SocketAddr, limit: Duration) -> io::Result<Outcome> {
    let begun = Instant::now();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.into())?;
    socket.set_nonblocking(true)?;
    match socket.connect(&to.into()) {
        Ok(()) => {}
        Err(error) if goes_on(&error) => {
            if !decided(&socket, begun, limit)? {
                return Ok(Outcome::TimedOut);
            }
        }
        Err(error) => return outcome_of(error),
    }
    socket.set_nonblocking(false)?;
    Ok(Outcome::Connected(socket))
}

/// Whether the kernel goes on with the handshake although `connect()` has returned.
fn goes_on(error: &io::Error) -> bool {
    let under_way = [Errno::EINPROGRESS, Errno::EINTR];
    error
        .raw_os_error()
        .is_some_and(|code| under_way.contains(&Errno::from_raw(code)))
}

/// Waits until the outcome is known; `false` if it is not when the limit has passed.
fn decided(socket: &Socket, begun: Instant, limit: Duration) -> io::Result<bool> {
    loop {
        let left = limit.saturating_sub(begun.elapsed());
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
        let mut sockets = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
        match poll(&mut sockets, timeout) {
            Ok(0) if begun.elapsed() >= limit => return Ok(false),
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}

/// What the kernel's error says of the attempt.
fn outcome_of(error: io::Error) -> io::Result<Outcome> {
    match error.kind() {
        ErrorKind::ConnectionRefused => Ok(Outcome::Refused),
        ErrorKind::TimedOut => Ok(Outcome::TimedOut),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Ok(Outcome::Unreachable),
        _ => Err(error),
    }
}
