//! Wrong: a scan has carried out the first step only, so there is nothing to take back.
//! Fails: nothing_stays_in_syn_received
//! Claim: scan-uses-only-first-step

use std::io;
use std::net::SocketAddrV4;

use socket2::{Domain, Socket, Type};
use trace::{ControlBits, Segment};

#[path = "../../../../exercises/handshake/port-scan/src/probe.rs"]
pub mod probe;

pub use probe::{OutsideTheLab, Port, Prober, Syn, Target};

/// How often a port is asked before silence counts.
const TRIES: u32 = 2;

/// What a segment from the target says of the port that `syn` asked about; `None` if it is no answer to `syn`.
pub fn judge(syn: Syn, segment: &Segment) -> Option<Port> {
    let between_the_ports =
        segment.source.port() == syn.to && segment.destination.port() == syn.from;
    let acknowledges = segment.control.contains(ControlBits::ACK)
        && segment.acknowledgment == syn.sequence.plus(1);
    if !between_the_ports || !acknowledges {
        return None;
    }
    if segment.control.contains(ControlBits::RST) {
        Some(Port::Closed)
    } else if segment.control.contains(ControlBits::SYN) {
        Some(Port::Open)
    } else {
        None
    }
}

/// Asks about the port `syn.to` by a SYN alone, and leaves nothing behind.
pub fn scan_by_syn(prober: &Prober, syn: Syn) -> io::Result<Port> {
    let mut found = Port::Filtered;
    for _ in 0..TRIES {
        prober.send(syn.from, syn.to, ControlBits::SYN, syn.sequence)?;
        if let Some(answer) = answer(prober, syn)? {
            found = answer;
            break;
        }
    }
    Ok(found)
}

/// The first answer to `syn` among the segments that come; `None` when no more come.
fn answer(prober: &Prober, syn: Syn) -> io::Result<Option<Port>> {
    while let Some(segment) = prober.receive()? {
        if let Some(port) = judge(syn, &segment) {
            return Ok(Some(port));
        }
    }
    Ok(None)
}

/// Asks about a port by a whole connection, which is closed again at once.
pub fn scan_by_connect(from: SocketAddrV4, target: Target, port: u16) -> io::Result<Port> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.into())?;
    match socket.connect(&target.port(port).into()) {
        Ok(()) => Ok(Port::Open),
        Err(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => Ok(Port::Closed),
            io::ErrorKind::TimedOut => Ok(Port::Filtered),
            _ => Err(error),
        },
    }
}
