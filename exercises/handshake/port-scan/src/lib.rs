//! Tell open, closed and filtered ports by their answers to a SYN, and clean up.
//!
//! Its chapter is `book/handshake/port-scan.md`. Run `cargo test -p port-scan`.
//!
//! Fill in the three blanks below. The raw socket is given, in `src/probe.rs`: read it first. It reaches
//! the hosts of the lab and no others.

use std::io;
use std::net::SocketAddrV4;

use trace::Segment;

pub mod probe;

pub use probe::{OutsideTheLab, Port, Prober, Syn, Target};

/// What a segment from the target says of the port that `syn` asked about; `None` if it is no answer to `syn`.
///
/// An answer goes from the port `syn.to` to the port `syn.from`, and it acknowledges the SYN: it has ACK, and its
/// acknowledgment number is the one after `syn.sequence`. If it has RST too, the port is closed; if not, but SYN, the
/// port is open. Whatever else comes is no answer. It never says `Port::Filtered`: that is what silence says.
///
/// RFC 9293 section 3.10.7.3 (first, second and fourth step: what a client in SYN-SENT believes) and section 3.5.3.
pub fn judge(syn: Syn, segment: &Segment) -> Option<Port> {
    todo!("is {segment:?} an answer to {syn:?}, and if so, which?")
}

/// Asks about the port `syn.to` by a SYN alone.
///
/// - Send the SYN. Read segments until one is an answer to it or none comes any more.
/// - Where no answer came, send the same SYN a second time, with the same ports and the same number: one segment may be
///   lost, and the wire of the tests loses some. If there is no answer to the second either, the port is filtered.
/// - Leave nothing in SYN-RECEIVED. Unless the answer was a reset, end with a reset of your own: RST without ACK, with
///   the number after `syn.sequence`, from the same port to the same port. Do not rely on the reset that your
///   kernel sends: it may be lost, and where no SYN,ACK arrives it sends none.
///
/// # Errors
/// Those of the prober, unchanged.
///
/// RFC 9293 sections 3.10.7.1 (a closed port), 3.10.7.2 (an open one) and 3.10.7.4 (a reset in SYN-RECEIVED).
pub fn scan_by_syn(prober: &Prober, syn: Syn) -> io::Result<Port> {
    let _ = prober;
    todo!("send {syn:?}, and a second time if nobody answers; judge the answers; clean up")
}

/// Asks about a port by a whole connection from the address `from`, which is closed again at once.
///
/// Let your kernel do it: `connect()` sends the SYN again by itself, and gives up by itself. In the tests it
/// does so after three seconds. A connection means open, `ErrorKind::ConnectionRefused` closed,
/// `ErrorKind::TimedOut` filtered.
///
/// # Errors
/// All others of the socket calls, unchanged.
///
/// RFC 9293 section 3.9.1.1 (OPEN, active).
pub fn scan_by_connect(from: SocketAddrV4, target: Target, port: u16) -> io::Result<Port> {
    todo!(
        "connect from {from} to {:?}, and name the result",
        target.port(port)
    )
}
