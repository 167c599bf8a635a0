//! Connection states by their names in RFC 9293 §3.3.2, as two kernels report them.

use std::fmt;
use std::net::SocketAddrV4;

use crate::exchange::Side;

/// A connection state (RFC 9293 §3.3.2).
///
/// `Closed` is not a state that a kernel stores: it stands for "this host has no record of it".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the RFC's own")]
pub enum State {
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

impl State {
    /// All eleven, in the order of RFC 9293 §3.3.2, CLOSED first.
    pub const ALL: [State; 11] = [
        State::Closed,
        State::Listen,
        State::SynSent,
        State::SynReceived,
        State::Established,
        State::FinWait1,
        State::FinWait2,
        State::CloseWait,
        State::Closing,
        State::LastAck,
        State::TimeWait,
    ];

    /// The RFC's spelling: `SYN-SENT`, `FIN-WAIT-1`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::Closed => "CLOSED",
            State::Listen => "LISTEN",
            State::SynSent => "SYN-SENT",
            State::SynReceived => "SYN-RECEIVED",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN-WAIT-1",
            State::FinWait2 => "FIN-WAIT-2",
            State::CloseWait => "CLOSE-WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST-ACK",
            State::TimeWait => "TIME-WAIT",
        }
    }

    /// The state of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One TCP socket of one host, as its kernel lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Socket {
    /// The host's own address and port.
    pub local: SocketAddrV4,
    /// The other end; `None` for a socket in LISTEN.
    pub remote: Option<SocketAddrV4>,
    /// What the kernel says of it.
    pub state: State,
}

/// Every TCP socket of both hosts at one moment, each list sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct States {
    /// The client's sockets.
    pub client: Vec<Socket>,
    /// The server's sockets.
    pub server: Vec<Socket>,
}

impl States {
    /// One side's sockets.
    #[must_use]
    pub fn of(&self, side: Side) -> &[Socket] {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }
}
