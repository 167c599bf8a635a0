//! Your sums before the sums of two kernels, before octets that nobody would send, and between two hosts.
//!
//! Most tests make up their inputs anew each time they run. When one fails it says for which.

/// The laboratory needs Linux, and so does the last test.
#[cfg(target_os = "linux")]
mod translator;

use std::fmt;
use std::net::Ipv4Addr;
use std::ops::Range;

use checksum::{LONGEST, NoSegment, SHORTEST, checksum, repair, sum, update, verify};
use grade::{Octets, any_inputs};
use proptest::prelude::*;
use proptest::sample::Index;
use trace::{Event, Origin, Row, pcapng};

const ADDING: &str = "RFC 1071 section 1";
const COVERED: &str = "RFC 9293 section 3.1";
const UPDATING: &str = "RFC 1624 section 3, equation 3";

/// The words added up as plain numbers.
fn total(octets: &[u8]) -> u64 {
    let left = octets.iter().step_by(2).map(|octet| u64::from(*octet) << 8);
    let right = octets.iter().skip(1).step_by(2).copied().map(u64::from);
    left.sum::<u64>() + right.sum::<u64>()
}

/// The sum with the carries brought round, by another way: it is a remainder of 2^16 - 1. Of the two zeros of this
/// arithmetic an addition gives the one that is all ones, unless everything was 0.
fn ones_complement_sum(octets: &[u8]) -> u16 {
    let total = total(octets);
    match u16::try_from(total % 0xffff) {
        Ok(0) if total > 0 => 0xffff,
        Ok(rest) => rest,
        Err(_) => unreachable!("a remainder is smaller than what was divided by"),
    }
}

/// A segment with both its addresses.
#[derive(Clone)]
struct Sent {
    source: Ipv4Addr,
    destination: Ipv4Addr,
    segment: Vec<u8>,
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

impl Sent {
    /// Everything that the checksum covers, one behind the other.
    fn covered(&self) -> Vec<u8> {
        self.covered_as(self.segment.len())
    }

    /// The same with another TCP length.
    fn covered_as(&self, length: usize) -> Vec<u8> {
        let length = u16::try_from(length).expect("the tests send nothing longer");
        [
            &self.source.octets()[..],
            &self.destination.octets(),
            &[0, 6],
            &length.to_be_bytes(),
            &self.segment,
        ]
        .concat()
    }

    /// The same with this word at that place of the segment.
    fn with(&self, at: usize, word: u16) -> Sent {
        let mut other = self.clone();
        other.segment[at..at + 2].copy_from_slice(&word.to_be_bytes());
        other
    }

    /// The word that has to stand there, with a checksum of 0, for the sum to be all ones.
    fn missing(&self, at: usize) -> u16 {
        !ones_complement_sum(&self.with(16, 0).with(at, 0).covered())
    }

    /// The checksum that belongs into it.
    fn right(&self) -> u16 {
        self.missing(16)
    }

    fn verifies(&self) -> bool {
        verify(self.source, self.destination, &self.segment)
    }

    fn describe(&self) -> String {
        let (source, destination) = (self.source, self.destination);
        format!(
            "a segment of {} from {source} to {destination}",
            Octets(&self.segment)
        )
    }

    /// Compares `checksum` with what it should be.
    #[track_caller]
    fn expect(&self, right: u16) {
        let found = checksum(self.source, self.destination, &self.segment);
        let words = match found {
            Ok(found) => format!("{found:#06x}{}", self.diagnosis(found)),
            Err(error) => format!("{error:?}"),
        };
        assert!(
            found == Ok(right),
            "the checksum of {} is {right:#06x} ({COVERED}); checksum() gives {words}",
            self.describe()
        );
    }

    /// What a checksum looks as if it came of.
    fn diagnosis(&self, found: u16) -> &'static str {
        let cleared = self.with(16, 0);
        let length = self.segment.len();
        let known = [
            (
                cleared.segment.clone(),
                ", which is the segment's without the pseudo-header",
            ),
            (
                self.covered(),
                ", for which the checksum that stood there was added as well",
            ),
            (
                cleared.covered_as(length + 12),
                ", for which the 12 octets of the pseudo-header were counted in the TCP length",
            ),
            (
                cleared.covered()[..12 + length / 2 * 2].to_vec(),
                ", for which the last octet was left out",
            ),
        ];
        let of = |octets: &[u8]| !ones_complement_sum(octets);
        let other = match found {
            0xffff => ", which UDP sends in place of 0 and TCP does not",
            _ if found == !self.right() => ", which is the sum and not its complement",
            _ => "",
        };
        let known = known.iter().find(|(octets, _)| of(octets) == found);
        known.map_or(other, |(_, words)| words)
    }
}

fn address() -> impl Strategy<Value = Ipv4Addr> {
    any::<u32>().prop_map(Ipv4Addr::from)
}

/// Octets of which many are ff or 0, so that sums come near the places where they are easily got wrong.
fn octets(count: Range<usize>) -> impl Strategy<Value = Octets<Vec<u8>>> {
    let octet = prop_oneof![4 => any::<u8>(), 2 => Just(0xff), 1 => Just(0)];
    prop::collection::vec(octet, count).prop_map(Octets)
}

