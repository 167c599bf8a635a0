//! A [`Trace`]: everything that one scripted exchange showed, in order.

use std::collections::BTreeMap;

use crate::frame::Frame;
use crate::segment::Segment;
use crate::state::States;

/// One of the two hosts. The side that a lesson calls the client is drawn on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Side {
    Client,
    Server,
}

impl Side {
    /// The host at the other end of the wire.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }

    /// `client` or `server`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Side::Client => "client",
            Side::Server => "server",
        }
    }
}

/// Where the frame of a row came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The sending host's kernel had just sent it.
    Host,
    /// The wire had held it since the row of this index, and now lets it go.
    Held(usize),
    /// The wire made a second copy of the frame in the row of this index.
    Copy(usize),
    /// The wire's script made it up; no kernel sent it.
    Script,
}

/// What the wire did with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Delivered,
    /// The wire keeps it; it may arrive in a later row.
    Held,
    /// The wire dropped it.
    Lost,
}

/// What happened in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A frame was on the wire.
    Frame {
        /// When the wire had dealt with it: nanoseconds since 1970-01-01 UTC.
        time: u64,
        /// The side that it comes from, or pretends to.
        from: Side,
        /// Where it came from.
        origin: Origin,
        /// What became of it.
        fate: Fate,
        /// Whether the wire changed its bytes; `bytes` are the changed ones.
        altered: bool,
        /// The whole Ethernet frame, without frame check sequence.
        bytes: Vec<u8>,
    },
    /// A program on one host did something that the reader should know of:
    /// `connect() fails: ECONNREFUSED`. One line.
    Note {
        /// Whose program.
        side: Side,
        /// What, in one line.
        text: String,
    },
}

/// Something that happened, and both kernels' sockets when it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What happened.
    pub event: Event,
    /// All sockets of both hosts afterwards, when the wire was quiet.
    pub states: States,
}

impl Row {
    /// The frame that was on the wire; `None` for a note.
    #[must_use]
    pub fn frame(&self) -> Option<&[u8]> {
        match &self.event {
            Event::Frame { bytes, .. } => Some(bytes),
            Event::Note { .. } => None,
        }
    }

    /// The segment that was on the wire, and the side that it comes from, or pretends to. `None` for a note, and for a frame without a
    /// segment, or with one that cannot be decoded.
    #[must_use]
    pub fn segment(&self) -> Option<(Side, Segment)> {
        match &self.event {
            Event::Frame { from, bytes, .. } => {
                let frame = Frame::decode(bytes).ok()?;
                Some((*from, frame.segment()?.clone()))
            }
            Event::Note { .. } => None,
        }
    }
}

/// How one side's sequence numbers are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// Counted from the newest SYN that this side sent on the connection, which is shown as the number
    /// given here: 0 in most figures, 300 where a figure of RFC 9293 has 300.
    Relative(u32),
    /// As they are on the wire; for scripts that choose their initial sequence numbers.
    Absolute,
}

/// Which of the things that a segment carries its row in the ladder shows. Control bits, sequence and
/// acknowledgment numbers and the payload's length are always shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The client's numbers.
    pub client: Numbering,
    /// The server's numbers.
    pub server: Numbering,
    /// The window field of each segment (`win=`), as it stands in the header, unscaled.
    pub window: bool,
    /// The maximum segment size that a SYN announces (`mss=`).
    pub mss: bool,
    /// The other options, by name (`wscale=7`, `sack-permitted`, `sack=5-9`).
    pub options: bool,
    /// What of the payload, besides its length.
    pub payload: Payload,
}

/// What a ladder shows of a segment's payload besides its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Nothing.
    Hidden,
    /// Its start as text, quoted, with line ends escaped.
    Text,
    /// The HTTP/1.x messages, chunks and WebSocket frames in it, by name; its start as text where there are none.
    Messages,
}

impl Default for View {
    /// Relative numbers from 0, and the MSS of SYNs.
    fn default() -> View {
        View {
            client: Numbering::Relative(0),
            server: Numbering::Relative(0),
            window: false,
            mss: true,
            options: false,
            payload: Payload::Hidden,
        }
    }
}

/// Where a trace comes from: what one needs to know to make it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The name of the scene, or of the test, that was recorded.
    pub scene: String,
    /// What it shows, in one line: the figure's caption. Empty for a test.
    pub title: String,
    /// The kernel of both hosts, `Linux 6.18.44`.
    pub kernel: String,
    /// Every sysctl that the lab set, with its value: `net.ipv4.tcp_sack` = `0`.
    pub sysctls: BTreeMap<String, String>,
}

/// One recorded exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// How it was made.
    pub provenance: Provenance,
    /// How its ladder is drawn.
    pub view: View,
    /// Both hosts' sockets before the first row.
    pub start: States,
    /// What happened, in order.
    pub rows: Vec<Row>,
}

impl Trace {
    /// Every segment that was on the wire, in order, with the side that it comes from: those that the wire held or lost too, and one that
    /// it held once more when it let it go.
    pub fn segments(&self) -> impl Iterator<Item = (Side, Segment)> {
        self.rows.iter().filter_map(Row::segment)
    }

    /// Those of [`Trace::segments`] that come from one side.
    pub fn sent_by(&self, side: Side) -> impl Iterator<Item = Segment> {
        let segments = self.segments();
        segments.filter_map(move |(from, segment)| (from == side).then_some(segment))
    }
}
