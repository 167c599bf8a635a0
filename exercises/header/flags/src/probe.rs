//! Given: segments of any kind to one other host.
//!
//! There is nothing to fill in here. The tests use it in the lab, whose server is there to be asked. Strange segments to a
//! machine of somebody else look like the beginning of an attack.

use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddrV4};

use socket2::{Domain, Protocol, Socket, Type};
use trace::frame::Packet;
use trace::{Segment, build};

/// The longest packet on the lab's wire, in octets.
const LONGEST: usize = 1500;

/// A raw socket between this host and one other.
///
/// The host's own TCP gets what arrives here too. It knows of none of these segments, and so it resets a SYN,ACK that
/// answers one of them: nothing stays open at the other host.
pub struct Prober {
    socket: Socket,
}

impl Prober {
    /// Opens a raw socket from the address `own` to the address `other`. From now on it gathers what `other` sends to `own`.
    ///
    /// # Errors
    /// Those of the socket calls; outside of the lab `ErrorKind::PermissionDenied` for ordinary users.
    pub fn new(own: Ipv4Addr, other: Ipv4Addr) -> io::Result<Prober> {
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))?;
        socket.bind(&SocketAddrV4::new(own, 0).into())?;
        // The kernel now sends to the other host only, and drops what comes from elsewhere.
        socket.connect(&SocketAddrV4::new(other, 0).into())?;
        socket.set_nonblocking(true)?;
        Ok(Prober { socket })
    }

    /// Sends a segment: its TCP header, the data behind it, and a right checksum over both and the pseudo-header
    /// (RFC 9293 section 3.1). The kernel puts the IPv4 header in front.
    ///
    /// # Errors
    /// Those of the socket call.
    pub fn send(&self, segment: &Segment) -> io::Result<()> {
        let octets = build::segment(segment);
        loop {
            match self.socket.send(&octets) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The kernel takes a packet whole or not at all.
                sent => return sent.map(drop),
            }
        }
    }

    /// The next segment that has come from the other host, to whatever port. `None` if there is none.
    ///
    /// It does not wait. In the lab, a call goes on when the wire is quiet, so what a host answers at once has come by then. On any
    /// other network an answer takes its time, and a program that looks for one would have to wait.
    ///
    /// # Errors
    /// Those of the socket call.
    pub fn receive(&self) -> io::Result<Option<Segment>> {
        let mut octets = [0; LONGEST];
        loop {
            let length = match (&self.socket).read(&mut octets) {
                Ok(length) => length,
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => continue,
                    io::ErrorKind::WouldBlock => return Ok(None),
                    _ => return Err(error),
                },
            };
            // What is damaged is dropped, as a kernel does.
            if let Ok(packet) = Packet::decode(&octets[..length])
                && let Some(segment) = packet.segment()
                && segment.checksum_ok
            {
                return Ok(Some(segment.clone()));
            }
        }
    }
}
