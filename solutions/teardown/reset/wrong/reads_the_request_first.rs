//! Wrong: if everything is read before the answer is sent, nothing can be unread.
//! Fails: an_answer_survives_an_unread_request

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use socket2::Socket;
use trace::{ControlBits, Segment, SeqNumber};

/// Ends the connection by a reset.
pub fn abort(socket: Socket) -> io::Result<()> {
    socket.set_linger(Some(Duration::ZERO))?;
    drop(socket);
    Ok(())
}

/// How a peer's data has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By a FIN.
    Finished,
    /// By a reset.
    Reset,
}

/// Reads until there is no more, and says how it ended.
pub fn read_to_the_end(mut socket: &Socket) -> io::Result<(Vec<u8>, Ending)> {
    let mut data = Vec::new();
    let mut octets = [0; 4096];
    loop {
        match socket.read(&mut octets) {
            Ok(0) => return Ok((data, Ending::Finished)),
            Ok(length) => data.extend_from_slice(&octets[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                return Ok((data, Ending::Reset));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Why there is a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It answers the segment with this index in what came before.
    Answers(usize),
    /// No segment has called for it.
    Abort,
}

/// Says why there is a reset, from what crossed the wire before it, oldest first.
pub fn cause(reset: &Segment, before: &[Segment]) -> Cause {
    before
        .iter()
        .rposition(|segment| answers(reset, segment))
        .map_or(Cause::Abort, Cause::Answers)
}

/// Whether the reset has the numbers of an answer to this segment (RFC 9293 section 3.5.2).
fn answers(reset: &Segment, segment: &Segment) -> bool {
    let between_the_same =
        segment.source == reset.destination && segment.destination == reset.source;
    if !between_the_same || segment.control.contains(ControlBits::RST) {
        return false;
    }
    let acknowledges = reset.control.contains(ControlBits::ACK);
    if segment.control.contains(ControlBits::ACK) {
        !acknowledges && reset.sequence == segment.acknowledgment
    } else {
        let end = segment.sequence.plus(length(segment));
        acknowledges && reset.sequence == SeqNumber(0) && reset.acknowledgment == end
    }
}

/// SEG.LEN (RFC 9293 section 3.4).
fn length(segment: &Segment) -> u32 {
    let has = |bit| u32::from(segment.control.contains(bit));
    // No segment is longer than an IPv4 packet.
    segment.payload.len() as u32 + has(ControlBits::SYN) + has(ControlBits::FIN)
}

/// How much of a client's data and of its own time a server spends after its answer.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// How many octets it reads.
    pub octets: u64,
    /// How long it reads, in all.
    pub time: Duration,
}

/// How a server and its client have parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// The client has ended its side too.
    Together,
    /// A limit was reached before that.
    Alone,
}

/// Reads all that there is, and then sends an answer and closes.
pub fn answer_and_close(socket: Socket, answer: &[u8], _limit: Limit) -> io::Result<Parting> {
    let (_request, ending) = read_to_the_end(&socket)?;
    if ending == Ending::Reset {
        return Err(ErrorKind::ConnectionReset.into());
    }
    (&socket).write_all(answer)?;
    Ok(Parting::Together)
}
