//! Predict what a closed and a listening port answer to any control bits, and ask a kernel.
//!
//! Its chapter is `book/header/flags.md`. Run `cargo test -p flags`.
//!
//! Fill in the four blanks below in their order; each has a test of its own. A closed port is one that no socket has; a
//! listening port is one at which a server waits to be called. The raw socket is given, in `src/probe.rs`.

use std::io;

use trace::{ControlBits, Segment, SeqNumber};

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
    /// A segment with SYN and ACK. Its sequence number is the other side's choice and cannot be predicted.
    SynAck {
        /// Its acknowledgment number.
        acknowledgment: SeqNumber,
    },
}

/// What a closed port answers to `segment`: RFC 9293 section 3.10.7.1.
///
/// Where an acknowledgment number is to be computed, it takes SEG.LEN: the octets of `segment.payload`, and one each for SYN
/// and FIN (section 3.4). Sums are modulo 2^32: `SeqNumber::plus` computes them so.
pub fn closed(segment: &Segment) -> Answer {
    todo!("is {segment:?} answered by a port that nobody has, and with which numbers?")
}

/// What a listening port answers to `segment`: RFC 9293 section 3.10.7.2, first to fourth step.
///
/// Predict what the section says, word for word, even where you have seen a kernel do otherwise. (There is no security compartment to
/// check here. The data of a SYN is queued, and not acknowledged yet: look at what RCV.NXT is set to.)
pub fn listening(segment: &Segment) -> Answer {
    todo!("is {segment:?} answered by a port in LISTEN, and with which numbers?")
}

/// Sends `segment` and says what comes back.
///
/// - What has come before `segment` is sent cannot be the answer: throw it away.
/// - The answer comes from where `segment` goes to (`destination`, address and port), and goes to where it comes from
///   (`source`). A segment of any other two ends is passed over.
/// - If it has RST, it is a reset. Its acknowledgment number counts only if it has ACK (RFC 9293 section 3.1).
/// - If it has no RST, but SYN and ACK, it is that answer. Anything else is passed over.
/// - If no answer comes, that is an answer too.
///
/// # Errors
/// Those of the prober, unchanged.
pub fn ask(prober: &Prober, segment: &Segment) -> io::Result<Answer> {
    let _ = prober;
    todo!("send {segment:?}, and read what comes until it is the answer")
}

/// Which control bits are answered otherwise than predicted?
///
/// Takes the six bits FIN, SYN, RST, PSH, ACK and URG in all their combinations: the 64 values of `ControlBits::from_bits`
/// from 0 to 63, in this order. Of each combination it asks once, with `segment` in all else as it is. Returns those whose answer is not
/// the one that `predict` gives for the segment that was sent, in the same order.
///
/// # Errors
/// Those of [`ask`], unchanged.
pub fn surprises(
    prober: &Prober,
    segment: &Segment,
    predict: fn(&Segment) -> Answer,
) -> io::Result<Vec<ControlBits>> {
    let _ = (prober, predict);
    todo!(
        "ask with {segment:?} and all 64 combinations, and compare each answer with the prediction"
    )
}
