//! From the sequence numbers on the wire to those that a reader sees.
//!
//! Every kernel starts its side of every connection at a number that it makes up, so figures count
//! from the SYN instead: see [`Numbering`].

use std::collections::BTreeMap;
use std::net::SocketAddrV4;

use crate::{
    ControlBits, Numbering, Origin, Segment, SeqNumber, Side, Socket, State, States, View,
};

/// A pair of sockets: what RFC 9293 §3.3.1 calls a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Connection {
    pub(crate) client: SocketAddrV4,
    pub(crate) server: SocketAddrV4,
}

impl Connection {
    /// The connection that a segment from that side belongs to.
    pub(crate) fn of(segment: &Segment, from: Side) -> Connection {
        match from {
            Side::Client => Connection {
                client: segment.source,
                server: segment.destination,
            },
            Side::Server => Connection {
                client: segment.destination,
                server: segment.source,
            },
        }
    }

    /// The socket on that side.
    pub(crate) fn end(self, side: Side) -> SocketAddrV4 {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    /// The state of that side's socket of this connection; `None` if its kernel lists none.
    pub(crate) fn state(self, side: Side, states: &States) -> Option<State> {
        let (local, remote) = (self.end(side), self.end(side.other()));
        let own = |socket: &&Socket| socket.local == local && socket.remote == Some(remote);
        states.of(side).iter().find(own).map(|socket| socket.state)
    }
}

/// The sequence numbers of the SYNs of each side of each connection.
#[derive(Debug, Default)]
pub(crate) struct Zeros(BTreeMap<(Connection, Side), Zero>);

/// From where one side's numbers are counted.
#[derive(Clone, Copy, Debug)]
struct Zero {
    /// The newest SYN.
    newest: SeqNumber,
    /// The one before it, if that had another number.
    before: Option<SeqNumber>,
}

impl Zeros {
    /// Takes note of a segment that is about to be shown. A frame that the wire releases or copies
    /// is an old one, and does not move the zero back.
    pub(crate) fn observe(&mut self, from: Side, origin: Origin, segment: &Segment) {
        if segment.control.contains(ControlBits::SYN)
            && matches!(origin, Origin::Host | Origin::Script)
        {
            let newest = segment.sequence;
            self.0
                .entry((Connection::of(segment, from), from))
                .and_modify(|zero| {
                    if zero.newest != newest {
                        *zero = Zero {
                            newest,
                            before: Some(zero.newest),
                        };
                    }
                })
                .or_insert(Zero {
                    newest,
                    before: None,
                });
        }
    }

    /// A number of `side`'s stream as the view has it shown. One that is too low for the newest SYN but not for
    /// the one before it belongs to an earlier attempt or incarnation: `old+2`.
    pub(crate) fn shown(
        &self,
        view: &View,
        connection: Connection,
        side: Side,
        number: SeqNumber,
    ) -> String {
        let numbering = match side {
            Side::Client => view.client,
            Side::Server => view.server,
        };
        match (numbering, self.0.get(&(connection, side))) {
            (Numbering::Relative(base), Some(zero)) => {
                let distance = number.distance_from(zero.newest);
                let before = zero.before.map(|before| number.distance_from(before));
                match before {
                    Some(old) if distance < 0 && old >= 0 => format!("old+{old}"),
                    _ => (i64::from(base) + i64::from(distance)).to_string(),
                }
            }
            _ => number.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{client_segment, server_segment};

    fn shown(zeros: &Zeros, base: Numbering, segment: &Segment, number: u32) -> String {
        let view = View {
            client: base,
            ..View::default()
        };
        zeros.shown(
            &view,
            Connection::of(segment, Side::Client),
            Side::Client,
            SeqNumber(number),
        )
    }

    #[test]
    fn counts_from_the_syn_and_across_the_wrap() {
        let mut zeros = Zeros::default();
        let syn = client_segment(ControlBits::SYN, 0xffff_fffe);
        zeros.observe(Side::Client, Origin::Host, &syn);
        assert_eq!(
            shown(&zeros, Numbering::Relative(0), &syn, 0xffff_fffe),
            "0"
        );
        assert_eq!(shown(&zeros, Numbering::Relative(0), &syn, 3), "5");
        assert_eq!(shown(&zeros, Numbering::Relative(300), &syn, 3), "305");
        assert_eq!(
            shown(&zeros, Numbering::Relative(u32::MAX), &syn, 3),
            "4294967300"
        );
        assert_eq!(shown(&zeros, Numbering::Absolute, &syn, 3), "3");
    }

    #[test]
    fn a_number_before_the_syn_is_negative() {
        let mut zeros = Zeros::default();
        let syn = client_segment(ControlBits::SYN, 4);
        zeros.observe(Side::Client, Origin::Script, &syn);
        assert_eq!(
            shown(&zeros, Numbering::Relative(0), &syn, 0xffff_fffa),
            "-10"
        );
        assert_eq!(
            shown(&zeros, Numbering::Relative(100), &syn, 0xffff_fffa),
            "90"
        );
    }

    #[test]
    fn without_a_syn_of_that_side_the_number_is_the_wires() {
        let mut zeros = Zeros::default();
        let syn = server_segment(ControlBits::SYN | ControlBits::ACK, 7);
        zeros.observe(Side::Server, Origin::Host, &syn);
        let segment = client_segment(ControlBits::ACK, 9);
        zeros.observe(Side::Client, Origin::Host, &segment);
        assert_eq!(shown(&zeros, Numbering::Relative(0), &segment, 9), "9");
        let view = View::default();
        assert_eq!(
            zeros.shown(
                &view,
                Connection::of(&segment, Side::Client),
                Side::Server,
                SeqNumber(8)
            ),
            "1"
        );
    }

    #[test]
    fn only_a_newly_sent_syn_moves_the_zero() {
        let mut zeros = Zeros::default();
        let old = client_segment(ControlBits::SYN, 90);
        let new = client_segment(ControlBits::SYN, 100);
        zeros.observe(Side::Client, Origin::Host, &old);
        zeros.observe(Side::Client, Origin::Host, &new);
        zeros.observe(Side::Client, Origin::Held(0), &old);
        zeros.observe(Side::Client, Origin::Copy(0), &old);
        assert_eq!(shown(&zeros, Numbering::Relative(0), &new, 100), "0");
    }

    #[test]
    fn a_number_of_an_earlier_syn_is_counted_from_there() {
        let mut zeros = Zeros::default();
        let old = client_segment(ControlBits::SYN, 90);
        let new = client_segment(ControlBits::SYN, 100);
        zeros.observe(Side::Client, Origin::Host, &old);
        zeros.observe(Side::Client, Origin::Host, &new);
        // A retransmission is no new beginning.
        zeros.observe(Side::Client, Origin::Host, &new);
        let shown = |number| shown(&zeros, Numbering::Relative(0), &new, number);
        assert_eq!(shown(92), "old+2");
        assert_eq!(shown(102), "2");
        assert_eq!(shown(80), "-20");
    }

    #[test]
    fn connections_count_apart() {
        let mut zeros = Zeros::default();
        let first = client_segment(ControlBits::SYN, 100);
        let mut second = client_segment(ControlBits::SYN, 500);
        second.source.set_port(40001);
        zeros.observe(Side::Client, Origin::Host, &first);
        zeros.observe(Side::Client, Origin::Host, &second);
        assert_eq!(shown(&zeros, Numbering::Relative(0), &first, 101), "1");
        assert_eq!(shown(&zeros, Numbering::Relative(0), &second, 501), "1");
    }
}
