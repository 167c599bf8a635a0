//! A decoded TCP segment (RFC 9293 §3.1, §3.2).

use std::net::SocketAddrV4;

use crate::{ControlBits, SeqNumber};

/// A TCP option (RFC 9293 §3.2 and the RFC named at each).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TcpOption {
    /// Kind 0: end of the list (RFC 9293 §3.2).
    EndOfOptionList,
    /// Kind 1: padding between options (RFC 9293 §3.2).
    NoOperation,
    /// Kind 2, in octets (RFC 9293 §3.2, §3.7.1).
    MaximumSegmentSize(u16),
    /// Kind 3: the shift count, not yet cut to 14 (RFC 7323 §2.2).
    WindowScale(u8),
    /// Kind 4 (RFC 2018 §2).
    SackPermitted,
    /// Kind 5: left and right edges (RFC 2018 §3).
    Sack(Vec<(SeqNumber, SeqNumber)>),
    /// Kind 8 (RFC 7323 §3.2).
    Timestamps {
        /// TSval: the sender's clock.
        value: u32,
        /// TSecr: the clock value echoed.
        echo: u32,
    },
    /// Kind 28: the granularity bit and the time (RFC 5482 §3).
    UserTimeout {
        /// Whether the time counts minutes; seconds otherwise.
        minutes: bool,
        /// How many.
        time: u16,
    },
    /// Kind 34: the cookie, empty where one is asked for (RFC 7413 §2).
    FastOpen(Vec<u8>),
    /// Kind 172 or 174, with its counters undecoded (RFC 9768 §3.2.3).
    AccurateEcn {
        /// 172 or 174.
        kind: u8,
        /// The counter fields, 0, 3, 6 or 9 octets.
        counters: Vec<u8>,
    },
    /// Any other kind, which a receiver skips by its length (RFC 9293 §3.1).
    Unknown {
        /// The kind octet.
        kind: u8,
        /// What follows kind and length.
        data: Vec<u8>,
    },
}

/// A TCP segment with the addresses that the IPv4 header gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Source address and port.
    pub source: SocketAddrV4,
    /// Destination address and port.
    pub destination: SocketAddrV4,
    /// SEG.SEQ.
    pub sequence: SeqNumber,
    /// SEG.ACK; without meaning unless ACK is set (RFC 9293 §3.1).
    pub acknowledgment: SeqNumber,
    /// Header length in 32-bit words, 5 to 15 (RFC 9293 §3.1).
    pub data_offset: u8,
    /// The reserved bits that are left once AE has its name: 3 bits (RFC 9768 §3.1.1).
    pub reserved: u8,
    /// The control bits.
    pub control: ControlBits,
    /// The window field, unscaled.
    pub window: u16,
    /// The checksum field as it stood in the frame.
    pub checksum: u16,
    /// Whether that checksum is right for this segment and its pseudo-header (RFC 9293 §3.1).
    pub checksum_ok: bool,
    /// The urgent pointer; without meaning unless URG is set (RFC 9293 §3.1).
    pub urgent_pointer: u16,
    /// The options in their order; end-of-list included, what follows it left out.
    pub options: Vec<TcpOption>,
    /// The data octets.
    pub payload: Vec<u8>,
}

impl Segment {
    /// An empty segment from one end to the other, to be filled in: no control bit, every number 0, no
    /// options, no data.
    ///
    /// `Segment { control: ControlBits::SYN, ..Segment::between(here, there) }`
    #[must_use]
    pub fn between(source: SocketAddrV4, destination: SocketAddrV4) -> Segment {
        Segment {
            source,
            destination,
            sequence: SeqNumber(0),
            acknowledgment: SeqNumber(0),
            data_offset: 5,
            reserved: 0,
            control: ControlBits::NONE,
            window: 0,
            checksum: 0,
            checksum_ok: true,
            urgent_pointer: 0,
            options: Vec::new(),
            payload: Vec::new(),
        }
    }

    /// Whether one of its two ends has this port.
    #[must_use]
    pub fn has_port(&self, port: u16) -> bool {
        [self.source, self.destination]
            .iter()
            .any(|end| end.port() == port)
    }
}
