//! The ladder: a trace as rows between two hosts, in the manner of RFC 9293's figures.
//!
//! [`Ladder::of`] decides what is shown; [`Ladder`]'s `Display` writes it as text, and the book's
//! figures are drawn from the same rows.

use std::fmt;

use crate::ends::Ends;
use crate::exchange::{Event, Fate, Origin, Payload, Side, Trace};
use crate::http::Messages;
use crate::numbering::{Connection, Zeros};
use crate::state::{Socket, State, States};
use crate::{DecodeError, Frame, items};

/// What a reader sees of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Top to bottom.
    pub lines: Vec<Line>,
}

/// One line of a ladder: the client's state, what happened between the hosts, the server's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1 over the lines that show a frame; `None` for the others.
    pub number: Option<usize>,
    /// The client's state afterwards.
    pub client: Option<State>,
    /// What happened.
    pub middle: Middle,
    /// The server's state afterwards.
    pub server: Option<State>,
}

impl Line {
    /// One side's state afterwards.
    #[must_use]
    pub fn state(&self, side: Side) -> Option<State> {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }
}

/// What happened between the two hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Middle {
    /// Nothing: the line shows the states before the first frame.
    Start,
    /// A frame.
    Arrow(Arrow),
    /// A program's doing.
    Note {
        /// Whose program.
        side: Side,
        /// What it did.
        text: String,
    },
}

/// A frame on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Index of the row in [`Trace::rows`].
    pub row: usize,
    /// The side it comes from.
    pub from: Side,
    /// Where it came from.
    pub origin: Origin,
    /// What became of it.
    pub fate: Fate,
    /// Whether the wire changed it.
    pub altered: bool,
    /// What is shown of it: control bits first, or another protocol's name.
    pub items: Vec<Item>,
}

/// The place of an [`Item`] among the others; items in equal columns stand below each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Column {
    Control,
    Port,
    Sequence,
    Acknowledgment,
    Length,
    Urgent,
    Window,
    MaximumSegmentSize,
    /// Every other option; a segment may have several items here.
    Options,
    Payload,
    /// The word `altered`.
    Altered,
    /// What a frame without TCP segment shows; it stands in no column.
    Text,
}

/// One thing shown of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it stands.
    pub column: Column,
    /// `seq`, `ack`, `len`, `win`, `mss`; empty for items that are only a value, such as control bits.
    pub name: &'static str,
    /// As the ladder shows it: relative numbers by the trace's view.
    pub shown: String,
    /// The same with the numbers that are on the wire.
    pub absolute: String,
}

/// `seq=0`, or the value alone where there is no name.
impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            f.write_str(&self.shown)
        } else {
            write!(f, "{}={}", self.name, self.shown)
        }
    }
}

impl Ladder {
    /// The ladder of a trace, by the trace's own [`crate::View`].
    #[must_use]
    pub fn of(trace: &Trace) -> Ladder {
        Drawing::new(trace).lines()
    }
}

/// The frame of a row, decoded once.
type Decoded = Option<Result<Frame, DecodeError>>;

/// What is known while the lines of a ladder are made.
struct Drawing<'a> {
    trace: &'a Trace,
    decoded: Vec<Decoded>,
    zeros: Zeros,
    messages: Messages,
    /// Whether the trace has more than one TCP connection.
    many: bool,
    /// The connection whose states the next line shows.
    connection: Option<Connection>,
    ends: Ends,
}

impl<'a> Drawing<'a> {
    fn new(trace: &'a Trace) -> Drawing<'a> {
        let decoded: Vec<Decoded> = trace
            .rows
            .iter()
            .map(|row| match &row.event {
                Event::Frame { bytes, .. } => Some(Frame::decode(bytes)),
                Event::Note { .. } => None,
            })
            .collect();
        let mut connections = trace
            .rows
            .iter()
            .zip(&decoded)
            .filter_map(|(row, decoded)| connection(&row.event, decoded));
        let first = connections.next();
        let many = connections.any(|other| Some(other) != first);
        Drawing {
            trace,
            decoded,
            zeros: Zeros::default(),
            messages: Messages::default(),
            many,
            connection: first,
            ends: Ends::default(),
        }
    }

    fn lines(mut self) -> Ladder {
        let trace = self.trace;
        let mut last = self.both(&trace.start);
        let mut lines = Vec::new();
        if last != [State::Closed; 2] {
            let [client, server] =
                last.map(|state| Some(state).filter(|state| *state != State::Closed));
            lines.push(Line {
                number: None,
                client,
                middle: Middle::Start,
                server,
            });
        }
        let mut number = 0;
        for (index, row) in trace.rows.iter().enumerate() {
            let arrow = self.arrow(index);
            let states = self.both(&row.states);
            let line = match (arrow, &row.event) {
                (Some(arrow), _) => {
                    number += 1;
                    let [client, server] = states.map(Some);
                    Line {
                        number: Some(number),
                        client,
                        middle: Middle::Arrow(arrow),
                        server,
                    }
                }
                (None, Event::Note { side, text }) => {
                    let changed =
                        |side: usize| Some(states[side]).filter(|state| *state != last[side]);
                    let middle = Middle::Note {
                        side: *side,
                        text: text.clone(),
                    };
                    Line {
                        number: None,
                        client: changed(0),
                        middle,
                        server: changed(1),
                    }
                }
                (None, Event::Frame { .. }) => continue,
            };
            lines.push(line);
            last = states;
        }
        Ladder { lines }
    }

    /// The arrow of that row, unless the row is a note. Moves on to the frame's connection.
    fn arrow(&mut self, index: usize) -> Option<Arrow> {
        let row = &self.trace.rows[index];
        let Event::Frame {
            from,
            origin,
            fate,
            altered,
            ..
        } = &row.event
        else {
            return None;
        };
        let decoded = self.decoded[index].as_ref()?;
        let mut items = match decoded.as_ref().ok().and_then(Frame::segment) {
            Some(segment) => {
                self.connection = Some(Connection::of(segment, *from));
                self.zeros.observe(*from, *origin, segment);
                let view = &self.trace.view;
                let mut items = items::of_segment(view, &self.zeros, self.many, *from, segment);
                if view.payload == Payload::Messages && !segment.payload.is_empty() {
                    let carried = self.messages.carried(*from, segment);
                    let quoted = || items::quoted(&segment.payload);
                    items.push(Item::payload(carried.unwrap_or_else(quoted)));
                }
                items
            }
            None => items::of_other(decoded),
        };
        if *altered {
            items.push(Item::altered());
        }
        Some(Arrow {
            row: index,
            from: *from,
            origin: *origin,
            fate: *fate,
            altered: *altered,
            items,
        })
    }

    /// The client's and the server's state to show.
    fn both(&mut self, states: &States) -> [State; 2] {
        [
            (Side::Client, &states.client),
            (Side::Server, &states.server),
        ]
        .map(|(side, sockets)| self.state(side, sockets))
    }

    /// The state of the current connection there. In a trace without any TCP connection, the state of the host's first
    /// socket.
    fn state(&mut self, side: Side, sockets: &[Socket]) -> State {
        match self.connection {
            Some(connection) => self.ends.state(connection, side, sockets),
            None => sockets.first().map_or(State::Closed, |socket| socket.state),
        }
    }
}

fn connection(event: &Event, decoded: &Decoded) -> Option<Connection> {
    match (event, decoded) {
        (Event::Frame { from, .. }, Some(Ok(frame))) => {
            Some(Connection::of(frame.segment()?, *from))
        }
        _ => None,
    }
}
