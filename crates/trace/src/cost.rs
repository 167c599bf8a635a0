//! What it costs to bring events from a server to a client, counted from a trace.
//!
//! The events are texts in what the server sends: `event 1`, then `event 2`, and so on. They are looked for in the stream of octets, so
//! that it does not matter how segments cut it.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Sum;
use std::ops::AddAssign;

use crate::exchange::{Event, Fate, Side, Trace};
use crate::numbering::Connection;
use crate::{ControlBits, Frame, Segment, SeqNumber};

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// SYNs that ask for a connection. One that comes again is counted once.
    pub connections: usize,
    /// How often the server's word follows the client's: of the segments with a SYN or data, the server's that come next after one of the
    /// client's. Segments with neither are passed over.
    pub round_trips: usize,
    /// Frames with a TCP segment, of both sides.
    pub segments: usize,
    /// Octets of data in them.
    pub payload: usize,
    /// Octets of these frames as recorded: all headers, no frame check sequence.
    pub wire: usize,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        self.connections += other.connections;
        self.round_trips += other.round_trips;
        self.segments += other.segments;
        self.payload += other.payload;
        self.wire += other.wire;
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Cost>>(costs: I) -> Cost {
        costs.fold(Cost::default(), |mut sum, cost| {
            sum += cost;
            sum
        })
    }
}

/// What one way to bring events to a client costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// How many events there are.
    pub events: usize,
    /// Octets of the events' texts.
    pub texts: usize,
    /// Up to the segment that completes the first event; from there up to the one that completes the last; from there to the end.
    pub parts: [Cost; 3],
}

impl Way {
    /// Counts a trace; `None` if there is no event in it. A frame that the wire holds counts when the wire lets it go. Data behind a gap
    /// is not waited for: this is for exchanges in which nothing overtakes.
    #[must_use]
    pub fn of(trace: &Trace) -> Option<Way> {
        let sent: Vec<Sent> = sent(trace).collect();
        let (texts, arrivals) = events(&sent);
        let (first, last) = (*arrivals.first()?, *arrivals.last()?);
        let mut way = Way {
            events: arrivals.len(),
            texts,
            parts: [Cost::default(); 3],
        };
        let mut asked = BTreeSet::new();
        let mut before = None;
        for (index, sent) in sent.iter().enumerate() {
            let part = usize::from(index > first) + usize::from(index > last);
            let syn = sent.segment.control.contains(ControlBits::SYN);
            let opens = syn && !sent.segment.control.contains(ControlBits::ACK);
            let speaks = syn || !sent.segment.payload.is_empty();
            let answers = speaks && sent.from == Side::Server && before == Some(Side::Client);
            let new = opens && asked.insert((sent.connection(), sent.segment.sequence.0));
            way.parts[part] += Cost {
                connections: new.into(),
                round_trips: answers.into(),
                segments: 1,
                payload: sent.segment.payload.len(),
                wire: sent.octets,
            };
            if speaks {
                before = Some(sent.from);
            }
        }
        Some(way)
    }

    /// All three parts together.
    #[must_use]
    pub fn total(&self) -> Cost {
        self.parts.into_iter().sum()
    }
}

/// A segment that the wire has passed on or lost, and how long its frame was.
struct Sent {
    from: Side,
    segment: Segment,
    octets: usize,
}

impl Sent {
    fn connection(&self) -> Connection {
        Connection::of(&self.segment, self.from)
    }
}

fn sent(trace: &Trace) -> impl Iterator<Item = Sent> {
    trace.rows.iter().filter_map(|row| match &row.event {
        Event::Frame {
            from, fate, bytes, ..
        } if *fate != Fate::Held => Some(Sent {
            from: *from,
            segment: Frame::decode(bytes).ok()?.segment()?.clone(),
            octets: bytes.len(),
        }),
        _ => None,
    })
}

/// How long the events' texts are together, and which of the segments completes each.
fn events(sent: &[Sent]) -> (usize, Vec<usize>) {
    let mut stream = Vec::new();
    // How much of the stream is there with each segment.
    let mut there = Vec::new();
    let mut next: BTreeMap<Connection, SeqNumber> = BTreeMap::new();
    for sent in sent {
        if sent.from == Side::Server {
            let connection = sent.connection();
            let segment = &sent.segment;
            if segment.control.contains(ControlBits::SYN) {
                next.insert(connection, segment.sequence.plus(1));
            } else if let Some(next) = next.get_mut(&connection)
                && let Ok(known) = usize::try_from(next.distance_from(segment.sequence))
                && let Some(new) = segment.payload.get(known..)
            {
                stream.extend_from_slice(new);
                *next = next.plus(new.len() as u32);
            }
        }
        there.push(stream.len());
    }
    let (mut texts, mut from, mut arrivals) = (0, 0, Vec::new());
    for number in 1_usize.. {
        let text = format!("event {number}");
        let rest = &stream[from..];
        let place = rest
            .windows(text.len())
            .position(|window| window == text.as_bytes());
        let Some(place) = place else {
            break;
        };
        from += place + text.len();
        texts += text.len();
        arrivals.push(there.partition_point(|length| *length < from));
    }
    (texts, arrivals)
}

#[cfg(test)]
mod tests;
