//! Your options in SYNs before a kernel, and the options of its answers.

use std::io;
use std::net::SocketAddrV4;

use grade::Octets;
use lab::{Lab, Settings, Side, addresses, peer};
use options::TcpOption::{MaximumSegmentSize, NoOperation, SackPermitted, Timestamps, WindowScale};
use options::{TcpOption, Written, write};
use trace::{ControlBits, Row, Segment, SeqNumber, Trace, View, build};

use super::list::read;
use super::other;

/// Ethernet header, IPv4 header, and the first twenty octets of the TCP header.
const IN_FRONT: [usize; 3] = [14, 20, 20];

/// The clock that our SYNs show.
const OURS: u32 = 0x0102_0304;

/// Your offers before a kernel, one SYN after the other.
pub(super) fn play() -> Trace {
    let timestamps = Timestamps {
        value: OURS,
        echo: 0,
    };
    let offers = [
        vec![
            MaximumSegmentSize(1000),
            SackPermitted,
            timestamps.clone(),
            NoOperation,
            WindowScale(3),
        ],
        // Seven octets: these need padding.
        vec![other(77, &[1, 2]), WindowScale(3)],
        vec![timestamps, SackPermitted],
        vec![MaximumSegmentSize(1000)],
        vec![],
    ];
    let settings = Settings {
        sysctls: vec![
            ("net.ipv4.tcp_sack", "1"),
            ("net.ipv4.tcp_timestamps", "1"),
            ("net.ipv4.tcp_window_scaling", "1"),
        ],
        view: View {
            options: true,
            ..View::default()
        },
        ..Settings::default()
    };
    Lab::run_with(settings, |net| {
        // The server's shift count follows from its buffer, and not from the machine's settings.
        let _listener = net
            .server()
            .run(|| peer::listen_with_buffer(100_000, addresses::server(80)))?;
        for (offer, port) in offers.iter().zip(40000..) {
            let Written {
                data_offset,
                octets,
            } = write(offer)
                .unwrap_or_else(|error| panic!("{offer:?} fit into a header: {error:?}"));
            let first = net.trace().rows.len();
            net.wire()
                .inject_frame(Side::Client, syn(port, data_offset, &octets));
            let answer = answer(&net.trace().rows[first..]).unwrap_or_else(|| {
                panic!(
                    "the server's kernel does not answer a SYN with these options, and a data offset of {data_offset}: {}",
                    Octets(&octets)
                )
            });
            mirrored(offer, &answer);
        }
        io::Result::Ok(())
    })
}

/// The options of the kernel's answer, as you read them, beside those that were offered.
fn mirrored(offer: &[TcpOption], octets: &[u8]) {
    let answer = read(octets);
    let has = |list: &[TcpOption], kind: fn(&TcpOption) -> bool| list.iter().any(kind);
    let scale: fn(&TcpOption) -> bool = |option| matches!(option, WindowScale(_));
    let sack: fn(&TcpOption) -> bool = |option| *option == SackPermitted;
    let stamps: fn(&TcpOption) -> bool = |option| matches!(option, Timestamps { echo: OURS, .. });
    let offered: fn(&TcpOption) -> bool = |option| matches!(option, Timestamps { .. });
    let size: fn(&TcpOption) -> bool = |option| *option == MaximumSegmentSize(1460);
    assert_eq!(
        (
            has(&answer, scale),
            has(&answer, sack),
            has(&answer, stamps),
            has(&answer, size)
        ),
        (
            has(offer, scale),
            has(offer, sack),
            has(offer, offered),
            true
        ),
        "the SYN was to offer {offer:?}, and you read {answer:?} in the kernel's SYN,ACK ({}). Linux answers with a \
         window scale, SACK permitted, and timestamps that echo {OURS:#010x}, if the SYN has offered them, and with an MSS of \
         its own; on the right is what should be there, in this order (RFC 7323 sections 2.3 and 3.2, RFC 2018 section 2, \
         RFC 9293 section 3.7.1)",
        Octets(octets)
    );
}

/// A frame with a SYN from that port, whose header has this data offset and these octets behind its first twenty. The data
/// offset may be wrong: then the kernel takes options for data, or data for options.
fn syn(port: u16, data_offset: u8, options: &[u8]) -> Vec<u8> {
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
fn answer(rows: &[Row]) -> Option<Vec<u8>> {
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
