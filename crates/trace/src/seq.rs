//! Sequence numbers: counting octets modulo 2^32 (RFC 9293 §3.4).

use std::cmp::Ordering;
use std::fmt;

/// A TCP sequence number: a position in one direction's stream, modulo 2^32 (RFC 9293 §3.4).
///
/// Order is only meaningful between numbers less than 2^31 apart, which is why this type has
/// [`SeqNumber::precedes`] and a partial order instead of the integers' `<`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SeqNumber(pub u32);

impl SeqNumber {
    /// The number `octets` further on, wrapping at 2^32.
    #[must_use]
    pub fn plus(self, octets: u32) -> SeqNumber {
        SeqNumber(self.0.wrapping_add(octets))
    }

    /// How far `self` lies after `earlier`: negative when it lies before it.
    ///
    /// Two numbers exactly 2^31 apart are reported as `i32::MIN`: neither is the earlier one.
    #[must_use]
    pub fn distance_from(self, earlier: SeqNumber) -> i32 {
        self.0.wrapping_sub(earlier.0) as i32
    }

    /// Whether `self` comes before `other` on the circle of numbers.
    #[must_use]
    pub fn precedes(self, other: SeqNumber) -> bool {
        self.partial_cmp(&other) == Some(Ordering::Less)
    }
}

impl PartialOrd for SeqNumber {
    /// `None` for two numbers exactly 2^31 apart, of which neither is the earlier one.
    fn partial_cmp(&self, other: &SeqNumber) -> Option<Ordering> {
        match self.distance_from(*other) {
            0 => Some(Ordering::Equal),
            i32::MIN => None,
            distance => Some(distance.cmp(&0)),
        }
    }
}

impl fmt::Debug for SeqNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for SeqNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
