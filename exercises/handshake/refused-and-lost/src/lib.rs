//! Open a connection, and never wait longer than you said.
//!
//! Its chapter is `book/handshake/refused-and-lost.md`. Run `cargo test -p refused-and-lost`.
//!
//! Fill in the blank below. The tests call your function on a client whose server listens, does not listen, cannot be
//! reached, or is never heard of.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::Socket;

/// What became of an attempt to open a connection.
#[derive(Debug)]
pub enum Outcome {
    /// The handshake is over for this side. The socket is in blocking mode.
    Connected(Socket),
    /// A reset came back that acknowledges the SYN (RFC 9293 section 3.10.7.3).
    Refused,
    /// No answer: the limit has passed, or the kernel has given up before it (RFC 9293 section 3.8.3).
    TimedOut,
    /// An ICMP message says that the network or the host cannot be reached (RFC 9293 section 3.9.2.2).
    Unreachable,
}

/// Opens a connection over IPv4 from the address `from` to the address `to`, and returns what became of it after `limit` at
/// the latest.
///
/// The socket must not block while it connects. So the call begins the handshake and returns with
/// `EINPROGRESS`, which is no outcome yet: wait with `poll` until the socket is writable or the limit has passed, and
/// then ask the socket what happened (`SO_ERROR`). The limit is for everything together, however often the wait is interrupted.
/// Do not use socket2's `connect_timeout`: it does all this and would hide it.
///
/// After any outcome but [`Outcome::Connected`] nothing is left of the attempt: its socket is closed, and no thread goes on
/// waiting.
///
/// The kernel tells the outcomes apart by the `ErrorKind`s `ConnectionRefused`, `TimedOut`, `HostUnreachable` and
/// `NetworkUnreachable`.
///
/// # Errors
/// All other errors, unchanged; those of the calls before `connect` too.
pub fn connect(from: SocketAddr, to: SocketAddr, limit: Duration) -> io::Result<Outcome> {
    todo!("begin to connect from {from} to {to}, wait for {limit:?} at most, and ask the socket")
}
