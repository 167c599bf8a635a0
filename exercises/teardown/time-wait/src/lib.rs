//! A server that can be started again at once.
//!
//! Its chapter is `book/teardown/time-wait.md`. Run `cargo test -p time-wait`.
//!
//! Fill in the three blanks below. The tests start your server, let it serve a client, stop it, and start it again while its kernel
//! is still in TIME-WAIT.

use std::io;
use std::net::SocketAddr;

use socket2::Socket;

/// Starts the server: returns a TCP socket over IPv4 that is in LISTEN at the address `at`.
///
/// It is called again, for the same address, when the server has stopped and is started anew. That must work at once, although the
/// kernel may still have connections of the stopped server at this port, in TIME-WAIT or even open. While a server
/// still listens at the address, a second one is refused with `ErrorKind::AddrInUse`.
///
/// The queue of connections that wait to be accepted need not be long: 8 will do.
///
/// The RFC leaves it to the system how programs get a port; what has to wait, and how long, is in RFC 9293 section 3.6.1.
///
/// # Errors
/// Those of the socket calls, unchanged. Do not wait for an address and do not take another.
pub fn listen(at: SocketAddr) -> io::Result<Socket> {
    todo!("make a socket that listens at {at}, and can do so again when it has been closed")
}

/// Serves one client: takes the next connection off the listener's queue, sends the whole `answer`, and closes, all without
/// reading anything. The client sends nothing; it knows that the answer is complete when it reads the end of the data.
///
/// So it is the server that closes first, and it closes in order: the wire sees a FIN and no reset. Which side waits
/// then is the kernels' affair; this function need not wait for the client.
///
/// A call that a signal has interrupted (`ErrorKind::Interrupted`) is made again.
///
/// # Errors
/// All others of the socket calls, unchanged.
///
/// RFC 9293 section 3.6, case 1.
pub fn serve(listener: &Socket, answer: &[u8]) -> io::Result<()> {
    todo!(
        "accept a connection of {listener:?}, send {} octets, close",
        answer.len()
    )
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

/// Your prediction: who is in TIME-WAIT when everything that was sent has arrived?
///
/// The test plays each ending and asks both kernels. RFC 9293 section 3.6 (figures 12 and 13) and section 3.6.1. About an abort the
/// RFC's sections differ (3.5.2, 3.6.1): predict what Linux does.
pub fn who_waits(ending: Ending) -> Waiting {
    todo!(
        "for {ending:?}: a side waits if its FIN left before the other's arrived, and both have been acknowledged"
    )
}
