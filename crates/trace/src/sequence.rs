//! The sequence variables of both ends of a connection: SND.UNA, SND.NXT and RCV.NXT (RFC 9293 §3.3.1).
//!
//! No kernel was asked for them. They are what the wire implies, by the rules of RFC 9293 §3.4 and §3.10.7: SND.NXT from what
//! an end has put on the wire, SND.UNA from the acknowledgments that have reached it, RCV.NXT from the octets that
//! have reached it in order. What the wire holds or loses has been sent and has not arrived; what the script makes up was
//! not sent. Whether an end has a record of the connection at all, its kernel does say.

use std::collections::{BTreeMap, BTreeSet};

use crate::exchange::{Event, Fate, Origin, Row, Side, Trace};
use crate::numbering::{Connection, Zeros};
use crate::state::State;
use crate::{ControlBits, Segment, SeqNumber, TcpOption};

/// A sequence number as a reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// By the trace's own [`crate::View`]: `5`, or `old+2` where it belongs to an earlier SYN.
    pub shown: String,
    /// As it stands on the wire.
    pub absolute: SeqNumber,
}

/// The variables of one end. `None`: there is no record of the connection, or the other end's SYN has not come yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// SND.UNA: the oldest number that was sent and is not acknowledged.
    pub unacknowledged: Option<Number>,
    /// SND.NXT: the number that is sent next.
    pub send_next: Option<Number>,
    /// RCV.NXT: the number that is expected next.
    pub receive_next: Option<Number>,
}

/// The variables of both ends after a row, of the connection that the row belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// The client's port of that connection; `None` before the first segment.
    pub port: Option<u16>,
    /// The client's.
    pub client: Variables,
    /// The server's.
    pub server: Variables,
}

impl Both {
    /// One side's.
    #[must_use]
    pub fn of(&self, side: Side) -> &Variables {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }
}

/// What holds after each row of a trace. A note, or a frame without a segment, belongs to the connection of the segment before it.
#[must_use]
pub fn after_each_row(trace: &Trace) -> Vec<Both> {
    let by_hand = by_hand(trace);
    let mut records = Records::new();
    let mut zeros = Zeros::default();
    let mut current = None;
    let mut before = &trace.start;
    let mut rows = Vec::new();
    for row in &trace.rows {
        if let (Event::Frame { origin, fate, .. }, Some((from, segment))) =
            (&row.event, row.segment())
        {
            let connection = Connection::of(&segment, from);
            current = Some(connection);
            zeros.observe(from, *origin, &segment);
            let (sender, receiver) = ((connection, from), (connection, from.other()));
            let resets = segment.control.contains(ControlBits::RST);
            let arrives = *fate == Fate::Delivered && segment.checksum_ok;
            if resets {
                // What a kernel makes of a reset is seen in its states.
                for (end, takes_part) in [(sender, *origin == Origin::Host), (receiver, arrives)] {
                    if takes_part && by_hand.contains(&end) {
                        records.remove(&end);
                    }
                }
            } else if *origin == Origin::Host {
                records.entry(sender).or_default().send(&segment);
            }
            if arrives && !resets {
                let kernel = Kernel {
                    before: connection.state(receiver.1, before),
                    after: connection.state(receiver.1, &row.states),
                };
                if by_hand.contains(&receiver) {
                    let record = records.entry(receiver).or_default();
                    record.receive(&segment, None);
                } else if kernel.after.is_some() {
                    let record = records.entry(receiver).or_default();
                    record.receive(&segment, Some(kernel));
                }
            }
        }
        records.retain(|end, _| by_hand.contains(end) || end.0.state(end.1, &row.states).is_some());
        before = &row.states;
        rows.push(shown(trace, &zeros, &records, current));
    }
    rows
}

type Records = BTreeMap<(Connection, Side), Record>;

/// What a kernel lists of a connection before and after a segment has arrived.
#[derive(Clone, Copy)]
struct Kernel {
    before: Option<State>,
    after: Option<State>,
}

