//! Wrong: the connection is the client's, so the client closes it as soon as it has the body.
//! Fails: the_server_closes_and_then_the_client
//! Claim: http10-released-automatically
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};

/// The longest head that is understood, in octets, from the status line to the empty line, with both.
pub const LONGEST_HEAD: usize = 8_192;

/// What ends the last line of a head, and the empty line behind it.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// What a server has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The three digits of the status line, such as 200 or 404.
    pub status: u16,
    /// The octets behind the empty line that belong to the body.
    pub body: Vec<u8>,
}

/// The octets of a request to GET this target.
pub fn request(target: &str) -> io::Result<Vec<u8>> {
    if !target.starts_with('/') || !target.bytes().all(|octet| octet.is_ascii_graphic()) {
        return Err(ErrorKind::InvalidInput.into());
    }
    Ok(format!("GET {target} HTTP/1.0\r\n\r\n").into_bytes())
}

/// Connects to this server, sends the request, reads until the server has closed, and closes.
pub fn get(server: SocketAddr, target: &str, longest_body: usize) -> io::Result<Response> {
    let request = request(target)?;
    let mut socket = Socket::new(Domain::for_address(server), Type::STREAM, None)?;
    socket.connect(&server.into())?;
    socket.write_all(&request)?;
    // One octet more shows that a response is too long.
    let most = LONGEST_HEAD.saturating_add(longest_body).saturating_add(1);
    let mut octets = Vec::new();
    let mut buffer = [0; 4096];
    while octets.len() < most {
        match socket.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => octets.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if is_complete(&octets) {
            break;
        }
    }
    response(&octets, longest_body)
}

/// Whether the length that was announced has come.
fn is_complete(octets: &[u8]) -> bool {
    let end = octets
        .windows(END_OF_HEAD.len())
        .position(|window| window == END_OF_HEAD);
    end.is_some_and(|end| {
        let head = String::from_utf8_lossy(&octets[..end]);
        let here = (octets.len() - end - END_OF_HEAD.len()) as u64;
        matches!(content_length(head.split("\r\n")), Ok(Some(length)) if length <= here)
    })
}

/// The response that these octets are, up to the end of the connection.
fn response(octets: &[u8], longest_body: usize) -> io::Result<Response> {
    let end = octets
        .windows(END_OF_HEAD.len())
        .position(|window| window == END_OF_HEAD)
        .filter(|end| end + END_OF_HEAD.len() <= LONGEST_HEAD);
    let Some(end) = end else {
        return Err(if octets.len() < LONGEST_HEAD {
            ErrorKind::UnexpectedEof.into()
        } else {
            ErrorKind::InvalidData.into()
        });
    };
    let head = String::from_utf8_lossy(&octets[..end]);
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(status)
        .ok_or(ErrorKind::InvalidData)?;
    let announced = content_length(lines)?;
    let mut body = octets[end + END_OF_HEAD.len()..].to_vec();
    if matches!(status, 204 | 304) {
        body.clear();
    } else if let Some(length) = announced {
        let length = usize::try_from(length).map_err(|_| ErrorKind::InvalidData)?;
        if length > longest_body {
            return Err(ErrorKind::InvalidData.into());
        }
        if length > body.len() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        body.truncate(length);
    } else if body.len() > longest_body {
        return Err(ErrorKind::InvalidData.into());
    }
    Ok(Response { status, body })
}

/// The status that a status line says; `None` if it is none.
fn status(line: &str) -> Option<u16> {
    let (version, rest) = line.strip_prefix("HTTP/")?.split_once(' ')?;
    let (major, minor) = version.split_once('.')?;
    let code = rest.split(' ').next()?;
    if is_number(major) && is_number(minor) && is_number(code) && code.len() == 3 {
        code.parse().ok()
    } else {
        None
    }
}

/// The length that the fields announce, if they do.
fn content_length<'a>(fields: impl Iterator<Item = &'a str>) -> io::Result<Option<u64>> {
    let mut announced = None;
    for field in fields {
        let Some((name, value)) = field.split_once(':') else {
            continue;
        };
        if !name.eq_ignore_ascii_case("content-length") {
            continue;
        }
        let value = value.trim();
        // parse() would take a sign too.
        if !is_number(value) {
            return Err(ErrorKind::InvalidData.into());
        }
        let length = value.parse().map_err(|_| ErrorKind::InvalidData)?;
        if announced.is_some_and(|announced| announced != length) {
            return Err(ErrorKind::InvalidData.into());
        }
        announced = Some(length);
    }
    Ok(announced)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}
