//! tungstenite's WebSocket endpoints.

use std::io;
use std::net::TcpStream;

use socket2::Socket;
pub use tungstenite::Message;
use tungstenite::handshake::HandshakeRole;
use tungstenite::{Error, HandshakeError, WebSocket};

/// tungstenite's end of a connection on which the opening handshake is done.
pub type Endpoint = WebSocket<TcpStream>;

/// The server's side of the opening handshake (RFC 6455 §4.2), on an accepted connection.
///
/// # Errors
/// The client has asked for something else, or has closed.
pub fn accept(socket: Socket) -> io::Result<Endpoint> {
    tungstenite::accept(socket.into()).map_err(no_handshake)
}

/// The client's side of the opening handshake (RFC 6455 §4.1), on a connected socket; `url` as in `ws://server/path`.
///
/// # Errors
/// The server has refused or closed, or its answer does not go with the client's key.
pub fn connect(socket: Socket, url: &str) -> io::Result<Endpoint> {
    let opened = tungstenite::client(url, socket.into());
    let (endpoint, _response) = opened.map_err(no_handshake)?;
    Ok(endpoint)
}

fn no_handshake<R: HandshakeRole>(error: HandshakeError<R>) -> io::Error {
    match error {
        HandshakeError::Failure(error) => failure(error),
        HandshakeError::Interrupted(_) => io::ErrorKind::WouldBlock.into(),
    }
}

/// The next message. tungstenite answers a ping and a close by itself, when it reads or writes next.
///
/// # Errors
/// [`io::ErrorKind::ConnectionAborted`] after the closing handshake, and what else is wrong with the connection or a frame.
pub fn read(endpoint: &mut Endpoint) -> io::Result<Message> {
    endpoint.read().map_err(failure)
}

/// Sends a message.
///
/// # Errors
/// As [`read`].
pub fn send(endpoint: &mut Endpoint, message: Message) -> io::Result<()> {
    endpoint.send(message).map_err(failure)
}

fn failure(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::ConnectionClosed | Error::AlreadyClosed => {
            io::Error::new(io::ErrorKind::ConnectionAborted, error)
        }
        other => io::Error::other(other),
    }
}
