//! Exchanges made by hand, frame by frame.

use std::collections::HashMap;
use std::mem;
use std::net::{Ipv4Addr, SocketAddrV4};

use http_or_sockets::{Segment, Side};
use trace::frame::MacAddress;
use trace::{ControlBits, Event, Fate, Origin, Row, SeqNumber, States, Trace, build};

const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);

/// So many octets of a segment's data are listed.
const SHOWN: usize = 24;

/// What the exercise is given of a trace.
pub(crate) fn segments(trace: &Trace) -> Vec<Segment> {
    let segment = |row: &Row| {
        let (from, segment) = row.segment()?;
        let (from, client, server) = match from {
            trace::Side::Client => (Side::Client, segment.source, segment.destination),
            trace::Side::Server => (Side::Server, segment.destination, segment.source),
        };
        Some(Segment {
            from,
            client,
            server,
            sequence: segment.sequence.0,
            syn: segment.control.contains(ControlBits::SYN),
            ack: segment.control.contains(ControlBits::ACK),
            data: segment.payload,
            frame: row.frame()?.len(),
        })
    };
    trace.rows.iter().filter_map(segment).collect()
}

/// An exchange as a list, with the positions that its segments have.
pub(crate) fn listed(trace: &Trace) -> String {
    let line = |(position, (from, segment)): (usize, (trace::Side, trace::Segment))| {
        let (arrow, client, server) = match from {
            trace::Side::Client => ("-->", segment.source, segment.destination),
            trace::Side::Server => ("<--", segment.destination, segment.source),
        };
        let begin = &segment.payload[..segment.payload.len().min(SHOWN)];
        let more = if segment.payload.len() > SHOWN {
            "..."
        } else {
            ""
        };
        format!(
            "{position:>3}  {} {arrow} {:<4}  {:<7}  seq={:<10}  len={:<3}  \"{}\"{more}\n",
            client.port(),
            server.port(),
            segment.control.to_string(),
            segment.sequence.0,
            segment.payload.len(),
            begin.escape_ascii()
        )
    };
    trace.segments().enumerate().map(line).collect()
}

/// An exchange that grows, and what is known of it.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) trace: Trace,
    /// With which segment each event has come.
    pub(crate) arrivals: Vec<usize>,
    /// The connection on which segments are sent now.
    on: Ports,
    now: Connection,
    /// The others, for the time when it is their turn again.
    others: HashMap<Ports, Connection>,
}

/// The client's port and the server's.
type Ports = (u16, u16);

#[derive(Debug, Default)]
struct Connection {
    /// The next number of each side.
    client: SeqNumber,
    server: SeqNumber,
    /// What the server has sent on this connection.
    sent: Vec<u8>,
}

impl Exchange {
    /// Before the first segment.
    pub(crate) fn new() -> Exchange {
        Exchange {
            trace: Trace::default(),
            arrivals: Vec::new(),
            on: (40000, 80),
            now: Connection::default(),
            others: HashMap::new(),
        }
    }

    /// One connection, and nothing on it yet.
    pub(crate) fn opened() -> Exchange {
        let mut exchange = Exchange::new();
        exchange.open(40000, 100, 300);
        exchange
    }

    /// What follows is on the connection between these ports of the client's and the server's.
    pub(crate) fn turn_to(&mut self, client: u16, server: u16) {
        let new = (client, server);
        let now = mem::take(&mut self.now);
        self.others.insert(mem::replace(&mut self.on, new), now);
        self.now = self.others.remove(&new).unwrap_or_default();
    }

    /// A handshake from this port of the client's, with these initial sequence numbers.
    pub(crate) fn open(&mut self, port: u16, client: u32, server: u32) {
        self.syn(port, client);
        self.now.server = SeqNumber(server);
        self.frame(
            Side::Server,
            ControlBits::SYN | ControlBits::ACK,
            self.now.server,
            b"",
        );
        self.now.server = self.now.server.plus(1);
        self.now.sent.clear();
        self.ack(Side::Client);
    }

    /// A SYN from this port of the client's.
    pub(crate) fn syn(&mut self, port: u16, number: u32) {
        self.turn_to(port, self.on.1);
        self.frame(Side::Client, ControlBits::SYN, SeqNumber(number), b"");
        self.now.client = SeqNumber(number).plus(1);
    }

    /// An acknowledgment without data.
    pub(crate) fn ack(&mut self, from: Side) {
        self.says(from, b"");
    }

    /// A segment with these octets.
    pub(crate) fn says(&mut self, from: Side, octets: &[u8]) {
        self.frame(from, ControlBits::ACK, self.next(from), octets);
        let next = self.next(from).plus(octets.len() as u32);
        match from {
            Side::Client => self.now.client = next,
            Side::Server => {
                self.now.server = next;
                self.now.sent.extend_from_slice(octets);
            }
        }
    }

    /// A segment with these octets of the server's, with which so many more events have come.
    pub(crate) fn tells(&mut self, octets: &str, events: usize) {
        let position = self.trace.rows.len();
        self.says(Side::Server, octets.as_bytes());
        self.arrivals.extend(vec![position; events]);
    }

    /// A segment that begins with up to so many octets that the server has sent already, and goes on with these.
    pub(crate) fn tells_again(&mut self, known: usize, octets: &str, events: usize) {
        let position = self.trace.rows.len();
        let known = known.min(self.now.sent.len());
        let old = self.now.sent.len() - known;
        let both = [&self.now.sent[old..], octets.as_bytes()].concat();
        let number = SeqNumber(self.now.server.0.wrapping_sub(known as u32));
        self.frame(Side::Server, ControlBits::ACK, number, &both);
        self.now.server = self.now.server.plus(octets.len() as u32);
        self.now.sent.extend_from_slice(octets.as_bytes());
        self.arrivals.extend(vec![position; events]);
    }

    /// Some of the octets that the server has sent already: the first of them is so many before its next one.
    pub(crate) fn repeats(&mut self, known: usize, length: usize) {
        let known = known.min(self.now.sent.len());
        let old = self.now.sent.len() - known;
        let again = self.now.sent[old..][..length.min(known)].to_vec();
        let number = SeqNumber(self.now.server.0.wrapping_sub(known as u32));
        self.frame(Side::Server, ControlBits::ACK, number, &again);
    }

    /// The end of a direction.
    pub(crate) fn fin(&mut self, from: Side) {
        let control = ControlBits::FIN | ControlBits::ACK;
        self.frame(from, control, self.next(from), b"");
        match from {
            Side::Client => self.now.client = self.now.client.plus(1),
            Side::Server => self.now.server = self.now.server.plus(1),
        }
    }

    fn next(&self, from: Side) -> SeqNumber {
        match from {
            Side::Client => self.now.client,
            Side::Server => self.now.server,
        }
    }

    fn frame(&mut self, from: Side, control: ControlBits, sequence: SeqNumber, payload: &[u8]) {
        let client = SocketAddrV4::new(CLIENT, self.on.0);
        let server = SocketAddrV4::new(SERVER, self.on.1);
        let (side, source, destination) = match from {
            Side::Client => (trace::Side::Client, client, server),
            Side::Server => (trace::Side::Server, server, client),
        };
        let segment = trace::Segment {
            control,
            sequence,
            payload: payload.to_vec(),
            ..trace::Segment::between(source, destination)
        };
        let event = Event::Frame {
            time: 0,
            from: side,
            origin: Origin::Host,
            fate: Fate::Delivered,
            altered: false,
            bytes: build::frame(MacAddress::default(), MacAddress::default(), &segment),
        };
        self.trace.rows.push(Row {
            event,
            states: States::default(),
        });
    }
}
