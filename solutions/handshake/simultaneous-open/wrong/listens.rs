//! Wrong: one side of a connection always listens.
//! Fails: two_calls_make_one_connection
//! Claim: missing-simultaneous-open

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use trace::State;

/// An active open, on both sides.
pub fn call(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&from.into())?;
    listener.listen(1)?;
    loop {
        let (socket, peer) = listener.accept()?;
        if peer.as_socket() == Some(to) {
            return Ok(socket);
        }
    }
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
        // Nobody else is on this connection, so an abort loses nothing; a close would keep the port.
        socket.set_linger(Some(Duration::ZERO))?;
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(socket)
}
