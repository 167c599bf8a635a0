//! Wrong: one write at the one end is one read at the other.
//! Fails: every_split_and_merge_gives_the_same_messages
//! Claim: missing-stream-has-no-messages

use std::io::{self, ErrorKind, Read, Write};

/// The longest message, in octets.
pub const LIMIT: usize = 65_536;

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
    let mut buffer = vec![0; 4 + LIMIT];
    let count = loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(count) => break count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    };
    let Some((length, message)) = buffer[..count].split_first_chunk() else {
        return Err(ErrorKind::UnexpectedEof.into());
    };
    let length = u32::from_be_bytes(*length) as usize;
    if length > LIMIT {
        return Err(ErrorKind::InvalidData.into());
    }
    let message = message.get(..length).ok_or(ErrorKind::UnexpectedEof)?;
    Ok(Some(message.to_vec()))
}
