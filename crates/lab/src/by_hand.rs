//! TCP spoken by a program: a raw socket, and a kernel that keeps quiet about one port.

use std::io::{self, Read};
use std::net::SocketAddrV4;

use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use trace::frame::Packet;
use trace::{Segment, build};

/// A filter program of one instruction, "return 0": keep no octet of any packet.
const DROP_ALL: [SockFilter; 1] = [SockFilter::new(
    (libc::BPF_RET | libc::BPF_K) as u16,
    0,
    0,
    0,
)];

/// The longest packet that IPv4 knows (RFC 791 §3.1).
const LONGEST: usize = 65_535;

/// A port of a host whose segments a program reads and writes itself.
///
/// The kernel would answer them too, with resets, since it knows of no connection. So a listening socket holds the
/// port, behind a filter that drops whatever arrives: in a ladder this end is in LISTEN, whatever the program thinks.
pub struct ByHand {
    raw: Socket,
    _silent: Socket,
    local: SocketAddrV4,
}

impl ByHand {
    /// Takes a port of the host that this program runs on.
    ///
    /// # Errors
    /// Those of the socket calls; `EPERM` outside a lab.
    pub fn at(local: SocketAddrV4) -> io::Result<ByHand> {
        let silent = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        silent.attach_filter(&DROP_ALL)?;
        silent.bind(&local.into())?;
        silent.listen(1)?;
        let raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))?;
        raw.set_nonblocking(true)?;
        Ok(ByHand {
            raw,
            _silent: silent,
            local,
        })
    }

    /// The next segment that has arrived for this port; `None` where none has. It does not wait: in a lab, whatever
    /// comes at once has come when a program goes on.
    ///
    /// # Errors
    /// Those of the socket call.
    pub fn receive(&mut self) -> io::Result<Option<Segment>> {
        let mut octets = vec![0; LONGEST];
        loop {
            // A raw socket receives every TCP packet of its host, with the IP header.
            let length = match self.raw.read(&mut octets) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            };
            let packet = Packet::decode(&octets[..length]);
            if let Ok(Some(segment)) = packet.as_ref().map(Packet::segment)
                && segment.destination == self.local
                && segment.checksum_ok
            {
                return Ok(Some(segment.clone()));
            }
        }
    }

    /// Sends a segment. The kernel adds the IP header.
    ///
    /// # Errors
    /// Those of the socket call.
    pub fn send(&self, segment: &Segment) -> io::Result<()> {
        let octets = build::segment(segment);
        self.raw.send_to(&octets, &segment.destination.into())?;
        Ok(())
    }
}
