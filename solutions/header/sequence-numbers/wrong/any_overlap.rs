//! Wrong: a segment that covers the whole window has something new in it, so it is acceptable.
//! Fails: an_open_window_takes_what_begins_or_ends_in_it

/// A sequence number: one of 2^32 that stand on a circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeqNumber(pub u32);

impl SeqNumber {
    /// The number that is `count` further on.
    pub fn plus(self, count: u32) -> SeqNumber {
        SeqNumber(self.0.wrapping_add(count))
    }

    /// How many numbers this one is further on than `isn`.
    pub fn relative_to(self, isn: SeqNumber) -> u32 {
        self.0.wrapping_sub(isn.0)
    }

    /// Whether this number comes before `other`: fewer than 2^31 steps, and at least one.
    pub fn precedes(self, other: SeqNumber) -> bool {
        (1..1 << 31).contains(&other.relative_to(self))
    }
}

/// What the count needs to know of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// SEG.SEQ.
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
    pub fn length(&self) -> u32 {
        u32::from(self.syn) + u32::from(self.octets) + u32::from(self.fin)
    }

    /// The acknowledgment number by which a receiver says that it has all of this segment.
    pub fn acknowledged_by(&self) -> SeqNumber {
        self.sequence.plus(self.length())
    }
}

/// The receive window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// RCV.NXT.
    pub next: SeqNumber,
    /// RCV.WND.
    pub size: u32,
}

impl Window {
    /// Whether a segment is acceptable: the four cases of table 6.
    pub fn accepts(&self, segment: &Segment) -> bool {
        match (segment.length(), self.size) {
            (0, 0) => segment.sequence == self.next,
            (0, _) => self.holds(segment.sequence),
            (_, 0) => false,
            (length, _) => {
                self.holds(segment.sequence) || self.next.relative_to(segment.sequence) < length
            }
        }
    }

    /// RCV.NXT =< number < RCV.NXT+RCV.WND. Steps from the left edge are counted, so no edge can be beyond the end of
    /// the numbers.
    fn holds(&self, number: SeqNumber) -> bool {
        number.relative_to(self.next) < self.size
    }
}
