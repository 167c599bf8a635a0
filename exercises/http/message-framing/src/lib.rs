//! Say where the body of an HTTP/1.1 message ends, and read that far and no further.
//!
//! Its chapter is `book/http/message-framing.md`. Run `cargo test -p message-framing`.
//!
//! Fill in the four blanks below; the rest is given. What a message is, and why one is refused, is in `src/message.rs`; what stands on a
//! line is taken apart in `src/line.rs`; `read_request` and `read_response`, in `src/reader.rs`, put your functions together. A stream
//! is a `BufRead` of the standard library: a socket behind a `BufReader`, say, or octets in memory. What is wrong with a message is a
//! [`Refused`], and never a panic, whatever the octets are.

use std::io::BufRead;

pub mod line;
pub mod message;
pub mod reader;

pub use line::{elements, is_token, trim};
pub use message::{
    Body, Field, Framing, LONGEST_CONTENT, LONGEST_EXTENSIONS, LONGEST_LINE, MOST_FIELDS, Message,
    Refused, Start, Version,
};
pub use reader::{read_request, read_response};

/// The next line, without the CR and LF that end it. `None` says that the stream has ended before its first octet.
///
/// Only CR and LF together end a line (the RFC permits to take LF alone for it; this reader does not). Not one octet behind them is read.
/// `BufRead` gives what it has, and that need not be a whole line: the rest comes with later calls.
///
/// # Errors
/// - [`Refused::TooLong`] if there is no LF among the first [`LONGEST_LINE`] + 2 octets; no more than these are read.
/// - [`Refused::Incomplete`] if the stream ends before an LF, though something has come.
/// - [`Refused::Malformed`] if an LF has come, and no CR precedes it, or a CR stands further in front.
/// - [`Refused::Stream`] for an error of the stream, but a call that was interrupted (`ErrorKind::Interrupted`) is made again.
///   Most of the standard library's functions do that for you.
///
/// RFC 9112 section 2.2.
pub fn read_line(stream: &mut impl BufRead) -> Result<Option<Vec<u8>>, Refused> {
    let _ = stream;
    todo!("read up to the next LF, but never more than the limit, and look at what has come")
}

/// The fields of a header section or a trailer section, up to the empty line that ends it, which is read too. [`Field::parse`] makes a
/// field of a line.
///
/// # Errors
/// - [`Refused::TooLong`] if there are more than [`MOST_FIELDS`].
/// - [`Refused::Incomplete`] if the stream ends before the empty line.
/// - Those of [`read_line`] and [`Field::parse`].
///
/// RFC 9112 section 2.1 and section 5.
pub fn read_fields(stream: &mut impl BufRead) -> Result<Vec<Field>, Refused> {
    let _ = stream;
    todo!("lines, until one is empty")
}

/// What ends the body of a message with this first line and these fields. These are the rules, and the first that fits decides:
///
/// 1. A response to HEAD, and a response with a status of 1xx, 204 or 304: [`Framing::Nothing`], whatever its fields say.
/// 2. A response of 2xx to CONNECT: [`Framing::Tunnel`], whatever its fields say.
/// 3. A Transfer-Encoding beside a Content-Length, or in a message of HTTP/1.0: refused.
/// 4. A Transfer-Encoding is a list of codings ([`elements`]); empty elements count for nothing, and letters may be large or small. If an
///    element is no token ([`is_token`]), or if chunked is there more than once: refused. If chunked is the last: [`Framing::Chunked`]. Otherwise
///    it is [`Framing::ToTheEnd`] for a response, and a request is refused.
/// 5. A Content-Length is a list of numbers; empty elements count for nothing. If there is no number, if an element is anything else than
///    decimal digits, or if two numbers are not the same: refused.
/// 6. The number of a Content-Length up to [`LONGEST_CONTENT`]: [`Framing::Length`].
/// 7. A request without either: [`Framing::Nothing`].
/// 8. A response without either: [`Framing::ToTheEnd`].
///
/// # Errors
/// - [`Refused::Framing`] where the rules say refused.
/// - [`Refused::TooLong`] if the number of a Content-Length is larger than [`LONGEST_CONTENT`], however many digits it has.
///
/// RFC 9112 section 6.1 and section 6.3. The RFC leaves a few things to the recipient, and this one chooses the strict way: section 6.3 lets
/// Transfer-Encoding override Content-Length, and says that such a message ought to be handled as an error.
pub fn framing(start: &Start, fields: &[Field]) -> Result<Framing, Refused> {
    let _ = (start, fields);
    todo!("the rules, in their order")
}

/// Reads a body to its end, and not one octet of what comes after it.
///
/// A chunk is a line, as many octets as the line says, and a CR and LF. The line is one or more hexadecimal digits, and behind them nothing or
/// extensions: a semicolon, before which spaces and tabs may stand, and whatever comes after it. Extensions are ignored. The last chunk has the size 0 and
/// no octets; behind it come the trailers, which [`read_fields`] can read. Chunk sizes may have zeros in front.
///
/// # Errors
/// - [`Refused::TooLong`] if the content in chunks, or to the end of the stream, is longer than [`LONGEST_CONTENT`] ([`framing`] has already
///   compared a Content-Length); what a chunk's line announces counts before it is read. The
///   same if the extensions of all chunks, each from the end of the digits to the end of the line, are longer than
///   [`LONGEST_EXTENSIONS`] together.
/// - [`Refused::Incomplete`] if the stream ends before the body does.
/// - [`Refused::Malformed`] if a chunk does not have the form above.
/// - Those of [`read_line`] and [`read_fields`], and of the stream.
///
/// RFC 9112 section 6.3, section 7.1 and section 8.
pub fn read_body(stream: &mut impl BufRead, framing: Framing) -> Result<Body, Refused> {
    let _ = stream;
    todo!("read what belongs to a body that ends so: {framing:?}")
}
