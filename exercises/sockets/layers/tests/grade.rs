//! Your function before frames that two kernels sent, and before octets that nobody should have sent.

use std::panic::catch_unwind;

use grade::{Octets, any_inputs, recorded};
use layers::{Layer, Peeled, Reason, Refusal, peel};
use proptest::prelude::*;
use trace::frame::{Body, Transport};
use trace::{ControlBits, DecodeError, Frame, Row, Segment, Trace, pcapng};

/// Two ARP messages, a handshake, "hello", and its acknowledgment.
const ARP: &[u8] = include_bytes!("../../../../book/sockets/arp-before-syn.pcapng");
/// Segments of 1460 and of 540 octets, and the two fragments of a datagram.
const CUT: &[u8] = include_bytes!("../../../../book/sockets/cut-by-tcp-or-by-ip.pcapng");

/// Octets of Ethernet's header.
const ETHERNET: usize = 14;
/// Where the segment begins in the frames of the lab, whose IP headers have no options.
const SEGMENT: usize = ETHERNET + 20;

fn frames(recording: &[u8]) -> Vec<Vec<u8>> {
    let Trace { rows, .. } = pcapng::read(recording).expect("a recording of this course");
    let frames = rows.iter().filter_map(Row::frame);
    frames.map(<[u8]>::to_vec).collect()
}

/// The first recorded frame with a segment of this kind.
fn find(recording: &[u8], kind: fn(&Segment) -> bool) -> Vec<u8> {
    let found = recorded(recording)
        .into_iter()
        .find(|(_, segment)| kind(segment));
    found.expect("it is in the recording").0
}

/// The recorded frame that carries "hello": 59 octets.
fn hello() -> Vec<u8> {
    find(ARP, |segment| segment.payload == b"hello")
}

/// The recorded frames with such a body, two of them.
fn two_with(recording: &[u8], kind: fn(&Body) -> bool) -> Vec<Vec<u8>> {
    let mut frames = frames(recording);
    frames.retain(|frame| Frame::decode(frame).is_ok_and(|frame| kind(&frame.body)));
    assert_eq!(frames.len(), 2, "so many are in the recording");
    frames
}

fn is_fragment(body: &Body) -> bool {
    matches!(body, Body::Ipv4(packet) if matches!(packet.body, Transport::Fragment { .. }))
}

/// What your function makes of octets; that it answers at all is part of the task.
#[track_caller]
fn peeled(frame: &[u8]) -> Result<Peeled<'_>, Refusal> {
    catch_unwind(|| peel(frame)).unwrap_or_else(|_| {
        panic!(
            "peel() panics, with the message above; a frame comes from outside, and no octets may make it panic.\nThese are \
             {}",
            Octets(frame)
        )
    })
}

/// A frame in which nothing is wrong: `ip` octets of IP header, then `tcp` octets of TCP header, then so many of payload.
#[track_caller]
fn expect(frame: &[u8], ip: usize, tcp: usize, payload: usize, why: &str) {
    let found = peeled(frame).unwrap_or_else(|refusal| {
        panic!(
            "{:?} is refused because of {:?}, and nothing is wrong with it: {why}.\nThe frame has {}",
            refusal.layer,
            refusal.reason,
            Octets(frame)
        )
    });
    let begin = ETHERNET + ip;
    let end = begin + tcp + payload;
    for (name, found, place) in [
        ("packet", found.packet, ETHERNET..end),
        ("segment", found.segment, begin..end),
        ("payload", found.payload, begin + tcp..end),
    ] {
        let expected = &frame[place.clone()];
        assert!(
            found == expected,
            "the {name} is not what it should be: {why}.\nexpected: from octet {} of the frame up to octet {}, {}\nfound:    \
             {}\nThe frame has {}",
            place.start,
            place.end,
            Octets(expected),
            Octets(found),
            Octets(frame)
        );
    }
}

