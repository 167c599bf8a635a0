//! Wrong: when the peer has closed, there was no further message, wherever the stream stood.
//! Fails: the_end_in_mid_message_is_an_error

use std::io::{self, ErrorKind, Read, Write};

/// The longest message, in octets.
pub const LIMIT: usize = 65_536;

/// Octets of a length.
const LENGTH: u64 = 4;

/// Writes one message: its length, and then its octets.
pub fn write_message(stream: &mut impl Write, message: &[u8]) -> io::Result<()> {
    if message.len() > LIMIT {
        return Err(ErrorKind::InvalidInput.into());
    }
    let length = (message.len() as u32).to_be_bytes();
    // One call, where the stream takes it: two small ones would often be two segments.
    stream.write_all(&[&length, message].concat())
}

/// Reads the next message; `None` if the stream has ended behind the last.
pub fn read_message(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let length = read_at_most(stream, LENGTH)?;
    if length.is_empty() {
        return Ok(None);
    }
    let Ok(length) = length.try_into() else {
        return Ok(None);
    };
    let length = u32::from_be_bytes(length);
    if length as usize > LIMIT {
        return Err(ErrorKind::InvalidData.into());
    }
    let message = read_at_most(stream, length.into())?;
    if message.len() < length as usize {
        return Ok(None);
    }
    Ok(Some(message))
}

/// So many octets, or fewer if the stream ends before. Room is made for what has come, and not for what was announced.
fn read_at_most(stream: &mut impl Read, count: u64) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    stream.by_ref().take(count).read_to_end(&mut octets)?;
    Ok(octets)
}
