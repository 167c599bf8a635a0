//! One frame at a time: what is read from it, and where a damaged one is said to be damaged.

use super::*;
use crate::TcpOption;
use crate::samples::{client_segment, frame_of};

/// The frame of a SYN with these octets as options; their number must be a multiple of 4.
fn with_options(octets: &[u8]) -> Vec<u8> {
    let mut segment = client_segment(ControlBits::SYN, 1);
    segment.options = vec![TcpOption::NoOperation; octets.len()];
    let mut frame = frame_of(&segment);
    frame[54..].copy_from_slice(octets);
    frame
}

fn options_of(octets: &[u8]) -> Vec<TcpOption> {
    frame(&with_options(octets))
        .unwrap()
        .segment()
        .unwrap()
        .options
        .clone()
}

fn complaint(bytes: &[u8]) -> String {
    frame(bytes).unwrap_err().to_string()
}

/// Changes octets of a plain segment's frame and gives the IPv4 header its right checksum again.
fn changed(changes: &[(usize, u8)]) -> Vec<u8> {
    let mut bytes = frame_of(&client_segment(ControlBits::SYN, 1));
    for (at, value) in changes {
        bytes[*at] = *value;
    }
    bytes[24..26].fill(0);
    let header = 14 + usize::from(bytes[14] & 0xf) * 4;
    let sum = Sum16BitWords::new().add_slice(&bytes[14..header.clamp(34, bytes.len())]);
    bytes[24..26].copy_from_slice(&sum.ones_complement().to_be().to_be_bytes());
    bytes
}

#[test]
fn a_handmade_frame_is_read_field_by_field() {
    // Written out by hand from RFC 791 §3.1 and RFC 9293 §3.1, checksums included.
    let bytes = [
        0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00, // Ethernet
        0x45, 0x02, 0x00, 0x2d, 0x12, 0x34, 0x40, 0x00, 0x40, 0x06, 0xa4, 0x91, // IPv4
        192, 0, 2, 1, 192, 0, 2, 2, // its addresses
        0x9c, 0x40, 0x00, 0x50, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
        0x02, // ports and numbers
        0x5b, 0x18, 0x04, 0x00, 0x00, 0x00, 0x00,
        0x03, // offset, bits, window, checksum, urgent
        b'h', b'e', b'l', b'l', b'o', 0xff, // data, and one octet of Ethernet padding
    ];
    let decoded = frame(&bytes).unwrap();
    assert_eq!(decoded.destination.to_string(), "02:00:00:00:00:02");
    assert_eq!(decoded.source.to_string(), "02:00:00:00:00:01");
    let Body::Ipv4(packet) = &decoded.body else {
        panic!("{decoded:?}")
    };
    assert_eq!(
        (
            packet.identification,
            packet.dont_fragment,
            packet.ttl,
            packet.ecn
        ),
        (0x1234, true, 64, 2)
    );
    let segment = decoded.segment().unwrap();
    assert_eq!(segment.source.to_string(), "192.0.2.1:40000");
    assert_eq!(segment.destination.to_string(), "192.0.2.2:80");
    assert_eq!(
        (segment.sequence, segment.acknowledgment),
        (SeqNumber(1), SeqNumber(2))
    );
    assert_eq!(
        (
            segment.data_offset,
            segment.reserved,
            segment.window,
            segment.urgent_pointer
        ),
        (5, 0b101, 1024, 3)
    );
    assert_eq!(segment.control.to_string(), "PSH,ACK,AE");
    assert_eq!(segment.payload, b"hello");
    assert!(!segment.checksum_ok, "the checksum field is zero");
}

#[test]
fn options_are_read_by_kind_and_length() {
    assert_eq!(
        options_of(&[2, 4, 5, 180]),
        [TcpOption::MaximumSegmentSize(1460)]
    );
    assert_eq!(
        options_of(&[3, 3, 14, 1]),
        [TcpOption::WindowScale(14), TcpOption::NoOperation]
    );
    assert_eq!(
        options_of(&[4, 2, 0, 9]),
        [TcpOption::SackPermitted, TcpOption::EndOfOptionList]
    );
    assert_eq!(
        options_of(&[28, 4, 0x80, 5]),
        [TcpOption::UserTimeout {
            minutes: true,
            time: 5
        }]
    );
    assert_eq!(
        options_of(&[34, 2, 174, 2]),
        [
            TcpOption::FastOpen(vec![]),
            TcpOption::AccurateEcn {
                kind: 174,
                counters: vec![]
            }
        ]
    );
    let timestamps = [8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1];
    assert_eq!(
        options_of(&timestamps)[0],
        TcpOption::Timestamps { value: 1, echo: 2 }
    );
    let sack = [1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2];
    assert_eq!(
        options_of(&sack)[2],
        TcpOption::Sack(vec![(SeqNumber(1), SeqNumber(2))])
    );
}

