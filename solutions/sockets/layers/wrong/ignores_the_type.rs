//! Wrong: a frame carries a packet, so behind its header there is an IP header.
//! Fails: only_a_whole_tcp_segment_in_ipv4_is_peeled
//! Claim: osi-arp-is-layer-2

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

/// Octets of an Ethernet header.
const ETHERNET: usize = 14;
/// Octets of the shortest IPv4 header, and of the shortest TCP header.
const SHORTEST: usize = 20;
/// IPv4's Protocol for a TCP segment.
const TCP: u8 = 6;

/// Finds packet, segment and payload in a frame.
pub fn peel(frame: &[u8]) -> Result<Peeled<'_>, Refusal> {
    let held = unframe(frame)?;
    let (packet, segment) = packet_and_segment(held)?;
    let payload = payload(segment)?;
    Ok(Peeled {
        packet,
        segment,
        payload,
    })
}

/// What the frame holds behind its header: a packet, and perhaps padding.
fn unframe(frame: &[u8]) -> Result<&[u8], Refusal> {
    let Some((_header, held)) = frame.split_at_checked(ETHERNET) else {
        return refuse(Layer::Ethernet, cut_off(frame));
    };
    Ok(held)
}

/// The packet at the beginning of what a frame holds, and the segment in it.
fn packet_and_segment(held: &[u8]) -> Result<(&[u8], &[u8]), Refusal> {
    let Some(header) = held.first_chunk::<SHORTEST>() else {
        return refuse(Layer::Ipv4, cut_off(held));
    };
    let version = header[0] >> 4;
    if version != 4 {
        return refuse(Layer::Ipv4, Reason::OtherVersion { version });
    }
    let header_length = header_length(Layer::Ipv4, header[0] & 0xf, held)?;
    let total = u16::from_be_bytes([header[2], header[3]]);
    if usize::from(total) < header_length {
        return refuse(Layer::Ipv4, Reason::TotalTooSmall { total });
    }
    let Some(packet) = held.get(..usize::from(total)) else {
        let octets = held.len();
        return refuse(Layer::Ipv4, Reason::TotalPastEnd { total, octets });
    };
    // Behind the flags "reserved" and Don't Fragment: More Fragments, and the offset.
    if u16::from_be_bytes([header[6], header[7]]) & 0x3fff != 0 {
        return refuse(Layer::Ipv4, Reason::Fragment);
    }
    if header[9] != TCP {
        let number = header[9].into();
        return refuse(Layer::Ipv4, Reason::OtherProtocol { number });
    }
    Ok((packet, &packet[header_length..]))
}

/// The data behind a segment's header.
fn payload(segment: &[u8]) -> Result<&[u8], Refusal> {
    let Some(header) = segment.first_chunk::<SHORTEST>() else {
        return refuse(Layer::Tcp, cut_off(segment));
    };
    let length = header_length(Layer::Tcp, header[12] >> 4, segment)?;
    Ok(&segment[length..])
}

/// Octets of a header that says its own length in words of 32 bits, and stands at the beginning of `octets`.
fn header_length(layer: Layer, words: u8, octets: &[u8]) -> Result<usize, Refusal> {
    let length = usize::from(words) * 4;
    if length < SHORTEST {
        return refuse(layer, Reason::HeaderTooShort { words });
    }
    if length > octets.len() {
        let octets = octets.len();
        return refuse(layer, Reason::HeaderPastEnd { words, octets });
    }
    Ok(length)
}

fn cut_off(octets: &[u8]) -> Reason {
    Reason::CutOff {
        octets: octets.len(),
    }
}

fn refuse<T>(layer: Layer, reason: Reason) -> Result<T, Refusal> {
    Err(Refusal { layer, reason })
}
