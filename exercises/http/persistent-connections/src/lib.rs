//! Ask and answer several times on one connection, and end it so that nothing is lost.
//!
//! Its chapter is `book/http/persistent-connections.md`. Run `cargo test -p persistent-connections`.
//!
//! Fill in the four blanks below. The heads of messages are read for you, and the messages are put together for you, in
//! `src/message.rs`. The sockets are connected and in blocking mode.

use std::io::{self, BufRead, BufReader};
use std::time::Duration;

use socket2::Socket;

pub mod message;
use message::Head;

/// The longest content that is read, in octets.
pub const LIMIT: usize = 65_536;

/// How many interim responses may come before a response.
pub const INTERIM: usize = 8;

/// Whether the connection persists after the current response, as the most recently received message has it (RFC 9112 section 9.3).
///
/// With the connection option `close` in a field `Connection` it does not. Options are compared without regard to case (RFC 9110 section 7.6.1).
/// Otherwise the version decides: with HTTP/1.1 or later it persists, with HTTP/1.0 it does not. An HTTP/1.0 message may have the option
/// `keep-alive`, which a recipient can honour if it wishes to; this exercise does not.
pub fn persists(message: &Head) -> bool {
    todo!(
        "look for `close` among the members of `Connection`, and then at the version: {message:?}"
    )
}

/// Reads the content of a message whose head has just been read, and not one octet of what comes behind it.
///
/// Rules of RFC 9112 section 6.3, as far as they are needed here:
///
/// - A response with a status of 1xx, 204 or 304 has no content, whatever its fields say.
/// - Otherwise, a message with a field `Transfer-Encoding` is `ErrorKind::Unsupported`: the next chapter has it.
/// - Otherwise, `Content-Length` is the number of octets, in decimal digits and nothing else. It may be listed more than once if all its members are the
///   same, digit by digit.
/// - Otherwise, a request has no content, and a response is `ErrorKind::Unsupported`: only the end of the connection would say where it ends, so
///   the connection could not persist.
///
/// # Errors
/// `ErrorKind::InvalidData` if the length is no number, or members differ, or it is more than [`LIMIT`], however many digits it has; nothing is read then.
/// `ErrorKind::UnexpectedEof` if the connection ends before so many octets have come. All other errors of the connection, unchanged.
pub fn read_content(peer: &mut impl BufRead, head: &Head) -> io::Result<Vec<u8>> {
    let _ = peer;
    todo!("find out how many octets belong to {head:?}, and read so many")
}

/// A response with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Its head.
    pub head: Head,
    /// Its content.
    pub content: Vec<u8>,
}

/// A client that keeps its connection from one request to the next.
pub struct Client<C> {
    connect: C,
    open: Option<BufReader<Socket>>,
}

impl<C: FnMut() -> io::Result<Socket>> Client<C> {
    /// A client without a connection. `connect` makes one each time that it is called.
    pub fn new(connect: C) -> Client<C> {
        Client {
            connect,
            open: None,
        }
    }

    /// Asks for a target with [`message::request`], and returns the response with its content.
    ///
    /// **Which connection.** The one that is open, if there is one, and a new one otherwise. Before one is used again, the client looks whether anything has
    /// come on it, without waiting. If so, be it the end or data that nobody has asked for, it is closed, and a new one is made: such data MUST NOT be
    /// taken for a response (RFC 9112 section 9.2). A socket that is not in blocking mode says `ErrorKind::WouldBlock` where it would wait.
    ///
    /// **Which response.** The first whose status is not 1xx (RFC 9110 section 15.2), after at most [`INTERIM`] others.
    ///
    /// **What then.** If the response says that the connection does not persist ([`persists`]), it is closed before this function returns (RFC 9112 section 9.6).
    /// Otherwise it is kept. After an error it is closed.
    ///
    /// **Once more.** If a connection that has been used before ends, or is reset, before any octet of the response has come, the server may have
    /// closed it while the request was on its way. A GET is idempotent, so it is sent again, once, on a new connection (RFC 9110 section 9.2.2).
    ///
    /// # Errors
    /// Those of `connect` and of the connection. `ErrorKind::UnexpectedEof` if a new connection ends without a response, and if any ends
    /// within one. `ErrorKind::InvalidData` if what comes is no response, or after more than [`INTERIM`] interim responses. Those of [`read_content`].
    pub fn get(&mut self, target: &str) -> io::Result<Response> {
        let _ = (&mut self.connect, &self.open);
        todo!("ask for {target} on the open connection, or else on a new one")
    }
}

/// Answers the requests that come on a connection, one after the other, and returns how many it has answered. `answer` makes the content
/// of a response from the target of a request.
///
/// Each response is sent by [`message::response`], in one call, when the whole request has been read, its content included: otherwise the content would be taken for the
/// next request (RFC 9112 section 9.3). The content itself is thrown away. When the client ends the connection between two requests, the server
/// closes it too.
///
/// **The last response.** If the request says that the connection does not persist ([`persists`]), the response says `Connection: close`, and no further request is
/// processed. A request that cannot be read is answered by [`message::refusal`], which is the last response too and is not counted; if there is
/// no refusal for the error, it is returned. What is no request is `ErrorKind::InvalidData`.
///
/// **Closing in stages** (RFC 9112 section 9.6). After the last response the server ends its own direction, reads on and throws away what comes until the client
/// has ended its direction, and only then closes. It closes before that when it has waited for `patience`, in all, however often something comes, or has read
/// more than [`LIMIT`] octets. Before the last response there is no limit of time.
///
/// # Errors
/// Those of the socket calls, unchanged, but for an interruption, after which it goes on; and for the end of its patience.
pub fn serve(
    client: Socket,
    answer: impl FnMut(&str) -> Vec<u8>,
    patience: Duration,
) -> io::Result<usize> {
    let _ = answer;
    todo!("read requests from {client:?} and answer them, and close in stages within {patience:?}")
}
