//! Wrong: a socket with an address is ready to be called.
//! Fails: listening_sends_nothing
//! Claim: socket-three-steps-listen-request-confirm

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};
use trace::State;

/// The passive open.
pub fn listen(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&at.into())?;
    Ok(socket)
}

/// The active open.
pub fn connect(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())?;
    Ok(socket)
}

/// Takes the next connection off the listener's queue.
pub fn accept(listener: &Socket) -> io::Result<(Socket, SocketAddr)> {
    loop {
        match listener.accept() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok((socket, peer)) => {
                let peer = peer.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
                return Ok((socket, peer));
            }
        }
    }
}

/// The states of both sides when each segment of the handshake has arrived.
pub struct Prediction {
    /// The client's state.
    pub client: State,
    /// The server's state.
    pub server: State,
}

/// What both kernels say after the SYN, the SYN,ACK and the ACK.
pub fn predict() -> [Prediction; 3] {
    [
        Prediction { client: State::SynSent, server: State::SynReceived },
        Prediction { client: State::Established, server: State::SynReceived },
        Prediction { client: State::Established, server: State::Established },
    ]
}
