//! Peel a captured frame: packet, segment and payload.
//!
//! Its chapter is `book/sockets/layers.md`. Run `cargo test -p layers`.
//!
//! Fill in the blank below. Numbers of more than one octet have their most significant octet first.

/// What a frame holds, from the outside in: each of these lies in the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peeled<'a> {
    /// The packet: from the first octet of its IP header to the last that its Total Length counts.
    pub packet: &'a [u8],
    /// The segment: the packet without its IP header.
    pub segment: &'a [u8],
    /// The payload: the segment without its TCP header. It is empty where the segment carries no data.
    pub payload: &'a [u8],
}

/// A layer of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The header of the frame itself.
    Ethernet,
    /// The packet.
    Ipv4,
    /// The segment.
    Tcp,
}

/// Which layer cannot be peeled, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The layer whose own fields, or whose missing octets, are the reason.
    pub layer: Layer,
    /// What is wrong there.
    pub reason: Reason,
}

/// Why a layer cannot be peeled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There are fewer octets than the shortest header of this layer has: 14, 20 or 20.
    CutOff {
        /// How many octets there are for this layer.
        octets: usize,
    },
    /// It carries something else: Ethernet's Type is not 0x0800, or IPv4's Protocol is not 6.
    OtherProtocol {
        /// The field's value.
        number: u16,
    },
    /// The packet is not of IP's version 4.
    OtherVersion {
        /// The field's value.
        version: u8,
    },
    /// IHL, or TCP's Data Offset, is smaller than the shortest header.
    HeaderTooShort {
        /// The field's value, in words of 32 bits.
        words: u8,
    },
    /// IHL, or TCP's Data Offset, needs more octets than there are.
    HeaderPastEnd {
        /// The field's value, in words of 32 bits.
        words: u8,
        /// How many octets there are for this layer.
        octets: usize,
    },
    /// IPv4's Total Length does not even count the header.
    TotalTooSmall {
        /// The field's value.
        total: u16,
    },
    /// IPv4's Total Length counts more octets than the frame holds.
    TotalPastEnd {
        /// The field's value.
        total: u16,
        /// How many octets there are behind the frame's header.
        octets: usize,
    },
    /// The packet is a piece of a datagram: More Fragments is set, or Fragment Offset is not 0.
    Fragment,
}

/// Finds packet, segment and payload in a frame, as a capture has it: it begins with the Ethernet header and ends before
/// the frame's own checksum.
///
/// - **Ethernet**, 14 octets: two addresses of 6 each, then the Type in octets 12 and 13.
/// - **IPv4** (RFC 791 section 3.1, figure 4). Octet 0: Version and IHL, four bits each. Octets 2 and 3: Total
///   Length. Octets 6 and 7: three flags, of which the last is More Fragments, and 13 bits of Fragment Offset. Octet 9: Protocol. IHL
///   counts words of four octets.
/// - **TCP** (RFC 9293 section 3.1): the first four bits of octet 12 are the Data Offset, which counts words of four octets too.
///
/// The packet ends where its Total Length says. What a frame holds behind it, such as padding (RFC 894, Frame Format), is no
/// error and belongs to none of the three. A frame may also end where its packet ends, however
/// short that is: nothing pads the frames of the lab. Checksums are not verified, and options are not looked into.
///
/// # Errors
/// The first of these that is so:
///
/// 1. [`Layer::Ethernet`]: [`Reason::CutOff`], [`Reason::OtherProtocol`].
/// 2. [`Layer::Ipv4`]: [`Reason::CutOff`], [`Reason::OtherVersion`], [`Reason::HeaderTooShort`], [`Reason::HeaderPastEnd`],
///    [`Reason::TotalTooSmall`], [`Reason::TotalPastEnd`], [`Reason::Fragment`], [`Reason::OtherProtocol`].
/// 3. [`Layer::Tcp`], which has the octets of its packet and no more: [`Reason::CutOff`], [`Reason::HeaderTooShort`],
///    [`Reason::HeaderPastEnd`].
///
/// No octets make this function panic.
pub fn peel(frame: &[u8]) -> Result<Peeled<'_>, Refusal> {
    todo!(
        "find the packet, the segment and the payload in these {} octets",
        frame.len()
    )
}
