#![allow(dead_code, reason = "each test program uses some of it")]
//! What the programs in these tests do, in bare socket calls.

use std::io;
use std::net::SocketAddr;

use lab::{Net, addresses};
use socket2::{Domain, Socket, Type};

/// A listening socket.
pub(crate) fn listen(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&at.into())?;
    socket.listen(8)?;
    Ok(socket)
}

/// A connected socket.
pub(crate) fn connect(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())?;
    Ok(socket)
}

/// The listener, the client's end and the server's end of a new connection to port 80.
pub(crate) fn establish(net: &mut Net) -> io::Result<(Socket, Socket, Socket)> {
    establish_at(net, 80)
}

/// The same to another port.
pub(crate) fn establish_at(net: &mut Net, port: u16) -> io::Result<(Socket, Socket, Socket)> {
    let listener = net.server().run(|| listen(addresses::server(port)))?;
    let client = net
        .client()
        .run(|| connect(addresses::client(40000), addresses::server(port)))?;
    let (server, _) = net.server().run(|| listener.accept())?;
    Ok((listener, client, server))
}
