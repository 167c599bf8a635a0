//! Open one connection, and nothing more.
//!
//! Its chapter is `book/handshake/three-way-handshake.md`. Run `cargo test -p three-way-handshake`.
//!
//! Fill in the four blanks below. The tests call your functions on two hosts, a client and a server,
//! whose kernels are joined by a wire, and look at what the wire saw.

use std::io;
use std::net::SocketAddr;

use socket2::Socket;
use trace::State;

/// The passive open: returns a TCP socket over IPv4 that is in LISTEN at the address `at`.
///
/// The queue of connections that wait to be accepted need not be long: 8 will do.
///
/// # Errors
/// Those of the socket calls, unchanged.
///
/// RFC 9293 section 3.9.1.1 (OPEN, passive) and section 3.10.1.
pub fn listen(at: SocketAddr) -> io::Result<Socket> {
    todo!("make a stream socket for IPv4, give it the address {at}, and let it listen")
}

/// The active open: returns a socket that is connected from the address `from` to the address `to`.
///
/// It returns when the handshake is over for this side. The wire must see the three segments of one
/// handshake, and no other.
///
/// # Errors
/// Those of the socket calls, unchanged. A port that nobody listens on gives `ErrorKind::ConnectionRefused`.
///
/// RFC 9293 section 3.9.1.1 (OPEN, active) and section 3.5.
pub fn connect(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    todo!("make a stream socket for IPv4, give it the address {from}, and connect it to {to}")
}

/// Takes the next connection off the listener's queue: returns its socket and the client's address.
///
/// A call that a signal has interrupted (`ErrorKind::Interrupted`) is made again.
///
/// The connection was made without you (RFC 9293 section 3.10.7.4 needs no call of yours); you only learn of
/// it here.
///
/// # Errors
/// All others of the socket call, unchanged. An address that is none of the Internet's cannot happen here;
/// `ErrorKind::AddrNotAvailable` says so.
pub fn accept(listener: &Socket) -> io::Result<(Socket, SocketAddr)> {
    todo!("take the next connection of {listener:?}; its address comes as a SockAddr")
}

/// The states of both sides when each segment of the handshake has arrived.
pub struct Prediction {
    /// The client's state.
    pub client: State,
    /// The server's state: that of the new connection, not that of the listening socket.
    pub server: State,
}

/// Your prediction for the SYN, the SYN,ACK and the ACK, in this order.
///
/// The test asks both kernels after each segment. RFC 9293 section 3.5 (figure 6) and section 3.3.2.
pub fn predict() -> [Prediction; 3] {
    todo!("one `Prediction {{ client: State::..., server: State::... }}` for each segment")
}