/// Any segment; what stands in its fields is of no importance here.
fn sent() -> impl Strategy<Value = Sent> {
    let parts = (address(), address(), octets(SHORTEST..SHORTEST + 60));
    parts.prop_map(|(source, destination, Octets(segment))| Sent {
        source,
        destination,
        segment,
    })
}

#[track_caller]
fn expect_sum(octets: &[u8]) {
    let (found, right, total) = (sum(octets), ones_complement_sum(octets), total(octets));
    let once = (total & 0xffff) + (total >> 16);
    let again = if once > 0xffff {
        format!(", with the carries brought round once {once:#x}, which has a carry again")
    } else {
        String::new()
    };
    assert!(
        found == right,
        "the words add up to {total:#x} as plain numbers{again}; with all carries brought round that is {right:#06x} \
         ({ADDING}). sum() gives {found:#06x} for {}",
        Octets(octets)
    );
}

#[test]
fn words_are_added_with_the_carry_brought_round() {
    expect_sum(&[]);
    expect_sum(&[0x12, 0x34]);
    // The numbers of RFC 1071 section 3.
    expect_sum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
    expect_sum(&[0xff, 0xff, 0x00, 0x01, 0xff, 0xff]);
    expect_sum(&[0; 40]);
    // As many as a packet can have.
    expect_sum(&[0xff; 65_534]);
    proptest!(any_inputs(256), |(Octets(octets) in octets(0..80))| {
        expect_sum(&octets[..octets.len() / 2 * 2]);
    });
}

#[test]
fn a_single_last_octet_is_the_left_half_of_a_word() {
    expect_sum(b"hello");
    expect_sum(&[0x01]);
    expect_sum(&[0xff; 65_535]);
    proptest!(any_inputs(256), |(Octets(mut octets) in octets(0..80), last in 1_u8..)| {
        octets.truncate(octets.len() / 2 * 2);
        octets.push(last);
        expect_sum(&octets);
    });
}

/// Recordings of the book, in which kernels have written the checksums.
const RECORDINGS: [&[u8]; 4] = [
    include_bytes!("../../../../book/header/corrupted-segment.pcapng"),
    include_bytes!("../../../../book/header/swapped-words.pcapng"),
    include_bytes!("../../../../book/header/three-blocks.pcapng"),
    include_bytes!("../../../../book/handshake/fast-open-replay.pcapng"),
];

/// Every segment that a kernel has sent in a recording, and that the wire has not changed.
fn recorded() -> Vec<Sent> {
    let rows = RECORDINGS.iter().flat_map(|recording| {
        let trace = pcapng::read(recording).expect("a recording of this course");
        trace.rows
    });
    let as_sent = |row: &Row| {
        matches!(
            row.event,
            Event::Frame {
                origin: Origin::Host,
                altered: false,
                ..
            }
        )
    };
    let segments = rows.filter(as_sent).filter_map(|row| {
        let (_, segment) = row.segment()?;
        // Ethernet has 14 octets, and the IPv4 headers of the lab have 20.
        Some(Sent {
            source: *segment.source.ip(),
            destination: *segment.destination.ip(),
            segment: row.frame()?[34..].to_vec(),
        })
    });
    segments.collect()
}

#[test]
fn the_checksum_covers_addresses_protocol_and_length() {
    let recorded = recorded();
    let odd = recorded.iter().filter(|sent| sent.segment.len() % 2 == 1);
    assert!(
        odd.count() > 0,
        "no recorded segment has an odd number of octets"
    );
    for sent in recorded {
        // Not what a test has computed, but what the kernel has written.
        let kernels = u16::from_be_bytes([sent.segment[16], sent.segment[17]]);
        sent.expect(kernels);
    }
    proptest!(any_inputs(256), |(sent in sent())| {
        sent.expect(sent.right());
        // The same with another urgent pointer: now the sum is all ones.
        sent.with(18, sent.missing(18)).expect(0);
    });
    let (source, destination) = (Ipv4Addr::LOCALHOST, Ipv4Addr::BROADCAST);
    for count in [SHORTEST, LONGEST] {
        let sent = Sent {
            source,
            destination,
            segment: vec![0xff; count],
        };
        sent.expect(sent.right());
    }
    for octets in [0, 1, 16, 17, 18, SHORTEST - 1, LONGEST + 1, 70_000] {
        assert_eq!(
            checksum(source, destination, &vec![0; octets]),
            Err(NoSegment { octets }),
            "{octets} octets are no segment in an IPv4 packet, and checksum(), on the left, should say so as on the right \
             ({COVERED}, RFC 791 section 3.1)"
        );
    }
}