#[track_caller]
fn expect_refusal(frame: &[u8], layer: Layer, reason: Reason, why: &str) {
    let found = peeled(frame);
    assert!(
        found == Err(Refusal { layer, reason }),
        "{why}.\nexpected: {layer:?} is refused because of {reason:?}\nfound:    {}\nThe frame has {}",
        found.map_or_else(
            |refusal| format!(
                "{:?} is refused because of {:?}",
                refusal.layer, refusal.reason
            ),
            |peeled| format!(
                "it is peeled, and its payload has {}",
                Octets(peeled.payload)
            )
        ),
        Octets(frame)
    );
}

#[test]
fn every_layer_of_a_recorded_frame_is_found() {
    let mut sizes = Vec::new();
    for (frame, segment) in [recorded(ARP), recorded(CUT)].concat() {
        let header = usize::from(segment.data_offset) * 4;
        let why = format!(
            "a kernel sent it, with an IP header of 20 octets, a TCP header of {header} and {} of payload (RFC 791 section 3.1, \
             RFC 9293 section 3.1), and nobody has padded it",
            segment.payload.len()
        );
        expect(&frame, 20, header, segment.payload.len(), &why);
        sizes.push(frame.len());
    }
    for size in [54, 58, 59, 594, 1514] {
        assert!(sizes.contains(&size), "the recordings have {sizes:?}");
    }
}

/// Writes the checksum that belongs into an IPv4 header, as far as there is one, so that a decoder that verifies it has
/// nothing to say about it (RFC 791 section 3.1).
fn with_checksum(mut frame: Vec<u8>) -> Vec<u8> {
    let Some(held) = frame.get_mut(ETHERNET..) else {
        return frame;
    };
    let length = held.first().map_or(0, |octet| usize::from(octet & 0xf) * 4);
    if let Some(header) = held.get_mut(..length).filter(|header| header.len() >= 20) {
        header[10..12].fill(0);
        let words = header.chunks_exact(2);
        let sum: u32 = words
            .map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])))
            .sum();
        let folded = (sum & 0xffff) + (sum >> 16);
        let folded = (folded & 0xffff) + (folded >> 16);
        header[10..12].copy_from_slice(&(!(folded as u16)).to_be_bytes());
    }
    frame
}

/// The same frame with so many words of options in its IP header.
fn with_options(frame: &[u8], words: u8) -> Vec<u8> {
    let (front, segment) = frame.split_at(SEGMENT);
    // No Operation, an option of one octet (RFC 791 section 3.1).
    let options = vec![1; usize::from(words) * 4];
    let mut frame = [front, &options, segment].concat();
    frame[ETHERNET] = 0x40 | (5 + words);
    let total = (frame.len() - ETHERNET) as u16;
    frame[ETHERNET + 2..ETHERNET + 4].copy_from_slice(&total.to_be_bytes());
    with_checksum(frame)
}

#[test]
fn the_ip_header_is_as_long_as_it_says() {
    for (frame, segment) in recorded(ARP) {
        let header = usize::from(segment.data_offset) * 4;
        for words in 1..=10 {
            let why = format!(
                "IHL, the second half of the packet's first octet, is {}: the segment begins that many words of four octets behind \
                 the packet's beginning (RFC 791 section 3.1)",
                5 + words
            );
            let frame = with_options(&frame, words);
            assert!(Frame::decode(&frame).is_ok(), "a frame of this test");
            let ip = 20 + usize::from(words) * 4;
            expect(&frame, ip, header, segment.payload.len(), &why);
        }
    }
}

/// The recorded "hello" with other octets in its place.
fn saying(payload: &[u8]) -> Vec<u8> {
    let mut frame = hello();
    frame.truncate(SEGMENT + 20);
    frame.extend(payload);
    let total = (frame.len() - ETHERNET) as u16;
    frame[ETHERNET + 2..ETHERNET + 4].copy_from_slice(&total.to_be_bytes());
    with_checksum(frame)
}

