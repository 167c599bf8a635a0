//! Frames decoded, exchanges recorded, ladders drawn.
//!
//! Everything here is pure: bytes in, values out. A frame taken from a wire becomes a [`Frame`];
//! a scripted exchange becomes a [`Trace`], which holds every frame with what became of it and
//! both kernels' socket states after it; a trace becomes a [`Ladder`], which is drawn as text
//! for tests and as HTML for the book, or a pcapng file, which Wireshark opens.

pub mod annotate;
pub mod build;
pub mod control;
pub mod cost;
pub mod exchange;
pub mod figure5;
pub mod frame;
pub mod html;
pub mod ladder;
pub mod passage;
pub mod pcapng;
pub mod segment;
pub mod seq;
pub mod sequence;
pub mod state;

mod comments;
mod decode;
mod ends;
mod http;
mod items;
mod numbering;
mod options;
#[cfg(test)]
mod samples;
mod text;

pub use control::ControlBits;
pub use exchange::{Event, Fate, Numbering, Origin, Payload, Provenance, Row, Side, Trace, View};
pub use frame::{DecodeError, Frame, Layer};
pub use ladder::Ladder;
pub use segment::{Segment, TcpOption};
pub use seq::SeqNumber;
pub use state::{Socket, State, States};
