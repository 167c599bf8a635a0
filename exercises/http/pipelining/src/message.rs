//! Given: requests out of octets, and the octets of responses.
//!
//! There is nothing to fill in here.

/// The longest head of a request that is read, in octets.
pub const LONGEST_HEAD: usize = 8_192;

/// The longest content of a request that is read, in octets.
pub const LONGEST_CONTENT: usize = 65_536;

/// The methods that RFC 9110 section 9.2.1 defines to be safe.
const SAFE: [&str; 4] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/// A whole request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Such as `GET`.
    pub method: String,
    /// Such as `/index.html`.
    pub target: String,
    /// Its content; most requests have none.
    pub content: Vec<u8>,
    /// Whether the connection ends after the response to this request, as the request has it (RFC 9112 section 9.3).
    pub last: bool,
}

/// Why octets are no request that is answered. Where the next one would begin is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// They do not have the form of a request, or its length is not sure.
    Malformed,
    /// The head is longer than [`LONGEST_HEAD`].
    HeadTooLong,
    /// The content is longer than [`LONGEST_CONTENT`].
    ContentTooLong,
    /// The content has a transfer coding. This exercise reads none, though every recipient MUST be able to read chunks (RFC 9112 section 7.1).
    Coding,
}

impl Request {
    /// The request that stands at the front of these octets, and the number of octets that belong to it. `None` if it has begun, or has not
    /// yet, and is not whole.
    ///
    /// # Errors
    /// Why there will be no request, whatever comes.
    pub fn first(octets: &[u8]) -> Result<Option<(Request, usize)>, Refused> {
        // One empty line before a request is passed over (RFC 9112 section 2.2).
        let begin = if octets.starts_with(b"\r\n") { 2 } else { 0 };
        let rest = &octets[begin..];
        let visible = &rest[..rest.len().min(LONGEST_HEAD)];
        let Some(length) = visible.windows(4).position(|end| end == b"\r\n\r\n") else {
            return match rest.len() {
                LONGEST_HEAD.. => Err(Refused::HeadTooLong),
                _ => Ok(None),
            };
        };
        let (mut request, content) = Request::of(&rest[..length])?;
        let body = &rest[length + 4..];
        let Some(content) = body.get(..content) else {
            return Ok(None);
        };
        request.content = content.to_vec();
        let end = begin + length + 4 + request.content.len();
        Ok(Some((request, end)))
    }

    /// A request without its content, and the length of that (RFC 9112 sections 3, 5 and 6.3).
    fn of(head: &[u8]) -> Result<(Request, usize), Refused> {
        let head = String::from_utf8_lossy(head);
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(Refused::Malformed);
        };
        let minor = match version.strip_prefix("HTTP/1.").map(str::as_bytes) {
            Some([minor @ b'0'..=b'9']) => minor - b'0',
            _ => return Err(Refused::Malformed),
        };
        if !is_word(method) || !is_word(target) {
            return Err(Refused::Malformed);
        }
        let mut fields = Vec::new();
        for line in lines {
            match line.split_once(':') {
                Some((name, value)) if is_word(name) => fields.push((name, value)),
                _ => return Err(Refused::Malformed),
            }
        }
        let hosts = fields.iter().filter(|(name, _)| is(name, "host")).count();
        if hosts > 1 || hosts == 0 && minor > 0 {
            return Err(Refused::Malformed);
        }
        if members(&fields, "transfer-encoding").next().is_some() {
            return Err(Refused::Coding);
        }
        let closes = members(&fields, "connection").any(|option| is(option, "close"));
        let request = Request {
            method: method.to_owned(),
            target: target.to_owned(),
            content: Vec::new(),
            last: closes || minor == 0,
        };
        Ok((request, length(members(&fields, "content-length"))?))
    }

    /// Whether its method is safe (RFC 9110 section 9.2.1).
    #[must_use]
    pub fn is_safe(&self) -> bool {
        SAFE.contains(&self.method.as_str())
    }
}

/// The number that all members are.
fn length<'a>(mut members: impl Iterator<Item = &'a str>) -> Result<usize, Refused> {
    let Some(first) = members.next() else {
        return Ok(0);
    };
    let is_decimal = !first.is_empty() && first.bytes().all(|octet| octet.is_ascii_digit());
    if !is_decimal || !members.all(|other| other == first) {
        return Err(Refused::Malformed);
    }
    // A number that does not fit is too long as well.
    let length = first.parse().ok();
    length
        .filter(|length| *length <= LONGEST_CONTENT)
        .ok_or(Refused::ContentTooLong)
}

/// The members of all fields of that name (RFC 9110 section 5.3).
fn members<'a>(fields: &[(&'a str, &'a str)], name: &str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |(other, _)| is(other, name))
        .flat_map(|(_, value)| value.split(','))
        .map(|member| member.trim_matches([' ', '\t']))
}

fn is(word: &str, other: &str) -> bool {
    word.eq_ignore_ascii_case(other)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic())
}

/// The response to a request. It says so if it is the last on its connection; the response to HEAD has no content (RFC 9110 section 9.3.2).
#[must_use]
pub fn response(request: &Request, content: &[u8]) -> Vec<u8> {
    let close = if request.last {
        "Connection: close\r\n"
    } else {
        ""
    };
    let length = content.len();
    let head = format!("HTTP/1.1 200 OK\r\n{close}Content-Length: {length}\r\n\r\n");
    let content = if request.method == "HEAD" {
        b""
    } else {
        content
    };
    [head.as_bytes(), content].concat()
}

/// The response to what is no request: the last on its connection.
#[must_use]
pub fn refusal(refused: Refused) -> Vec<u8> {
    let status = match refused {
        Refused::Malformed => "400 Bad Request",
        Refused::HeadTooLong => "431 Request Header Fields Too Large",
        Refused::ContentTooLong => "413 Content Too Large",
        Refused::Coding => "501 Not Implemented",
    };
    let rest = "Connection: close\r\nContent-Length: 0\r\n\r\n";
    format!("HTTP/1.1 {status}\r\n{rest}").into_bytes()
}