#[test]
fn padding_belongs_to_the_frame_alone() {
    for (frame, payload, padding, what) in [
        (
            find(ARP, |segment| segment.control == ControlBits::SYN),
            0,
            vec![0; 2],
            "two zeros behind a SYN",
        ),
        (saying(b""), 0, vec![0; 6], "six zeros behind a bare ACK"),
        (hello(), 5, vec![0; 1], "one zero behind \"hello\""),
        (
            saying(b"ab\0\0"),
            4,
            vec![0; 2],
            "two zeros behind a payload that ends with two zeros itself",
        ),
        (
            saying(b"ab\0\0"),
            4,
            vec![],
            "nothing behind a payload that ends with two zeros",
        ),
        (
            saying(b"a"),
            1,
            b"secre".to_vec(),
            "five octets that were left over in somebody's buffer",
        ),
        (
            find(CUT, |segment| segment.payload.len() == 1460),
            1460,
            vec![0xde, 0xad, 0xbe, 0xef],
            "four octets behind the longest packet",
        ),
    ] {
        let total = frame.len() - ETHERNET;
        let tcp = total - 20 - payload;
        let padded = [frame, padding].concat();
        let why = format!(
            "this frame has {what}, and its Total Length is {total}. What lies behind that is not part of the packet (RFC 894, \
             Frame Format)"
        );
        expect(&padded, 20, tcp, payload, &why);
    }
}

/// The frame with other octets from that place on.
fn with(mut frame: Vec<u8>, at: usize, octets: &[u8]) -> Vec<u8> {
    frame[at..at + octets.len()].copy_from_slice(octets);
    frame
}

#[test]
fn only_a_whole_tcp_segment_in_ipv4_is_peeled() {
    let number = |number| Reason::OtherProtocol { number };
    let ethernet = "Ethernet's Type says what a frame carries; 0x0800, which is 2048, is an IPv4 packet (RFC 894, Frame Format)";
    for arp in two_with(ARP, |body| matches!(body, Body::Arp(_))) {
        expect_refusal(&arp, Layer::Ethernet, number(0x0806), ethernet);
    }
    let ipv6 = with(hello(), 12, &[0x86, 0xdd]);
    expect_refusal(&ipv6, Layer::Ethernet, number(0x86dd), ethernet);
    let version = with(hello(), ETHERNET, &[0x65]);
    let why = "the first four bits of the packet are its Version, and this is not 4 (RFC 791 section 3.1)";
    expect_refusal(
        &version,
        Layer::Ipv4,
        Reason::OtherVersion { version: 6 },
        why,
    );
    let udp = with(hello(), ETHERNET + 9, &[17]);
    let why =
        "the packet's Protocol says what it carries; 6 is TCP, and 17 is UDP (RFC 791 section 3.1)";
    expect_refusal(&udp, Layer::Ipv4, number(17), why);

    let why = "the packet is one fragment of a datagram and not the whole: More Fragments is set, or Fragment Offset is not 0 \
               (RFC 791 section 3.1, RFC 1122 section 1.3.3)";
    let recorded = two_with(CUT, is_fragment);
    let first = with(hello(), ETHERNET + 6, &[0x20, 0]);
    let last = with(hello(), ETHERNET + 6, &[0, 1]);
    let far = with(hello(), ETHERNET + 6, &[0x10, 0]);
    for fragment in [recorded, vec![first, last, far]].concat() {
        expect_refusal(&fragment, Layer::Ipv4, Reason::Fragment, why);
    }
    let why = "Don't Fragment is not set, and that a packet may be cut does not mean that it is (RFC 791 section 3.1)";
    expect(&with(hello(), ETHERNET + 6, &[0, 0]), 20, 20, 5, why);
    let why = "of the three flags only the last, More Fragments, makes a packet a fragment (RFC 791 section 3.1)";
    for flags in [0x80, 0xc0] {
        expect(&with(hello(), ETHERNET + 6, &[flags, 0]), 20, 20, 5, why);
    }
}

