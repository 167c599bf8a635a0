//! Wrong: the limit is compared with the extensions of each chunk, and a body has any number of chunks.
//! Fails: every_length_has_a_limit

use std::io::{BufRead, Read};

#[path = "../../../../exercises/http/message-framing/src/line.rs"]
pub mod line;
#[path = "../../../../exercises/http/message-framing/src/message.rs"]
pub mod message;
#[path = "../../../../exercises/http/message-framing/src/reader.rs"]
pub mod reader;

pub use line::{elements, is_token, trim};
pub use message::{
    Body, Field, Framing, LONGEST_CONTENT, LONGEST_EXTENSIONS, LONGEST_LINE, MOST_FIELDS, Message,
    Refused, Start, Version,
};
pub use reader::{read_request, read_response};

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
            stream.by_ref().take(most).read_to_end(&mut body.content)?;
            if body.content.len() > LONGEST_CONTENT {
                return Err(Refused::TooLong);
            }
        }
    }
    Ok(body)
}

/// Reads chunks up to the last, whose line is the last that is read.
fn read_chunks(stream: &mut impl BufRead, content: &mut Vec<u8>) -> Result<(), Refused> {
    let mut extensions;
    loop {
        let line = read_line(stream)?.ok_or(Refused::Incomplete)?;
        let digits = line.iter().take_while(|octet| octet.is_ascii_hexdigit());
        let (digits, extension) = line.split_at(digits.count());
        let has_form = extension.is_empty() || trim(extension).starts_with(b";");
        if digits.is_empty() || !has_form {
            return Err(Refused::Malformed);
        }
        extensions = extension.len();
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
