//! Wrong: whoever has sent its FIN is disconnected.
//! Fails: every_state_is_the_one_that_you_predicted
//! Claim: fin-then-disconnected

use std::io::{self, Read};
use std::net::Shutdown;

use socket2::Socket;
use trace::{ControlBits, Segment, Side, State};

/// The second to close.
pub fn close_second(mut connection: Socket) -> io::Result<Vec<u8>> {
    let mut heard = Vec::new();
    // It makes interrupted calls again. The connection is dropped here, and so closed.
    connection.read_to_end(&mut heard)?;
    Ok(heard)
}

/// The first to close.
pub fn close_first(connection: Socket) -> io::Result<Vec<u8>> {
    connection.shutdown(Shutdown::Write)?;
    close_second(connection)
}

/// The states of both sides when a segment has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The client's state.
    pub client: State,
    /// The server's state.
    pub server: State,
}

/// What both kernels say after the FIN, the ACK, the other FIN, and the last ACK.
pub fn states_in_four(first: Side) -> [Pair; 4] {
    [
        pair(first, State::FinWait1, State::CloseWait),
        pair(first, State::FinWait2, State::CloseWait),
        pair(first, State::TimeWait, State::Closed),
        pair(first, State::Closed, State::Closed),
    ]
}

/// What both kernels say after the FIN, the FIN that acknowledges it, and the last ACK.
pub fn states_in_three(first: Side) -> [Pair; 3] {
    [
        pair(first, State::FinWait1, State::CloseWait),
        pair(first, State::TimeWait, State::LastAck),
        pair(first, State::TimeWait, State::Closed),
    ]
}

/// The state of the side that closes first, and that of the other.
fn pair(first: Side, closer: State, other: State) -> Pair {
    match first {
        Side::Client => Pair {
            client: closer,
            server: other,
        },
        Side::Server => Pair {
            client: other,
            server: closer,
        },
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The first FIN was acknowledged before the second FIN was there.
    InFour,
    /// The second FIN is the first segment to acknowledge the first FIN.
    InThree,
    /// Both sides closed before the other's FIN had come.
    Simultaneous,
    /// By a segment with RST.
    Reset,
    /// Not yet.
    Open,
}

/// How the connection ended whose segments these are.
pub fn ending(segments: &[(Side, Segment)]) -> Ending {
    let has = |segment: &Segment, bit| segment.control.contains(bit);
    if segments.iter().any(|(_, s)| has(s, ControlBits::RST)) {
        return Ending::Reset;
    }
    let Some(first) = segments.iter().position(|(_, s)| has(s, ControlBits::FIN)) else {
        return Ending::Open;
    };
    let (closer, fin) = &segments[first];
    let after = fin.sequence.plus(fin.payload.len() as u32 + 1);
    let mut acknowledged = false;
    for (_, segment) in segments[first..].iter().filter(|(from, _)| from != closer) {
        let acknowledges =
            has(segment, ControlBits::ACK) && !segment.acknowledgment.precedes(after);
        if has(segment, ControlBits::FIN) {
            return match (acknowledged, acknowledges) {
                (true, _) => Ending::InFour,
                (false, true) => Ending::InThree,
                (false, false) => Ending::Simultaneous,
            };
        }
        acknowledged |= acknowledges;
    }
    Ending::Open
}
