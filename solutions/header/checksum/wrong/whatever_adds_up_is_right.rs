//! Wrong: octets whose sum is ffff are right, however many they are.
//! Fails: damage_is_noticed_and_mended

use std::net::Ipv4Addr;

/// The shortest segment: a header without options, and no data.
pub const SHORTEST: usize = 20;

/// The longest that fits into an IPv4 packet.
pub const LONGEST: usize = 65_515;

/// These octets are no segment: there are fewer than [`SHORTEST`] or more than [`LONGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSegment {
    /// How many there are.
    pub octets: usize,
}

/// Where the checksum stands in a segment.
const FIELD: std::ops::Range<usize> = 16..18;

/// The protocol number of TCP.
const TCP: u8 = 6;

/// The ones' complement sum of all words of `octets`.
pub fn sum(octets: &[u8]) -> u16 {
    fold(total(octets))
}

/// The words added up, with all carries still on the left.
fn total(octets: &[u8]) -> u32 {
    octets
        .chunks(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]))
        .map(u32::from)
        .sum()
}

/// Brings the carries round until there are none.
fn fold(mut total: u32) -> u16 {
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    total as u16
}

/// The sum over the pseudo-header and the segment as it is.
fn covered(source: Ipv4Addr, destination: Ipv4Addr, segment: &[u8]) -> Result<u16, NoSegment> {
    let octets = segment.len();
    if !(SHORTEST..=LONGEST).contains(&octets) {
        return Err(NoSegment { octets });
    }
    let addresses = total(&source.octets()) + total(&destination.octets());
    // No more than a word, since the segment is no longer than the longest.
    let length = octets as u32;
    Ok(fold(addresses + u32::from(TCP) + length + total(segment)))
}

/// The checksum that belongs into `segment`, whatever stands there now.
pub fn checksum(source: Ipv4Addr, destination: Ipv4Addr, segment: &[u8]) -> Result<u16, NoSegment> {
    let mut cleared = segment.to_vec();
    if let Some(field) = cleared.get_mut(FIELD) {
        field.fill(0);
    }
    covered(source, destination, &cleared).map(|sum| !sum)
}

/// Whether the checksum of `segment` is right.
pub fn verify(source: Ipv4Addr, destination: Ipv4Addr, segment: &[u8]) -> bool {
    let length = u32::from(segment.len() as u16);
    let addresses = total(&source.octets()) + total(&destination.octets());
    fold(addresses + u32::from(TCP) + length + total(segment)) == 0xffff
}

/// Writes the right checksum into `segment`.
pub fn repair(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    segment: &mut [u8],
) -> Result<(), NoSegment> {
    let right = checksum(source, destination, segment)?;
    segment[FIELD].copy_from_slice(&right.to_be_bytes());
    Ok(())
}

/// The checksum after one of the words that it covers has changed from `old` to `new`.
pub fn update(checksum: u16, old: u16, new: u16) -> u16 {
    !fold(u32::from(!checksum) + u32::from(!old) + u32::from(new))
}
