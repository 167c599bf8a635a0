//! Wrong: writes the word octet by octet, so that the first octet leaves alone.
//! Fails: one_word_is_one_segment

// WRITE: a mistake that a reader is likely to make, and above it what is wrong and which test sees it

use std::io::{self, Write};
use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};

/// Opens a connection, sends `word`, and returns the socket.
pub fn say(word: &[u8], from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let mut socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())?;
    for octet in word {
        socket.write_all(&[*octet])?;
    }
    Ok(socket)
}
