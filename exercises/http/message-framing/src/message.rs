//! Given: what a message is, why one is refused, and the limits that are kept.
//!
//! There is nothing to fill in here.

use std::io::{self, ErrorKind};

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
