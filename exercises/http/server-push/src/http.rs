//! Given: what HTTP has to do here, in both directions.
//!
//! There is nothing to fill in.

use std::io::{self, BufRead, ErrorKind, Read};

/// The longest head, and the longest trailer section, in octets.
pub const LONGEST_HEAD: u64 = 8_192;

/// The longest line with a chunk's size, in octets.
const LONGEST_SIZE: u64 = 256;

/// How many interim responses may come before a response.
const INTERIM: usize = 8;

/// A message's start line and fields (RFC 9112 section 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    start: String,
    fields: Vec<(String, String)>,
}

impl Head {
    /// Reads a head up to its empty line, and nothing behind it. `None` says that the peer has ended the connection where a message could
    /// have begun.
    ///
    /// # Errors
    /// `ErrorKind::UnexpectedEof` if the connection ends within the head, and `ErrorKind::InvalidData` if it is no head of HTTP/1.1 or longer than
    /// [`LONGEST_HEAD`]. All other errors of the connection, unchanged.
    pub fn read(peer: &mut impl BufRead) -> io::Result<Option<Head>> {
        let mut limited = peer.take(LONGEST_HEAD);
        let Some(start) = line(&mut limited, true)? else {
            return Ok(None);
        };
        let mut fields = Vec::new();
        while let Some(line) = line(&mut limited, false)?.filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').ok_or(ErrorKind::InvalidData)?;
            let value = value.trim_matches([' ', '\t']);
            fields.push((name.to_owned(), value.to_owned()));
        }
        if !start.starts_with("HTTP/1.1 ") && !start.ends_with(" HTTP/1.1") {
            return Err(ErrorKind::InvalidData.into());
        }
        Ok(Some(Head { start, fields }))
    }

    /// Reads the head of a response. A few interim ones, with a status of 1xx, may come before it (RFC 9110 section 15.2).
    ///
    /// # Errors
    /// Those of [`Head::read`]; `ErrorKind::UnexpectedEof` if there is no response, and `ErrorKind::InvalidData` if there is something else.
    pub fn read_final(server: &mut impl BufRead) -> io::Result<Head> {
        for _ in 0..=INTERIM {
            let head = Head::read(server)?.ok_or(ErrorKind::UnexpectedEof)?;
            let status = head.status().ok_or(ErrorKind::InvalidData)?;
            if !(100..200).contains(&status) {
                return Ok(head);
            }
        }
        Err(ErrorKind::InvalidData.into())
    }

    /// A response's status code; `None` for a request.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        let status = self.start.strip_prefix("HTTP/1.1 ")?.get(..3)?;
        let digits = status.bytes().all(|octet| octet.is_ascii_digit());
        status.parse().ok().filter(|_| digits)
    }

    /// The value of the first field of that name, whose case does not matter.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let (_, value) = fields.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

/// One line without its end. `None` at the end of the stream, where that may be.
fn line<R: BufRead>(limited: &mut io::Take<R>, may_end: bool) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    limited.read_until(b'\n', &mut line)?;
    match line.strip_suffix(b"\r\n") {
        Some(line) => Ok(Some(String::from_utf8_lossy(line).into_owned())),
        None if line.ends_with(b"\n") || limited.limit() == 0 => Err(ErrorKind::InvalidData.into()),
        None if line.is_empty() && may_end => Ok(None),
        None => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// The request for an event stream, to be sent in one call. Without a last id there is no field for it.
#[must_use]
pub fn request(target: &str, last_id: &str) -> Vec<u8> {
    let field = match last_id {
        "" => String::new(),
        id => format!("Last-Event-ID: {id}\r\n"),
    };
    format!("GET {target} HTTP/1.1\r\nHost: server\r\nAccept: text/event-stream\r\n{field}\r\n")
        .into_bytes()
}

/// The head of an answer whose content is an event stream in chunks. It is the only answer on its connection.
pub const STREAM: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\
    Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

/// Octets as a chunk (RFC 9112 section 7.1), to be sent in one call. No octets are the last chunk, and end the answer.
#[must_use]
pub fn chunk(octets: &[u8]) -> Vec<u8> {
    let size = format!("{:x}\r\n", octets.len());
    [size.as_bytes(), octets, b"\r\n"].concat()
}

/// The content of a response whose head has just been read, to be read like any stream: without chunks and their sizes, as it comes.
///
/// Its end is 0 octets, as usual, and its errors are those of the connection; `ErrorKind::UnexpectedEof` if the connection ends before the
/// content does, and `ErrorKind::InvalidData` if what comes is no chunk.
#[derive(Debug)]
pub struct Body<R> {
    server: R,
    left: Left,
}

/// What is still to come of a body (RFC 9112 section 6.3).
#[derive(Debug)]
enum Left {
    /// So many octets.
    Content(u64),
    /// Whatever comes before the connection ends.
    ToTheEnd,
    /// So many octets of a chunk, and then the end of its last line.
    Chunk(u64),
    /// The line with a chunk's size.
    Size,
}

impl<R: BufRead> Body<R> {
    /// The body behind a head.
    ///
    /// # Errors
    /// `ErrorKind::InvalidData` if the head does not say clearly how long it is.
    pub fn behind(head: &Head, server: R) -> io::Result<Body<R>> {
        let left = match (
            head.value("transfer-encoding"),
            head.value("content-length"),
        ) {
            (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Left::Size,
            (None, Some(length)) => Left::Content(number(length, 10)?),
            (None, None) => Left::ToTheEnd,
            _ => return Err(ErrorKind::InvalidData.into()),
        };
        Ok(Body { server, left })
    }

    /// Reads the line with the next chunk's size; behind the last chunk, its trailers.
    fn size(&mut self) -> io::Result<Left> {
        let line_with_size = line(&mut self.server.by_ref().take(LONGEST_SIZE), false)?;
        let size = line_with_size.unwrap_or_default();
        let digits = size.split(';').next().unwrap_or_default();
        match number(digits.trim_matches([' ', '\t']), 16)? {
            0 => {
                let mut limited = self.server.by_ref().take(LONGEST_HEAD);
                while line(&mut limited, false)?.is_some_and(|line| !line.is_empty()) {}
                Ok(Left::Content(0))
            }
            size => Ok(Left::Chunk(size)),
        }
    }
}

impl<R: BufRead> Read for Body<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if let Left::Chunk(0) = self.left {
            // Not when the chunk's last octet is read: what has come is not to wait for what has not.
            if line(&mut self.server.by_ref().take(2), false)?.is_none_or(|end| !end.is_empty()) {
                return Err(ErrorKind::InvalidData.into());
            }
            self.left = Left::Size;
        }
        if let Left::Size = self.left {
            self.left = self.size()?;
        }
        let most = match self.left {
            Left::Content(0) => return Ok(0),
            Left::Content(left) | Left::Chunk(left) => left,
            Left::ToTheEnd | Left::Size => u64::MAX,
        };
        let read = loop {
            match self.server.by_ref().take(most).read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        match &mut self.left {
            Left::ToTheEnd => {}
            _ if read == 0 => return Err(ErrorKind::UnexpectedEof.into()),
            Left::Content(left) | Left::Chunk(left) => *left -= read as u64,
            Left::Size => {}
        }
        Ok(read)
    }
}

/// A number of digits and nothing else.
fn number(digits: &str, base: u32) -> io::Result<u64> {
    let is_number = digits.bytes().all(|octet| char::from(octet).is_digit(base));
    let number = u64::from_str_radix(digits, base).ok();
    number
        .filter(|_| is_number)
        .ok_or_else(|| ErrorKind::InvalidData.into())
}
