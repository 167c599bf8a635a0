//! Cause a reset, recognise one, and keep one from destroying your answer.
//!
//! Its chapter is `book/teardown/reset.md`. Run `cargo test -p reset`.
//!
//! Fill in the four blanks below. The sockets that the tests give you are connected and in blocking mode.

use std::io;
use std::time::Duration;

use socket2::Socket;
use trace::Segment;

/// Ends the connection by a reset: the ABORT of RFC 9293 section 3.10.5.
///
/// Nothing that waits to be sent is sent any more, no FIN leaves, and the kernel keeps no record of the connection.
/// Linux does this in `close()` if the socket lingers for a time of 0.
///
/// # Errors
/// Those of the socket calls.
pub fn abort(socket: Socket) -> io::Result<()> {
    todo!("make {socket:?} linger for no time at all, and let it be closed")
}

/// How a peer's data has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By a FIN: the peer has sent everything that it wanted to send.
    Finished,
    /// By a reset: nobody knows what is missing.
    Reset,
}

/// Reads until there is no more, and says how it ended.
///
/// A TCP must tell the program whether the connection was closed or aborted (RFC 9293 section 3.6, MUST-12). The octets
/// that came before a reset are returned too, as far as the kernel still gives them out.
///
/// Linux reports a reset once: a further `read()` returns 0, as if all were well.
///
/// # Errors
/// Those of `read()`, but for a reset, which is an [`Ending`], and for an interruption, after which it reads on.
pub fn read_to_the_end(socket: &Socket) -> io::Result<(Vec<u8>, Ending)> {
    todo!("read from {socket:?} until there is no more, and say how it ended")
}

/// Why there is a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It answers the segment with this index in what came before.
    Answers(usize),
    /// No segment has called for it: its sender has ended the connection.
    Abort,
}

/// Says why there is a reset, from what crossed the wire before it, oldest first. Other connections may be among that.
///
/// A reset can be an answer only to a segment that came from where the reset goes, and went to where the reset comes
/// from; and no reset is ever answered (RFC 9293 section 3.5.2). Its numbers show whether it is:
///
/// - An answer to a segment with ACK is `<SEQ=SEG.ACK><CTL=RST>`, without the bit ACK.
/// - An answer to a segment without ACK is `<SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>`. SEG.LEN counts the octets of
///   data, one more for a SYN, and one more for a FIN (RFC 9293 section 3.4). Numbers go on at 0 after 2^32 - 1.
///
/// If it fits several segments, it answers the last of them. If it fits none, it is an abort, whose number is the next
/// that its sender would have used (RFC 9293 section 3.10.5). By the RFC an abort can have the numbers of an answer;
/// Linux sets ACK on its aborts, so there the two are told apart.
pub fn cause(reset: &Segment, before: &[Segment]) -> Cause {
    todo!(
        "go back from the last of {} segments to one that a reset with SEQ={} answers",
        before.len(),
        reset.sequence
    )
}

/// How much of a client's data and of its own time a server spends after its answer.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// How many octets it may read. If one more arrives, the limit is reached.
    pub octets: u64,
    /// How long it reads, in all, however often something comes.
    pub time: Duration,
}

/// How a server and its client have parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// The client has ended its side too.
    Together,
    /// A limit was reached before that.
    Alone,
}

/// Sends an answer to a request that has not been read, and will not be, and closes so that the answer is not
/// destroyed.
///
/// The answer is sent at once. Then the server ends its own direction, and reads what the client still sends, and
/// throws it away, until the client has ended its direction (RFC 9112 section 9.6) or a limit, which is this exercise's
/// own, is reached; only then it closes. That the client's TCP has acknowledged the answer, the section's other sign,
/// is not enough here. A limit of zero time reads nothing. It never aborts by [`abort`]; if data is left unread at a
/// limit, the kernel's own reset is all that happens.
///
/// A read can be given a time limit by `set_read_timeout`; it then fails with `WouldBlock` when the time is over. A
/// timeout of zero, or of less than a microsecond, means none at all.
///
/// # Errors
/// Those of the socket calls, unchanged, but for an interruption, after which it goes on. A reset from the client is an
/// error: nobody knows whether the answer was read.
pub fn answer_and_close(socket: Socket, answer: &[u8], limit: Limit) -> io::Result<Parting> {
    todo!(
        "send {} octets to {socket:?}, end your side, read on within {limit:?}, and close",
        answer.len()
    )
}
