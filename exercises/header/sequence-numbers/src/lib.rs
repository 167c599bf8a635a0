//! Compare numbers that begin again, and decide what a window takes.
//!
//! Its chapter is `book/header/sequence-numbers.md`. Run `cargo test -p sequence-numbers`.
//!
//! Fill in the six blanks below. No call can fail, and no input may make one panic: every number that a header can hold
//! is a sequence number, and behind the last one the count goes on at 0 (RFC 9293 section 3.4).

/// A sequence number: one of 2^32 that stand on a circle.
///
/// It has no `<`, on purpose: on a circle there is no smallest number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeqNumber(pub u32);

impl SeqNumber {
    /// The number that is `count` further on. One after 2^32 - 1 is 0.
    ///
    /// RFC 9293 section 3.4.
    pub fn plus(self, count: u32) -> SeqNumber {
        todo!("go {count} numbers on from {self:?}, modulo 2^32")
    }

    /// How many numbers this one is further on than `isn`: the number that a ladder shows. The ISN itself is 0, the first
    /// octet of data is 1, whatever the ISN is.
    ///
    /// RFC 9293 section 3.4.
    pub fn relative_to(self, isn: SeqNumber) -> u32 {
        todo!("count from {isn:?} to {self:?}, over the end of the numbers if need be")
    }

    /// Whether this number comes before `other`: whether one gets from here to `other` in at least 1 and fewer
    /// than 2^31 steps forward.
    ///
    /// So of two different numbers one comes before the other, unless they are exactly 2^31 apart: then neither does.
    ///
    /// RFC 7323 section 5.2 has this as a formula; RFC 9293 section 3.4 warns of its subtleties.
    pub fn precedes(self, other: SeqNumber) -> bool {
        todo!("say whether {self:?} lies less than half a circle before {other:?}")
    }
}

/// What the count needs to know of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// SEG.SEQ, as it stands in the header.
    pub sequence: SeqNumber,
    /// Whether SYN is set.
    pub syn: bool,
    /// Whether FIN is set.
    pub fin: bool,
    /// How many octets of data it carries.
    pub octets: u16,
}

impl Segment {
    /// SEG.LEN: how many numbers the segment takes up.
    ///
    /// RFC 9293 section 3.4: the segment length includes data and the controls that occupy sequence space.
    pub fn length(&self) -> u32 {
        todo!("count the octets, and what else takes up a number")
    }

    /// The acknowledgment number by which a receiver says that it has all of this segment, and all before it.
    ///
    /// RFC 9293 sections 3.1 and 3.4.
    pub fn acknowledged_by(&self) -> SeqNumber {
        todo!("say which number comes next")
    }
}

/// The numbers that a receiver is ready to take: the receive window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// RCV.NXT: the number that is expected next.
    pub next: SeqNumber,
    /// RCV.WND: how many numbers from there on. A real one is less than 2^30 (RFC 7323 section 2.3); from 2^30 on any
    /// answer will do, but no panic.
    pub size: u32,
}

impl Window {
    /// Whether a segment is acceptable. There are four cases, by whether the segment length is 0 and whether the
    /// window is; stick to the letter of the table.
    ///
    /// RFC 9293 section 3.10.7.4, table 6 (the same as table 5 in section 3.4).
    pub fn accepts(&self, segment: &Segment) -> bool {
        todo!("test {segment:?} against the window, by one of the four cases")
    }
}
