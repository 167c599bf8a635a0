//! Wrong: each request is read for itself, and what was read beyond it is thrown away.
//! Fails: the_server_goes_on_until_it_hears_close

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use socket2::Socket;

#[path = "../../../../exercises/http/persistent-connections/src/message.rs"]
pub mod message;
use message::{Head, refusal, request, response};

/// The longest content that is read, in octets.
pub const LIMIT: usize = 65_536;

/// How many interim responses may come before a response.
pub const INTERIM: usize = 8;

/// Whether the connection persists after the current response (RFC 9112 section 9.3).
pub fn persists(message: &Head) -> bool {
    let mut options = message.values("connection");
    !options.any(|option| option.eq_ignore_ascii_case("close")) && message.version() >= (1, 1)
}

/// Reads the content of a message whose head has just been read.
pub fn read_content(peer: &mut impl BufRead, head: &Head) -> io::Result<Vec<u8>> {
    let length = length(head)?;
    let mut content = Vec::new();
    peer.take(length as u64).read_to_end(&mut content)?;
    if content.len() < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(content)
}

/// How many octets of content belong to a head (RFC 9112 section 6.3).
fn length(head: &Head) -> io::Result<usize> {
    if matches!(head.status(), Some(100..=199 | 204 | 304)) {
        return Ok(0);
    }
    if head.values("transfer-encoding").next().is_some() {
        return Err(ErrorKind::Unsupported.into());
    }
    let mut members = head.values("content-length");
    match members.next() {
        Some(first) if members.all(|other| other == first) => decimal(first),
        Some(_) => Err(ErrorKind::InvalidData.into()),
        None if head.status().is_none() => Ok(0),
        None => Err(ErrorKind::Unsupported.into()),
    }
}

/// A number up to the limit. `parse` alone would take a plus sign.
fn decimal(digits: &str) -> io::Result<usize> {
    let is_decimal = digits.bytes().all(|octet| octet.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_decimal);
    number
        .filter(|number| *number <= LIMIT)
        .ok_or_else(|| ErrorKind::InvalidData.into())
}

/// A response with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Its head.
    pub head: Head,
    /// Its content.
    pub content: Vec<u8>,
}

/// A client that keeps its connection from one request to the next.
pub struct Client<C> {
    connect: C,
    open: Option<BufReader<Socket>>,
}

impl<C: FnMut() -> io::Result<Socket>> Client<C> {
    /// A client without a connection.
    pub fn new(connect: C) -> Client<C> {
        Client {
            connect,
            open: None,
        }
    }

    /// Asks for a target, on the open connection or else on a new one.
    pub fn get(&mut self, target: &str) -> io::Result<Response> {
        if let Some(mut server) = self.open.take()
            && is_quiet(&mut server)?
            && has_begun(&mut server, target)?
        {
            return self.finish(server);
        }
        let mut server = BufReader::new((self.connect)()?);
        if has_begun(&mut server, target)? {
            return self.finish(server);
        }
        Err(ErrorKind::UnexpectedEof.into())
    }

    /// Reads a response, and keeps the connection if it persists.
    fn finish(&mut self, mut server: BufReader<Socket>) -> io::Result<Response> {
        let response = read_response(&mut server)?;
        self.open = persists(&response.head).then_some(server);
        Ok(response)
    }
}

/// Whether nothing has come on a connection, not even its end.
fn is_quiet(server: &mut BufReader<Socket>) -> io::Result<bool> {
    server.get_ref().set_nonblocking(true)?;
    let waits = matches!(server.fill_buf(), Err(error) if error.kind() == ErrorKind::WouldBlock);
    server.get_ref().set_nonblocking(false)?;
    Ok(waits)
}

/// Sends a request, and waits for the first octets of the response; `false` if the connection ends before them.
fn has_begun(server: &mut BufReader<Socket>, target: &str) -> io::Result<bool> {
    let mut begun = server.get_mut().write_all(&request(target));
    while begun.is_ok() {
        match server.fill_buf() {
            Ok(octets) => return Ok(!octets.is_empty()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => begun = Err(error),
        }
    }
    match begun {
        Err(error)
            if ![ErrorKind::ConnectionReset, ErrorKind::BrokenPipe].contains(&error.kind()) =>
        {
            Err(error)
        }
        _ => Ok(false),
    }
}

/// The final response.
fn read_response(server: &mut BufReader<Socket>) -> io::Result<Response> {
    for _ in 0..=INTERIM {
        let head = Head::read(server)?.ok_or(ErrorKind::UnexpectedEof)?;
        let status = head.status().ok_or(ErrorKind::InvalidData)?;
        let content = read_content(server, &head)?;
        if !(100..200).contains(&status) {
            return Ok(Response { head, content });
        }
    }
    Err(ErrorKind::InvalidData.into())
}

/// Answers the requests that come on a connection.
pub fn serve(
    client: Socket,
    mut answer: impl FnMut(&str) -> Vec<u8>,
    patience: Duration,
) -> io::Result<usize> {
    let mut client = client;
    let mut answered = 0;
    loop {
        let (octets, last) = match read_request(&mut BufReader::new(&client)) {
            Ok(None) => return Ok(answered),
            Ok(Some((target, last))) => {
                answered += 1;
                (response(&answer(&target), last), last)
            }
            Err(error) => (refusal(&error).ok_or(error)?, true),
        };
        client.write_all(&octets)?;
        if last {
            break;
        }
    }
    client.shutdown(Shutdown::Write)?;
    drain(&mut client, patience)?;
    Ok(answered)
}

/// The target of a request that has been read to its end, and whether it is the last.
fn read_request(client: &mut impl BufRead) -> io::Result<Option<(String, bool)>> {
    let Some(head) = Head::read(client)? else {
        return Ok(None);
    };
    let target = head.target().ok_or(ErrorKind::InvalidData)?.to_owned();
    read_content(client, &head)?;
    Ok(Some((target, !persists(&head))))
}

/// Reads and throws away until the client has ended its side, or for so long, or so much.
fn drain(client: &mut Socket, patience: Duration) -> io::Result<()> {
    let begun = Instant::now();
    let mut octets = [0; 4_096];
    let mut read = 0;
    while read <= LIMIT {
        let left = patience.saturating_sub(begun.elapsed());
        if left.is_zero() {
            break;
        }
        // A timeout of zero would mean none.
        client.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        match client.read(&mut octets) {
            Ok(0) => break,
            Ok(length) => read += length,
            // The time left decides.
            Err(error)
                if [ErrorKind::WouldBlock, ErrorKind::Interrupted].contains(&error.kind()) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
