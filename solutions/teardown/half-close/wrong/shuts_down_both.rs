//! Wrong: a connection is shut down as a whole; what is still on its way can be read all the same.
//! Fails: the_fin_ends_the_message_and_not_the_connection
//! Claim: missing-half-close-call

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;

use socket2::Socket;

/// The longest count has twenty digits.
const DIGITS: u64 = 20;

/// Sends the message, says that this was all, and returns the count that the server answers with.
pub fn send_and_ask(mut server: Socket, message: &[u8]) -> io::Result<u64> {
    server.write_all(message)?;
    server.shutdown(Shutdown::Both)?;
    let mut answer = Vec::new();
    // One octet more shows that an answer is too long.
    server.take(DIGITS + 1).read_to_end(&mut answer)?;
    count(&answer)
}

/// The number that an answer says.
fn count(answer: &[u8]) -> io::Result<u64> {
    if answer.is_empty() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    // parse() would take a sign too.
    if answer.len() as u64 > DIGITS || !answer.iter().all(u8::is_ascii_digit) {
        return Err(ErrorKind::InvalidData.into());
    }
    let digits = str::from_utf8(answer).map_err(|_| ErrorKind::InvalidData)?;
    Ok(digits.parse().map_err(|_| ErrorKind::InvalidData)?)
}

/// Counts what the client sends until it has finished, answers with the count, and closes.
pub fn count_and_answer(mut client: Socket) -> io::Result<u64> {
    let mut count = 0;
    let mut buffer = [0; 4096];
    loop {
        match client.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => count += length as u64,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    client.write_all(count.to_string().as_bytes())?;
    Ok(count)
}