/// The ends whose kernel never knows of the connection and that open it all the same: a program makes their segments.
fn by_hand(trace: &Trace) -> BTreeSet<(Connection, Side)> {
    let speaks = |row: &Row| match (&row.event, row.segment()) {
        (
            Event::Frame {
                origin: Origin::Host,
                ..
            },
            Some((from, segment)),
        ) => {
            let opens = segment.control.contains(ControlBits::SYN)
                && !segment.control.contains(ControlBits::FIN);
            opens.then(|| (Connection::of(&segment, from), from))
        }
        _ => None,
    };
    let known = |(connection, side): &(Connection, Side)| {
        let mut all = trace.rows.iter().map(|row| &row.states);
        all.any(|states| connection.state(*side, states).is_some())
    };
    let mut ends: BTreeSet<_> = trace.rows.iter().filter_map(speaks).collect();
    ends.retain(|end| !known(end));
    ends
}

fn shown(trace: &Trace, zeros: &Zeros, records: &Records, current: Option<Connection>) -> Both {
    let Some(connection) = current else {
        return Both::default();
    };
    let variables = |side: Side| {
        let record = records.get(&(connection, side));
        let number = |of: Side, number: Option<SeqNumber>| {
            number.map(|absolute| Number {
                shown: zeros.shown(&trace.view, connection, of, absolute),
                absolute,
            })
        };
        Variables {
            unacknowledged: number(side, record.and_then(|record| record.unacknowledged)),
            send_next: number(side, record.and_then(|record| record.send_next)),
            receive_next: number(side.other(), record.and_then(|record| record.receive_next)),
        }
    };
    Both {
        port: Some(connection.client.port()),
        client: variables(Side::Client),
        server: variables(Side::Server),
    }
}

/// What one end remembers of a connection.
#[derive(Default)]
struct Record {
    unacknowledged: Option<SeqNumber>,
    send_next: Option<SeqNumber>,
    receive_next: Option<SeqNumber>,
    /// What has come too early, as ranges.
    early: Vec<(SeqNumber, SeqNumber)>,
    /// The end of the window that it has opened furthest.
    edge: Option<SeqNumber>,
    /// The shift that each end's SYN announces for its windows: its own, the other's.
    shifts: [Option<u8>; 2],
}

impl Record {
    /// The end puts a segment on the wire.
    fn send(&mut self, segment: &Segment) {
        let end = segment.sequence.plus(length(segment));
        if segment.control.contains(ControlBits::SYN) {
            // The same SYN again is no new beginning.
            if self
                .unacknowledged
                .is_none_or(|first| first != segment.sequence)
            {
                if !segment.control.contains(ControlBits::ACK) {
                    *self = Record::default();
                }
                self.unacknowledged = Some(segment.sequence);
                self.send_next = Some(end);
            }
            self.shifts[0] = shift(segment);
        }
        if length(segment) > 0 && self.send_next.is_some_and(|next| next.precedes(end)) {
            self.send_next = Some(end);
        }
        if segment.control.contains(ControlBits::ACK) {
            // With TCP Fast Open data may have come with the SYN; only the answer says that it was taken (RFC 7413 §4.2.2).
            let took = |next: SeqNumber| next.precedes(segment.acknowledgment);
            if segment.control.contains(ControlBits::SYN) && self.receive_next.is_some_and(took) {
                self.receive_next = Some(segment.acknowledgment);
            }
            let edge = segment.acknowledgment.plus(self.window(segment));
            if self.edge.is_none_or(|known| known.precedes(edge)) {
                self.edge = Some(edge);
            }
        }
    }

    /// The window of a segment that this end sends. That of a SYN is never scaled, and both ends have to want it (RFC 7323 §2.2).
    fn window(&self, segment: &Segment) -> u32 {
        let window = u32::from(segment.window);
        match self.shifts {
            [Some(shift), Some(_)] if !segment.control.contains(ControlBits::SYN) => {
                window << shift.min(14)
            }
            _ => window,
        }
    }