#[test]
fn what_is_cut_off_or_contradicts_itself_is_refused() {
    let whole = hello();
    for octets in 0..whole.len() {
        let (layer, reason, why) = match octets.checked_sub(ETHERNET) {
            None => (
                Layer::Ethernet,
                Reason::CutOff { octets },
                "Ethernet's header has 14 octets",
            ),
            Some(octets @ ..20) => (
                Layer::Ipv4,
                Reason::CutOff { octets },
                "the shortest IP header has 20 octets (RFC 791 section 3.1)",
            ),
            Some(octets) => (
                Layer::Ipv4,
                Reason::TotalPastEnd { total: 45, octets },
                "the packet's Total Length is 45, and there are fewer octets behind Ethernet's header (RFC 791 section 3.1)",
            ),
        };
        expect_refusal(&whole[..octets], layer, reason, why);
    }

    let (ihl, total, offset) = (ETHERNET, ETHERNET + 2, SEGMENT + 12);
    let ip = "RFC 791 section 3.1";
    let tcp = "RFC 9293 section 3.1";
    let padded = [saying(b""), vec![0; 6]].concat();
    for (frame, layer, reason, why) in [
        (
            with(hello(), ihl, &[0x40]),
            Layer::Ipv4,
            Reason::HeaderTooShort { words: 0 },
            format!("IHL is 0, and the least is 5 ({ip})"),
        ),
        (
            with(hello(), ihl, &[0x44]),
            Layer::Ipv4,
            Reason::HeaderTooShort { words: 4 },
            format!("IHL is 4, and the least is 5 ({ip})"),
        ),
        (
            with(hello(), ihl, &[0x4f]),
            Layer::Ipv4,
            Reason::HeaderPastEnd {
                words: 15,
                octets: 45,
            },
            format!("IHL is 15, and 60 octets of header are more than there are ({ip})"),
        ),
        (
            with(hello(), total, &[0, 0]),
            Layer::Ipv4,
            Reason::TotalTooSmall { total: 0 },
            format!("Total Length counts the header too, which has 20 octets ({ip})"),
        ),
        (
            with(hello(), total, &[0, 19]),
            Layer::Ipv4,
            Reason::TotalTooSmall { total: 19 },
            format!("Total Length counts the header too, which has 20 octets ({ip})"),
        ),
        (
            with(with_options(&hello(), 5), total, &[0, 39]),
            Layer::Ipv4,
            Reason::TotalTooSmall { total: 39 },
            format!("Total Length counts the header too, which has 40 octets here ({ip})"),
        ),
        (
            with(hello(), total, &[0, 46]),
            Layer::Ipv4,
            Reason::TotalPastEnd {
                total: 46,
                octets: 45,
            },
            format!("Total Length is one more than there are octets ({ip})"),
        ),
        (
            with(hello(), total, &[1, 45]),
            Layer::Ipv4,
            Reason::TotalPastEnd {
                total: 301,
                octets: 45,
            },
            format!("Total Length has two octets ({ip})"),
        ),
        (
            with(with(hello(), total, &[0, 46]), ETHERNET + 6, &[0x20, 0]),
            Layer::Ipv4,
            Reason::TotalPastEnd {
                total: 46,
                octets: 45,
            },
            "two things are wrong, and the documentation of peel() says which comes first"
                .to_owned(),
        ),
        (
            with(hello(), total, &[0, 20]),
            Layer::Tcp,
            Reason::CutOff { octets: 0 },
            format!(
                "the packet ends behind its IP header, and the shortest TCP header has 20 octets ({tcp})"
            ),
        ),
        (
            with(hello(), total, &[0, 39]),
            Layer::Tcp,
            Reason::CutOff { octets: 19 },
            format!(
                "19 octets of the packet are left for TCP, whose shortest header has 20 ({tcp})"
            ),
        ),
        (
            with(hello(), offset, &[0x00]),
            Layer::Tcp,
            Reason::HeaderTooShort { words: 0 },
            format!("the Data Offset is 0, and the shortest header has 5 words ({tcp})"),
        ),
        (
            with(hello(), offset, &[0x4f]),
            Layer::Tcp,
            Reason::HeaderTooShort { words: 4 },
            format!("the Data Offset is 4, and the shortest header has 5 words ({tcp})"),
        ),
        (
            with(hello(), offset, &[0x70]),
            Layer::Tcp,
            Reason::HeaderPastEnd {
                words: 7,
                octets: 25,
            },
            format!(
                "the Data Offset is 7, and 28 octets of header are more than the segment has ({tcp})"
            ),
        ),
        (
            with(padded, offset, &[0x60]),
            Layer::Tcp,
            Reason::HeaderPastEnd {
                words: 6,
                octets: 20,
            },
            format!(
                "the Data Offset is 6, and the segment has 20 octets: those behind it are the frame's padding ({tcp}; RFC 894, Frame Format)"
            ),
        ),
    ] {
        expect_refusal(&frame, layer, reason, &why);
    }
}

