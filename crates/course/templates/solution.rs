//! Open a connection and say one word: a solution.

// WRITE: a solution of your task

use std::io::{self, Write};
use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};

/// Opens a connection, sends `word`, and returns the socket.
pub fn say(word: &[u8], from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let mut socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())?;
    socket.write_all(word)?;
    Ok(socket)
}
