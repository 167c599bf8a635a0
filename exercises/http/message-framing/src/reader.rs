//! Given: whole messages, which your four functions read together.
//!
//! There is nothing to fill in here.

use std::io::BufRead;

use crate::{Message, Refused, Start, framing, read_body, read_fields, read_line};

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
