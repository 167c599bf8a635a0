//! Your reader before lists that kernels sent and lists that nobody should send, and your options before a kernel.

/// The laboratory needs Linux, and so does the last test.
#[cfg(target_os = "linux")]
mod by_hand;
mod list;

use grade::{Octets, any_inputs, recorded};
use list::{ROOM, items, octets_of, read, walk};
use options::TcpOption::{
    MaximumSegmentSize, NoOperation, Other, SackPermitted, Timestamps, WindowScale,
};
use options::{OptionError, Settled, TcpOption, settle, write};
use proptest::prelude::*;

/// Recordings of the book: all four options of the chapter, SACK blocks, and Fast Open's cookies.
const RECORDINGS: [&[u8]; 3] = [
    include_bytes!("../../../../book/header/options-on-syn.pcapng"),
    include_bytes!("../../../../book/header/three-blocks.pcapng"),
    include_bytes!("../../../../book/handshake/fast-open-replay.pcapng"),
];

/// Where the options begin in a recorded frame: behind the Ethernet header, an IPv4 header without options, and twenty
/// octets.
const OPTIONS: usize = 14 + 20 + 20;

#[test]
fn the_options_that_two_kernels_sent_are_read() {
    let mut lists = 0;
    for (frame, segment) in RECORDINGS.into_iter().flat_map(recorded) {
        let end = 14 + 20 + 4 * usize::from(segment.data_offset);
        let octets = &frame[OPTIONS..end];
        let known = |option: &TcpOption| {
            !matches!(option, TcpOption::NoOperation | TcpOption::Other { .. })
        };
        let mut found = read(octets);
        found.retain(known);
        let expected: Vec<TcpOption> = segment.options.iter().filter_map(known_to_both).collect();
        assert_eq!(
            found,
            expected,
            "these are the options of a recorded segment; MSS, window scale, SACK permitted and timestamps are on the right, and what \
                 you read is on the left (RFC 9293 section 3.2, RFC 7323 sections 2.2 and 3.2, RFC 2018 section 2): {}",
            Octets(octets)
        );
        walk(octets);
        lists += usize::from(!octets.is_empty());
    }
    assert!(lists > 20, "the recordings have {lists} lists of options");
}

/// What this course's own decoder has read, if it is of the four kinds.
fn known_to_both(option: &trace::TcpOption) -> Option<TcpOption> {
    Some(match *option {
        trace::TcpOption::MaximumSegmentSize(size) => MaximumSegmentSize(size),
        trace::TcpOption::WindowScale(shift) => WindowScale(shift),
        trace::TcpOption::SackPermitted => SackPermitted,
        trace::TcpOption::Timestamps { value, echo } => Timestamps { value, echo },
        _ => return None,
    })
}

#[test]
fn an_unknown_option_is_passed_over_by_its_length() {
    let scale = WindowScale(7);
    for (octets, expected, why) in [
        (
            &[77, 6, 1, 2, 3, 4, 3, 3, 7][..],
            vec![other(77, &[1, 2, 3, 4]), scale.clone()],
            "an option that is not known is ignored without error, by its length (RFC 9293 section 3.1, MUST-6)",
        ),
        (
            &[77, 2, 254, 3, 0, 3, 3, 7],
            vec![other(77, &[]), other(254, &[0]), scale.clone()],
            "the length counts the octets of kind and length, so 2 is an option without data (RFC 9293 section 3.1)",
        ),
        (
            &[2, 3, 9, 3, 4, 7, 7, 8, 2, 3, 3, 7],
            vec![
                other(2, &[9]),
                other(3, &[7, 7]),
                other(8, &[]),
                scale.clone(),
            ],
            "a kind that is known, with a length that is not its own, is passed over by that length (RFC 9293 section 3.1)",
        ),
        (
            &[1, 1, 1, 2, 4, 5, 180, 1, 3, 3, 7, 1],
            vec![
                NoOperation,
                NoOperation,
                NoOperation,
                MaximumSegmentSize(1460),
                NoOperation,
                scale.clone(),
                NoOperation,
            ],
            "No-Operation is one octet without a length, and an option may begin at any octet (RFC 9293 section 3.2, MUST-64)",
        ),
        (
            &[3, 3, 7, 0, 2, 4, 5, 180],
            vec![scale.clone()],
            "what stands behind the end of the list is padding and no option (RFC 9293 section 3.1, MUST-69)",
        ),
        (
            &[0, 77, 0, 0],
            vec![],
            "End of Option List may come first (RFC 9293 section 3.2)",
        ),
        (
            &[],
            vec![],
            "a header of twenty octets has no options (RFC 9293 section 3.1)",
        ),
    ] {
        assert_eq!(
            read(octets),
            expected,
            "{why}; what should be read is on the right: {}",
            Octets(octets)
        );
    }
}