    /// A segment arrives. The kernel's states before and after it say what it was good for; where there is no kernel, it is taken
    /// to be what it says.
    fn receive(&mut self, segment: &Segment, kernel: Option<Kernel>) {
        if segment.control.contains(ControlBits::SYN) {
            if self.takes_syn(kernel) {
                self.take_syn(segment, kernel);
            }
            return;
        }
        match kernel {
            // A kernel that stays in SYN-RECEIVED has not taken the acknowledgment, nor what came with it.
            Some(kernel) if kernel.after == Some(State::SynReceived) => return,
            // There was no record, but a cookie in its sequence number (RFC 4987 §3.6).
            Some(kernel) if kernel.before.is_none() => {
                *self = Record {
                    unacknowledged: Some(segment.acknowledgment),
                    send_next: Some(segment.acknowledgment),
                    receive_next: Some(segment.sequence),
                    edge: Some(segment.sequence.plus(u32::from(u16::MAX))),
                    ..Record::default()
                };
            }
            _ => {}
        }
        let Some(next) = self.receive_next else {
            return;
        };
        let window = self
            .edge
            .map_or(0, |edge| edge.distance_from(next).max(0).unsigned_abs());
        // A shut window still lets acknowledgments in (RFC 9293 §3.10.7.4).
        let acknowledges = if window == 0 {
            segment.sequence == next
        } else {
            acceptable(segment, next, window)
        };
        if acknowledges && segment.control.contains(ControlBits::ACK) {
            self.take_acknowledgment(segment.acknowledgment);
        }
        if acceptable(segment, next, window) {
            let end = segment.sequence.plus(length(segment));
            self.early.push((segment.sequence, end));
            self.advance();
        }
    }

    /// Whether a SYN begins the connection for this end.
    fn takes_syn(&self, kernel: Option<Kernel>) -> bool {
        let Some(Kernel { before, after }) = kernel else {
            return self.receive_next.is_none();
        };
        match before {
            None => true,
            Some(State::SynSent) => after != Some(State::SynSent),
            Some(State::TimeWait) => after == Some(State::SynReceived),
            Some(_) => false,
        }
    }

    fn take_syn(&mut self, segment: &Segment, kernel: Option<Kernel>) {
        if kernel.is_some_and(|kernel| kernel.before != Some(State::SynSent)) {
            *self = Record::default();
        }
        self.shifts[1] = shift(segment);
        self.receive_next = Some(segment.sequence.plus(1));
        if segment.control.contains(ControlBits::ACK) {
            self.take_acknowledgment(segment.acknowledgment);
        }
    }

    /// SND.UNA < SEG.ACK =< SND.NXT (RFC 9293 §3.4).
    fn take_acknowledgment(&mut self, number: SeqNumber) {
        if let (Some(oldest), Some(next)) = (self.unacknowledged, self.send_next)
            && oldest.precedes(number)
            && !next.precedes(number)
        {
            self.unacknowledged = Some(number);
        }
    }

    /// Moves RCV.NXT over all that is there in order.
    fn advance(&mut self) {
        while let Some(next) = self.receive_next {
            let covers = |(start, end): &(SeqNumber, SeqNumber)| {
                !next.precedes(*start) && next.precedes(*end)
            };
            let Some((_, end)) = self.early.iter().copied().find(covers) else {
                break;
            };
            self.receive_next = Some(end);
        }
    }
}

/// SEG.LEN: the octets of data, SYN and FIN counted (RFC 9293 §3.4).
fn length(segment: &Segment) -> u32 {
    let bits = [ControlBits::SYN, ControlBits::FIN];
    let counted = bits
        .into_iter()
        .filter(|bit| segment.control.contains(*bit));
    (segment.payload.len() + counted.count()) as u32
}

/// The four cases of RFC 9293 §3.4, table 5.
fn acceptable(segment: &Segment, next: SeqNumber, window: u32) -> bool {
    let inside = |number: SeqNumber| {
        let distance = number.distance_from(next);
        distance >= 0 && distance.unsigned_abs() < window
    };
    match (length(segment), window) {
        (0, 0) => segment.sequence == next,
        (0, _) => inside(segment.sequence),
        (_, 0) => false,
        (length, _) => inside(segment.sequence) || inside(segment.sequence.plus(length - 1)),
    }
}

fn shift(segment: &Segment) -> Option<u8> {
    segment.options.iter().find_map(|option| match option {
        TcpOption::WindowScale(shift) => Some(*shift),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
