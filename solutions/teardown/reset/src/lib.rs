//! Cause a reset, recognise one, and keep one from destroying the answer: a solution.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

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

/// Sends an answer, and closes in stages.
pub fn answer_and_close(socket: Socket, answer: &[u8], limit: Limit) -> io::Result<Parting> {
    (&socket).write_all(answer)?;
    socket.shutdown(Shutdown::Write)?;
    drain(&socket, limit)
}

/// A timeout of zero would mean none.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);

/// Reads and throws away until the client has ended its side or a limit is reached.
fn drain(mut socket: &Socket, limit: Limit) -> io::Result<Parting> {
    let begun = Instant::now();
    let mut read = 0;
    let mut octets = [0; 4096];
    while read <= limit.octets {
        let left = limit.time.saturating_sub(begun.elapsed());
        if left.is_zero() {
            break;
        }
        socket.set_read_timeout(Some(left.max(SHORTEST_TIMEOUT)))?;
        match socket.read(&mut octets) {
            Ok(0) => return Ok(Parting::Together),
            Ok(length) => read += length as u64,
            // The time left decides.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Parting::Alone)
}
