//! Ask for a page by HTTP/1.0, and read until the connection ends.
//!
//! Its chapter is `book/http/http-1-0.md`. Run `cargo test -p http-1-0`.
//!
//! Fill in the two blanks below. Among the servers that the tests talk to is hyper's, a real one.

use std::io;
use std::net::SocketAddr;

/// The longest head that is understood, in octets, from the status line to the empty line, with both.
pub const LONGEST_HEAD: usize = 8_192;

/// What a server has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The three digits of the status line, such as 200 or 404.
    pub status: u16,
    /// The octets behind the empty line that belong to the body. They may be anything, not only text.
    pub body: Vec<u8>,
}

/// The octets of a request to GET this target, by HTTP/1.0 and without any header fields: a request line, and the empty line that
/// ends the head. Every line ends with CR and LF.
///
/// A target begins with `/`, and here it has nothing but visible ASCII characters: the caller has to encode any others.
///
/// Errors: `ErrorKind::InvalidInput` for any other target. With a space or the end of a line in it, somebody else would write
/// your request.
///
/// RFC 1945 section 5.1 (the request line), section 5.1.2 (the target), section 2.2 (the end of a line).
pub fn request(target: &str) -> io::Result<Vec<u8>> {
    todo!("write the request line for {target}, and an empty line")
}

/// Connects to this server, sends the request in one call, reads until the server has closed, and closes. Until then it neither sends
/// nor shuts down anything more: the empty line has ended the request.
///
/// The head of the response begins with a status line: `HTTP/`, a version such as `1.0` or `1.1`, a space, the three digits of the
/// status, and perhaps a space and more text. Fields follow, and an empty line. Lines end with CR and LF; what you do with a server that
/// sends LF alone is your choice. The body is everything behind the empty line, with two exceptions. If there is a field `Content-Length`, in
/// whatever mix of small and capital letters, so many octets are the body, and what comes behind them is not. And the statuses
/// 204 and 304 have no body, whatever the fields say.
///
/// The head and the body may arrive in any pieces. A read or a write that a signal has interrupted is made again. Not much more than `LONGEST_HEAD` and
/// `longest_body` octets together are read of a server that sends without end. Read into a buffer of some size: a call for each octet takes
/// the lab, which waits at every call, too long.
///
/// Errors: those of the socket calls, unchanged, and a reset is `ErrorKind::ConnectionReset`, whatever has come before it.
/// `ErrorKind::InvalidInput` for a target that [`request`] refuses. `ErrorKind::UnexpectedEof` if the server has closed before the
/// empty line, or before as many octets as it has announced. `ErrorKind::InvalidData` if the head is longer than [`LONGEST_HEAD`] or does
/// not begin with a status line (RFC 1945 section 6 would have such a response taken for one of HTTP/0.9, all body; this client does not speak that), if a `Content-Length` is not all decimal digits, or too large a number, or says something else than another one, and if the
/// body is longer than `longest_body`, or announced to be. Where two of these fit: a head that was not complete is `UnexpectedEof`, whatever it
/// says, unless [`LONGEST_HEAD`] octets or more have come, so that it is too long in any case; and an announced length that is too large is `InvalidData`, however much has come.
///
/// RFC 1945 section 6.1 (the status line) and section 7.2.2 (the length); RFC 9112 section 6.3 and section 8 (when a response is
/// complete).
pub fn get(server: SocketAddr, target: &str, longest_body: usize) -> io::Result<Response> {
    todo!(
        "connect to {server}, ask for {target}, and read until the connection ends, but no more than a head and {longest_body} octets"
    )
}
