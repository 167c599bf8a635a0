//! Wrong: an ACK in SYN-RECEIVED is the third segment, whatever it acknowledges.
//! Fails: a_server_waits_for_its_own_number

use trace::{ControlBits, Segment, SeqNumber};

/// How far one side has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// Waiting for anyone's SYN.
    Listen,
    /// Our SYN is out.
    SynSent {
        /// ISS.
        iss: SeqNumber,
    },
    /// SYNs have gone both ways.
    SynReceived {
        /// ISS.
        iss: SeqNumber,
        /// RCV.NXT.
        receive_next: SeqNumber,
        /// Whether we were in LISTEN before.
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

/// The state afterwards, and what is to be sent.
pub type Decision = (Handshake, Option<Answer>);

/// How many sequence numbers our side is ready to take.
pub const WINDOW: u32 = 64240;

/// Whether a segment lies in the window.
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

/// What a segment does to a side in that state.
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

/// In LISTEN.
pub fn in_listen(segment: &Segment, isn: SeqNumber) -> Decision {
    let has = |bit| segment.control.contains(bit);
    if has(ControlBits::RST) {
        return (Handshake::Listen, None);
    }
    if has(ControlBits::ACK) {
        let sequence = segment.acknowledgment;
        return (Handshake::Listen, Some(Answer::Reset { sequence }));
    }
    if !has(ControlBits::SYN) {
        return (Handshake::Listen, None);
    }
    let receive_next = segment.sequence.plus(1);
    let state = Handshake::SynReceived {
        iss: isn,
        receive_next,
        passive: true,
    };
    let answer = Answer::SynAck {
        sequence: isn,
        acknowledgment: receive_next,
    };
    (state, Some(answer))
}

/// In SYN-SENT.
pub fn in_syn_sent(iss: SeqNumber, segment: &Segment) -> Decision {
    let stays = Handshake::SynSent { iss };
    let has = |bit| segment.control.contains(bit);
    let send_next = iss.plus(1);
    if has(ControlBits::ACK) && segment.acknowledgment != send_next {
        let sequence = segment.acknowledgment;
        let reset = Some(Answer::Reset { sequence });
        return (stays, reset.filter(|_| !has(ControlBits::RST)));
    }
    if has(ControlBits::RST) {
        let refused = has(ControlBits::ACK);
        return (if refused { Handshake::Closed } else { stays }, None);
    }
    if !has(ControlBits::SYN) {
        return (stays, None);
    }
    let receive_next = segment.sequence.plus(1);
    if has(ControlBits::ACK) {
        let state = Handshake::Established {
            send_next,
            receive_next,
        };
        let answer = Answer::Ack {
            sequence: send_next,
            acknowledgment: receive_next,
        };
        return (state, Some(answer));
    }
    let state = Handshake::SynReceived {
        iss,
        receive_next,
        passive: false,
    };
    let answer = Answer::SynAck {
        sequence: iss,
        acknowledgment: receive_next,
    };
    (state, Some(answer))
}

/// In SYN-RECEIVED.
pub fn in_syn_received(
    iss: SeqNumber,
    receive_next: SeqNumber,
    passive: bool,
    segment: &Segment,
) -> Decision {
    let stays = Handshake::SynReceived {
        iss,
        receive_next,
        passive,
    };
    let has = |bit| segment.control.contains(bit);
    let send_next = iss.plus(1);
    let ours = Some(Answer::Ack {
        sequence: send_next,
        acknowledgment: receive_next,
    });
    if !in_window(segment, receive_next) {
        return (stays, ours.filter(|_| !has(ControlBits::RST)));
    }
    if has(ControlBits::RST) {
        return (
            if passive {
                Handshake::Listen
            } else {
                Handshake::Closed
            },
            None,
        );
    }
    if has(ControlBits::SYN) {
        return if passive {
            (Handshake::Listen, None)
        } else {
            (stays, ours)
        };
    }
    if !has(ControlBits::ACK) {
        return (stays, None);
    }
    let state = Handshake::Established {
        send_next,
        receive_next,
    };
    (state, None)
}
