//! Compute the checksum, verify it, mend it, and prove it to a kernel.
//!
//! Its chapter is `book/header/checksum.md`. Run `cargo test -p checksum`.
//!
//! Fill in the five blanks below. A word is two octets, the more significant first. No octets may make a function panic.

use std::net::Ipv4Addr;

/// The shortest segment: a header without options, and no data.
pub const SHORTEST: usize = 20;

/// The longest that fits into an IPv4 packet, which has at most 65,535 octets, 20 of them or more its own header
/// (RFC 791 section 3.1).
pub const LONGEST: usize = 65_515;

/// These octets are no segment: there are fewer than [`SHORTEST`] or more than [`LONGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSegment {
    /// How many there are.
    pub octets: usize,
}

/// The ones' complement sum of all words of `octets`, of which there are at most 65,535.
///
/// What is carried out of a word on its left is added to it on its right, as often as anything is carried. If the number of
/// octets is odd, the last one is the left half of a word whose right half is 0. The sum of no octets is 0.
///
/// RFC 1071 section 1; RFC 9293 section 3.1 for the odd octet.
pub fn sum(octets: &[u8]) -> u16 {
    todo!(
        "add these {} octets as words, and bring every carry round",
        octets.len()
    )
}

/// The checksum that belongs into `segment`, whatever stands there now: the complement of the sum over the pseudo-header
/// and the segment, in which the checksum itself, octets 16 and 17, counts as 0.
///
/// The pseudo-header has 12 octets: both addresses, a zero, the protocol number of TCP, which is 6, and the TCP length. That is
/// the length of the segment alone. A checksum of 0 is left as it is.
///
/// # Errors
/// [`NoSegment`].
///
/// RFC 9293 section 3.1, figure 2.
pub fn checksum(source: Ipv4Addr, destination: Ipv4Addr, segment: &[u8]) -> Result<u16, NoSegment> {
    todo!(
        "add up the pseudo-header for {source} and {destination} and the {} octets of the segment",
        segment.len()
    )
}

/// Whether the checksum of `segment` is right: whether the sum over the pseudo-header and the segment, with the checksum as it
/// stands there, is all ones. What is no segment has no right checksum.
///
/// RFC 1071 section 1, step 3; RFC 1624 section 5 tells why comparing is not the same.
pub fn verify(source: Ipv4Addr, destination: Ipv4Addr, segment: &[u8]) -> bool {
    todo!(
        "add up all that the checksum covers from {source} to {destination}, the checksum among {} octets included",
        segment.len()
    )
}

/// Writes the right checksum into `segment`, and changes nothing else.
///
/// # Errors
/// [`NoSegment`], and then nothing is changed.
///
/// RFC 9293 section 3.1.
pub fn repair(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    segment: &mut [u8],
) -> Result<(), NoSegment> {
    todo!(
        "write the checksum of a segment from {source} to {destination} into octets 16 and 17 of {}",
        segment.len()
    )
}

/// The checksum after one of the words that it covers has changed from `old` to `new`, without a look at any other
/// word: what computing it anew would give.
///
/// RFC 1624 section 3, equation 3. Every `+` there is the addition of [`sum`].
pub fn update(checksum: u16, old: u16, new: u16) -> u16 {
    todo!("bring {new:#06x} instead of {old:#06x} into {checksum:#06x}")
}
