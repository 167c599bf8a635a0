//! Given: the client's request, a hash, and the reading of header fields.
//!
//! There is nothing to fill in here.

use data_encoding::BASE64;
use sha1::{Digest, Sha1};

/// What is appended to a client's key (RFC 6455 section 1.3).
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The client's request, with the empty line at its end. The key is to be sixteen octets, chosen at random for each connection, in
/// base64 (RFC 6455 section 4.1).
#[must_use]
pub fn request(host: &str, target: &str, key: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
}

/// The SHA-1 hash of a text's octets, in base64.
#[must_use]
pub fn digest(text: &str) -> String {
    BASE64.encode(&Sha1::digest(text))
}

/// The values of all header fields of that name, in capital or small letters; a list with commas gives its members.
pub fn members<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let fields = head.split("\r\n").skip(1);
    fields
        .filter_map(|line| line.split_once(':'))
        .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
        .flat_map(|(_, value)| value.split(','))
        .map(|member| member.trim_matches([' ', '\t']))
}
