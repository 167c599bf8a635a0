//! Open a connection without the kernel's TCP: a solution.

use std::io;
use std::net::SocketAddrV4;

use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use trace::{ControlBits, Segment, SeqNumber};

#[path = "../../../../exercises/handshake/handshake-by-hand/src/raw.rs"]
mod raw;

/// The client's end of a connection that the client's kernel knows nothing of.
pub struct ByHand {
    /// Through it every segment leaves and arrives.
    pub raw: Socket,
    /// Keeps the kernel silent as long as it lives.
    pub held: Socket,
    /// This end's address and port.
    pub local: SocketAddrV4,
    /// The server's.
    pub remote: SocketAddrV4,
    /// SND.NXT.
    pub next: SeqNumber,
    /// RCV.NXT.
    pub expected: SeqNumber,
}

/// Holds a port: a listening socket that no segment can get through to.
pub fn hold(port: SocketAddrV4) -> io::Result<Socket> {
    let drop_all = [SockFilter::new(6, 0, 0, 0)];
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.attach_filter(&drop_all)?;
    socket.bind(&port.into())?;
    socket.listen(1)?;
    Ok(socket)
}

impl ByHand {
    /// Sends a SYN.
    pub fn call(local: SocketAddrV4, remote: SocketAddrV4, isn: SeqNumber) -> io::Result<ByHand> {
        let held = hold(local)?;
        let raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))?;
        raw.bind(&SocketAddrV4::new(*local.ip(), 0).into())?;
        raw.connect(&SocketAddrV4::new(*remote.ip(), 0).into())?;
        let connection = ByHand {
            raw,
            held,
            local,
            remote,
            next: isn.plus(1),
            expected: SeqNumber(0),
        };
        connection.transmit(&Segment {
            sequence: isn,
            control: ControlBits::SYN,
            ..connection.blank()
        })?;
        Ok(connection)
    }

    /// Waits for the SYN,ACK that answers the SYN.
    pub fn await_answer(&mut self) -> io::Result<()> {
        loop {
            let segment = self.receive()?;
            if !self.is_ours(&segment) {
                continue;
            }
            let has = |bit| segment.control.contains(bit);
            if has(ControlBits::ACK) && segment.acknowledgment != self.next {
                if !has(ControlBits::RST) {
                    self.transmit(&Segment {
                        sequence: segment.acknowledgment,
                        control: ControlBits::RST,
                        ..self.blank()
                    })?;
                }
                continue;
            }
            if !has(ControlBits::ACK) {
                continue;
            }
            if has(ControlBits::RST) {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            if has(ControlBits::SYN) {
                self.expected = segment.sequence.plus(1);
                return Ok(());
            }
        }
    }

    /// Sends the third segment.
    pub fn acknowledge(&self) -> io::Result<()> {
        self.transmit(&Segment {
            sequence: self.next,
            acknowledgment: self.expected,
            control: ControlBits::ACK,
            ..self.blank()
        })
    }

    /// Sends ten octets and waits for their acknowledgment.
    pub fn send(&mut self, octets: &[u8; 10]) -> io::Result<()> {
        self.transmit(&Segment {
            sequence: self.next,
            acknowledgment: self.expected,
            control: ControlBits::PSH | ControlBits::ACK,
            payload: octets.to_vec(),
            ..self.blank()
        })?;
        self.next = self.next.plus(10);
        loop {
            let segment = self.receive()?;
            if !self.is_ours(&segment) {
                continue;
            }
            let has = |bit| segment.control.contains(bit);
            if has(ControlBits::RST) {
                if segment.sequence == self.expected {
                    return Err(io::ErrorKind::ConnectionReset.into());
                }
            } else if has(ControlBits::SYN) {
                self.acknowledge()?;
            } else if has(ControlBits::ACK) && segment.acknowledgment == self.next {
                return Ok(());
            }
        }
    }

    /// Whether a segment is from the server's end of this connection to ours.
    fn is_ours(&self, segment: &Segment) -> bool {
        segment.source == self.remote && segment.destination == self.local
    }
}
