//! The state of one end of a connection among all the sockets that its host lists.

use std::collections::BTreeSet;

use crate::exchange::Side;
use crate::numbering::Connection;
use crate::state::{Socket, State};

/// The ends of connections that have got beyond SYN-RECEIVED.
#[derive(Debug, Default)]
pub(crate) struct Ends(BTreeSet<(Side, Connection)>);

impl Ends {
    /// The state of the connection's socket, else of a listener on its port, else CLOSED. The lists of a trace are to be
    /// shown in their order.
    ///
    /// In the RFC the record in LISTEN becomes the connection. A reset in SYN-RECEIVED takes it back to
    /// LISTEN, but once it has got further it ends in CLOSED (RFC 9293 §3.10.7.4). So the listener
    /// that Linux keeps beside it is not shown in its place.
    pub(crate) fn state(
        &mut self,
        connection: Connection,
        side: Side,
        sockets: &[Socket],
    ) -> State {
        let (local, remote) = (connection.end(side), connection.end(side.other()));
        let end = (side, connection);
        let exact = sockets
            .iter()
            .find(|socket| socket.local == local && socket.remote == Some(remote));
        if let Some(socket) = exact {
            if matches!(socket.state, State::SynSent | State::SynReceived) {
                self.0.remove(&end);
            } else {
                self.0.insert(end);
            }
            return socket.state;
        }
        if self.0.contains(&end) {
            return State::Closed;
        }
        listener(connection, side, sockets)
    }
}

/// LISTEN if a socket there listens on the connection's port, else CLOSED.
pub(crate) fn listener(connection: Connection, side: Side, sockets: &[Socket]) -> State {
    let port = connection.end(side).port();
    let listens = |socket: &Socket| socket.state == State::Listen && socket.local.port() == port;
    if sockets.iter().any(listens) {
        State::Listen
    } else {
        State::Closed
    }
}
