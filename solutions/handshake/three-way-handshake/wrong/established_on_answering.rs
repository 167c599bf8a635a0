//! Wrong: the server is connected as soon as it has answered the SYN.
//! Fails: both_ends_are_in_the_states_that_you_predicted
//! Claim: hs3-both-established-together

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};
use trace::State;

/// The passive open.
pub fn listen(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&at.into())?;
    socket.listen(8)?;
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
        Prediction { client: State::SynSent, server: State::Established },
        Prediction { client: State::Established, server: State::Established },
        Prediction { client: State::Established, server: State::Established },
    ]
}
