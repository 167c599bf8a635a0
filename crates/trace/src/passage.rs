//! What each end of each connection in a recording went through: the events of RFC 9293 §3.10, and the arrows of
//! figure 5.
//!
//! A ladder shows one connection at a time; here every connection is followed from the first row to the last. An arrow is
//! taken only if its cause was there: a call that a reset ends leaves SYN-SENT for CLOSED as a CLOSE would, and is none.

use std::collections::HashSet;

use crate::ends::{Ends, listener};
use crate::exchange::{Event, Fate, Origin, Row, Side, Trace};
use crate::figure5::TRANSITIONS;
use crate::numbering::Connection;
use crate::{ControlBits, Segment, SeqNumber, State, States};

/// An event of RFC 9293 §3.10 that a recording can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Happening {
    /// The program called OPEN, actively or passively.
    Open,
    /// Data was sent for the first time.
    Send,
    /// The program read.
    Receive,
    /// A FIN was sent for the first time, or a socket closed without one.
    Close,
    /// A segment with RST arrived.
    Reset,
    /// A segment with SYN arrived.
    Syn,
    /// A segment arrived that only acknowledges.
    Ack,
    /// A segment with URG arrived.
    Urgent,
    /// A segment with data arrived.
    Text,
    /// A segment with FIN arrived.
    Fin,
    /// What had been sent was sent again, and nothing had arrived that asked for it.
    Again,
    /// The wait in TIME-WAIT was over.
    WaitOver,
}

/// What one row of a trace meant for one end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Whose end.
    pub side: Side,
    /// The step that the row has in its figure, or that of the last frame before it; 0 before the first.
    pub step: usize,
    /// The state before.
    pub before: State,
    /// The state afterwards.
    pub after: State,
    /// The arrow that was taken: its place in [`TRANSITIONS`].
    pub arrow: Option<usize>,
    /// What happened to it.
    pub happenings: Vec<Happening>,
}

/// Every row that changed a state or was an event, for every end of every connection, in the order of the rows.
#[must_use]
pub fn passages(trace: &Trace) -> Vec<Passage> {
    let mut connections = Vec::new();
    for (from, segment) in trace.segments() {
        let connection = Connection::of(&segment, from);
        if !connections.contains(&connection) {
            connections.push(connection);
        }
    }
    let mut followers: Vec<Follower> = connections
        .iter()
        .flat_map(|connection| {
            [Side::Client, Side::Server].map(|side| Follower::new(*connection, side))
        })
        .collect();
    let alone = connections.len() == 1;
    let mut passages: Vec<Passage> = followers
        .iter_mut()
        .filter_map(|follower| follower.start(&trace.start))
        .collect();
    let (mut step, mut before) = (0, &trace.start);
    for row in &trace.rows {
        step += usize::from(row.frame().is_some());
        let segment = row.segment();
        for follower in &mut followers {
            passages.extend(follower.row(row, segment.as_ref(), before, step, alone));
        }
        before = &row.states;
    }
    passages
}

/// Follows one end of a connection from row to row.
struct Follower {
    connection: Connection,
    side: Side,
    ends: Ends,
    state: State,
    /// What this end has sent that takes sequence numbers: where each segment begins, and whether it is a SYN or a FIN.
    sent: HashSet<(SeqNumber, u16)>,
    /// Whether the last segment on the connection came from the other side and arrived.
    answered: bool,
}