#[test]
fn an_option_of_the_wrong_length_is_skipped_by_its_length() {
    let unknown = |kind, data: &[u8]| TcpOption::Unknown {
        kind,
        data: data.to_vec(),
    };
    assert_eq!(
        options_of(&[2, 3, 5, 1]),
        [unknown(2, &[5]), TcpOption::NoOperation]
    );
    assert_eq!(
        options_of(&[5, 2, 253, 2]),
        [unknown(5, &[]), unknown(253, &[])]
    );
    assert_eq!(options_of(&[172, 4, 0, 0]), [unknown(172, &[0, 0])]);
}

#[test]
fn an_option_that_lies_about_its_length_is_refused_where_it_stands() {
    assert_eq!(
        complaint(&with_options(&[1, 2, 0, 1])),
        "TCP, octet 56: option length 0 of kind 2 is below 2"
    );
    assert_eq!(
        complaint(&with_options(&[9, 1, 0, 1])),
        "TCP, octet 55: option length 1 of kind 9 is below 2"
    );
    assert_eq!(
        complaint(&with_options(&[1, 8, 10, 0])),
        "TCP, octet 56: option length 10 of kind 8 is more than the 3 octets left in the header"
    );
    assert_eq!(
        complaint(&with_options(&[1, 1, 1, 2])),
        "TCP, octet 57: option of kind 2 has no length: the header ends here"
    );
}

#[test]
fn a_header_that_contradicts_itself_is_refused_where_it_does() {
    assert_eq!(
        complaint(&[0; 13]),
        "Ethernet, octet 0: the header needs 14 octets, 13 are left"
    );
    assert_eq!(
        complaint(&changed(&[])[..33]),
        "IPv4, octet 14: the header needs 20 octets, 19 are left"
    );
    assert_eq!(
        complaint(&changed(&[(14, 0x65)])),
        "IPv4, octet 14: version 6 is not 4"
    );
    assert_eq!(
        complaint(&changed(&[(14, 0x44)])),
        "IPv4, octet 14: header length 4 is below 5 words"
    );
    assert_eq!(
        complaint(&changed(&[(14, 0x4f)])),
        "IPv4, octet 14: the header needs 60 octets, 40 are left"
    );
    assert_eq!(
        complaint(&changed(&[(17, 19)])),
        "IPv4, octet 16: total length 19 is below the header's 20 octets"
    );
    assert_eq!(
        complaint(&changed(&[(17, 41)])),
        "IPv4, octet 16: total length 41 is more than the 40 octets here"
    );
    assert_eq!(
        complaint(&changed(&[(17, 39)])),
        "TCP, octet 34: the header needs 20 octets, 19 are left"
    );
    assert_eq!(
        complaint(&changed(&[(46, 0x40)])),
        "TCP, octet 46: data offset 4 is below 5 words"
    );
    assert_eq!(
        complaint(&changed(&[(46, 0x60)])),
        "TCP, octet 46: data offset 6 means 24 octets, 20 are here"
    );
    assert_eq!(
        complaint(&changed(&[(23, 17), (39, 7)])),
        "UDP, octet 38: length 7 is not between 8 and the 20 octets here"
    );
    let mut wrong = changed(&[]);
    wrong[22] = 63;
    assert_eq!(
        complaint(&wrong),
        "IPv4, octet 24: header checksum 0xb6cc is wrong"
    );
    assert_eq!(
        complaint(&changed(&[(13, 6)])),
        "ARP, octet 14: not about IPv4 addresses (4 octets) on Ethernet (6 octets)"
    );
}

#[test]
fn a_wrong_tcp_checksum_is_told_and_not_refused() {
    let right = changed(&[]);
    assert!(frame(&right).unwrap().segment().unwrap().checksum_ok);
    let wrong = changed(&[(50, right[50] ^ 1)]);
    assert!(!frame(&wrong).unwrap().segment().unwrap().checksum_ok);
}

#[test]
fn what_is_no_tcp_segment_is_told_apart() {
    let transport = |changes: &[(usize, u8)]| match frame(&changed(changes)).unwrap().body {
        Body::Ipv4(packet) => packet.body,
        other => panic!("{other:?}"),
    };
    assert_eq!(transport(&[(20, 0x20)]), Transport::Fragment { offset: 0 });
    assert_eq!(
        transport(&[(20, 0x1f), (21, 0xff)]),
        Transport::Fragment { offset: 65528 }
    );
    assert_eq!(transport(&[(23, 89)]), Transport::Other { protocol: 89 });
    let Transport::Icmp { kind, code, rest } = transport(&[(23, 1), (34, 3), (35, 1)]) else {
        panic!()
    };
    assert_eq!((kind, code, rest.len()), (3, 1, 16));
    let Transport::Udp {
        source, payload, ..
    } = transport(&[(23, 17), (38, 0), (39, 9)])
    else {
        panic!()
    };
    assert_eq!((source.port(), payload.len()), (40000, 1));
    assert_eq!(
        frame(&changed(&[(12, 0x86), (13, 0xdd)])).unwrap().body,
        Body::Other { ethertype: 0x86dd }
    );
}
