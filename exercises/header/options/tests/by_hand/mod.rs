//! A SYN around the options that you write, and the options of the answer.

use std::net::SocketAddrV4;

use lab::{Side, addresses};
use trace::{ControlBits, Row, Segment, SeqNumber, build};

/// Ethernet header, IPv4 header, and the first twenty octets of the TCP header.
const IN_FRONT: [usize; 3] = [14, 20, 20];

/// A frame with a SYN from that port, whose header has this data offset and these octets behind its first twenty. The data
/// offset may be wrong: then the kernel takes options for data, or data for options.
pub(crate) fn syn(port: u16, data_offset: u8, options: &[u8]) -> Vec<u8> {
    let segment = Segment {
        control: ControlBits::SYN,
        sequence: SeqNumber(100),
        window: 64_240,
        // As data, so that the lengths and the checksum of the IPv4 header are right.
        payload: options.to_vec(),
        ..Segment::between(
            SocketAddrV4::new(addresses::CLIENT, port),
            SocketAddrV4::new(addresses::SERVER, 80),
        )
    };
    let mut frame = build::frame(
        addresses::mac(Side::Client),
        addresses::mac(Side::Server),
        &segment,
    );
    let tcp = IN_FRONT[0] + IN_FRONT[1];
    frame[tcp + 12] = data_offset << 4;
    frame[tcp + 16..tcp + 18].fill(0);
    let checksum = checksum(&frame[tcp..]);
    frame[tcp + 16..tcp + 18].copy_from_slice(&checksum.to_be_bytes());
    frame
}

/// The checksum of a segment from the client to the server (RFC 9293 section 3.1).
fn checksum(segment: &[u8]) -> u16 {
    let (client, server) = (addresses::CLIENT.octets(), addresses::SERVER.octets());
    let protocol_and_length = [0, 6]
        .into_iter()
        .chain((segment.len() as u16).to_be_bytes());
    let covered: Vec<u8> = client
        .into_iter()
        .chain(server)
        .chain(protocol_and_length)
        .chain(segment.iter().copied())
        .collect();
    let words = covered.chunks(2).map(|word| match *word {
        [high, low] => u16::from_be_bytes([high, low]),
        [high] => u16::from_be_bytes([high, 0]),
        _ => 0,
    });
    let sum: u32 = words.map(u32::from).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !((folded & 0xffff) + (folded >> 16)) as u16
}

/// The octets of the options in the server's SYN,ACK.
pub(crate) fn answer(rows: &[Row]) -> Option<Vec<u8>> {
    rows.iter().find_map(|row| {
        let (from, segment) = row.segment()?;
        let end = IN_FRONT[0] + IN_FRONT[1] + 4 * usize::from(segment.data_offset);
        let is_answer = from == Side::Server
            && segment
                .control
                .contains(ControlBits::SYN | ControlBits::ACK);
        is_answer.then(|| {
            row.frame()
                .map(|bytes| bytes[IN_FRONT.iter().sum()..end].to_vec())
        })?
    })
}
