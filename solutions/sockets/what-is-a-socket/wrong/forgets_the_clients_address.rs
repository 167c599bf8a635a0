//! Wrong: the client's port and the server's address are the connection.
//! Fails: only_the_same_pair_is_refused

use std::io::{self, ErrorKind, Read};
use std::net::SocketAddr;

use socket2::{Domain, SockAddr, Socket, Type};

/// What a socket knows of its two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The address and port on this host.
    pub local: SocketAddr,
    /// Those of the other end.
    pub peer: Option<SocketAddr>,
}

/// The passive open.
pub fn listen(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&at.into())?;
    socket.listen(8)?;
    Ok(socket)
}

/// Asks a socket for its two addresses.
pub fn ends(socket: &Socket) -> io::Result<Ends> {
    let local = internet(&socket.local_addr()?)?;
    let peer = match socket.peer_addr() {
        Err(error) if error.kind() == ErrorKind::NotConnected => None,
        other => Some(internet(&other?)?),
    };
    Ok(Ends { local, peer })
}

/// An address and port.
fn internet(address: &SockAddr) -> io::Result<SocketAddr> {
    Ok(address.as_socket().ok_or(ErrorKind::AddrNotAvailable)?)
}

/// All three have the server's address: nothing moves to another port.
pub fn predict(at: SocketAddr, clients: [SocketAddr; 2]) -> [Ends; 3] {
    let [first, second] = clients;
    [None, Some(first), Some(second)].map(|peer| Ends { local: at, peer })
}

/// What one client has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The client's address and port.
    pub from: SocketAddr,
    /// All octets that came from it.
    pub said: Vec<u8>,
}

/// Accepts two clients and reads all that each of them says.
pub fn hear_two(listener: &Socket) -> io::Result<[Heard; 2]> {
    let connections = [accept(listener)?, accept(listener)?];
    let [first, second] = connections.map(hear);
    Ok([first?, second?])
}

/// The next connection, however often a signal comes in between.
fn accept(listener: &Socket) -> io::Result<(Socket, SockAddr)> {
    loop {
        match listener.accept() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// All that one client says.
fn hear((mut socket, address): (Socket, SockAddr)) -> io::Result<Heard> {
    let mut said = Vec::new();
    // It goes on after an interruption by itself.
    socket.read_to_end(&mut said)?;
    let from = internet(&address)?;
    Ok(Heard { from, said })
}

/// The active open, from an address that other connections may have too.
pub fn call(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())?;
    Ok(socket)
}

/// A connection, as its client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The client's own address and port.
    pub local: SocketAddr,
    /// The address and port that it has called.
    pub remote: SocketAddr,
}

/// A client has one address, so only its port can differ.
pub fn refused(open: &[Pair], wanted: Pair) -> bool {
    let ends = |pair: &Pair| (pair.local.port(), pair.remote);
    open.iter().any(|pair| ends(pair) == ends(&wanted))
}