#[test]
fn damage_is_noticed_and_mended() {
    proptest!(any_inputs(256), |(sent in sent(), bit: Index, place in 0..7_usize)| {
        let good = sent.with(16, sent.right());
        prop_assert!(
            good.verifies(),
            "all that the checksum covers adds up to ffff, so verify() should find it right ({}): {}", ADDING, good.describe()
        );
        // One bit of the segment is wrong, or one of an address.
        let bit = bit.index(8 * good.segment.len());
        let mut damaged = good.clone();
        damaged.segment[bit / 8] ^= 0x80 >> (bit % 8);
        let other = u32::from(good.destination) ^ 1 << (bit % 32);
        let misrouted = Sent { destination: other.into(), ..good.clone() };
        for (wrong, what) in [(&damaged, "of the segment"), (&misrouted, "of the destination")] {
            prop_assert!(
                !wrong.verifies(),
                "a bit {} has changed on the way, and verify() should notice ({}): {}", what, COVERED, wrong.describe()
            );
        }
        // Two words that follow each other, in front of the checksum.
        let at = 2 * place;
        let mut swapped = good.clone();
        swapped.segment[at..at + 4].rotate_left(2);
        prop_assert!(
            swapped.verifies(),
            "two words have changed places, the sum is still ffff, and a sum is all that verify() has ({}): {}",
            ADDING, swapped.describe()
        );

        let mut mended = damaged.clone();
        let result = repair(mended.source, mended.destination, &mut mended.segment);
        let right = damaged.right();
        prop_assert_eq!(result, Ok(()), "repair() should mend {}", damaged.describe());
        prop_assert!(
            mended.segment == damaged.with(16, right).segment,
            "repair() should write {:#06x} into octets 16 and 17 and change nothing else ({}); of {} it has made {}",
            right, COVERED, damaged.describe(), Octets(&mended.segment)
        );
    });
    proptest!(any_inputs(256), |(sent in sent())| {
        let sent = sent.with(18, sent.missing(18));
        for zero in [0, 0xffff] {
            let either = sent.with(16, zero);
            prop_assert!(
                either.verifies(),
                "everything else adds up to ffff, and so it does with either zero as the checksum (RFC 1624 section 5): {}",
                either.describe()
            );
        }
    });
    proptest!(any_inputs(256), |(source in address(), destination in address(), Octets(mut octets) in octets(0..SHORTEST))| {
        let before = octets.clone();
        prop_assert!(
            !verify(source, destination, &octets),
            "too few octets for a segment have no right checksum ({}): {}", COVERED, Octets(&octets)
        );
        let result = repair(source, destination, &mut octets);
        prop_assert_eq!(
            (result, &octets),
            (Err(NoSegment { octets: before.len() }), &before),
            "too few octets for a segment cannot be mended; what repair() says and leaves, on the left, should be as on the \
             right ({})", COVERED
        );
    });
    // Octets that add up to ffff with their pseudo-header, and are no segment all the same.
    let (source, destination) = (Ipv4Addr::LOCALHOST, Ipv4Addr::BROADCAST);
    for count in [2, SHORTEST - 1, LONGEST + 1, 70_000] {
        // More than 65,535 do not fit into the pseudo-header; this is what is left of such a length.
        let length = (count as u16).to_be_bytes();
        let pseudo_header = [
            &source.octets()[..],
            &destination.octets(),
            &[0, 6],
            &length,
        ]
        .concat();
        let mut octets = vec![0; count];
        octets[..2].copy_from_slice(&(!ones_complement_sum(&pseudo_header)).to_be_bytes());
        assert!(
            !verify(source, destination, &octets),
            "{count} octets are no segment in an IPv4 packet, and have no right checksum, whatever they add up to \
             ({COVERED}, RFC 791 section 3.1)"
        );
        let before = octets.clone();
        let result = repair(source, destination, &mut octets);
        assert!(
            (result, &octets) == (Err(NoSegment { octets: count }), &before),
            "{count} octets are no segment in an IPv4 packet; repair() should say so and change nothing ({COVERED}, RFC 791 \
             section 3.1). It gives {result:?}"
        );
    }
}

#[test]
fn a_changed_word_is_brought_into_the_checksum() {
    let found = update(0xdd2f, 0x5555, 0x3285);
    assert!(
        found == 0,
        "under the checksum 0xdd2f the word 0x5555 becomes 0x3285: the new checksum is 0x0000 (RFC 1624 section 4). update() gives \
         {found:#06x}"
    );
    let word = prop_oneof![2 => any::<u16>(), 1 => Just(0), 1 => Just(0xffff)];
    // A word of the header that stands before the checksum.
    proptest!(any_inputs(256), |(sent in sent(), place in 0..8_usize, word in word, to_ones: bool)| {
        let at = 2 * place;
        let old = u16::from_be_bytes([sent.segment[at], sent.segment[at + 1]]);
        // Some changes make the sum all ones, and the checksum 0.
        let new = if to_ones { sent.missing(at) } else { word };
        let (before, right) = (sent.right(), sent.with(at, new).right());
        let found = update(before, old, new);
        prop_assert!(
            found == right,
            "under the checksum {:#06x} the word {:#06x} becomes {:#06x}: computed anew the checksum is {:#06x}, and update() should \
             give the same ({}). It gives {:#06x}",
            before, old, new, right, UPDATING, found
        );
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_kernel_takes_what_you_have_changed_and_mended() {
    translator::play();
}
