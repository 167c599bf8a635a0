//! Count what ten events cost, from recordings.
//!
//! Its chapter is `book/http/http-or-sockets.md`. Run `cargo test -p http-or-sockets`.
//!
//! Fill in the five blanks below. A recording is a list of segments, in the order in which they were on the wire. The tests make such lists
//! from the chapter's recordings, and make up others. No segment is missing in a list, and none overtakes another, but one may come twice.

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
    todo!("find the SYNs that open, among {} segments", segments.len())
}

/// How many round trips there are: how often the server's word follows the client's.
///
/// Pass over every segment that has neither a SYN nor data. Of the others, count those of the server's that stand directly behind one of the
/// client's. It does not matter on which connection they are.
#[must_use]
pub fn round_trips(segments: &[Segment]) -> usize {
    todo!(
        "compare each with the one before, among {} segments",
        segments.len()
    )
}

/// What these segments cost. Every segment was on the wire, whatever it carries, and however often it comes.
#[must_use]
pub fn cost(segments: &[Segment]) -> Cost {
    todo!("fill in a Cost for {} segments", segments.len())
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
    todo!(
        "look for the events in what the server sends in {} segments",
        segments.len()
    )
}

/// What this way costs, in its three parts, each of which is counted by itself. `None` if no event has come.
#[must_use]
pub fn way(segments: &[Segment]) -> Option<Way> {
    todo!(
        "cut {} segments in three, and count each part",
        segments.len()
    )
}
