//! Given: the heads of messages, and the messages that client and server send.
//!
//! There is nothing to fill in here.

use std::io::{self, BufRead, ErrorKind, Read};

/// The longest head that is read, in octets.
pub const LONGEST_HEAD: u64 = 8_192;

/// A message's start line and fields (RFC 9112 section 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    start: Start,
    fields: Vec<(String, String)>,
    version: (u8, u8),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Start {
    /// A request's target.
    Request(String),
    /// A response's status code.
    Response(u16),
}

impl Head {
    /// Reads a head up to its empty line, and nothing behind it. `None` says that the peer has ended the connection where a message could
    /// have begun.
    ///
    /// # Errors
    /// `ErrorKind::UnexpectedEof` if the connection ends within the head, and `ErrorKind::InvalidData` if it is no head of HTTP/1.x or longer than
    /// [`LONGEST_HEAD`]. All other errors of the connection, unchanged.
    pub fn read(peer: &mut impl BufRead) -> io::Result<Option<Head>> {
        let mut limited = peer.take(LONGEST_HEAD);
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            limited.read_until(b'\n', &mut line)?;
            match line.strip_suffix(b"\r\n") {
                Some([]) => break,
                Some(line) => lines.push(String::from_utf8_lossy(line).into_owned()),
                None if line.ends_with(b"\n") || limited.limit() == 0 => {
                    return Err(ErrorKind::InvalidData.into());
                }
                None if line.is_empty() && lines.is_empty() => return Ok(None),
                None => return Err(ErrorKind::UnexpectedEof.into()),
            }
        }
        Head::of(&lines)
            .map(Some)
            .ok_or_else(|| ErrorKind::InvalidData.into())
    }

    fn of(lines: &[String]) -> Option<Head> {
        let (first, fields) = lines.split_first()?;
        let (start, version) = match first.split(' ').collect::<Vec<_>>()[..] {
            [version, status, ..] if version.starts_with("HTTP/") => {
                let digits =
                    status.len() == 3 && status.bytes().all(|octet| octet.is_ascii_digit());
                let status = status.parse().ok().filter(|_| digits)?;
                (Start::Response(status), version)
            }
            [method, target, version] if !method.is_empty() && !target.is_empty() => {
                (Start::Request(target.to_owned()), version)
            }
            _ => return None,
        };
        let minor = version.strip_prefix("HTTP/1.")?;
        let minor = minor.parse().ok().filter(|_| minor.len() == 1)?;
        let fields = fields.iter().map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_name = !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic());
            is_name.then(|| (name.to_owned(), value.trim_matches([' ', '\t']).to_owned()))
        });
        Some(Head {
            start,
            fields: fields.collect::<Option<_>>()?,
            version: (1, minor),
        })
    }

    /// The version of HTTP, such as `(1, 1)`.
    #[must_use]
    pub fn version(&self) -> (u8, u8) {
        self.version
    }

    /// A response's status code; `None` for a request.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.start {
            Start::Request(_) => None,
            Start::Response(status) => Some(status),
        }
    }

    /// A request's target; `None` for a response.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        match &self.start {
            Start::Request(target) => Some(target),
            Start::Response(_) => None,
        }
    }

    /// The members of all fields of that name, whose case does not matter. A field can list several, with commas between them, and can
    /// come several times (RFC 9110 section 5.3). Their own case is as it came, and one can be empty.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.fields.iter();
        fields
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .flat_map(|(_, value)| value.split(','))
            .map(|member| member.trim_matches([' ', '\t']))
    }
}

/// The request that a client sends, in one call.
#[must_use]
pub fn request(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: server\r\n\r\n").into_bytes()
}

/// The response that a server sends, in one call; it says so if it is the last on its connection.
#[must_use]
pub fn response(content: &[u8], last: bool) -> Vec<u8> {
    let close = if last { "Connection: close\r\n" } else { "" };
    let length = content.len();
    let head = format!("HTTP/1.1 200 OK\r\n{close}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), content].concat()
}

/// The response to a request that cannot be read because of this error: the last on its connection. `None` if the connection itself has failed
/// (RFC 9112 sections 2.2 and 6.3).
///
/// A server that does not understand a transfer coding SHOULD answer with 501 (section 6.1). Every server has to understand `chunked` (section 7.1), and
/// the next chapter's does. For content longer than [`super::LIMIT`] 413 (Content Too Large) would be the better status, as in the chapter
/// (RFC 9110 section 15.5.14); the error does not tell the two cases apart, so this exercise says 400 to both.
#[must_use]
pub fn refusal(error: &io::Error) -> Option<Vec<u8>> {
    let status = match error.kind() {
        ErrorKind::InvalidData => "400 Bad Request",
        ErrorKind::Unsupported => "501 Not Implemented",
        _ => return None,
    };
    let rest = "Connection: close\r\nContent-Length: 0\r\n\r\n";
    Some(format!("HTTP/1.1 {status}\r\n{rest}").into_bytes())
}
