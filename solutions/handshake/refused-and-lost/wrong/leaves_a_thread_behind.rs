//! Wrong: a call that blocks is given a time limit by waiting for it in another thread.
//! Fails: silence_ends_at_the_limit

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// What became of an attempt to open a connection.
#[derive(Debug)]
pub enum Outcome {
    /// The handshake is over for this side.
    Connected(Socket),
    /// The host is there, and a reset came back.
    Refused,
    /// No answer.
    TimedOut,
    /// An ICMP message says that the network or the host cannot be reached.
    Unreachable,
}

/// Opens a connection, and returns what became of it after `limit` at the latest.
pub fn connect(from: SocketAddr, to: SocketAddr, limit: Duration) -> io::Result<Outcome> {
    let (result, results) = mpsc::channel();
    thread::spawn(move || {
        let call = || {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.bind(&from.into())?;
            socket.connect(&to.into())?;
            io::Result::Ok(socket)
        };
        // Nobody may be waiting any more.
        let _ = result.send(call());
    });
    match results.recv_timeout(limit) {
        Ok(Ok(socket)) => Ok(Outcome::Connected(socket)),
        Ok(Err(error)) => outcome_of(error),
        Err(_) => Ok(Outcome::TimedOut),
    }
}

/// What the kernel's error says of the attempt.
fn outcome_of(error: io::Error) -> io::Result<Outcome> {
    match error.kind() {
        ErrorKind::ConnectionRefused => Ok(Outcome::Refused),
        ErrorKind::TimedOut => Ok(Outcome::TimedOut),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Ok(Outcome::Unreachable),
        _ => Err(error),
    }
}