/// What a row is for one end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role<'a> {
    /// A segment of this connection arrives from the other side.
    Arrives(&'a Segment),
    /// This end's kernel sends it.
    Sent(&'a Segment),
    /// A program on this host does something.
    Program(&'a str),
    /// It is about something else.
    Other,
}

impl Follower {
    fn new(connection: Connection, side: Side) -> Follower {
        Follower {
            connection,
            side,
            ends: Ends::default(),
            state: State::Closed,
            sent: HashSet::new(),
            answered: false,
        }
    }

    /// What was so before the first row: a side that listens has called OPEN.
    fn start(&mut self, states: &States) -> Option<Passage> {
        self.state = self.now(states);
        (self.state == State::Listen).then(|| Passage {
            side: self.side,
            step: 0,
            before: State::Closed,
            after: State::Listen,
            arrow: arrow(State::Closed, State::Listen, Role::Other),
            happenings: vec![Happening::Open],
        })
    }

    fn now(&mut self, states: &States) -> State {
        self.ends
            .state(self.connection, self.side, states.of(self.side))
    }

    fn row(
        &mut self,
        row: &Row,
        segment: Option<&(Side, Segment)>,
        states: &States,
        step: usize,
        alone: bool,
    ) -> Option<Passage> {
        let role = self.role(row, segment);
        let (mut before, mut after) = (self.state, self.now(&row.states));
        self.state = after;
        if before == State::Closed && matches!(role, Role::Arrives(_)) {
            // The listener that Linux keeps beside a connection takes what comes after its end.
            before = listener(self.connection, self.side, states.of(self.side));
            if after == State::Closed {
                after = listener(self.connection, self.side, row.states.of(self.side));
            }
        }
        let arrow = arrow(before, after, role);
        let mut happenings = self.happenings(role, before, alone);
        let calls = |event: &str| arrow.is_some_and(|index| TRANSITIONS[index].event == event);
        for (event, happening) in [
            ("passive OPEN", Happening::Open),
            ("active OPEN", Happening::Open),
            ("CLOSE", Happening::Close),
            ("timeout (2MSL)", Happening::WaitOver),
        ] {
            if calls(event) && !happenings.contains(&happening) {
                happenings.push(happening);
            }
        }
        (before != after || !happenings.is_empty()).then_some(Passage {
            side: self.side,
            step,
            before,
            after,
            arrow,
            happenings,
        })
    }

    fn role<'a>(&self, row: &'a Row, segment: Option<&'a (Side, Segment)>) -> Role<'a> {
        match (&row.event, segment) {
            (Event::Note { side, text }, _) if *side == self.side => Role::Program(text),
            (Event::Frame { origin, fate, .. }, Some((from, segment)))
                if Connection::of(segment, *from) == self.connection =>
            {
                let sent = *from == self.side;
                if sent && *origin == Origin::Host {
                    Role::Sent(segment)
                } else if !sent && *fate == Fate::Delivered && segment.checksum_ok {
                    Role::Arrives(segment)
                } else {
                    Role::Other
                }
            }
            _ => Role::Other,
        }
    }

    fn happenings(&mut self, role: Role<'_>, before: State, alone: bool) -> Vec<Happening> {
        match role {
            Role::Arrives(segment) => {
                self.answered = true;
                arriving(segment)
            }
            Role::Sent(segment) => {
                let answered = std::mem::take(&mut self.answered);
                if before == State::Closed {
                    self.sent.clear();
                }
                let mut happenings = self.sending(segment, answered);
                happenings.retain(|happening| match before {
                    // What a raw socket sends is no doing of the kernel's TCP.
                    State::Closed | State::Listen => false,
                    State::SynReceived | State::Established | State::CloseWait => true,
                    // Its program has called earlier, and what it left is sent only now.
                    _ => *happening == Happening::Again,
                });
                happenings
            }
            Role::Program(text) if alone && reads(text) && before != State::Listen => {
                vec![Happening::Receive]
            }
            Role::Program(_) | Role::Other => Vec::new(),
        }
    }

    fn sending(&mut self, segment: &Segment, answered: bool) -> Vec<Happening> {
        let has = |bits| segment.control.contains(bits);
        let marks = segment.control.bits() & (ControlBits::SYN.bits() | ControlBits::FIN.bits());
        if has(ControlBits::RST) || (marks == 0 && segment.payload.is_empty()) {
            return Vec::new();
        }
        if !self.sent.insert((segment.sequence, marks)) {
            return if answered {
                Vec::new()
            } else {
                vec![Happening::Again]
            };
        }
        let mut happenings = Vec::new();
        if !segment.payload.is_empty() {
            happenings.push(Happening::Send);
        }
        if has(ControlBits::FIN) {
            happenings.push(Happening::Close);
        }
        happenings
    }
}

/// What a segment is to the side at which it arrives. An acknowledgment is an event of its own only where it is alone.
fn arriving(segment: &Segment) -> Vec<Happening> {
    let has = |bits| segment.control.contains(bits);
    if has(ControlBits::RST) {
        return vec![Happening::Reset];
    }
    if has(ControlBits::SYN) {
        return vec![Happening::Syn];
    }
    let mut happenings = Vec::new();
    for (there, happening) in [
        (has(ControlBits::URG), Happening::Urgent),
        (!segment.payload.is_empty(), Happening::Text),
        (has(ControlBits::FIN), Happening::Fin),
    ] {
        if there {
            happenings.push(happening);
        }
    }
    if happenings.is_empty() && has(ControlBits::ACK) {
        happenings.push(Happening::Ack);
    }
    happenings
}

/// Whether a note tells of a read that gave something: `read() returns 5: "hello"`, `recv() returns 0: the end`.
fn reads(note: &str) -> bool {
    let calls = note.starts_with("read") || note.starts_with("recv");
    calls
        && !["fails", "gives up", "nothing"]
            .iter()
            .any(|word| note.contains(word))
}

/// The arrow between two states, if what happened is its cause.
fn arrow(from: State, to: State, role: Role<'_>) -> Option<usize> {
    let index = TRANSITIONS
        .iter()
        .position(|arrow| arrow.from == from && arrow.to == to)?;
    let arrow = TRANSITIONS[index];
    let sent = |bits| matches!(role, Role::Sent(segment) if segment.control.contains(bits));
    let came = |bits: ControlBits, without: ControlBits| {
        matches!(role, Role::Arrives(segment)
            if segment.control.contains(bits) && !segment.control.contains(without))
    };
    let program = matches!(role, Role::Program(_));
    let taken = match arrow.event {
        "passive OPEN" | "active OPEN" => true,
        "SEND" => program || sent(ControlBits::SYN),
        "CLOSE" if arrow.to == State::Closed => {
            matches!(role, Role::Program(text) if text.contains("close") || text.contains("stops"))
        }
        "CLOSE" => program || sent(ControlBits::FIN),
        "timeout (2MSL)" => program,
        "receive RST (note 1)" => came(ControlBits::RST, ControlBits::SYN),
        "receive SYN" => came(ControlBits::SYN, ControlBits::ACK),
        "receive SYN,ACK" => came(ControlBits::SYN | ControlBits::ACK, ControlBits::RST),
        // A FIN that overtook data is received when the data has come.
        event if event.starts_with("receive FIN") => came(ControlBits::NONE, ControlBits::RST),
        // The acknowledgment of a SYN or a FIN.
        _ => came(ControlBits::ACK, ControlBits::RST),
    };
    taken.then_some(index)
}

#[cfg(test)]
mod tests;
