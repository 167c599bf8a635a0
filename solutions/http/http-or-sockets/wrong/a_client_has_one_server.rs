//! Wrong: a connection is the client's address and port, whichever server they talk to.
//! Fails: an_event_has_come_with_its_last_octet

use std::collections::{HashMap, HashSet};
use std::net::SocketAddrV4;

/// Who has sent a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The host that opens connections.
    Client,
    /// The other.
    Server,
}

/// A segment as it was on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Who has sent it.
    pub from: Side,
    /// The client's address and port, whoever has sent it.
    pub client: SocketAddrV4,
    /// The server's address and port.
    pub server: SocketAddrV4,
    /// The sequence number: that of the first octet of `data`, or of the SYN (RFC 9293 section 3.1).
    pub sequence: u32,
    /// Whether the control bit SYN is set.
    pub syn: bool,
    /// Whether the control bit ACK is set.
    pub ack: bool,
    /// What it carries for the programs; often nothing. A segment with a SYN carries nothing here.
    pub data: Vec<u8>,
    /// How many octets its frame has: all headers, and the data.
    pub frame: usize,
}

/// What some segments cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// See [`connections`].
    pub connections: usize,
    /// See [`round_trips`].
    pub round_trips: usize,
    /// How many segments there are.
    pub segments: usize,
    /// The octets of data in them.
    pub data: usize,
    /// The octets of their frames.
    pub wire: usize,
}

/// What one way to bring events to a client costs, in three parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// From the first segment to the one with which the first event has come.
    pub to_the_first: Cost,
    /// From the next segment to the one with which the last event has come. Nothing, if both have come with the same.
    pub to_the_last: Cost,
    /// All segments behind that.
    pub to_the_end: Cost,
}

/// How many connections are opened.
///
/// A connection is opened by a SYN without ACK. The same SYN may come again, on the same connection and with the same sequence number: that
/// opens nothing new. With another sequence number it does, even between the same addresses and ports.
///
/// RFC 9293 section 3.4.1.
#[must_use]
pub fn connections(segments: &[Segment]) -> usize {
    let opening = segments
        .iter()
        .filter(|segment| segment.syn && !segment.ack);
    let named = opening.map(|syn| (syn.client, syn.server, syn.sequence));
    named.collect::<HashSet<_>>().len()
}

/// How many round trips there are: how often the server's word follows the client's.
///
/// Pass over every segment that has neither a SYN nor data. Of the others, count those of the server's that stand directly behind one of the
/// client's. It does not matter on which connection they are.
#[must_use]
pub fn round_trips(segments: &[Segment]) -> usize {
    let speaks = |segment: &&Segment| segment.syn || !segment.data.is_empty();
    let speakers: Vec<Side> = segments
        .iter()
        .filter(speaks)
        .map(|segment| segment.from)
        .collect();
    let turns = speakers.windows(2);
    turns
        .filter(|pair| *pair == [Side::Client, Side::Server])
        .count()
}

/// What these segments cost. Every segment was on the wire, whatever it carries, and however often it comes.
#[must_use]
pub fn cost(segments: &[Segment]) -> Cost {
    Cost {
        connections: connections(segments),
        round_trips: round_trips(segments),
        segments: segments.len(),
        data: segments.iter().map(|segment| segment.data.len()).sum(),
        wire: segments.iter().map(|segment| segment.frame).sum(),
    }
}

/// With which segment each event has come: the positions in `segments`, one for each event, counted from 0.
///
/// An event is a text that the server sends: `event 1`, then `event 2`, and so on, in this order. Before, between and behind them stand other
/// octets, such as heads of HTTP messages, lengths and ends of lines; none of these looks like an event. TCP carries a stream, so a segment may
/// have two events, or a part of one. An event has come with the segment that carries its last octet.
///
/// A segment may carry octets that have come before, at its beginning or throughout; their sequence numbers say so. They are no second
/// event. The first octet of data behind a SYN has the SYN's number and one. Numbers wrap at 2^32. A FIN, which is not shown here, takes a
/// number too: segments behind it have no data, and a number that is one higher than you may expect. Each connection has numbers of its
/// own. Segments of several connections may be mixed, but none of the server's data on another connection comes in the middle of an event.
/// What the client sends contains no events, whatever it looks like.
///
/// RFC 9293 section 3.4 and section 3.7.
#[must_use]
pub fn arrivals(segments: &[Segment]) -> Vec<usize> {
    let mut stream = Stream::default();
    let mut arrivals = Vec::new();
    for (position, segment) in segments.iter().enumerate() {
        if segment.from == Side::Server {
            stream.take(segment);
        }
        while stream.has_event(arrivals.len() + 1) {
            arrivals.push(position);
        }
    }
    arrivals
}

/// What this way costs, in its three parts, each of which is counted by itself. `None` if no event has come.
#[must_use]
pub fn way(segments: &[Segment]) -> Option<Way> {
    let arrivals = arrivals(segments);
    let first = arrivals.first()? + 1;
    let last = arrivals.last()? + 1;
    Some(Way {
        to_the_first: cost(&segments[..first]),
        to_the_last: cost(&segments[first..last]),
        to_the_end: cost(&segments[last..]),
    })
}

/// What the server has sent, each octet once.
#[derive(Default)]
struct Stream {
    /// Octets in which the next event is looked for.
    octets: Vec<u8>,
    /// The number that each connection's next octet has.
    next: HashMap<SocketAddrV4, u32>,
}

impl Stream {
    /// Takes what is new in a segment.
    fn take(&mut self, segment: &Segment) {
        let connection = segment.client;
        if segment.syn {
            self.next
                .insert(connection, segment.sequence.wrapping_add(1));
            return;
        }
        let next = self.next.entry(connection).or_insert(segment.sequence);
        let known = next.wrapping_sub(segment.sequence) as usize;
        if let Some(new) = segment.data.get(known..) {
            self.octets.extend_from_slice(new);
            *next = next.wrapping_add(new.len() as u32);
        }
    }

    /// Whether this event is there. If so, the next is looked for behind it.
    fn has_event(&mut self, number: usize) -> bool {
        let text = format!("event {number}");
        let mut places = self.octets.windows(text.len());
        let Some(place) = places.position(|octets| octets == text.as_bytes()) else {
            return false;
        };
        self.octets.drain(..place + text.len());
        true
    }
}
