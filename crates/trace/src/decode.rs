//! From the octets of a frame to [`Frame`]: one function per layer, from the outside in.
//!
//! Each function gets the whole frame and the range of octets that its layer may use, so that an
//! error can name the octet of the frame. `etherparse` reads the fields whose layout never
//! varies; lengths are checked here, because an error must say where and why.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::ops::Range;

use etherparse::checksum::Sum16BitWords;
use etherparse::{
    ArpPacketSlice, EtherType, Ethernet2HeaderSlice, IpNumber, Ipv4HeaderSlice, TcpHeaderSlice,
};

use crate::frame::{Arp, Body, DecodeError, Frame, Layer, MacAddress, Packet, Transport};
use crate::{ControlBits, Segment, SeqNumber, options};

/// Octets of an Ethernet II header.
pub(crate) const ETHERNET_HEADER: usize = 14;
/// Octets of a TCP header without options.
pub(crate) const TCP_HEADER: usize = 20;
/// Octets of a UDP header, and of the shortest ICMP message.
pub(crate) const UDP_HEADER: usize = 8;

pub(crate) fn error<T>(
    layer: Layer,
    offset: usize,
    problem: impl Into<String>,
) -> Result<T, DecodeError> {
    Err(DecodeError {
        layer,
        offset,
        problem: problem.into(),
    })
}

/// Refuses a layer that has fewer octets than its header needs.
fn require(layer: Layer, octets: &Range<usize>, needed: usize) -> Result<(), DecodeError> {
    let left = octets.len();
    if left < needed {
        return error(
            layer,
            octets.start,
            format!("the header needs {needed} octets, {left} are left"),
        );
    }
    Ok(())
}

pub(crate) fn frame(bytes: &[u8]) -> Result<Frame, DecodeError> {
    require(Layer::Ethernet, &(0..bytes.len()), ETHERNET_HEADER)?;
    let Ok(header) = Ethernet2HeaderSlice::from_slice(bytes) else {
        return error(Layer::Ethernet, 0, "no Ethernet II header");
    };
    let rest = ETHERNET_HEADER..bytes.len();
    let body = match header.ether_type() {
        EtherType::ARP => Body::Arp(arp(bytes, rest)?),
        EtherType::IPV4 => Body::Ipv4(ipv4(bytes, rest)?),
        EtherType(ethertype) => Body::Other { ethertype },
    };
    Ok(Frame {
        destination: MacAddress(header.destination()),
        source: MacAddress(header.source()),
        body,
    })
}

pub(crate) fn packet(bytes: &[u8]) -> Result<Packet, DecodeError> {
    ipv4(bytes, 0..bytes.len())
}

/// A TCP segment without its IP header. Its addresses are 0.0.0.0, and `checksum_ok`, which was computed over them, has no meaning.
pub(crate) fn segment(bytes: &[u8]) -> Result<Segment, DecodeError> {
    let nowhere = Ipv4Addr::UNSPECIFIED;
    tcp(bytes, 0..bytes.len(), nowhere, nowhere)
}

fn arp(bytes: &[u8], octets: Range<usize>) -> Result<Arp, DecodeError> {
    let start = octets.start;
    require(Layer::Arp, &octets, 28)?;
    if bytes[start..start + 6] != [0, 1, 8, 0, 6, 4] {
        return error(
            Layer::Arp,
            start,
            "not about IPv4 addresses (4 octets) on Ethernet (6 octets)",
        );
    }
    let packet = match ArpPacketSlice::from_slice(&bytes[octets])
        .map(|slice| slice.to_packet().try_eth_ipv4())
    {
        Ok(Ok(packet)) => packet,
        _ => {
            return error(
                Layer::Arp,
                start,
                "not an ARP message for IPv4 over Ethernet",
            );
        }
    };
    Ok(Arp {
        operation: packet.operation.0,
        sender_mac: MacAddress(packet.sender_mac),
        sender: packet.sender_ipv4_addr(),
        target_mac: MacAddress(packet.target_mac),
        target: packet.target_ipv4_addr(),
    })
}