/// What this course's own decoder has made of a frame: the payload, or the layer that it refuses.
fn judged(decoded: Result<Frame, DecodeError>) -> Result<Vec<u8>, Layer> {
    use trace::Layer as L;

    match decoded {
        Ok(Frame {
            body: Body::Ipv4(packet),
            ..
        }) => match packet.segment() {
            Some(segment) => Ok(segment.payload.clone()),
            None => Err(Layer::Ipv4),
        },
        Ok(_) => Err(Layer::Ethernet),
        Err(error) => Err(match error.layer {
            // An error in what is not to be peeled at all.
            L::Ethernet | L::Arp => Layer::Ethernet,
            L::Ipv4 | L::Icmp | L::Udp => Layer::Ipv4,
            L::Tcp => Layer::Tcp,
        }),
    }
}

/// Where the options of the TCP header begin.
fn first_option(frame: &[u8]) -> usize {
    ETHERNET + usize::from(frame[ETHERNET] & 0xf) * 4 + 20
}

/// Frames of all kinds: any octets, and recorded ones that were changed in a few places, cut off, or padded.
fn octets() -> impl Strategy<Value = Octets<Vec<u8>>> {
    let any_octets = prop::collection::vec(any::<u8>(), 0..100);
    let recorded = [&recorded(ARP)[..], &recorded(CUT)[..1]].concat();
    let recorded = prop::sample::select(recorded).prop_map(|(frame, _)| frame);
    // The octets that decide what a layer is and where it ends, with values that may be right; and any others.
    let lengths = prop_oneof![0x40..0x50_u8, (0..16_u8).prop_map(|words| words << 4)];
    let telling = (
        prop::sample::select(vec![0, 3, 6, 7, 9, 32]).prop_map(|place| ETHERNET + place),
        prop_oneof![lengths, 0..80_u8],
    );
    let changes = prop::collection::vec(prop_oneof![telling, (12..54_usize, any::<u8>())], 0..3);
    let length = prop_oneof![Just(usize::MAX), 0..70_usize];
    let padding = prop::collection::vec(any::<u8>(), 0..8);
    let changed =
        (recorded, changes, length, padding).prop_map(|(mut frame, changes, length, padding)| {
            for (place, octet) in changes {
                frame[place] = octet;
            }
            frame.truncate(length);
            if length == usize::MAX {
                frame.extend(padding);
            }
            frame
        });
    prop_oneof![1 => any_octets, 3 => changed].prop_map(|octets| Octets(with_checksum(octets)))
}

proptest! {
    #![proptest_config(any_inputs(1000))]

    #[test]
    fn any_octets_are_peeled_or_refused(Octets(frame) in octets()) {
        let found = peeled(&frame).map(|peeled| peeled.payload.to_vec()).map_err(|refusal| refusal.layer);
        match Frame::decode(&frame) {
            // That decoder looks into TCP's options, and you do not.
            Err(error) if error.layer == trace::Layer::Tcp && error.offset >= first_option(&frame) => {
                prop_assert!(found.is_ok(), "only an option of the TCP header is wrong.\nThe frame has {}", Octets(&frame));
            }
            decoded => prop_assert_eq!(
                found,
                judged(decoded),
                "the payload, or the layer that is refused, should be as on the right (RFC 791 section 3.1, RFC 9293 section \
                 3.1).\nThe frame has {}",
                Octets(&frame)
            ),
        }
    }
}
