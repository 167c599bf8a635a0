//! Decide what a segment of a handshake deserves, so that one from another time does no harm.
//!
//! Its chapter is `book/handshake/why-three.md`. Run `cargo test -p why-three`.
//!
//! Fill in the three blanks below. Nothing here sends or receives: your code is given a state and a segment, and says what
//! becomes of the state and what is to be sent. The first tests ask it directly. The last two let it speak
//! for one host of the lab, against the kernel of the other, while the wire delivers an old SYN.

use trace::{ControlBits, Segment, SeqNumber};

/// How far one side has come, with the numbers that it has to remember there.
///
/// The names of the numbers are the RFC's (RFC 9293 section 3.3.1): ISS is the number of the SYN that this side has sent,
/// SND.NXT the next that it will send, RCV.NXT the next that it expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// Waiting for anyone's SYN.
    Listen,
    /// Our SYN with the number `iss` is out.
    SynSent {
        /// ISS; SND.NXT is one more.
        iss: SeqNumber,
    },
    /// SYNs have gone both ways; ours, with the number `iss`, has not been acknowledged.
    SynReceived {
        /// ISS; SND.NXT is one more.
        iss: SeqNumber,
        /// RCV.NXT.
        receive_next: SeqNumber,
        /// Whether we were in LISTEN before. Otherwise we were in SYN-SENT (RFC 9293 section 3.5, MUST-11).
        passive: bool,
    },
    /// The connection is open.
    Established {
        /// SND.NXT.
        send_next: SeqNumber,
        /// RCV.NXT.
        receive_next: SeqNumber,
    },
    /// There is no connection any more.
    Closed,
}

/// A segment to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// SYN,ACK
    SynAck {
        /// Its sequence number.
        sequence: SeqNumber,
        /// Its acknowledgment number.
        acknowledgment: SeqNumber,
    },
    /// ACK
    Ack {
        /// Its sequence number.
        sequence: SeqNumber,
        /// Its acknowledgment number.
        acknowledgment: SeqNumber,
    },
    /// RST, without ACK.
    Reset {
        /// Its sequence number.
        sequence: SeqNumber,
    },
}

/// The state afterwards, and what is to be sent, if anything.
pub type Decision = (Handshake, Option<Answer>);

/// How many sequence numbers from RCV.NXT on our side is ready to take.
pub const WINDOW: u32 = 64240;

/// Whether a segment lies in the window that begins at `receive_next` (RFC 9293 section 3.10.7.4, table 6, for a window
/// that is not zero). Given, since it is another exercise's subject.
pub fn in_window(segment: &Segment, receive_next: SeqNumber) -> bool {
    let inside = |number: SeqNumber| number.0.wrapping_sub(receive_next.0) < WINDOW;
    let counted = [ControlBits::SYN, ControlBits::FIN]
        .iter()
        .filter(|bit| segment.control.contains(**bit))
        .count();
    match segment.payload.len() + counted {
        0 => inside(segment.sequence),
        length => inside(segment.sequence) || inside(segment.sequence.plus(length as u32 - 1)),
    }
}

/// What a segment does to a side in that state. `isn` is a fresh number, for a SYN,ACK that begins a connection.
///
/// Given: the rules of each state are for you. A connection that is open or gone is not the handshake's business.
pub fn on_segment(state: Handshake, segment: &Segment, isn: SeqNumber) -> Decision {
    match state {
        Handshake::Listen => in_listen(segment, isn),
        Handshake::SynSent { iss } => in_syn_sent(iss, segment),
        Handshake::SynReceived {
            iss,
            receive_next,
            passive,
        } => in_syn_received(iss, receive_next, passive, segment),
        Handshake::Established { .. } | Handshake::Closed => (state, None),
    }
}

/// In LISTEN (RFC 9293 section 3.10.7.2).
///
/// A reset is ignored. A segment with ACK acknowledges something that this side has never sent: it gets a reset, from the
/// number that the other side expects. A SYN makes the state SYN-RECEIVED and gets a SYN,ACK with the number `isn`.
/// Anything else is dropped. Security compartments, data on the SYN and options are left out here.
pub fn in_listen(segment: &Segment, isn: SeqNumber) -> Decision {
    todo!("look at RST, ACK and SYN of {segment:?}, in this order; {isn} is for the SYN,ACK")
}

/// In SYN-SENT (RFC 9293 section 3.10.7.3), when our SYN had the number `iss` and carried no data.
///
/// In this order:
/// 1. An ACK for any other number than the one after our SYN's (`iss` + 1) gets a reset, unless the segment is a reset itself, and is
///    dropped with all that came with it. The state stays.
/// 2. A reset with a good ACK ends the attempt: CLOSED. One without ACK is dropped.
/// 3. A SYN with a good ACK makes the state ESTABLISHED and gets an ACK. A SYN without ACK makes it SYN-RECEIVED and gets
///    a SYN,ACK with our number: the other side is calling too.
/// 4. Anything else is dropped.
pub fn in_syn_sent(iss: SeqNumber, segment: &Segment) -> Decision {
    todo!(
        "does {segment:?} acknowledge the SYN with {iss}? Then look at RST and SYN, in this order"
    )
}

/// In SYN-RECEIVED (RFC 9293 section 3.10.7.4).
///
/// In this order:
/// 1. A segment that is not in the window ([`in_window`]) is dropped. Unless it is a reset it gets an ACK that says what
///    we send and expect next.
/// 2. A reset takes a side that was in LISTEN back there, and any other to CLOSED. (RFC 5961 has a
///    stricter rule for a reset that is in the window but does not have the number RCV.NXT. You may follow it; the tests do not ask.)
/// 3. A SYN takes a side that was in LISTEN back there, without an answer. Any other side answers with the ACK of step 1.
/// 4. Without ACK the segment is dropped.
/// 5. The acknowledgment number `iss` + 1 makes the state ESTABLISHED. Any other number gets a reset, and the state stays.
pub fn in_syn_received(
    iss: SeqNumber,
    receive_next: SeqNumber,
    passive: bool,
    segment: &Segment,
) -> Decision {
    todo!(
        "is {segment:?} in the window at {receive_next}? Then RST, SYN, and the ACK for {iss}; passive: {passive}"
    )
}
