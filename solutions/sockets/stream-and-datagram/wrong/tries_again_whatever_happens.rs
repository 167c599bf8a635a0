//! Wrong: a call that has failed is made again, whatever the reason.
//! Fails: short_and_interrupted_calls_are_no_end

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
    let octets = [&length, message].concat();
    let mut sent = 0;
    while sent < octets.len() {
        match stream.write(&octets[sent..]) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => sent += count,
            Err(_) => {}
        }
    }
    Ok(())
}

/// Reads the next message; `None` if the stream has ended behind the last.
pub fn read_message(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let length = read_at_most(stream, LENGTH)?;
    if length.is_empty() {
        return Ok(None);
    }
    let length: [u8; 4] = length.try_into().map_err(|_| ErrorKind::UnexpectedEof)?;
    let length = u32::from_be_bytes(length);
    if length as usize > LIMIT {
        return Err(ErrorKind::InvalidData.into());
    }
    let message = read_at_most(stream, length.into())?;
    if message.len() < length as usize {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(message))
}

/// So many octets, or fewer if the stream ends before. Room is made for what has come, and not for what was announced.
fn read_at_most(stream: &mut impl Read, count: u64) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    stream.by_ref().take(count).read_to_end(&mut octets)?;
    Ok(octets)
}
