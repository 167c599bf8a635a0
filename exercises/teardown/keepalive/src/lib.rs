//! Find out whether anyone is there, by the kernel and by a heartbeat.
//!
//! Its chapter is `book/teardown/keepalive.md`. Run `cargo test -p keepalive`.
//!
//! Fill in the three blanks below. The tests call your functions on a server whose client is idle, dead, or forgetful,
//! or whose client's program sleeps.

use std::io;
use std::time::Duration;

use socket2::Socket;

/// What a server that waits has learnt of its client.
#[derive(Debug, PartialEq, Eq)]
pub enum Sign {
    /// So many octets have come; they are at the beginning of the buffer.
    Spoke(usize),
    /// The client has closed its side: a FIN has come, and no more octets will (RFC 9293 section 3.6).
    Closed,
    /// The client's host has no such connection any more: a reset has come (RFC 9293 section 3.5.2, group 1).
    Forgotten,
    /// Nobody has answered the kernel's probes, and it has given up (RFC 9293 section 3.8.4).
    Dead,
}

/// Has the kernel find out by keep-alive that the client is dead: its settings add up to at most `limit` after the
/// client's last segment.
///
/// Choose three numbers, in whole seconds, and turn keep-alive on with them:
/// - after how long a silence the first probe is sent, 1 s or more;
/// - how long the kernel waits after each probe that is not answered, 1 s or more, and no longer than that silence:
///   Linux sends the next probe no sooner than this after the last, even if that was answered;
/// - how many such probes in a row mean that the client is dead, 2 or more: failure to answer one probe MUST NOT
///   decide (RFC 9293 section 3.8.4).
///
/// The kernel also waits after the last probe. All these times together must be no more than `limit`, and no less than
/// half of it: whoever gives up early breaks connections that are good.
///
/// # Errors
/// `InvalidInput` for a limit under 3 s or over 8 hours, and the socket is left as it was; those of the calls,
/// unchanged.
pub fn watch(socket: &Socket, limit: Duration) -> io::Result<()> {
    todo!("turn keep-alive on for {socket:?}, so that a dead client is found within {limit:?}")
}

/// Waits, for as long as it takes, until there is a sign of the client or the kernel has found that there will be none.
/// Silence is no sign.
///
/// Call `read` once; if the call is interrupted, again. The kernel tells a reset and its own giving up by the
/// `ErrorKind`s `ConnectionReset` and `TimedOut`.
///
/// # Errors
/// All other errors, unchanged.
pub fn wait_for_sign(socket: &Socket, buffer: &mut [u8]) -> io::Result<Sign> {
    todo!("read from {socket:?} into {buffer:?}, and say what it means")
}

/// Asks the client's program: sends the five octets `PING\n` and waits until the five octets `PONG\n` have come, for
/// `limit` at most. Returns whether they have.
///
/// The answer may come in pieces; the limit is for all of it, and for reads that are interrupted too. With `false`
/// the connection is of no further use, so an answer that comes later need not be kept apart.
///
/// The socket is blocking, and has the same read timeout afterwards as before. A read timeout of zero, or of less than
/// a microsecond, means none at all.
///
/// # Errors
/// `InvalidData` for other octets, as soon as they have come; `UnexpectedEof` if the client has closed before its
/// answer was complete; those of the calls, unchanged.
pub fn heartbeat(socket: &Socket, limit: Duration) -> io::Result<bool> {
    todo!("send PING to the program behind {socket:?}, and wait for PONG for {limit:?} at most")
}
