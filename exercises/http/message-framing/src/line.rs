//! Given: what stands on a line, which is a request line, a status line or a field, and what a field's value lists.
//!
//! There is nothing to fill in here.

use crate::{Field, Refused, Start, Version};

impl Start {
    pub(crate) fn request(line: &[u8]) -> Option<Start> {
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

    pub(crate) fn response(line: &[u8], asked: &str) -> Option<Start> {
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
