//! Wrong: the port alone says who a peer is.
//! Fails: a_peer_is_not_taken_for_yourself

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use trace::State;

/// An active open, on both sides.
pub fn call(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())?;
    Ok(socket)
}

/// The states that each side passes through.
pub fn path() -> &'static [State] {
    &[
        State::Closed,
        State::SynSent,
        State::SynReceived,
        State::Established,
    ]
}

/// Connects from whatever port the kernel chooses, but not with itself.
pub fn connect_or_refuse_self(to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.connect(&to.into())?;
    let own = socket.local_addr()?.as_socket();
    let own = own.ok_or(io::ErrorKind::AddrNotAvailable)?;
    let peer = socket.peer_addr()?.as_socket();
    let peer = peer.ok_or(io::ErrorKind::AddrNotAvailable)?;
    if own.port() == peer.port() {
        // Nobody else is on this connection, so an abort loses nothing; a close would keep the port.
        socket.set_linger(Some(Duration::ZERO))?;
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(socket)
}
