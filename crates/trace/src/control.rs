//! The control bits of the TCP header (RFC 9293 §3.1), with AE (RFC 9768 §3.1.1) as the ninth.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// A set of control bits, in the header's own order: FIN is bit 0, CWR bit 7, AE bit 8.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ControlBits(u16);

impl ControlBits {
    /// No control bit at all.
    pub const NONE: ControlBits = ControlBits(0);
    /// "No more data from sender" (RFC 9293 §3.1).
    pub const FIN: ControlBits = ControlBits(0x001);
    /// Synchronise sequence numbers (RFC 9293 §3.1).
    pub const SYN: ControlBits = ControlBits(0x002);
    /// Reset the connection (RFC 9293 §3.1).
    pub const RST: ControlBits = ControlBits(0x004);
    /// Push function (RFC 9293 §3.1).
    pub const PSH: ControlBits = ControlBits(0x008);
    /// The acknowledgment field is significant (RFC 9293 §3.1).
    pub const ACK: ControlBits = ControlBits(0x010);
    /// The urgent pointer field is significant (RFC 9293 §3.1).
    pub const URG: ControlBits = ControlBits(0x020);
    /// ECN-Echo (RFC 3168 §6.1).
    pub const ECE: ControlBits = ControlBits(0x040);
    /// Congestion window reduced (RFC 3168 §6.1).
    pub const CWR: ControlBits = ControlBits(0x080);
    /// Accurate ECN (RFC 9768 §3.1.1), the bit that RFC 9293 still counts as reserved.
    pub const AE: ControlBits = ControlBits(0x100);

    /// Every bit with its name, in the order in which a ladder prints them.
    pub const NAMED: [(ControlBits, &'static str); 9] = [
        (ControlBits::SYN, "SYN"),
        (ControlBits::FIN, "FIN"),
        (ControlBits::RST, "RST"),
        (ControlBits::PSH, "PSH"),
        (ControlBits::ACK, "ACK"),
        (ControlBits::URG, "URG"),
        (ControlBits::ECE, "ECE"),
        (ControlBits::CWR, "CWR"),
        (ControlBits::AE, "AE"),
    ];

    /// The set whose bits are the nine lowest of `bits`; higher bits are ignored.
    #[must_use]
    pub const fn from_bits(bits: u16) -> ControlBits {
        ControlBits(bits & 0x1ff)
    }

    /// The nine bits as they stand in octets 12 and 13 of the header, read in network order.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether every bit of `other` is set.
    #[must_use]
    pub const fn contains(self, other: ControlBits) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for ControlBits {
    type Output = ControlBits;
    fn bitor(self, other: ControlBits) -> ControlBits {
        ControlBits(self.0 | other.0)
    }
}

impl BitOrAssign for ControlBits {
    fn bitor_assign(&mut self, other: ControlBits) {
        *self = *self | other;
    }
}

/// `SYN,ACK`; the empty set is written `none`.
impl fmt::Display for ControlBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = ControlBits::NAMED
            .iter()
            .filter(|(bit, _)| self.contains(*bit))
            .map(|(_, name)| *name)
            .collect();
        f.pad(&if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(",")
        })
    }
}

impl fmt::Debug for ControlBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