fn other(kind: u8, data: &[u8]) -> TcpOption {
    Other {
        kind,
        data: data.to_vec(),
    }
}

#[test]
fn an_impossible_length_is_refused_and_ends_the_list() {
    let too_small = |kind, length| OptionError::LengthTooSmall { kind, length };
    let past_end = |kind, length, left| OptionError::LengthPastEnd { kind, length, left };
    for (octets, expected) in [
        (&[3, 3, 7, 77, 0, 3, 3, 9][..], too_small(77, 0)),
        (&[3, 3, 7, 77, 1, 3, 3, 9], too_small(77, 1)),
        (&[3, 3, 7, 2, 0, 5, 180, 1], too_small(2, 0)),
        (&[3, 3, 7, 77], OptionError::LengthMissing { kind: 77 }),
        (&[3, 3, 7, 77, 6, 3, 3, 9], past_end(77, 6, 5)),
        (&[3, 3, 7, 8, 10, 0, 0, 0], past_end(8, 10, 5)),
        (&[3, 3, 7, 4, 255], past_end(4, 255, 2)),
    ] {
        assert_eq!(
            items(octets),
            [Ok(WindowScale(7)), Err(expected)],
            "an illegal length must be provided for, and nothing behind it can be found (RFC 9293 section 3.1, MUST-7); what should \
             be read is on the right: {}",
            Octets(octets)
        );
    }
    // Whatever else may come.
    proptest!(any_inputs(256), |(octets in any_octets())| walk(&octets));
}

/// Up to forty octets; in many cases a list that is right for some way.
fn any_octets() -> impl Strategy<Value = Vec<u8>> {
    let lists = prop::collection::vec(any_option(), 0..5).prop_map(|list| encoded(&list));
    let noise = prop::collection::vec(prop_oneof![any::<u8>(), 0..12_u8], 0..12);
    (lists, noise).prop_map(|(list, noise)| {
        let mut octets = [list, noise].concat();
        octets.truncate(ROOM);
        octets
    })
}

fn any_option() -> impl Strategy<Value = TcpOption> {
    let data = prop::collection::vec(any::<u8>(), 0..12);
    prop_oneof![
        Just(NoOperation),
        any::<u16>().prop_map(MaximumSegmentSize),
        any::<u8>().prop_map(WindowScale),
        Just(SackPermitted),
        any::<[u32; 2]>().prop_map(|[value, echo]| Timestamps { value, echo }),
        // None of the kinds that have a form of their own.
        (9_u8.., data).prop_map(|(kind, data)| Other { kind, data }),
    ]
}

fn encoded(options: &[TcpOption]) -> Vec<u8> {
    options.iter().flat_map(octets_of).collect()
}

#[test]
fn what_is_written_fills_whole_words_and_reads_back() {
    proptest!(any_inputs(256), |(options in prop::collection::vec(any_option(), 0..9))| {
        written(&options);
    });
    let full = [other(77, &[1; 18]), other(78, &[2; 18])];
    written(&full);
    written(&[&full[..], &[NoOperation]].concat());
    for length in [37, 38, 39, 253, 254, 300, 70_000] {
        written(&[other(77, &vec![3; length])]);
    }
}

/// What your `write` makes of options that the test can write too.
fn written(options: &[TcpOption]) {
    let mut octets = encoded(options);
    let length = octets.len();
    let found = write(options);
    let listed = if length < 2 * ROOM {
        format!("{options:?}")
    } else {
        format!("{length} octets")
    };
    if length > ROOM {
        assert_eq!(
            found,
            Err(OptionError::TooLong { octets: length }),
            "the data offset has four bits, so a header has at most {ROOM} octets of options (RFC 9293 section 3.1): {listed}"
        );
        return;
    }
    octets.resize(length.next_multiple_of(4), 0);
    let found = found.unwrap_or_else(|error| {
        panic!("{length} octets of options fit into a header, and you say {error:?} (RFC 9293 section 3.1): {listed}")
    });
    assert_eq!(
        Octets(&found.octets),
        Octets(&octets),
        "the octets of these options should be as on the right, with zeros up to the next whole word of four octets \
         (RFC 9293 section 3.1, MUST-69): {listed}"
    );
    let words = 5 + octets.len() / 4;
    assert_eq!(
        found.data_offset as usize,
        words,
        "a header with {} octets of options and padding has {words} words (RFC 9293 section 3.1)",
        octets.len()
    );
    assert_eq!(
        read(&found.octets),
        options,
        "what you write, your reader should read back as on the right: {}",
        Octets(&found.octets)
    );
}

