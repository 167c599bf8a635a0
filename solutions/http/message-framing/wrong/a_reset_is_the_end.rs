//! Wrong: when nothing more can be read, the content has ended.
//! Fails: an_end_in_mid_message_is_an_error

use std::io::{self, BufRead, ErrorKind, Read};

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

/// The next line, without the CR and LF that end it; `None` if the stream has ended before it.
pub fn read_line(stream: &mut impl BufRead) -> Result<Option<Vec<u8>>, Refused> {
    let longest = LONGEST_LINE + 2;
    let mut line = Vec::new();
    stream
        .by_ref()
        .take(longest as u64)
        .read_until(b'\n', &mut line)?;
    match line.strip_suffix(b"\r\n") {
        Some(text) if text.contains(&b'\r') => Err(Refused::Malformed),
        Some(text) => Ok(Some(text.to_vec())),
        None if line.is_empty() => Ok(None),
        None if line.ends_with(b"\n") => Err(Refused::Malformed),
        None if line.len() == longest => Err(Refused::TooLong),
        None => Err(Refused::Incomplete),
    }
}

/// The fields of a header section or a trailer section, up to the empty line that ends it.
pub fn read_fields(stream: &mut impl BufRead) -> Result<Vec<Field>, Refused> {
    let mut fields = Vec::new();
    loop {
        let line = read_line(stream)?.ok_or(Refused::Incomplete)?;
        if line.is_empty() {
            return Ok(fields);
        }
        if fields.len() == MOST_FIELDS {
            return Err(Refused::TooLong);
        }
        fields.push(Field::parse(&line)?);
    }
}

/// What ends the body of a message: the rules of RFC 9112 section 6.3 in their order, and those of section 6.1.
pub fn framing(start: &Start, fields: &[Field]) -> Result<Framing, Refused> {
    let (version, is_request) = match start {
        Start::Response {
            status: 100..=199 | 204 | 304,
            ..
        } => return Ok(Framing::Nothing),
        Start::Response { asked, .. } if asked == "HEAD" => return Ok(Framing::Nothing),
        Start::Response {
            status: 200..=299,
            asked,
            ..
        } if asked == "CONNECT" => return Ok(Framing::Tunnel),
        Start::Response { version, .. } => (version, false),
        Start::Request { version, .. } => (version, true),
    };
    let has = |name| fields.iter().any(|field| field.name == name);
    match (has("transfer-encoding"), has("content-length")) {
        (true, true) => Err(Refused::Framing),
        (true, false) if *version == Version::Http10 => Err(Refused::Framing),
        (true, false) => coded(fields, is_request),
        (false, true) => length(fields),
        (false, false) if is_request => Ok(Framing::Nothing),
        (false, false) => Ok(Framing::ToTheEnd),
    }
}

/// What Transfer-Encoding says: rule 4.
fn coded(fields: &[Field], is_request: bool) -> Result<Framing, Refused> {
    let mut times = 0;
    let mut is_last = false;
    for coding in elements(fields, "transfer-encoding").filter(|coding| !coding.is_empty()) {
        if !is_token(coding) {
            return Err(Refused::Framing);
        }
        is_last = coding.eq_ignore_ascii_case(b"chunked");
        times += usize::from(is_last);
    }
    match (times, is_last) {
        (2.., _) => Err(Refused::Framing),
        (_, true) => Ok(Framing::Chunked),
        (_, false) if is_request => Err(Refused::Framing),
        (_, false) => Ok(Framing::ToTheEnd),
    }
}

/// What Content-Length says: rules 5 and 6.
fn length(fields: &[Field]) -> Result<Framing, Refused> {
    let mut lengths = elements(fields, "content-length")
        .filter(|length| !length.is_empty())
        .map(|length| {
            let is_number = length.iter().all(u8::is_ascii_digit);
            is_number.then(|| significant(length))
        });
    let first = lengths.next().flatten().ok_or(Refused::Framing)?;
    if lengths.any(|other| other != Some(first)) {
        return Err(Refused::Framing);
    }
    match number(first, 10) {
        Some(length) if length <= LONGEST_CONTENT => Ok(Framing::Length(length)),
        _ => Err(Refused::TooLong),
    }
}

/// Digits without the zeros in front of them: as these, two numbers of any length can be compared.
fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    &digits[zeros..]
}

/// The number that digits make, of which there may be none; `None` if it does not fit.
fn number(digits: &[u8], base: u32) -> Option<usize> {
    digits.iter().try_fold(0_usize, |number, digit| {
        let digit = char::from(*digit).to_digit(base)?;
        number
            .checked_mul(base as usize)?
            .checked_add(digit as usize)
    })
}

/// Reads a body to its end.
pub fn read_body(stream: &mut impl BufRead, framing: Framing) -> Result<Body, Refused> {
    let mut body = Body::default();
    match framing {
        Framing::Nothing | Framing::Tunnel => {}
        Framing::Length(length) => read_octets(stream, length, &mut body.content)?,
        Framing::Chunked => {
            read_chunks(stream, &mut body.content)?;
            body.trailers = read_fields(stream)?;
        }
        Framing::ToTheEnd => {
            let most = LONGEST_CONTENT as u64 + 1;
            let _ = stream.by_ref().take(most).read_to_end(&mut body.content);
            if body.content.len() > LONGEST_CONTENT {
                return Err(Refused::TooLong);
            }
        }
    }
    Ok(body)
}

/// Reads chunks up to the last, whose line is the last that is read.
fn read_chunks(stream: &mut impl BufRead, content: &mut Vec<u8>) -> Result<(), Refused> {
    let mut extensions = 0;
    loop {
        let line = read_line(stream)?.ok_or(Refused::Incomplete)?;
        let digits = line.iter().take_while(|octet| octet.is_ascii_hexdigit());
        let (digits, extension) = line.split_at(digits.count());
        let has_form = extension.is_empty() || trim(extension).starts_with(b";");
        if digits.is_empty() || !has_form {
            return Err(Refused::Malformed);
        }
        extensions += extension.len();
        if extensions > LONGEST_EXTENSIONS {
            return Err(Refused::TooLong);
        }
        match number(digits, 16) {
            Some(0) => return Ok(()),
            Some(size) if size <= LONGEST_CONTENT - content.len() => {
                read_octets(stream, size, content)?;
            }
            _ => return Err(Refused::TooLong),
        }
        let mut end = Vec::new();
        read_octets(stream, 2, &mut end)?;
        if end != b"\r\n" {
            return Err(Refused::Malformed);
        }
    }
}

/// Reads so many octets, and puts them behind what is there. Room is made for what has come, and not for what was announced.
fn read_octets(
    stream: &mut impl BufRead,
    count: usize,
    octets: &mut Vec<u8>,
) -> Result<(), Refused> {
    let read = stream.by_ref().take(count as u64).read_to_end(octets)?;
    if read < count {
        return Err(Refused::Incomplete);
    }
    Ok(())
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
