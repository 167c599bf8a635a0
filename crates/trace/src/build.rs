//! Frames made by hand: what a wire's script injects.

use crate::frame::MacAddress;
use crate::Segment;

/// The Ethernet frame that carries `segment` in an IPv4 packet (identification 0, Don't Fragment,
/// TTL 64). Both checksums are computed; [`Segment::checksum`] and [`Segment::data_offset`] are
/// not read but follow from the rest.
#[must_use]
pub fn frame(_source: MacAddress, _destination: MacAddress, _segment: &Segment) -> Vec<u8> {
    todo!()
}
