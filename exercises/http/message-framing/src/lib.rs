//! Say where the body of an HTTP/1.1 message ends, and read that far and no further.
//!
//! Its chapter is `book/http/message-framing.md`. Run `cargo test -p message-framing`.
//!
//! Fill in the four blanks below; the rest is there, and `read_request` and `read_response` put it together. A stream is a `BufRead`
//! of the standard library: a socket behind a `BufReader`, say, or octets in memory. What is wrong with a message is a [`Refused`],
//! and never a panic, whatever the octets are.

use std::io::{self, BufRead, ErrorKind};

/// The longest line that is read, in octets, without its CR and LF. RFC 9112 section 3 recommends at least 8,000 for a request line.
pub const LONGEST_LINE: usize = 8_192;

/// The most fields that a header section has, and the most that a trailer section has.
pub const MOST_FIELDS: usize = 100;

/// The longest content that is read, in octets.
pub const LONGEST_CONTENT: usize = 1_048_576;

/// The most octets that the extensions of one body's chunks have together.
pub const LONGEST_EXTENSIONS: usize = 4_096;

/// Why a message is not read. Nothing can be read behind it: where it ends, and the next begins, is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The stream has ended in the middle of a message (RFC 9112 section 8).
    Incomplete,
    /// A line, a number, a list or a content is longer than its limit.
    TooLong,
    /// A line or a chunk does not have the form that the RFC gives it.
    Malformed,
    /// The fields do not say where the body ends, or say it twice.
    Framing,
    /// The stream has failed, in this way.
    Stream(ErrorKind),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Refused {
        match error.kind() {
            ErrorKind::UnexpectedEof => Refused::Incomplete,
            kind => Refused::Stream(kind),
        }
    }
}

/// The version of a message, as its first line says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `HTTP/1.0`.
    Http10,
    /// `HTTP/1.1`, or a later minor version.
    Http11,
}

/// What the first line of a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// A request line (RFC 9112 section 3).
    Request {
        /// Such as `GET`.
        method: String,
        /// Such as `/index.html`.
        target: String,
        /// The last word of the line.
        version: Version,
    },
    /// A status line (RFC 9112 section 4).
    Response {
        /// The first word of the line.
        version: Version,
        /// Such as 200.
        status: u16,
        /// The method of the request that this response answers. The line does not say it.
        asked: String,
    },
}

/// One field of a header section or a trailer section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// In small letters: names are case-insensitive (RFC 9110 section 5.1).
    pub name: String,
    /// Without the spaces and tabs around it.
    pub value: Vec<u8>,
}

/// What ends the body of a message (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is no body: the empty line has ended the message.
    Nothing,
    /// There is no body, and what follows the empty line is not HTTP any more.
    Tunnel,
    /// So many octets.
    Length(usize),
    /// Chunks, of which the last has the size 0, and trailers.
    Chunked,
    /// The end of the stream.
    ToTheEnd,
}

/// What a body carries, without what frames it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The content (RFC 9110 section 6.4).
    pub content: Vec<u8>,
    /// The fields behind the last chunk. They stay apart from the header fields (RFC 9110 section 6.5).
    pub trailers: Vec<Field>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its first line.
    pub start: Start,
    /// Its header section.
    pub fields: Vec<Field>,
    /// Its body.
    pub body: Body,
}

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

/// The next request, and not one octet of what comes after it. `None` if the stream has ended before it.
///
/// # Errors
/// What is wrong with it.
pub fn read_request(stream: &mut impl BufRead) -> Result<Option<Message>, Refused> {
    let mut line = read_line(stream)?;
    // One empty line before a request is passed over (RFC 9112 section 2.2).
    if line.as_ref().is_some_and(Vec::is_empty) {
        line = read_line(stream)?;
    }
    let Some(line) = line else {
        return Ok(None);
    };
    let start = Start::request(&line).ok_or(Refused::Malformed)?;
    read_rest(stream, start).map(Some)
}

