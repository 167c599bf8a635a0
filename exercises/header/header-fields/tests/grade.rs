//! Your decoder before headers that two kernels sent, and before octets that nobody would send.

use std::sync::LazyLock;

use grade::{Octets, any_inputs, recorded};
use header_fields::{CONTROL_BITS, Header, HeaderError, decode, field_by_field};
use proptest::prelude::*;
use trace::{ControlBits, Segment, TcpOption};

/// A handshake and its first data; every option here is an MSS.
const HANDSHAKE: &[u8] = include_bytes!("../../../../book/handshake/three-way-handshake.pcapng");
/// Two SYNs with a request for a cookie or with the cookie itself, so that headers differ in length.
const FAST_OPEN: &[u8] = include_bytes!("../../../../book/handshake/fast-open-replay.pcapng");

const SECTION: &str = "RFC 9293 section 3.1";

/// The octets of every segment in a recording, and what this course's own decoder reads in them.
fn segments(recording: &[u8]) -> Vec<(Vec<u8>, Segment)> {
    // Ethernet has 14 octets, and the IPv4 headers of the lab have 20.
    recorded(recording)
        .into_iter()
        .map(|(frame, segment)| (frame[34..].to_vec(), segment))
        .collect()
}

/// The recorded SYN of the chapter's figure.
fn syn() -> (Vec<u8>, Segment) {
    static SYN: LazyLock<(Vec<u8>, Segment)> = LazyLock::new(|| {
        let mut segments = segments(HANDSHAKE).into_iter();
        let syn = segments.find(|(_, segment)| segment.control == ControlBits::SYN);
        syn.expect("the handshake has a SYN")
    });
    SYN.clone()
}

/// What your decoder makes of a header in which nothing is wrong.
fn read(octets: &[u8]) -> Header<'_> {
    decode(octets).unwrap_or_else(|error| {
        panic!(
            "a header in which nothing is wrong is refused with {error:?} ({SECTION}):\n{}",
            Octets(octets)
        )
    })
}

/// Compares one field, and shows the octets that it was to be read from.
#[track_caller]
fn expect<T: PartialEq + std::fmt::Debug>(
    field: &str,
    octets: &[u8],
    place: std::ops::Range<usize>,
    expected: T,
    found: T,
) {
    assert_eq!(
        found,
        expected,
        "{field} stands in octets {} to {}: {}. It is the one on the right, and you read the one on the left ({SECTION})",
        place.start,
        place.end - 1,
        Octets(&octets[place.clone()])
    );
}

#[test]
fn the_fixed_fields_of_a_syn_are_read() {
    // Beside the recorded SYN one of its kind in which no two octets are equal.
    let (recorded, _) = syn();
    let counted: Vec<u8> = (0..12)
        .map(|octet| 0xf0 - octet)
        .chain([0x50, 0x02, 9, 8, 7, 6, 5, 4])
        .collect();
    for octets in [recorded, counted] {
        let header = read(&octets);
        let number = |from: usize, to: usize| {
            octets[from..to]
                .iter()
                .fold(0u32, |number, octet| number << 8 | u32::from(*octet))
        };
        for (field, from, found) in [
            ("Source Port", 0, header.source_port),
            ("Destination Port", 2, header.destination_port),
            ("Window", 14, header.window),
            ("Checksum", 16, header.checksum),
            ("Urgent Pointer", 18, header.urgent_pointer),
        ] {
            expect(
                field,
                &octets,
                from..from + 2,
                number(from, from + 2),
                found.into(),
            );
        }
        let (seq, ack) = (header.sequence_number, header.acknowledgment_number);
        expect("Sequence Number", &octets, 4..8, number(4, 8), seq);
        expect("Acknowledgment Number", &octets, 8..12, number(8, 12), ack);
    }
}

#[test]
fn every_control_bit_is_told_apart() {
    let (mut octets, _) = syn();
    for control in 0..0x200u16 {
        let bits = 6 << 12 | control;
        octets[12..14].copy_from_slice(&bits.to_be_bytes());
        assert_eq!(
            read(&octets).control,
            control,
            "octets 12 and 13 are {:08b} {:08b}: the last nine bits are the control bits AE to FIN ({SECTION}, RFC 9768 \
             section 3.1.1)",
            octets[12],
            octets[13]
        );
    }
}

#[test]
fn reserved_bits_are_no_error() {
    let (mut octets, _) = syn();
    for reserved in 0..8u8 {
        octets[12] = 6 << 4 | reserved << 1;
        let found =
            decode(&octets).map(|header| (header.data_offset, header.reserved, header.control));
        assert_eq!(
            found,
            Ok((6, reserved, 2)),
            "octets 12 and 13 are {:08b} {:08b}: offset 6, reserved bits {reserved:03b}, SYN. A receiver must ignore reserved \
             bits whose use it does not know ({SECTION})",
            octets[12],
            octets[13]
        );
    }
}

