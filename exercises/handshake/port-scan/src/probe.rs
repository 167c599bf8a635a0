//! Given: hand-made segments to a host of the lab, and to no other host.
//!
//! There is nothing to fill in here. A [`Target`] cannot be made for an address outside of the lab's network, and a
//! [`Prober`] can send to its target only.

use std::fmt;
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddrV4};

use socket2::{Domain, Protocol, Socket, Type};
use trace::frame::Packet;
use trace::{ControlBits, Segment, SeqNumber, build};

/// The longest packet on the lab's wire, in octets.
const LONGEST: usize = 1500;

/// A host that may be scanned: one in the lab's network, 192.0.2.0/24.
// ANCHOR: target
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target(Ipv4Addr);

impl Target {
    /// The host with that address.
    ///
    /// # Errors
    /// [`OutsideTheLab`] for an address in any other network.
    pub fn new(address: Ipv4Addr) -> Result<Target, OutsideTheLab> {
        match address.octets() {
            [192, 0, 2, _] => Ok(Target(address)),
            _ => Err(OutsideTheLab(address)),
        }
    }
}
// ANCHOR_END: target

impl Target {
    /// A port of that host.
    #[must_use]
    pub fn port(self, port: u16) -> SocketAddrV4 {
        SocketAddrV4::new(self.0, port)
    }
}

/// The address of a host that this scanner leaves alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutsideTheLab(pub Ipv4Addr);

impl fmt::Display for OutsideTheLab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is not in the lab's network, 192.0.2.0/24, and this scanner asks no other host; take the address of \
             the lab's server, 192.0.2.2",
            self.0
        )
    }
}

impl std::error::Error for OutsideTheLab {}

/// What a scan finds out about a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// Somebody listens.
    Open,
    /// The host answers that nobody listens.
    Closed,
    /// Nothing came back.
    Filtered,
}

/// One SYN of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syn {
    /// The port of this host that it comes from.
    pub from: u16,
    /// The port of the target that it asks about.
    pub to: u16,
    /// Its sequence number.
    pub sequence: SeqNumber,
}

/// A raw socket between this host and one target.
pub struct Prober {
    socket: Socket,
    own: Ipv4Addr,
    target: Target,
}

impl Prober {
    /// Opens a raw socket of the host with the address `own`. From now on it gathers what the target sends to that address.
    ///
    /// # Errors
    /// Those of the socket calls; outside of the lab `ErrorKind::PermissionDenied` for ordinary users.
    pub fn new(own: Ipv4Addr, target: Target) -> io::Result<Prober> {
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))?;
        socket.bind(&SocketAddrV4::new(own, 0).into())?;
        // The kernel now sends to the target only, and drops what comes from elsewhere.
        socket.connect(&target.port(0).into())?;
        socket.set_nonblocking(true)?;
        Ok(Prober {
            socket,
            own,
            target,
        })
    }

    /// Sends one segment without data or options from this host's port `from` to the target's port `to`.
    ///
    /// # Errors
    /// Those of the socket call.
    pub fn send(
        &self,
        from: u16,
        to: u16,
        control: ControlBits,
        sequence: SeqNumber,
    ) -> io::Result<()> {
        let ends = Segment::between(SocketAddrV4::new(self.own, from), self.target.port(to));
        let octets = build::segment(&Segment {
            control,
            sequence,
            window: 64240,
            ..ends
        });
        loop {
            match self.socket.send(&octets) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The kernel takes a packet whole or not at all.
                sent => return sent.map(drop),
            }
        }
    }

    /// The next segment that has come from the target to this host, on whatever port and whether this scan asked for it
    /// or not. `None` if there is none.
    ///
    /// It does not wait. In the lab, a call goes on when the wire is quiet, so what the target answers at once has come by then. On
    /// any other network an answer takes its time, and a scanner would have to wait for it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_labs_network_can_be_a_target() {
        for inside in [[192, 0, 2, 0], [192, 0, 2, 2], [192, 0, 2, 255]] {
            let address = Ipv4Addr::from(inside);
            assert_eq!(
                Target::new(address).map(|target| target.port(80)),
                Ok(SocketAddrV4::new(address, 80))
            );
        }
        for outside in [
            [192, 0, 1, 255],
            [192, 0, 3, 0],
            [192, 1, 2, 2],
            [193, 0, 2, 2],
            [127, 0, 0, 1],
            [10, 0, 2, 2],
            [0, 0, 0, 0],
            [255, 255, 255, 255],
        ] {
            let address = Ipv4Addr::from(outside);
            assert_eq!(Target::new(address), Err(OutsideTheLab(address)));
        }
    }
}
