//! Wrong: the acknowledgment field always says what is acknowledged.
//! Fails: an_answer_is_what_comes_back_to_the_question
//! Claim: ack-field-needs-flag

use std::io;

use trace::{ControlBits, Segment, SeqNumber};

#[path = "../../../../exercises/header/flags/src/probe.rs"]
pub mod probe;

pub use probe::Prober;

/// What a port answers to one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// No segment at all.
    Nothing,
    /// A segment with RST.
    Reset {
        /// Its sequence number.
        sequence: SeqNumber,
        /// Its acknowledgment number, if it has ACK.
        acknowledgment: Option<SeqNumber>,
    },
    /// A segment with SYN and ACK.
    SynAck {
        /// Its acknowledgment number.
        acknowledgment: SeqNumber,
    },
}

/// What a closed port answers to `segment`.
pub fn closed(segment: &Segment) -> Answer {
    let has = |bit| segment.control.contains(bit);
    if has(ControlBits::RST) {
        return Answer::Nothing;
    }
    if has(ControlBits::ACK) {
        return fitting(segment);
    }
    let data = u32::try_from(segment.payload.len()).unwrap_or(u32::MAX);
    let length = data + u32::from(has(ControlBits::SYN)) + u32::from(has(ControlBits::FIN));
    Answer::Reset {
        sequence: SeqNumber(0),
        acknowledgment: Some(segment.sequence.plus(length)),
    }
}

/// The reset that answers a segment with ACK.
fn fitting(segment: &Segment) -> Answer {
    Answer::Reset {
        sequence: segment.acknowledgment,
        acknowledgment: None,
    }
}

/// What a listening port answers to `segment`.
pub fn listening(segment: &Segment) -> Answer {
    let has = |bit| segment.control.contains(bit);
    if has(ControlBits::RST) {
        Answer::Nothing
    } else if has(ControlBits::ACK) {
        fitting(segment)
    } else if has(ControlBits::SYN) {
        Answer::SynAck {
            acknowledgment: segment.sequence.plus(1),
        }
    } else {
        Answer::Nothing
    }
}

/// Sends `segment` and says what comes back.
pub fn ask(prober: &Prober, segment: &Segment) -> io::Result<Answer> {
    while prober.receive()?.is_some() {}
    prober.send(segment)?;
    while let Some(answer) = prober.receive()? {
        if answer.source != segment.destination || answer.destination != segment.source {
            continue;
        }
        let has = |bit| answer.control.contains(bit);
        if has(ControlBits::RST) {
            return Ok(Answer::Reset {
                sequence: answer.sequence,
                acknowledgment: Some(answer.acknowledgment),
            });
        }
        if has(ControlBits::SYN) && has(ControlBits::ACK) {
            return Ok(Answer::SynAck {
                acknowledgment: answer.acknowledgment,
            });
        }
    }
    Ok(Answer::Nothing)
}

/// Which control bits are answered otherwise than predicted?
pub fn surprises(
    prober: &Prober,
    segment: &Segment,
    predict: fn(&Segment) -> Answer,
) -> io::Result<Vec<ControlBits>> {
    let mut surprises = Vec::new();
    for control in (0..64).map(ControlBits::from_bits) {
        let question = Segment {
            control,
            ..segment.clone()
        };
        if ask(prober, &question)? != predict(&question) {
            surprises.push(control);
        }
    }
    Ok(surprises)
}
