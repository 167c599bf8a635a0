//! Given: one segment out, and one in, through the raw socket.
//!
//! There is nothing to fill in here.

use std::io::{self, Read};
use std::time::Duration;

use trace::frame::Packet;
use trace::{ControlBits, Segment, build};

use crate::ByHand;

/// How long [`ByHand::receive`] waits for a segment.
const PATIENCE: Duration = Duration::from_secs(5);

impl ByHand {
    /// A segment from this end to the server with a window of 64,240 octets, and with all else still to be filled in:
    /// `Segment { control: ControlBits::SYN, sequence: isn, ..self.blank() }`.
    pub fn blank(&self) -> Segment {
        Segment {
            control: ControlBits::NONE,
            window: 64240,
            ..Segment::between(self.local, self.remote)
        }
    }

    /// Sends a segment. `build::segment` makes the octets of the TCP header and the data, and computes the checksum
    /// over both and the pseudo-header (RFC 9293 section 3.1); the kernel puts the IPv4 header in front.
    ///
    /// # Errors
    /// Those of the socket call, but one that was interrupted is made again.
    pub fn transmit(&self, segment: &Segment) -> io::Result<()> {
        let octets = build::segment(segment);
        loop {
            match self.raw.send(&octets) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map(drop),
            }
        }
    }

    /// The next segment that arrives here from the server's host, of whatever connection between the two. What a raw
    /// socket receives is a whole IPv4 packet: `Packet::decode` reads both headers. A segment whose checksum is wrong
    /// is left out (RFC 9293 section 3.1): the raw socket gets its copy before the kernel's TCP has looked at it.
    ///
    /// # Errors
    /// `ErrorKind::TimedOut` if nothing comes for five seconds; those of the socket call, but one that was interrupted
    /// is made again.
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
