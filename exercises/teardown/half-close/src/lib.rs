//! Say that you have finished, and hear how much has arrived.
//!
//! Its chapter is `book/teardown/half-close.md`. Run `cargo test -p half-close`.
//!
//! Fill in the two blanks below: the two halves of one small protocol. The client sends a message of any length, from no octet
//! to more than all buffers hold, and then its FIN; nothing else says where the message ends. The server counts the octets until the
//! FIN has come, answers with the count in decimal digits (`5`, `200000`), and closes. Its FIN is the end of the answer.

use std::io;

use socket2::Socket;

/// The client's half: sends the message over the connection `server`, says that this was all, and returns the count that the
/// server answers with. Nothing but the half-close tells the server that it may answer.
///
/// The answer is complete when the server's FIN has come, and may arrive in pieces until then. It is one to twenty
/// decimal digits, and nothing else. What it says is returned, whatever was sent: to compare is the caller's business. A server that
/// goes on sending digits without end is not read without end. A call that a signal has interrupted is made again.
///
/// # Errors
/// Those of the socket calls, unchanged; a reset is `ErrorKind::ConnectionReset`, even behind some digits.
/// `ErrorKind::UnexpectedEof` if the answer is empty, and `ErrorKind::InvalidData` if it is no count, or none that a
/// `u64` can hold.
///
/// RFC 9293 section 3.6 (case 1) and section 3.6.1.
pub fn send_and_ask(server: Socket, message: &[u8]) -> io::Result<u64> {
    todo!(
        "send the {} octets to {server:?}, shut down one direction, and read the other to its end",
        message.len()
    )
}

/// The server's half: reads from the connection `client` until the client has finished, answers with the number of
/// octets (in one call), closes, and returns that number.
///
/// Nothing is answered before the FIN. A read may return fewer octets than its buffer has room for, and this is not the end.
/// A call that a signal has interrupted is made again.
///
/// # Errors
/// Those of the socket calls, unchanged. A connection that was reset has not ended, and gets no answer.
///
/// RFC 9293 section 3.6 (case 2) and section 3.10.2 (what may be sent in CLOSE-WAIT).
pub fn count_and_answer(client: Socket) -> io::Result<u64> {
    todo!("count what {client:?} sends until its end, and send the count in decimal digits")
}
