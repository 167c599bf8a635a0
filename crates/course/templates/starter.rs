//! Open a connection and say one word.
//!
//! Its chapter is `book/@PART@/@SLUG@.md`. Run `cargo test -p @SLUG@`.
//!
//! Fill in the blank below. The tests call your function on a client, and look at what the wire saw.

// WRITE: your task: what is given, what is wanted, units, errors, the section; each blank is a `todo!` that says what to do

use std::io;
use std::net::SocketAddr;

use socket2::Socket;

/// Opens a connection over IPv4 from the address `from` to the address `to`, sends `word`, and returns the socket.
///
/// The word fits into a segment, and the wire must see it in one.
///
/// # Errors
/// Those of the socket calls, unchanged.
///
/// RFC 9293 section 3.9.1.2 (SEND).
pub fn say(word: &[u8], from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    todo!("connect from {from} to {to}, and send {word:?} at once")
}
