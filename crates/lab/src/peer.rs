//! The usual program of a host that is not the subject of a test, in bare socket calls.
//!
//! All but [`call_from`] are called on that host, in [`HostHandle::run`](crate::HostHandle::run) or
//! [`HostHandle::start`](crate::HostHandle::start). A test that needs one option more writes the calls out: the option is
//! then its subject.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::{Net, addresses};

/// A socket in LISTEN.
///
/// # Errors
/// Those of the socket calls.
// ANCHOR: listen
pub fn listen(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&at.into())?;
    socket.listen(8)?;
    Ok(socket)
}
// ANCHOR_END: listen

/// A socket in LISTEN with a receive buffer of so many octets. A connection gets its buffer from the listening socket, and its
/// window scale follows from it (RFC 7323 §2.1).
///
/// # Errors
/// Those of the socket calls.
// ANCHOR: listen_with_buffer
pub fn listen_with_buffer(octets: usize, at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // Linux doubles the number, and keeps its own records in the buffer too.
    socket.set_recv_buffer_size(octets)?;
    socket.bind(&at.into())?;
    socket.listen(8)?;
    Ok(socket)
}
// ANCHOR_END: listen_with_buffer

/// The next connection of a listening socket.
///
/// # Errors
/// Those of `accept()`.
// ANCHOR: accept
pub fn accept(listener: &Socket) -> io::Result<Socket> {
    let (socket, _client) = listener.accept()?;
    Ok(socket)
}
// ANCHOR_END: accept

/// A connection from one address to another.
///
/// # Errors
/// Those of the socket calls.
// ANCHOR: connect
pub fn connect(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())?;
    Ok(socket)
}
// ANCHOR_END: connect

/// A connection from a port that the kernel chooses.
///
/// # Errors
/// Those of the socket calls.
pub fn connect_from_any_port(to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.connect(&to.into())?;
    Ok(socket)
}

/// Ends a connection by a reset.
///
/// # Errors
/// Those of `setsockopt()`.
// ANCHOR: abort
pub fn abort(socket: Socket) -> io::Result<()> {
    socket.set_linger(Some(Duration::ZERO))?;
    drop(socket);
    Ok(())
}
// ANCHOR_END: abort

/// Both ends of a new connection, the client's and the server's: from one of the client's ports to a server that listens
/// already.
///
/// # Errors
/// Those of [`connect`] and [`accept`].
#[track_caller]
pub fn call_from(net: &mut Net, port: u16, listener: &Socket) -> io::Result<(Socket, Socket)> {
    let Some(to) = listener.local_addr()?.as_socket() else {
        return Err(io::Error::other("the server listens at no IP address"));
    };
    let client = net.client().run(|| connect(addresses::client(port), to))?;
    let server = net.server().run(|| accept(listener))?;
    Ok((client, server))
}