/// The next response, to a request with this method; otherwise as [`read_request`].
///
/// # Errors
/// What is wrong with it.
pub fn read_response(stream: &mut impl BufRead, asked: &str) -> Result<Option<Message>, Refused> {
    let Some(line) = read_line(stream)? else {
        return Ok(None);
    };
    let start = Start::response(&line, asked).ok_or(Refused::Malformed)?;
    read_rest(stream, start).map(Some)
}

// ANCHOR: together
fn read_rest(stream: &mut impl BufRead, start: Start) -> Result<Message, Refused> {
    let fields = read_fields(stream)?;
    let framing = framing(&start, &fields)?;
    let body = read_body(stream, framing)?;
    Ok(Message {
        start,
        fields,
        body,
    })
}
// ANCHOR_END: together

impl Start {
    fn request(line: &[u8]) -> Option<Start> {
        let mut words = std::str::from_utf8(line).ok()?.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        let is_target = !target.is_empty() && target.bytes().all(|octet| octet.is_ascii_graphic());
        if !is_token(method.as_bytes()) || !is_target || words.next().is_some() {
            return None;
        }
        Some(Start::Request {
            method: method.to_owned(),
            target: target.to_owned(),
            version: Version::named(version.as_bytes())?,
        })
    }

    fn response(line: &[u8], asked: &str) -> Option<Start> {
        let mut words = line.splitn(3, |octet| *octet == b' ');
        let (version, status, reason) = (words.next()?, words.next()?, words.next());
        if status.len() != 3
            || !status.iter().all(u8::is_ascii_digit)
            || !reason.is_none_or(is_text)
        {
            return None;
        }
        Some(Start::Response {
            version: Version::named(version)?,
            status: std::str::from_utf8(status).ok()?.parse().ok()?,
            asked: asked.to_owned(),
        })
    }
}

impl Version {
    fn named(word: &[u8]) -> Option<Version> {
        match word.strip_prefix(b"HTTP/1.")? {
            b"0" => Some(Version::Http10),
            [b'1'..=b'9'] => Some(Version::Http11),
            _ => None,
        }
    }
}

impl Field {
    /// The field that stands on a line. Between its name and the colon stands nothing, and a line does not begin with a space
    /// (RFC 9112 section 5.1 and section 5.2).
    ///
    /// # Errors
    /// [`Refused::Malformed`].
    pub fn parse(line: &[u8]) -> Result<Field, Refused> {
        let colon = line.iter().position(|octet| *octet == b':');
        let (name, value) = line.split_at(colon.ok_or(Refused::Malformed)?);
        let value = trim(&value[1..]);
        if !is_token(name) || !is_text(value) {
            return Err(Refused::Malformed);
        }
        Ok(Field {
            name: String::from_utf8_lossy(name).to_ascii_lowercase(),
            value: value.to_vec(),
        })
    }
}

/// The elements of a list, over all fields of that name (RFC 9110 section 5.3 and section 5.6.1). An element may be empty.
pub fn elements<'a>(fields: &'a [Field], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    fields
        .iter()
        .filter(move |field| field.name == name)
        .flat_map(|field| field.value.split(|octet| *octet == b','))
        .map(trim)
}

/// Whether octets are a token (RFC 9110 section 5.6.2).
pub fn is_token(octets: &[u8]) -> bool {
    let is_part = |octet: &u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(octet);
    !octets.is_empty() && octets.iter().all(is_part)
}

/// Whether octets may be a field's value or a reason (RFC 9110 section 5.5).
fn is_text(octets: &[u8]) -> bool {
    let is_part = |octet: &u8| matches!(octet, b'\t' | b' '..=b'~' | 0x80..);
    octets.iter().all(is_part)
}

/// Octets without the spaces and tabs around them (RFC 9110 section 5.6.3).
pub fn trim(octets: &[u8]) -> &[u8] {
    let is_other = |octet: &u8| !b" \t".contains(octet);
    let begin = octets.iter().position(is_other).unwrap_or(octets.len());
    let end = octets
        .iter()
        .rposition(is_other)
        .map_or(begin, |last| last + 1);
    &octets[begin..end]
}
