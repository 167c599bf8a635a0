//! ICMP's "destination unreachable" (RFC 792), about a packet that did not get through.

use std::net::Ipv4Addr;

use etherparse::{EtherType, Ethernet2Header, Icmpv4Header, Icmpv4Type, IpNumber, Ipv4Header};

use crate::decode::{ETHERNET_HEADER, error};
use crate::frame::{Body, DecodeError, Frame, Layer};

/// The type of the message.
const DESTINATION_UNREACHABLE: u8 = 3;

/// How much of the packet's data the message quotes: 64 bits, which is where ports stand.
const QUOTED_DATA: usize = 8;

/// The frame in which the host or router at `from` tells the sender of `offending`, an Ethernet frame with an
/// IPv4 packet, that its destination is unreachable: 0 the network, 1 the host, 3 the port (RFC 792, Destination
/// Unreachable Message).
///
/// The message quotes the packet's internet header and the first 64 bits of its data, by which its sender
/// finds the connection. The frame goes back between the same two Ethernet addresses.
///
/// # Errors
/// If `offending` cannot be decoded or carries no IPv4 packet: there is nothing to quote.
pub fn icmp_unreachable(
    from: Ipv4Addr,
    code: u8,
    offending: &[u8],
) -> Result<Vec<u8>, DecodeError> {
    let frame = Frame::decode(offending)?;
    let Body::Ipv4(packet) = frame.body else {
        return error(Layer::Ipv4, ETHERNET_HEADER, "no IPv4 packet to quote");
    };
    let packet_octets = &offending[ETHERNET_HEADER..];
    let header_length = usize::from(packet_octets[0] & 0xf) * 4;
    // What is shorter is quoted whole, but without Ethernet's padding.
    let total = usize::from(u16::from_be_bytes([packet_octets[2], packet_octets[3]]));
    let quoted = &packet_octets[..total.min(header_length + QUOTED_DATA)];

    let message = Icmpv4Type::Unknown {
        type_u8: DESTINATION_UNREACHABLE,
        code_u8: code,
        bytes5to8: [0; 4],
    };
    let icmp = Icmpv4Header::with_checksum(message, quoted).to_bytes();
    let mut ip = Ipv4Header {
        time_to_live: 64,
        protocol: IpNumber::ICMP,
        source: from.octets(),
        destination: packet.source.octets(),
        total_len: (Ipv4Header::MIN_LEN + icmp.len() + quoted.len()) as u16,
        ..Ipv4Header::default()
    };
    ip.header_checksum = ip.calc_header_checksum();
    let ethernet = Ethernet2Header {
        source: frame.destination.0,
        destination: frame.source.0,
        ether_type: EtherType::IPV4,
    };
    Ok([&ethernet.to_bytes()[..], &ip.to_bytes(), &icmp, quoted].concat())
}

#[cfg(test)]
mod tests {
    use etherparse::checksum::Sum16BitWords;

    use super::*;
    use crate::ControlBits;
    use crate::frame::Transport;
    use crate::samples::{CLIENT, CLIENT_MAC, SERVER_MAC, client_segment, frame_of};

    const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 254);

    #[test]
    fn the_message_quotes_the_packet_and_goes_back_to_its_sender() {
        let syn = frame_of(&client_segment(ControlBits::SYN, 7));
        let octets = icmp_unreachable(ROUTER, 1, &syn).unwrap();
        let frame = Frame::decode(&octets).unwrap();
        assert_eq!((frame.source, frame.destination), (SERVER_MAC, CLIENT_MAC));
        let Body::Ipv4(packet) = frame.body else {
            panic!("{frame:?} is no IPv4 packet");
        };
        assert_eq!((packet.source, packet.destination), (ROUTER, *CLIENT.ip()));
        let Transport::Icmp { kind, code, rest } = packet.body else {
            panic!("{packet:?} is no ICMP message");
        };
        assert_eq!((kind, code), (3, 1));
        assert_eq!(rest[..4], [0; 4], "this field is unused");
        assert_eq!(rest[4..], syn[14..14 + 20 + 8]);
        let sum = Sum16BitWords::new().add_slice(&octets[14 + 20..]);
        assert_eq!(sum.ones_complement(), 0, "the ICMP checksum is wrong");
    }

    #[test]
    fn without_a_packet_there_is_nothing_to_quote() {
        let mut other = frame_of(&client_segment(ControlBits::SYN, 7));
        other[12..14].copy_from_slice(&[0x86, 0xdd]);
        let error = icmp_unreachable(ROUTER, 1, &other).unwrap_err();
        assert_eq!(error.to_string(), "IPv4, octet 14: no IPv4 packet to quote");
        for length in 0..other.len() {
            assert!(icmp_unreachable(ROUTER, 1, &other[..length]).is_err());
        }
    }
}
