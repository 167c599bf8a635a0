//! Wrong: an answer to what was never asked is best ignored.
//! Fails: only_the_answer_to_your_syn_is_taken
//! Claim: y3-client-ignores-the-confirmation

use std::io::{self, Read};
use std::net::SocketAddrV4;
use std::time::Duration;

use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use trace::frame::Packet;
use trace::{ControlBits, Segment, SeqNumber, build};

/// How long a segment may take to come.
const PATIENCE: Duration = Duration::from_secs(5);

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

    /// A segment from this end to the server, to be filled in.
    pub fn blank(&self) -> Segment {
        Segment {
            control: ControlBits::NONE,
            window: 64240,
            ..Segment::between(self.local, self.remote)
        }
    }

    /// Sends a segment.
    pub fn transmit(&self, segment: &Segment) -> io::Result<()> {
        let octets = build::segment(segment);
        loop {
            match self.raw.send(&octets) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map(drop),
            }
        }
    }

    /// The next segment that arrives at this host.
    pub fn receive(&self) -> io::Result<Segment> {
        self.raw.set_read_timeout(Some(PATIENCE))?;
        let mut octets = [0; 1500];
        loop {
            let length = match (&self.raw).read(&mut octets) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Err(error) => return Err(error),
            };
            if let Ok(packet) = Packet::decode(&octets[..length])
                && let Some(segment) = packet.segment()
                && segment.checksum_ok
            {
                return Ok(segment.clone());
            }
        }
    }
}
