//! Wrong: a socket that is dropped is gone, and its port with it.
//! Fails: a_self_connection_is_refused_and_leaves_the_port_free

use std::io;
use std::net::SocketAddr;

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
    if own == peer {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(socket)
}
