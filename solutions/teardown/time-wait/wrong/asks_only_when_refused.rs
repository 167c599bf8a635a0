//! Wrong: only the new socket needs SO_REUSEADDR, and only if the address is in use.
//! Fails: a_server_starts_again_while_its_kernel_waits
//! Claim: y4-then-both-end-happily

use std::io::{self, Write};
use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};

/// Starts the server.
pub fn listen(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    match socket.bind(&at.into()) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            socket.set_reuse_address(true)?;
            socket.bind(&at.into())?;
        }
        other => other?,
    }
    socket.listen(8)?;
    Ok(socket)
}

/// Serves one client, and closes first.
pub fn serve(listener: &Socket, answer: &[u8]) -> io::Result<()> {
    let mut connection = accept(listener)?;
    connection.write_all(answer)
    // Closed here: what was written is sent before the FIN.
}

/// The next connection, however often a signal comes in between.
fn accept(listener: &Socket) -> io::Result<Socket> {
    loop {
        match listener.accept() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map(|(socket, _client)| socket),
        }
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The client's program closes; the server's program reads the end of the data and closes too.
    ClientFirst,
    /// The server's program closes; the client's program reads the end of the data and closes too.
    ServerFirst,
    /// Both programs close, and each FIN is still on its way when the other leaves.
    Crossing,
    /// The client's program closes, and the server's program forgets to.
    ServerForgets,
    /// The server's program aborts: its kernel sends a reset.
    ServerAborts,
}

/// Which sides are in TIME-WAIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Whether the client is.
    pub client: bool,
    /// Whether the server is.
    pub server: bool,
}

/// Who is in TIME-WAIT: a side whose FIN left before the other's arrived.
pub fn who_waits(ending: Ending) -> Waiting {
    let (client, server) = match ending {
        Ending::ClientFirst => (true, false),
        Ending::ServerFirst => (false, true),
        Ending::Crossing => (true, true),
        Ending::ServerForgets | Ending::ServerAborts => (false, false),
    };
    Waiting { client, server }
}
