//! Frames: Ethernet with ARP (RFC 826) or IPv4 (RFC 791) inside, and in that ICMP, UDP or TCP.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddrV4};

use crate::Segment;

/// The layer that a decoder was reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Layer {
    Ethernet,
    Arp,
    Ipv4,
    Icmp,
    Udp,
    Tcp,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Layer::Ethernet => "Ethernet",
            Layer::Arp => "ARP",
            Layer::Ipv4 => "IPv4",
            Layer::Icmp => "ICMP",
            Layer::Udp => "UDP",
            Layer::Tcp => "TCP",
        })
    }
}

/// Why bytes are no frame of ours: `TCP, octet 46: data offset 3 is below 5 words`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{layer}, octet {offset}: {problem}")]
pub struct DecodeError {
    /// The layer whose header or payload is wrong.
    pub layer: Layer,
    /// Where, counted from the first octet of what was decoded: the frame, or the packet.
    pub offset: usize,
    /// What is wrong, in words.
    pub problem: String,
}

/// A 48-bit Ethernet address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct MacAddress(pub [u8; 6]);

/// `02:00:00:00:00:01`
impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl fmt::Debug for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A decoded Ethernet frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Who is to receive it.
    pub destination: MacAddress,
    /// Who sent it.
    pub source: MacAddress,
    /// What it carries.
    pub body: Body,
}

/// What an Ethernet frame carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// An ARP message for IPv4 over Ethernet (RFC 826).
    Arp(Arp),
    /// An IPv4 packet (RFC 791 §3.1).
    Ipv4(Packet),
    /// Another protocol, which the book does not decode.
    Other {
        /// The EtherType.
        ethertype: u16,
    },
}

/// An ARP request or reply (RFC 826).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arp {
    /// 1 asks, 2 answers.
    pub operation: u16,
    /// The sender's Ethernet address.
    pub sender_mac: MacAddress,
    /// The sender's IPv4 address.
    pub sender: Ipv4Addr,
    /// The target's Ethernet address; without meaning in a request.
    pub target_mac: MacAddress,
    /// The IPv4 address asked for, or answered to.
    pub target: Ipv4Addr,
}

/// An IPv4 packet (RFC 791 §3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Source address.
    pub source: Ipv4Addr,
    /// Destination address.
    pub destination: Ipv4Addr,
    /// The identification field.
    pub identification: u16,
    /// Don't Fragment.
    pub dont_fragment: bool,
    /// Time to live.
    pub ttl: u8,
    /// The two ECN bits of the second octet (RFC 3168 §5).
    pub ecn: u8,
    /// What it carries.
    pub body: Transport,
}

/// What an IPv4 packet carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A TCP segment.
    Tcp(Segment),
    /// A UDP datagram (RFC 768).
    Udp {
        /// Source address and port.
        source: SocketAddrV4,
        /// Destination address and port.
        destination: SocketAddrV4,
        /// The data octets.
        payload: Vec<u8>,
    },
    /// An ICMP message (RFC 792).
    Icmp {
        /// Type.
        kind: u8,
        /// Code.
        code: u8,
        /// Everything after the checksum.
        rest: Vec<u8>,
    },
    /// A fragment of something larger; not reassembled.
    Fragment {
        /// Offset in octets.
        offset: u16,
    },
    /// Another protocol.
    Other {
        /// The protocol number.
        protocol: u8,
    },
}

impl Frame {
    /// Decodes a whole Ethernet frame. Octets behind the length that the IPv4 header states are
    /// Ethernet padding and are ignored.
    ///
    /// # Errors
    /// A frame that is too short for what its headers announce, or whose headers contradict
    /// themselves, gives the layer, the octet and the reason. No input panics.
    pub fn decode(bytes: &[u8]) -> Result<Frame, DecodeError> {
        crate::decode::frame(bytes)
    }

    /// The TCP segment inside, if there is one.
    #[must_use]
    pub fn segment(&self) -> Option<&Segment> {
        match &self.body {
            Body::Ipv4(packet) => packet.segment(),
            _ => None,
        }
    }
}

impl Packet {
    /// Decodes an IPv4 packet that stands alone, as a raw socket receives it. Offsets in errors count from
    /// its first octet.
    ///
    /// # Errors
    /// As [`Frame::decode`].
    pub fn decode(bytes: &[u8]) -> Result<Packet, DecodeError> {
        crate::decode::packet(bytes)
    }

    /// The TCP segment inside, if there is one.
    #[must_use]
    pub fn segment(&self) -> Option<&Segment> {
        match &self.body {
            Transport::Tcp(segment) => Some(segment),
            _ => None,
        }
    }
}