#[test]
fn data_begins_where_the_offset_says() {
    let mut lengths = Vec::new();
    for (octets, segment) in [segments(HANDSHAKE), segments(FAST_OPEN)].concat() {
        let header = read(&octets);
        let length = usize::from(segment.data_offset) * 4;
        assert_eq!(
            header.data_offset, segment.data_offset,
            "Data Offset is the first half of octet 12, which is {:#04x} ({SECTION})",
            octets[12]
        );
        assert_eq!(
            (Octets(header.options), Octets(header.data)),
            (Octets(&octets[20..length]), Octets(&octets[length..])),
            "a data offset of {} words means a header of {length} octets: options up to there, data behind it ({SECTION})",
            segment.data_offset
        );
        assert_eq!(header.data, segment.payload);
        lengths.push(length);
    }
    lengths.sort_unstable();
    lengths.dedup();
    assert!(
        lengths.len() > 2,
        "the recordings have headers of {lengths:?}"
    );
    // The longest that there can be, and nothing behind it.
    let mut longest = vec![0; 60];
    longest[12] = 0xf0;
    let header = read(&longest);
    assert_eq!(
        (header.options.len(), header.data.len()),
        (40, 0),
        "the longest header has 15 words: 40 octets of options, and here no data ({SECTION})"
    );
}

/// What must come of any octets.
fn expected(octets: &[u8]) -> Option<HeaderError> {
    let words = octets.get(12).map_or(0, |octet| octet >> 4);
    let octets = octets.len();
    match (octets, usize::from(words)) {
        (..20, _) => Some(HeaderError::TooShort { octets }),
        (_, ..5) => Some(HeaderError::OffsetTooSmall { words }),
        (_, length) if length * 4 > octets => Some(HeaderError::OffsetPastEnd { words, octets }),
        _ => None,
    }
}

/// The header as octets again.
fn encoded(header: &Header<'_>) -> Vec<u8> {
    let bits =
        u16::from(header.data_offset) << 12 | u16::from(header.reserved) << 9 | header.control;
    [
        &header.source_port.to_be_bytes()[..],
        &header.destination_port.to_be_bytes(),
        &header.sequence_number.to_be_bytes(),
        &header.acknowledgment_number.to_be_bytes(),
        &bits.to_be_bytes(),
        &header.window.to_be_bytes(),
        &header.checksum.to_be_bytes(),
        &header.urgent_pointer.to_be_bytes(),
        header.options,
        header.data,
    ]
    .concat()
}

/// Any octets; in most cases with a data offset that may be right.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    (prop::collection::vec(any::<u8>(), 0..80), 0..20_u8).prop_map(|(mut octets, words)| {
        if let (Some(octet), 0..16) = (octets.get_mut(12), words) {
            *octet = words << 4 | *octet & 0xf;
        }
        octets
    })
}

proptest! {
    #![proptest_config(any_inputs(1000))]

    #[test]
    fn what_cannot_be_a_header_is_refused(octets in octets(), cut in 0..24_usize) {
        // The recorded SYN too, cut off everywhere.
        let syn = syn().0;
        for octets in [&octets[..], &syn[..cut]] {
            let found = decode(octets);
            prop_assert_eq!(
                found.err(),
                expected(octets),
                "what is refused, and why, should be as on the right ({}): these are {}",
                SECTION, Octets(octets)
            );
            if let Ok(header) = found {
                prop_assert_eq!(
                    Octets(&encoded(&header)[..]),
                    Octets(octets),
                    "the fields of a header, written one behind the other again, should be its octets ({})", SECTION
                );
            }
        }
    }
}

/// The lines that a header is printed in.
fn lines(header: &Header<'_>) -> Vec<String> {
    let set: Vec<&str> = (0..9)
        .filter(|bit| header.control & 0x100 >> bit != 0)
        .map(|bit| CONTROL_BITS[bit])
        .collect();
    let or_none = |text: String| {
        if text.is_empty() {
            "none".to_owned()
        } else {
            text
        }
    };
    let words = usize::from(header.data_offset);
    let options: Vec<String> = (header.options.iter())
        .map(|octet| format!("{octet:02x}"))
        .collect();
    vec![
        format!("Source Port: {}", header.source_port),
        format!("Destination Port: {}", header.destination_port),
        format!("Sequence Number: {}", header.sequence_number),
        format!("Acknowledgment Number: {}", header.acknowledgment_number),
        format!("Data Offset: {words} words, {} octets", 4 * words),
        format!("Reserved: {:03b}", header.reserved),
        format!("Control Bits: {}", or_none(set.join(", "))),
        format!("Window: {}", header.window),
        format!("Checksum: {:#06x}", header.checksum),
        format!("Urgent Pointer: {}", header.urgent_pointer),
        format!("Options: {}", or_none(options.join(" "))),
    ]
}

#[test]
fn a_header_is_printed_field_by_field() {
    let (recorded, segment) = syn();
    assert!(matches!(
        segment.options[..],
        [TcpOption::MaximumSegmentSize(_)]
    ));
    let bare = Header {
        source_port: 1,
        destination_port: 2,
        sequence_number: u32::MAX,
        acknowledgment_number: 7,
        data_offset: 15,
        reserved: 0b101,
        control: 0,
        window: 0,
        checksum: 0x0a,
        urgent_pointer: 3,
        options: &[],
        data: b"x",
    };
    let header = read(&recorded);
    let every = Header {
        control: 0x1ff,
        ..bare
    };
    let some = Header {
        control: 0x091,
        ..bare
    };
    for header in [header, bare, every, some] {
        let printed = field_by_field(&header);
        let found: Vec<&str> = printed.lines().collect();
        let expected = lines(&header);
        for (index, line) in expected.iter().enumerate() {
            assert_eq!(
                found.get(index).copied().unwrap_or("nothing"),
                line,
                "line {} of the header should be as on the right ({SECTION}); this is all that was printed:\n{printed}",
                index + 1
            );
        }
        assert_eq!(
            printed,
            expected.join("\n") + "\n",
            "there should be {} lines and no more, each with a line end",
            expected.len()
        );
    }
}
