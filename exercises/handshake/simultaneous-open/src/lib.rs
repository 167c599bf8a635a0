//! Two calls, one connection.
//!
//! Its chapter is `book/handshake/simultaneous-open.md`. Run `cargo test -p simultaneous-open`.
//!
//! Fill in the three blanks below. The tests call your functions on two hosts whose kernels are joined by a wire. No
//! program listens unless a test says so.

use std::io;
use std::net::SocketAddr;

use socket2::Socket;
use trace::State;

/// Calls `to` from the address `from`: returns a TCP socket over IPv4 that is connected from the one to the other.
///
/// Both hosts call this function, each with its own address as `from` and the other's as `to`. The wire holds
/// their SYNs until both are under way. There is no listener, so the other side finds you at the address `from` or not
/// at all.
///
/// One call of this function is one call on the wire: when to try again is for the caller to decide.
///
/// # Errors
/// Those of the socket calls, unchanged. A SYN that comes before the other side has called is reset there, and gives
/// `ErrorKind::ConnectionRefused`.
///
/// RFC 9293 section 3.5 (figure 7, MUST-10) and section 3.10.7.3.
pub fn call(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    todo!("make a stream socket for IPv4 that calls {to} from {from}")
}

/// Your prediction: the states that each side passes through in figure 7, the first and the last included. It is the
/// same path on both sides.
///
/// RFC 9293 section 3.5 (figure 7) and section 3.3.2.
pub fn path() -> &'static [State] {
    todo!("`&[State::Closed, ...]`, up to the state in which data may flow")
}

/// Connects to `to` from whatever port the kernel chooses, and does not take itself for a peer.
///
/// If `to` is an address of this host, and nobody listens there, the kernel may choose the very port that is called. Then the socket
/// is connected with itself. Return `ErrorKind::ConnectionRefused` in that case: with any other port, the caller would
/// have got that from the kernel. Do not try again.
///
/// A socket that has been refused must leave nothing behind: the program for which `to` is meant may want to listen
/// there at once. An orderly close would keep the address in TIME-WAIT, so abort (RFC 9293 section 3.10.5); on Linux, that is closing
/// with a linger time of zero.
///
/// A peer on this host at another port is no self-connection, and neither is one on another host at the
/// same port.
///
/// A connection is defined by a pair of sockets, each an address and a port: RFC 9293 section 3.4.1.
///
/// # Errors
/// All others of the socket calls, unchanged. `SockAddr::as_socket` gives `None` for an address that is neither IPv4
/// nor IPv6. That cannot happen here; return `ErrorKind::AddrNotAvailable` for it.
pub fn connect_or_refuse_self(to: SocketAddr) -> io::Result<Socket> {
    todo!("connect a stream socket for IPv4 to {to}, and compare the addresses of its two ends")
}
