//! Close from either side, and say what a close was.
//!
//! Its chapter is `book/teardown/orderly-close.md`. Run `cargo test -p orderly-close`.
//!
//! Fill in the five blanks below. Two close a connection; two predict the states; one looks at segments and needs no
//! network.

use std::io;

use socket2::Socket;
use trace::{Segment, Side, State};

/// The second to close: reads all that the other side sends, and closes when the other side has. Returns what was read.
///
/// A read of no octets is the end: the other side's FIN has come, and nothing will follow. It is no error, and no
/// reason to read again. The connection is closed when this returns. A call that a signal has interrupted is made
/// again.
///
/// # Errors
/// Those of the socket calls, unchanged. A reset (`ErrorKind::ConnectionReset`) is an error, whatever was read before.
///
/// RFC 9293 section 3.6 (case 2) and section 3.10.4 (CLOSE-WAIT).
pub fn close_second(connection: Socket) -> io::Result<Vec<u8>> {
    todo!("read from {connection:?} to its end, and close")
}

/// The first to close: says at once that this side has no more to send, then reads all that the other side still sends
/// until it closes too. Returns what was read, what had arrived before included.
///
/// The other side may send for as long as it likes, and nothing of it may be lost. A call that a signal has interrupted
/// is made again.
///
/// # Errors
/// As for [`close_second`].
///
/// RFC 9293 section 3.6 (case 1): CLOSE means "I have no more data to send", and no more than that.
pub fn close_first(connection: Socket) -> io::Result<Vec<u8>> {
    todo!("send the FIN of {connection:?}, and keep reading")
}

/// The states of both sides when a segment has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The client's state.
    pub client: State,
    /// The server's state; that of the listening socket does not count.
    pub server: State,
}

/// Your prediction for a close in four segments that `first` begins: the states after the FIN, the ACK, the other FIN,
/// and the last ACK. A side without a record of the connection is CLOSED.
///
/// The test asks both kernels after each segment, in one close that the client begins and in one that the server
/// begins. RFC 9293 section 3.6 (figure 12) and section 3.3.2.
pub fn states_in_four(first: Side) -> [Pair; 4] {
    todo!(
        "four pairs of states, for a close that the {} begins",
        first.name()
    )
}

/// The same for a close of which three segments arrive: the FIN, the FIN that acknowledges it, and the last ACK.
///
/// RFC 9293 section 3.10.7.4 (fifth and eighth step, FIN-WAIT-1) and section 3.3.2 (note 2 of figure 5).
pub fn states_in_three(first: Side) -> [Pair; 3] {
    todo!(
        "three pairs of states, for a close that the {} begins",
        first.name()
    )
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The first FIN was acknowledged before the second FIN was there: FIN, ACK, FIN, ACK as a rule.
    InFour,
    /// The second FIN is the first segment to acknowledge the first FIN.
    InThree,
    /// When the second FIN comes, nothing has acknowledged the first, and it does not either: they have crossed.
    Simultaneous,
    /// By a segment with RST, wherever it stands.
    Reset,
    /// Not yet: at least one side has sent no FIN.
    Open,
}

/// How the connection ended whose segments these are, in the order in which they arrived, each with the side that it
/// comes from.
///
/// They are all segments of one connection that got through, or the last part of them, and they may be repeated. A
/// repeat says nothing about when its sender closed: of each side's FINs, the first counts.
///
/// A FIN takes up one sequence number, the one after the segment's last octet of data (RFC 9293 section 3.4). A segment
/// acknowledges that FIN if its acknowledgment number is the one after it; any segment of the other side may do so.
/// Numbers wrap around: compare them with [`trace::SeqNumber::precedes`] or `==`, and count on with
/// [`trace::SeqNumber::plus`].
///
/// RFC 9293 section 3.6 (figures 12 and 13) and section 3.10.7.4 (eighth step, FIN-WAIT-1).
pub fn ending(segments: &[(Side, Segment)]) -> Ending {
    todo!(
        "find the first FIN of each side among {} segments, and see what acknowledges the earlier one first",
        segments.len()
    )
}
