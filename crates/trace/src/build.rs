//! Frames and segments made by hand: what a wire's script injects, and what a program sends through a raw socket.

mod unreachable;

use etherparse::{EtherType, Ethernet2Header, IpNumber, Ipv4Header};

use crate::decode::{TCP_HEADER, tcp_checksum};
use crate::frame::MacAddress;
use crate::{Segment, options};

pub use unreachable::icmp_unreachable;

/// The Ethernet frame that carries `segment` in an IPv4 packet (identification 0, Don't Fragment,
/// TTL 64). Both checksums are computed; [`Segment::checksum`] and [`Segment::data_offset`] are
/// not read but follow from the rest. Options are filled up with zeros to a whole 32-bit word.
///
/// # Panics
/// If the options take more than the 40 octets that a TCP header has for them (RFC 9293 §3.1), or
/// if the packet is longer than the 65,535 octets that IPv4 can carry (RFC 791 §3.1): there is no
/// such frame.
#[must_use]
pub fn frame(source: MacAddress, destination: MacAddress, segment: &Segment) -> Vec<u8> {
    let tcp = self::segment(segment);
    let mut ip = Ipv4Header {
        dont_fragment: true,
        time_to_live: 64,
        protocol: IpNumber::TCP,
        source: segment.source.ip().octets(),
        destination: segment.destination.ip().octets(),
        ..Ipv4Header::default()
    };
    let fits = ip.set_payload_len(tcp.len());
    assert!(
        fits.is_ok(),
        "a segment of {} octets does not fit into an IPv4 packet",
        tcp.len()
    );
    ip.header_checksum = ip.calc_header_checksum();
    let ethernet = Ethernet2Header {
        source: source.0,
        destination: destination.0,
        ether_type: EtherType::IPV4,
    };
    [&ethernet.to_bytes()[..], &ip.to_bytes(), &tcp].concat()
}

/// The TCP header, options and payload of `segment`, with the right checksum: what a raw socket sends, whose
/// kernel adds the IP header. What [`frame`] says of the checksum, the data offset and the options holds here too.
///
/// # Panics
/// If the options take more than the 40 octets that a TCP header has for them (RFC 9293 §3.1).
#[must_use]
pub fn segment(segment: &Segment) -> Vec<u8> {
    let options = options::encode(&segment.options);
    assert!(
        options.len() <= 40,
        "options of {} octets do not fit into a TCP header",
        options.len()
    );
    // At most 15 words: options were just limited to 40 octets.
    let words = ((TCP_HEADER + options.len()) / 4) as u16;
    let mut octets = Vec::with_capacity(TCP_HEADER + options.len() + segment.payload.len());
    octets.extend(segment.source.port().to_be_bytes());
    octets.extend(segment.destination.port().to_be_bytes());
    octets.extend(segment.sequence.0.to_be_bytes());
    octets.extend(segment.acknowledgment.0.to_be_bytes());
    let bits = words << 12 | u16::from(segment.reserved & 0b111) << 9 | segment.control.bits();
    octets.extend(bits.to_be_bytes());
    octets.extend(segment.window.to_be_bytes());
    octets.extend([0, 0]);
    octets.extend(segment.urgent_pointer.to_be_bytes());
    octets.extend(options);
    octets.extend(&segment.payload);
    let checksum = tcp_checksum(*segment.source.ip(), *segment.destination.ip(), &octets);
    octets[16..18].copy_from_slice(&checksum.to_be_bytes());
    octets
}