fn ipv4(bytes: &[u8], octets: Range<usize>) -> Result<Packet, DecodeError> {
    let start = octets.start;
    require(Layer::Ipv4, &octets, 20)?;
    let (version, words) = (bytes[start] >> 4, bytes[start] & 0xf);
    if version != 4 {
        return error(Layer::Ipv4, start, format!("version {version} is not 4"));
    }
    if words < 5 {
        return error(
            Layer::Ipv4,
            start,
            format!("header length {words} is below 5 words"),
        );
    }
    require(Layer::Ipv4, &octets, usize::from(words) * 4)?;
    let Ok(header) = Ipv4HeaderSlice::from_slice(&bytes[octets.clone()]) else {
        return error(Layer::Ipv4, start, "no IPv4 header");
    };
    let (header_length, total) = (header.slice().len(), usize::from(header.total_len()));
    if total < header_length {
        return error(
            Layer::Ipv4,
            start + 2,
            format!("total length {total} is below the header's {header_length} octets"),
        );
    }
    if total > octets.len() {
        return error(
            Layer::Ipv4,
            start + 2,
            format!(
                "total length {total} is more than the {} octets here",
                octets.len()
            ),
        );
    }
    if Sum16BitWords::new()
        .add_slice(header.slice())
        .ones_complement()
        != 0
    {
        let found = header.header_checksum();
        return error(
            Layer::Ipv4,
            start + 10,
            format!("header checksum {found:#06x} is wrong"),
        );
    }
    let rest = start + header_length..start + total;
    let (source, destination) = (header.source_addr(), header.destination_addr());
    let body = if header.is_fragmenting_payload() {
        Transport::Fragment {
            offset: header.fragments_offset().value().saturating_mul(8),
        }
    } else {
        match header.protocol() {
            IpNumber::TCP => Transport::Tcp(tcp(bytes, rest, source, destination)?),
            IpNumber::UDP => udp(bytes, rest, source, destination)?,
            IpNumber::ICMP => icmp(bytes, rest)?,
            IpNumber(protocol) => Transport::Other { protocol },
        }
    };
    Ok(Packet {
        source,
        destination,
        identification: header.identification(),
        dont_fragment: header.dont_fragment(),
        ttl: header.ttl(),
        ecn: header.ecn().value(),
        body,
    })
}

fn icmp(bytes: &[u8], octets: Range<usize>) -> Result<Transport, DecodeError> {
    require(Layer::Icmp, &octets, UDP_HEADER)?;
    let message = &bytes[octets];
    Ok(Transport::Icmp {
        kind: message[0],
        code: message[1],
        rest: message[4..].to_vec(),
    })
}

fn udp(
    bytes: &[u8],
    octets: Range<usize>,
    source: Ipv4Addr,
    destination: Ipv4Addr,
) -> Result<Transport, DecodeError> {
    require(Layer::Udp, &octets, UDP_HEADER)?;
    let datagram = &bytes[octets.clone()];
    let field = |at: usize| u16::from_be_bytes([datagram[at], datagram[at + 1]]);
    let length = usize::from(field(4));
    if length < UDP_HEADER || length > datagram.len() {
        let problem = format!(
            "length {length} is not between {UDP_HEADER} and the {} octets here",
            datagram.len()
        );
        return error(Layer::Udp, octets.start + 4, problem);
    }
    Ok(Transport::Udp {
        source: SocketAddrV4::new(source, field(0)),
        destination: SocketAddrV4::new(destination, field(2)),
        payload: datagram[UDP_HEADER..length].to_vec(),
    })
}

fn tcp(
    bytes: &[u8],
    octets: Range<usize>,
    source: Ipv4Addr,
    destination: Ipv4Addr,
) -> Result<Segment, DecodeError> {
    let start = octets.start;
    require(Layer::Tcp, &octets, TCP_HEADER)?;
    let segment = &bytes[octets.clone()];
    let words = segment[12] >> 4;
    let header_length = usize::from(words) * 4;
    if header_length < TCP_HEADER {
        return error(
            Layer::Tcp,
            start + 12,
            format!("data offset {words} is below 5 words"),
        );
    }
    if header_length > segment.len() {
        let problem = format!(
            "data offset {words} means {header_length} octets, {} are here",
            segment.len()
        );
        return error(Layer::Tcp, start + 12, problem);
    }
    let Ok(header) = TcpHeaderSlice::from_slice(segment) else {
        return error(Layer::Tcp, start, "no TCP header");
    };
    Ok(Segment {
        source: SocketAddrV4::new(source, header.source_port()),
        destination: SocketAddrV4::new(destination, header.destination_port()),
        sequence: SeqNumber(header.sequence_number()),
        acknowledgment: SeqNumber(header.acknowledgment_number()),
        data_offset: words,
        reserved: (segment[12] >> 1) & 0b111,
        control: ControlBits::from_bits(u16::from_be_bytes([segment[12], segment[13]])),
        window: header.window_size(),
        checksum: header.checksum(),
        checksum_ok: tcp_checksum(source, destination, segment) == 0,
        urgent_pointer: header.urgent_pointer(),
        options: options::decode(bytes, start + TCP_HEADER..start + header_length)?,
        payload: segment[header_length..].to_vec(),
    })
}

/// The checksum over the pseudo-header and `segment` (RFC 9293 §3.1): what belongs into the
/// checksum field if that is zero in `segment`, and 0 if `segment` has the right one in it.
///
/// `segment` must fit into an IPv4 packet; the length in the pseudo-header has 16 bits.
pub(crate) fn tcp_checksum(source: Ipv4Addr, destination: Ipv4Addr, segment: &[u8]) -> u16 {
    let length = u16::try_from(segment.len()).unwrap_or(u16::MAX);
    Sum16BitWords::new()
        .add_4bytes(source.octets())
        .add_4bytes(destination.octets())
        .add_2bytes([0, IpNumber::TCP.0])
        .add_2bytes(length.to_be_bytes())
        .add_slice(segment)
        .ones_complement()
        .to_be()
}

#[cfg(test)]
mod tests;
