//! Keep to a window, and open one: both ends of one direction of a connection.
//!
//! Its chapter is `book/header/window.md`. Run `cargo test -p window`.
//!
//! Fill in the two types below: [`Receiver`] announces windows, [`Sender`] keeps to them. Neither calls anything: the tests
//! tell them what has happened and what time it is, and ask them what to say or do. So what you keep in them is your own
//! choice; give them the fields that you need.
//!
//! Octets are counted from 0: the first octet that the sender sends is number 0, in a `u64`, which does not wrap. An acknowledgment
//! number is the number of the octet that is expected next. Times are counted from the moment at which the sender was made.
//!
//! What other chapters are about is left out, and you need not think of it: data that is lost or sent again (so a segment behind a gap
//! is dropped here, which a real receiver SHOULD keep for later, SHLD-31 in section 3.10.7.4), the congestion window, Nagle's algorithm, delayed acknowledgments, and the sender's part in avoiding silly windows (RFC 9293 section 3.8.6.2.1).

use std::time::Duration;

/// No pause between two probes is longer than this.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The end that announces the window.
#[derive(Clone, Debug)]
pub struct Receiver {}

impl Receiver {
    /// A receiver to which nothing has come. It has room for `buffer` octets. Its SYN, which is never scaled, has said as many of them
    /// as 16 bits can; from its first other segment on it announces them all, so its right edge is `buffer` from the beginning.
    ///
    /// `mss` is the largest segment that the sender sends. `shift` is the shift count that the receiver has announced for its
    /// window, and 0 if windows are not scaled. It is such that the field can say `buffer`: `buffer` is at most 65,535 shifted to
    /// the left by `shift`, `mss` at least 1 shifted
    /// likewise, and `buffer` at least 2 shifted likewise.
    #[must_use]
    pub fn new(buffer: u32, mss: u32, shift: u8) -> Receiver {
        todo!(
            "a receiver with room for {buffer} octets, for segments of {mss}, which shifts by {shift}"
        )
    }

    /// A segment has arrived with the octets from number `from` on, `length` of them. Returns how many of them are taken into the
    /// buffer.
    ///
    /// Taken is what comes next and lies within the window (RFC 9293 section 3.10.7.4): not what has been taken before, nothing at all
    /// if an octet before `from` is missing, and nothing from the right edge of the window on. The right edge does not
    /// move here: by as much as the buffer has been filled, the window is smaller now.
    pub fn arrived(&mut self, from: u64, length: u32) -> u32 {
        todo!("{length} octets from {from} on: how many does the receiver take?")
    }

    /// The program has read `octets` octets out of the buffer, at most as many as were in it. Returns whether the window
    /// has been opened further, so that the sender is to be told at once.
    ///
    /// The right edge stays where it is until it can move by half the buffer or by the largest segment, whichever is less;
    /// then the window is all the room that there is (RFC 9293 section 3.8.6.2.2, with Fr = 1/2). `buffer` is even.
    pub fn has_read(&mut self, octets: u32) -> bool {
        todo!("the program has read {octets} octets: may the right edge move?")
    }

    /// The acknowledgment number for the next segment to the sender.
    #[must_use]
    pub fn acknowledgment(&self) -> u64 {
        todo!("the number of the octet that is expected next")
    }

    /// The window field for the next segment to the sender, which is no SYN: the octets from the acknowledgment number to the right
    /// edge, shifted (RFC 9293 section 3.1, RFC 7323 section 2.3).
    ///
    /// What the shift cuts off is lost, so the edge that the sender reads may be up to 2^`shift` - 1 octets short, or a little further
    /// left than before (RFC 7323 section 2.4). [`Receiver::arrived`] goes by the true edge.
    #[must_use]
    pub fn field(&self) -> u16 {
        todo!("the window, shifted to the right")
    }
}

/// What a sender does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send a segment with `length` octets, the first of which is number `from`. Once this is returned, they have been sent.
    Send {
        /// The number of the first.
        from: u64,
        /// How many.
        length: u32,
    },
    /// Do nothing until something is heard, or until that time, if there is one.
    Wait(Option<Duration>),
    /// Everything has been sent and acknowledged: the connection may be closed.
    Finished,
}

/// The end that keeps to the window.
#[derive(Clone, Debug)]
pub struct Sender {}

impl Sender {
    /// A sender that has sent nothing of its `octets` octets.
    ///
    /// `syn_field` is the window field of the receiver's SYN, which is never scaled (RFC 7323 section 2.2), and `shift` the shift count for
    /// all later ones. `mss` is the largest segment that may be sent. `timeout` is the pause before the first probe of a
    /// closed window, one minute at most.
    #[must_use]
    pub fn new(octets: u64, syn_field: u16, shift: u8, mss: u32, timeout: Duration) -> Sender {
        todo!(
            "a sender of {octets} octets in segments of {mss}, for the window {syn_field}, a shift of {shift}, and {timeout:?}"
        )
    }

    /// At the time `now` a segment has come with this acknowledgment number and this window field. It is no SYN.
    ///
    /// It is ignored if it acknowledges less than another before it, for then it is old (RFC 9293 section 3.8.6), or more than was ever sent. The octet of a
    /// probe counts as sent.
    pub fn heard(&mut self, now: Duration, acknowledgment: u64, field: u16) {
        todo!(
            "at {now:?}: everything before {acknowledgment} has arrived, and the window field says {field}"
        )
    }

    /// What to do at the time `now`, which is never earlier than it was in the call before.
    ///
    /// - While the window allows it: the next segment, with as many octets as `mss`, the window and what is left to send allow. The
    ///   window begins at the highest acknowledgment number, not at the next octet to send. A receiver may have taken
    ///   back what it had announced (RFC 9293 section 3.8.6); what has been sent then stays sent.
    /// - If the window is 0, everything that was sent has been acknowledged but for the octet of a probe, and there is more to send: a probe, which is the next octet
    ///   alone, although the window does not allow it (section 3.8.6.1). If the receiver does not take that octet, it is sent again,
    ///   as the next probe or with the data that follows. The first probe is due `timeout` after the window was first heard to be 0. After each probe the
    ///   pause before the next, counted from when the probe was sent, is twice as long, and never longer than [`LONGEST_PAUSE`]. That another answer says 0 changes
    ///   nothing. When the window has been open in between, it begins with `timeout` again. Before a probe is due:
    ///   wait until then.
    /// - If everything has been acknowledged: finished. A window of 0 does not mean that.
    /// - Otherwise: wait, without a time.
    pub fn next(&mut self, now: Duration) -> Step {
        todo!("what to do at {now:?}")
    }
}
