//! Exchanges made by hand, frame by frame.

use std::net::{Ipv4Addr, SocketAddrV4};

use http_or_sockets::{Segment, Side};
use trace::frame::MacAddress;
use trace::{ControlBits, Event, Fate, Origin, Row, SeqNumber, States, Trace, build};

const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 2), 80);

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
        let (arrow, client) = match from {
            trace::Side::Client => ("-->", segment.source),
            trace::Side::Server => ("<--", segment.destination),
        };
        let begin = &segment.payload[..segment.payload.len().min(SHOWN)];
        let more = if segment.payload.len() > SHOWN {
            "..."
        } else {
            ""
        };
        format!(
            "{position:>3}  {arrow}  port={}  {:<7}  seq={:<10}  len={:<3}  \"{}\"{more}\n",
            client.port(),
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
    port: u16,
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
            port: 40000,
            client: SeqNumber(0),
            server: SeqNumber(0),
            sent: Vec::new(),
        }
    }

    /// One connection, and nothing on it yet.
    pub(crate) fn opened() -> Exchange {
        let mut exchange = Exchange::new();
        exchange.open(40000, 100, 300);
        exchange
    }

    /// A handshake from this port of the client's, with these initial sequence numbers.
    pub(crate) fn open(&mut self, port: u16, client: u32, server: u32) {
        self.syn(port, client);
        self.server = SeqNumber(server);
        self.frame(
            Side::Server,
            ControlBits::SYN | ControlBits::ACK,
            self.server,
            b"",
        );
        self.server = self.server.plus(1);
        self.sent.clear();
        self.ack(Side::Client);
    }

    /// A SYN from this port of the client's.
    pub(crate) fn syn(&mut self, port: u16, number: u32) {
        self.port = port;
        self.frame(Side::Client, ControlBits::SYN, SeqNumber(number), b"");
        self.client = SeqNumber(number).plus(1);
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
            Side::Client => self.client = next,
            Side::Server => {
                self.server = next;
                self.sent.extend_from_slice(octets);
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
        let known = known.min(self.sent.len());
        let old = self.sent.len() - known;
        let both = [&self.sent[old..], octets.as_bytes()].concat();
        let number = SeqNumber(self.server.0.wrapping_sub(known as u32));
        self.frame(Side::Server, ControlBits::ACK, number, &both);
        self.server = self.server.plus(octets.len() as u32);
        self.sent.extend_from_slice(octets.as_bytes());
        self.arrivals.extend(vec![position; events]);
    }

    /// The end of a direction.
    pub(crate) fn fin(&mut self, from: Side) {
        let control = ControlBits::FIN | ControlBits::ACK;
        self.frame(from, control, self.next(from), b"");
        match from {
            Side::Client => self.client = self.client.plus(1),
            Side::Server => self.server = self.server.plus(1),
        }
    }

    fn next(&self, from: Side) -> SeqNumber {
        match from {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    fn frame(&mut self, from: Side, control: ControlBits, sequence: SeqNumber, payload: &[u8]) {
        let client = SocketAddrV4::new(CLIENT, self.port);
        let (side, source, destination) = match from {
            Side::Client => (trace::Side::Client, client, SERVER),
            Side::Server => (trace::Side::Server, SERVER, client),
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
