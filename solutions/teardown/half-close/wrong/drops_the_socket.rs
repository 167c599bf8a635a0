//! Wrong: close() says that one has finished, and what was sent has arrived.
//! Fails: the_fin_ends_the_message_and_not_the_connection
//! Claim: y4-host1-still-receives

use std::io::{self, ErrorKind, Read, Write};

use socket2::Socket;

/// Sends the message, says that this was all, and returns the count that the server answers with.
pub fn send_and_ask(mut server: Socket, message: &[u8]) -> io::Result<u64> {
    server.write_all(message)?;
    drop(server);
    Ok(message.len() as u64)
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
