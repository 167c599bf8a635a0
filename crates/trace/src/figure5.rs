//! The state diagram of RFC 9293 (§3.3.2, figure 5), and the paths that recordings take through it.

use crate::exchange::Side;
use crate::ladder::Ladder;
use crate::state::State::{
    self, CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen,
    SynReceived, SynSent, TimeWait,
};

/// One arrow of the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Where it begins.
    pub from: State,
    /// Where it ends.
    pub to: State,
    /// What causes it, in the figure's words written out.
    pub event: &'static str,
    /// What is done then; empty for the figure's `x`.
    pub action: &'static str,
}

impl Transition {
    /// Whether the arrow belongs to the figure's closing half: from ESTABLISHED on.
    #[must_use]
    pub const fn closes(&self) -> bool {
        !matches!(self.from, Closed | Listen | SynSent | SynReceived)
    }
}

const fn arrow(from: State, to: State, event: &'static str, action: &'static str) -> Transition {
    Transition {
        from,
        to,
        event,
        action,
    }
}

/// All arrows of the figure, and the one that its note 2 adds.
pub const TRANSITIONS: [Transition; 21] = [
    arrow(Closed, Listen, "passive OPEN", "create TCB"),
    arrow(Closed, SynSent, "active OPEN", "create TCB, send SYN"),
    arrow(Listen, Closed, "CLOSE", "delete TCB"),
    arrow(Listen, SynReceived, "receive SYN", "send SYN,ACK"),
    arrow(Listen, SynSent, "SEND", "send SYN"),
    arrow(SynSent, Closed, "CLOSE", "delete TCB"),
    arrow(SynSent, SynReceived, "receive SYN", "send SYN,ACK"),
    arrow(SynSent, Established, "receive SYN,ACK", "send ACK"),
    arrow(SynReceived, Listen, "receive RST (note 1)", ""),
    arrow(SynReceived, Established, "receive ACK of SYN", ""),
    arrow(SynReceived, FinWait1, "CLOSE", "send FIN"),
    arrow(Established, FinWait1, "CLOSE", "send FIN"),
    arrow(Established, CloseWait, "receive FIN", "send ACK"),
    arrow(FinWait1, FinWait2, "receive ACK of FIN", ""),
    arrow(FinWait1, Closing, "receive FIN", "send ACK"),
    arrow(
        FinWait1,
        TimeWait,
        "receive FIN and ACK of FIN (note 2)",
        "send ACK",
    ),
    arrow(CloseWait, LastAck, "CLOSE", "send FIN"),
    arrow(FinWait2, TimeWait, "receive FIN", "send ACK"),
    arrow(Closing, TimeWait, "receive ACK of FIN", ""),
    arrow(LastAck, Closed, "receive ACK of FIN", ""),
    arrow(TimeWait, Closed, "timeout (2MSL)", "delete TCB"),
];

/// The arrows that one side took in a recording, in order: the indices in [`TRANSITIONS`].
///
/// A side that listens from the start has taken the first arrow before. Changes that are no arrow of the figure,
/// such as a reset in ESTABLISHED, are left out.
#[must_use]
pub fn path(ladder: &Ladder, side: Side) -> Vec<usize> {
    let mut state = Closed;
    let mut path = Vec::new();
    for line in &ladder.lines {
        let Some(now) = line.state(side).filter(|now| *now != state) else {
            continue;
        };
        path.extend(
            TRANSITIONS
                .iter()
                .position(|t| t.from == state && t.to == now),
        );
        state = now;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::{Line, Middle};

    fn ladder(states: &[(State, State)]) -> Ladder {
        let line = |(client, server): &(State, State)| Line {
            number: None,
            client: Some(*client),
            middle: Middle::Start,
            server: Some(*server),
        };
        Ladder {
            lines: states.iter().map(line).collect(),
        }
    }

    fn steps(ladder: &Ladder, side: Side) -> Vec<(State, State)> {
        let taken = path(ladder, side);
        taken
            .iter()
            .map(|index| (TRANSITIONS[*index].from, TRANSITIONS[*index].to))
            .collect()
    }

    #[test]
    fn the_two_sides_of_a_handshake_take_different_paths() {
        let handshake = ladder(&[
            (Closed, Listen),
            (SynSent, SynReceived),
            (Established, SynReceived),
            (Established, Established),
        ]);
        assert_eq!(
            steps(&handshake, Side::Client),
            [(Closed, SynSent), (SynSent, Established)]
        );
        assert_eq!(
            steps(&handshake, Side::Server),
            [
                (Closed, Listen),
                (Listen, SynReceived),
                (SynReceived, Established)
            ]
        );
    }

    #[test]
    fn a_reset_in_established_is_no_arrow_of_the_figure() {
        let reset = ladder(&[(SynSent, Listen), (Established, Closed)]);
        assert_eq!(
            steps(&reset, Side::Client),
            [(Closed, SynSent), (SynSent, Established)]
        );
        let closed = ladder(&[(Established, Established), (Closed, Closed)]);
        assert!(path(&closed, Side::Client).is_empty());
    }

    #[test]
    fn the_closing_half_has_ten_arrows() {
        let half: Vec<State> = TRANSITIONS
            .iter()
            .filter(|arrow| arrow.closes())
            .map(|arrow| arrow.to)
            .collect();
        assert_eq!(half.len(), 10);
        assert!(!half.contains(&Established), "nothing leads back");
    }

    #[test]
    fn no_two_arrows_are_the_same() {
        for (index, arrow) in TRANSITIONS.iter().enumerate() {
            let same = |other: &&Transition| other.from == arrow.from && other.to == arrow.to;
            assert_eq!(
                TRANSITIONS[index..].iter().filter(same).count(),
                1,
                "{arrow:?}"
            );
        }
    }
}