#[test]
fn each_direction_has_values_of_its_own() {
    let list = |option: Option<TcpOption>| [vec![NoOperation], Vec::from_iter(option)].concat();
    let sizes = [None, Some(400), Some(1000), Some(1460), Some(8960)];
    for (ours, theirs) in pairs(&sizes) {
        for path in [300, 1460, 8960] {
            let expected = theirs.unwrap_or(536).min(path);
            let [our_list, their_list] =
                [ours, theirs].map(|size| list(size.map(MaximumSegmentSize)));
            assert_eq!(
                settle(&our_list, &their_list, path).send_mss,
                expected,
                "they have announced {}, we have announced {}, the path carries {path}: we may send segments of {expected}. What we \
                 can receive limits them, not us (RFC 9293 section 3.7.1)",
                announced(theirs),
                announced(ours)
            );
        }
    }
    let shifts = [None, Some(0), Some(2), Some(14), Some(15), Some(255)];
    for (ours, theirs) in pairs(&shifts) {
        let [our_list, their_list] = [ours, theirs].map(|shift| list(shift.map(WindowScale)));
        let Settled {
            send_shift,
            receive_shift,
            ..
        } = settle(&our_list, &their_list, 1460);
        let expected = match (theirs, ours) {
            (Some(theirs), Some(ours)) => (theirs.min(14), ours.min(14)),
            _ => (0, 0),
        };
        assert_eq!(
            (send_shift, receive_shift),
            expected,
            "their shift count is {}, ours is {}: (send_shift, receive_shift) should be as on the right. Both sides must send the \
             option, each applies to the windows of its sender, and none is over 14 (RFC 7323 sections 2.2 and 2.3)",
            announced(theirs),
            announced(ours)
        );
    }
    for (ours, theirs) in pairs(&[false, true]) {
        let said = [ours, theirs].map(|said| list(said.then_some(SackPermitted)));
        assert_eq!(
            settle(&said[0], &said[1], 1460).may_send_sack,
            theirs,
            "SACK permitted in their SYN: {theirs}, in ours: {ours}. Who has received the permission may send SACK options \
             (RFC 2018 section 4)"
        );
        let [ours_too, theirs_too] =
            [ours, theirs].map(|said| list(said.then_some(Timestamps { value: 5, echo: 0 })));
        assert_eq!(
            settle(&ours_too, &theirs_too, 1460).timestamps,
            ours && theirs,
            "timestamps in their SYN: {theirs}, in ours: {ours}. Both must have them (RFC 7323 section 3.2)"
        );
    }
    all_options_at_once();
}

fn all_options_at_once() {
    let ours = [
        MaximumSegmentSize(1000),
        SackPermitted,
        Timestamps { value: 5, echo: 0 },
        NoOperation,
        WindowScale(2),
    ];
    let theirs = [
        WindowScale(7),
        Timestamps { value: 9, echo: 5 },
        other(77, &[1]),
        SackPermitted,
        MaximumSegmentSize(536),
    ];
    let all = |send_mss, send_shift, receive_shift| Settled {
        send_mss,
        send_shift,
        receive_shift,
        may_send_sack: true,
        timestamps: true,
    };
    for (ours, theirs, expected) in [
        (&ours, &theirs, all(536, 7, 2)),
        (&theirs, &ours, all(1000, 2, 7)),
    ] {
        assert_eq!(
            settle(ours, theirs, 1460),
            expected,
            "all options at once, in any order, and what is settled is on the right. The options that a segment carries count \
             in send_mss, so nothing is subtracted for them (RFC 9293 section 3.7.1): ours {ours:?}, theirs {theirs:?}"
        );
    }
}

/// Every value with every value.
fn pairs<T: Copy>(values: &[T]) -> Vec<(T, T)> {
    let with_all = |one: &T| {
        values
            .iter()
            .map(|other| (*one, *other))
            .collect::<Vec<_>>()
    };
    values.iter().flat_map(with_all).collect()
}

fn announced<T: ToString>(value: Option<T>) -> String {
    value.map_or("nothing".to_owned(), |value| value.to_string())
}

#[cfg(target_os = "linux")]
#[test]
fn a_kernel_mirrors_what_your_syn_offers() {
    let trace = by_hand::play();
    grade::expect_ladder!(
        "mirrored",
        "RFC 7323 sections 2.3 and 3.2, RFC 2018 section 2, RFC 9293 section 3.7.1",
        trace
    );
}
