//! Three sockets at one port, and one port in two connections.
//!
//! Its chapter is `book/sockets/what-is-a-socket.md`. Run `cargo test -p what-is-a-socket`.
//!
//! Fill in the six blanks below. The tests call your functions on two hosts, a client and a server, whose kernels are joined by a wire,
//! and compare your answers with what both kernels say.

use std::io;
use std::net::SocketAddr;

use socket2::Socket;

/// What a socket knows of its two ends: a socket in the RFC's sense is each of the two addresses (RFC 9293 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The address and port on this host.
    pub local: SocketAddr,
    /// Those of the other end; `None` where there is no other end.
    pub peer: Option<SocketAddr>,
}

/// The passive open: returns a TCP socket over IPv4 that is in LISTEN at the address `at`.
///
/// The queue of connections that wait to be accepted need not be long: 8 will do.
///
/// # Errors
/// Those of the socket calls, unchanged.
///
/// RFC 9293 section 3.9.1.1 (OPEN, passive).
pub fn listen(at: SocketAddr) -> io::Result<Socket> {
    todo!("make a stream socket for IPv4, give it the address {at}, and let it listen")
}

/// Asks a socket for its two addresses.
///
/// A socket without a peer is no error, but `None`: the system's answer is then `ErrorKind::NotConnected`.
///
/// # Errors
/// All others of the socket calls, unchanged. `SockAddr::as_socket` gives `None` for an address that is neither IPv4
/// nor IPv6. That cannot happen here; return `ErrorKind::AddrNotAvailable` for it.
///
/// RFC 9293 section 3.9.1.5 (STATUS) lists both among what a program may ask for.
pub fn ends(socket: &Socket) -> io::Result<Ends> {
    todo!("ask {socket:?} for its local address, and for its peer's")
}

/// Your prediction: a server listens at `at`, two clients call from the addresses `clients`, and the server accepts both. Which addresses do
/// the server's three sockets have: the listening one, the one accepted for the first client, and the one accepted for
/// the second?
///
/// No socket call is needed here. The test asks the kernel.
///
/// RFC 9293 section 3.4.1: a connection is defined by a pair of sockets.
pub fn predict(at: SocketAddr, clients: [SocketAddr; 2]) -> [Ends; 3] {
    todo!("the ends of the three sockets, from {at} and {clients:?}")
}

/// What one client has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The client's address and port.
    pub from: SocketAddr,
    /// All octets that came from it, up to the end of its data.
    pub said: Vec<u8>,
}

/// Accepts two clients and reads all that each of them says: the first is the one that called first.
///
/// A client says something, perhaps in pieces and after a while, perhaps nothing at all, and then ends its data: that is
/// when a read returns 0. Which of the two speaks first is not known.
///
/// No thread is needed. A call that a signal has interrupted (`ErrorKind::Interrupted`) is made again.
///
/// # Errors
/// All others of the socket calls, unchanged; for an address that is none of the Internet's see [`ends`].
///
/// RFC 9293 section 3.9.1.3 (RECEIVE) takes the name of a connection, and not a port.
pub fn hear_two(listener: &Socket) -> io::Result<[Heard; 2]> {
    todo!("accept twice from {listener:?}, and read each client's octets to their end")
}

/// The active open: returns a TCP socket over IPv4 that is connected from the address `from` to the address `to`.
///
/// It is called several times with the same `from`, while the sockets that it has returned before are still open. That works as long
/// as `to` is another each time, and the new socket has the address `from` like the others. On Linux a program has to ask for this:
/// `bind()` refuses an address that another socket has (`ErrorKind::AddrInUse`), unless both sockets were told before that it
/// may be used again.
///
/// # Errors
/// Those of the socket calls, unchanged. Do not take another address, and do not try again.
///
/// RFC 9293 section 3.9.1.1 (OPEN, active).
pub fn call(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    todo!("connect a stream socket for IPv4 from {from} to {to}")
}

/// A connection, as its client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The client's own address and port.
    pub local: SocketAddr,
    /// The address and port that it has called.
    pub remote: SocketAddr,
}

/// Your prediction: the connections `open` are all open, and the client makes another call by the function [`call`]. Will its kernel refuse it? It does so
/// with `ErrorKind::AddrNotAvailable`, before anything is sent.
///
/// The test makes such calls and asks the kernel. All of them use the same protocol, TCP, so the fifth item of the
/// five-tuple is the same too.
///
/// RFC 9293 section 3.4.1, and section 3.10.1 on an OPEN for a connection that exists already.
pub fn refused(open: &[Pair], wanted: Pair) -> bool {
    todo!("whether {wanted:?} cannot be opened beside {open:?}")
}
