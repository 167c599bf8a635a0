//! The ladder: a trace as rows between two hosts, in the manner of RFC 9293's figures.
//!
//! [`Ladder::of`] decides what is shown; [`Ladder`]'s `Display` writes it as text, and the book's
//! figures are drawn from the same rows.

use crate::exchange::{Fate, Origin, Side, Trace};
use crate::state::State;

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

/// One thing shown of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `seq`, `ack`, `len`, `win`, `mss`; empty for items that are only a value, such as control bits.
    pub name: &'static str,
    /// As the ladder shows it: relative numbers by the trace's view.
    pub shown: String,
    /// The same with the numbers that are on the wire.
    pub absolute: String,
}

impl Ladder {
    /// The ladder of a trace, by the trace's own [`crate::View`].
    #[must_use]
    pub fn of(_trace: &Trace) -> Ladder {
        todo!()
    }
}
