//! Your two ends, a wire between them that loses some of what the receiver says, and a program that reads now and then.

use std::collections::VecDeque;
use std::time::Duration;

use proptest::prop_assert;
use proptest::test_runner::TestCaseError;
use window::{Receiver, Sender, Step};

/// How it goes.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) octets: u64,
    pub(crate) buffer: u32,
    pub(crate) mss: u32,
    pub(crate) shift: u8,
    /// After so many seconds, the program reads so many octets, if they are there; over and over.
    pub(crate) reads: Vec<(u64, u32)>,
    /// Whether the wire loses the next window update, or the answer to the next probe; over and over, but for every third.
    pub(crate) lost: Vec<bool>,
}

/// More steps than any of these exchanges needs.
const TOO_MANY: usize = 1_000_000;

struct Wire<'a> {
    lost: std::iter::Cycle<std::slice::Iter<'a, bool>>,
    count: usize,
}

impl Wire<'_> {
    /// Two of three may be lost.
    fn loses(&mut self) -> bool {
        self.count += 1;
        self.lost.next() == Some(&true) && !self.count.is_multiple_of(3)
    }
}

/// Plays it to its end.
///
/// # Errors
/// What went wrong, in words.
pub(crate) fn simulate(plan: &Plan) -> Result<(), TestCaseError> {
    let mut receiver = Receiver::new(plan.buffer, plan.mss, plan.shift);
    // The field of a SYN is not scaled, and says no more than it can.
    let syn = u16::try_from(plan.buffer).unwrap_or(u16::MAX);
    let mut sender = Sender::new(
        plan.octets,
        syn,
        plan.shift,
        plan.mss,
        Duration::from_secs(1),
    );
    let mut wire = Wire {
        lost: plan.lost.iter().cycle(),
        count: 0,
    };
    let mut reads = plan.reads.iter().cycle();
    let mut next_read = reads.next().copied().unwrap_or((1, 1));
    let mut read_at = Duration::from_secs(next_read.0);
    let (mut now, mut unread) = (Duration::ZERO, 0_u64);
    let (mut taken, mut promised) = (0, u64::from(syn));
    let mut probed = None;
    let mut said = VecDeque::new();
    for _ in 0..TOO_MANY {
        match sender.next(now) {
            Step::Send { from, length } => {
                let end = from + u64::from(length);
                let is_probe = end > promised;
                prop_assert!(
                    length > 0 && end <= plan.octets && from <= taken,
                    "Your sender sends {length} octets from {from} on; the receiver expects number {taken}, and there \
                     are {} in all",
                    plan.octets
                );
                prop_assert!(
                    !is_probe || (length == 1 && promised == from),
                    "Your sender sends {length} octets from {from} on, and the window ends before {promised}"
                );
                if is_probe {
                    prop_assert!(
                        probed != Some(now),
                        "Your sender sends two probes at once, at {now:?}: between two of them there is a pause"
                    );
                    probed = Some(now);
                }
                let new = u64::from(receiver.arrived(from, length));
                prop_assert!(
                    is_probe || from + new == end || from < taken,
                    "Your receiver has promised room up to {promised}, and of {length} octets from {from} on it takes {new}"
                );
                taken += new;
                unread += new;
                prop_assert!(
                    unread <= u64::from(plan.buffer),
                    "Your receiver has taken {unread} octets that nobody has read, and has no room for them"
                );
                if !is_probe || !wire.loses() {
                    said.push_back((receiver.acknowledgment(), receiver.field()));
                }
            }
            Step::Wait(until) => {
                // What the receiver has said arrives when the sender has sent all that it may.
                if let Some((acknowledgment, field)) = said.pop_front() {
                    sender.heard(now, acknowledgment, field);
                    promised = acknowledgment + (u64::from(field) << plan.shift);
                    continue;
                }
                prop_assert!(
                    until.is_none_or(|until| until > now),
                    "It is {now:?}, and your sender waits until {until:?}, which is no pause"
                );
                prop_assert!(
                    unread > 0 || until.is_some(),
                    "The program has read all {taken} octets that came, your receiver's window field is {}, and your \
                     sender waits for ever",
                    receiver.field()
                );
                now = until.map_or(read_at, |until| until.min(read_at)).max(now);
                if now < read_at {
                    continue;
                }
                let octets = u64::from(next_read.1).min(unread);
                unread -= octets;
                let told = receiver.has_read(u32::try_from(octets).unwrap_or(0));
                if told && !wire.loses() {
                    said.push_back((receiver.acknowledgment(), receiver.field()));
                }
                next_read = reads.next().copied().unwrap_or((1, 1));
                read_at = now + Duration::from_secs(next_read.0) + Duration::from_millis(1);
            }
            Step::Finished => {
                prop_assert!(
                    taken == plan.octets,
                    "Your sender has finished, and {taken} of {} octets have arrived",
                    plan.octets
                );
                return Ok(());
            }
        }
    }
    prop_assert!(
        false,
        "After {TOO_MANY} steps only {taken} octets have arrived"
    );
    Ok(())
}
