//! Put messages into a stream, and get the same ones out.
//!
//! Its chapter is `book/sockets/stream-and-datagram.md`. Run `cargo test -p stream-and-datagram`.
//!
//! Fill in the two blanks below. On the stream, each message is its length and then its octets, and the next message follows at
//! once. The length counts the message's octets and not itself. It has four octets, of which the most significant comes first:
//! `hello` is `00 00 00 05`, and then `68 65 6c 6c 6f`. A message may be empty, which makes it `00 00 00 00`.
//!
//! A stream is anything that the standard library's `Read` or `Write` is about. The tests have streams of their own, and at last a
//! connection between two kernels. All of them block: a call waits until it can do something.

use std::io::{self, Read, Write};

/// The longest message, in octets.
pub const LIMIT: usize = 65_536;

/// Writes one message.
///
/// A call may take fewer octets than it is given; the others have to follow. A call that a signal has interrupted
/// (`ErrorKind::Interrupted`) has done nothing and is made again. In how many calls you write a message is up to you.
///
/// # Errors
/// `ErrorKind::InvalidInput` if the message is longer than [`LIMIT`]; nothing is written then. `ErrorKind::WriteZero` if a call
/// takes none of the octets. All other errors of the stream, unchanged.
///
/// RFC 9293 section 3.7.
pub fn write_message(stream: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let _ = stream;
    todo!("write the length and the {} octets", message.len())
}

/// Reads the next message, and not one octet of what comes after it. `None` says that there is none: the stream has ended behind
/// the last message, or before the first. An empty message is a message.
///
/// A call returns at least one octet and at most as many as there is room for, and these may be a part of a length, a part of
/// a message, or a whole message and the beginning of another. It returns 0 at the end of the stream, and at no other time if
/// there is room. A call that a signal has interrupted is made again.
///
/// # Errors
/// `ErrorKind::UnexpectedEof` if the stream ends within a message, its length included. `ErrorKind::InvalidData` if the length
/// is more than [`LIMIT`]; nothing behind that length is read then. All other errors of the stream, unchanged, wherever they
/// come: a connection that was reset has not ended.
///
/// RFC 9293 section 3.7 and section 3.9.1.3.
pub fn read_message(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let _ = stream;
    todo!("read four octets, and then as many as they say")
}
