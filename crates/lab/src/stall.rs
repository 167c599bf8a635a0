//! Whether the machine stood still for so long that a kernel's timer has spoilt the script.
//!
//! Linux sends a SYN or a SYN,ACK again after a second, whatever the lab does. A script that waits for
//! that wants to see it. But where script and wire are busy, a second never passes, unless the machine has other
//! things to do. What is then sent again is no part of the exchange, and the script has to be played once more.

use std::collections::HashMap;
use std::net::SocketAddrV4;
use std::time::{Duration, Instant};

use trace::{ControlBits, Segment, Side};

/// What a kernel waits for its answer before it sends a SYN or a SYN,ACK again (RFC 6298 §2.1). No route changes that.
const SYN_TIMER: Duration = Duration::from_secs(1);

/// The wire's watch on the machine. Every method takes the time, so that it can be tried at any.
pub(crate) struct Watch {
    /// So much work between a segment and its repeat, or so long without a look at the wire, is a stall.
    too_much: Duration,
    clock: WorkClock,
    /// When all that the client, and the server, had sent was last in the queue.
    emptied: [Duration; 2],
    /// What both kernels have sent that they would send again, and when.
    sent: HashMap<Key, Duration>,
}

/// Both ends, the sequence number, the length of the data, and the control bits.
type Key = (SocketAddrV4, SocketAddrV4, u32, usize, ControlBits);

impl Watch {
    /// Watches over kernels that send again after `rto_min` at the earliest, and a SYN after a second.
    ///
    /// Half of the shorter of both timers is too much work between a segment and its repeat: the script has waited for too little of that
    /// time. (An acknowledgment that is delayed waits for less, but what acknowledges alone is not looked for.)
    pub(crate) fn start(rto_min: Duration, now: Instant) -> Watch {
        let too_much = rto_min.min(SYN_TIMER) / 2;
        Watch {
            too_much,
            clock: WorkClock::start(too_much / 2, now),
            emptied: [Duration::ZERO; 2],
            sent: HashMap::new(),
        }
    }

    /// Nothing is under way: from now on the script waits, until it waits anew or works.
    pub(crate) fn wait(&mut self, now: Instant) {
        self.clock.wait(now);
    }

    /// Nothing has come of a look at the wire: where the script waits, it waits on.
    pub(crate) fn look_again(&mut self, now: Instant) {
        if self.clock.waiting.is_some() {
            self.clock.wait(now);
        }
    }

    /// Something has happened.
    pub(crate) fn work(&mut self, now: Instant) {
        self.clock.work(now);
    }

    /// All that a host has sent so far has been taken in.
    pub(crate) fn all_is_in(&mut self, from: Side, now: Instant) {
        self.emptied[from as usize] = self.clock.worked(now);
    }

    /// A frame has been taken in, with this segment, if any. Says whether the machine stood still: since its last look while the script
    /// waits, or while the segment that this one repeats had no answer.
    pub(crate) fn take_in(&mut self, from: Side, segment: Option<&Segment>, now: Instant) -> bool {
        let overslept = self.clock.since_last_look(now) >= self.too_much;
        self.clock.work(now);
        let late = segment.is_some_and(|segment| self.repeats_late(from, segment, now));
        overslept || late
    }

    fn repeats_late(&mut self, from: Side, segment: &Segment, now: Instant) -> bool {
        let takes_numbers = !segment.payload.is_empty()
            || [ControlBits::SYN, ControlBits::FIN]
                .iter()
                .any(|bit| segment.control.contains(*bit));
        if !takes_numbers {
            return false;
        }
        let key = (
            segment.source,
            segment.destination,
            segment.sequence.0,
            segment.payload.len(),
            segment.control,
        );
        // Each was sent between two moments. Between both may lie as much as from the first of the one to the last of the other.
        let before = self.clock.worked(now);
        self.sent
            .insert(key, self.emptied[from as usize])
            .is_some_and(|last| before.saturating_sub(last) >= self.too_much)
    }
}

/// A clock that goes on while there is work, and stands still while the script waits for something to happen by itself.
struct WorkClock {
    /// The longest time between two looks at a quiet wire that is taken for waiting. More than that is a machine that stood
    /// still.
    longest_look: Duration,
    begun: Instant,
    waited: Duration,
    waiting: Option<Instant>,
}

impl WorkClock {
    fn start(longest_look: Duration, now: Instant) -> WorkClock {
        WorkClock {
            longest_look,
            begun: now,
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    fn wait(&mut self, now: Instant) {
        self.work(now);
        self.waiting = Some(now);
    }

    fn work(&mut self, now: Instant) {
        self.waited += self.look(now);
        self.waiting = None;
    }

    /// How long ago the script, which waits, has looked at the wire; nothing where it does not wait.
    fn since_last_look(&self, now: Instant) -> Duration {
        self.waiting.map_or(Duration::ZERO, |since| now - since)
    }

    /// How long there has been work.
    fn worked(&self, now: Instant) -> Duration {
        (now - self.begun).saturating_sub(self.waited + self.look(now))
    }

    /// As much of that as is taken for waiting.
    fn look(&self, now: Instant) -> Duration {
        self.since_last_look(now).min(self.longest_look)
    }
}

#[cfg(test)]
mod tests {
    use trace::SeqNumber;

    use super::*;
    use crate::addresses;

    fn segment(control: ControlBits, sequence: u32) -> Segment {
        Segment {
            control,
            sequence: SeqNumber(sequence),
            ..Segment::between(
                SocketAddrV4::new(addresses::CLIENT, 40000),
                SocketAddrV4::new(addresses::SERVER, 80),
            )
        }
    }

    /// A watch over kernels with the usual timers, and its time in milliseconds.
    fn watch() -> (Watch, impl Fn(u64) -> Instant) {
        watch_over(Duration::from_secs(30))
    }

    fn watch_over(rto_min: Duration) -> (Watch, impl Fn(u64) -> Instant) {
        let begun = Instant::now();
        let at = move |milliseconds| begun + Duration::from_millis(milliseconds);
        (Watch::start(rto_min, begun), at)
    }

    #[test]
    fn a_repeat_after_too_much_work_is_noticed() {
        let (mut watch, at) = watch();
        let syn = segment(ControlBits::SYN, 7);
        let client = Side::Client;
        assert!(!watch.take_in(client, Some(&syn), at(1)), "it is the first");
        watch.all_is_in(client, at(400));
        watch.all_is_in(Side::Server, at(498));
        assert!(!watch.take_in(client, Some(&syn), at(499)), "it comes soon");
        let another = segment(ControlBits::SYN, 8);
        assert!(!watch.take_in(client, Some(&another), at(5_000)));
        // What came at 499 may have been sent at 400.
        assert!(watch.take_in(client, Some(&syn), at(900)));
    }

    #[test]
    fn a_shorter_timer_is_spoilt_by_less() {
        let (mut watch, at) = watch_over(Duration::from_millis(200));
        let fin = segment(ControlBits::FIN, 7);
        assert!(!watch.take_in(Side::Client, Some(&fin), at(0)));
        watch.all_is_in(Side::Client, at(300));
        assert!(watch.take_in(Side::Client, Some(&fin), at(300)));
        assert!(!watch.take_in(Side::Client, Some(&fin), at(399)));
        watch.wait(at(400));
        assert!(watch.take_in(Side::Client, None, at(500)), "it overslept");
    }

    #[test]
    fn what_takes_no_numbers_is_not_sent_again() {
        let (mut watch, at) = watch();
        let ack = segment(ControlBits::ACK, 8);
        assert!(!watch.take_in(Side::Client, Some(&ack), at(1)));
        assert!(!watch.take_in(Side::Client, Some(&ack), at(5_000)));
        assert!(!watch.take_in(Side::Client, None, at(10_000)));
    }

    #[test]
    fn a_repeat_that_the_script_has_waited_for_is_none() {
        let (mut watch, at) = watch();
        let syn = segment(ControlBits::SYN, 7);
        assert!(!watch.take_in(Side::Client, Some(&syn), at(1)));
        for look in (10..1_000).step_by(10) {
            watch.wait(at(look));
        }
        assert!(!watch.take_in(Side::Client, Some(&syn), at(1_000)));
    }

    #[test]
    fn programs_that_poll_let_the_script_wait_on() {
        let (mut watch, at) = watch();
        let syn = segment(ControlBits::SYN, 7);
        assert!(!watch.take_in(Side::Client, Some(&syn), at(1)));
        watch.wait(at(10));
        for look in (11..1_000).step_by(200) {
            watch.look_again(at(look));
        }
        assert!(!watch.take_in(Side::Client, Some(&syn), at(1_000)));
        // Where it does not wait, it does not begin to.
        watch.look_again(at(1_001));
        assert!(watch.take_in(Side::Client, Some(&syn), at(2_000)));
    }

    #[test]
    fn a_machine_that_stood_still_while_the_script_waited_is_noticed() {
        let (mut watch, at) = watch();
        watch.wait(at(0));
        assert!(!watch.take_in(Side::Client, None, at(499)));
        watch.wait(at(1_000));
        assert!(watch.take_in(Side::Client, None, at(1_500)));
        assert!(!watch.take_in(Side::Client, None, at(2_500)), "it works");
    }

    #[test]
    fn the_clock_stands_still_while_the_script_waits() {
        let (_, at) = watch();
        let mut clock = WorkClock::start(Duration::from_millis(250), at(0));
        clock.wait(at(5));
        clock.wait(at(15));
        clock.work(at(25));
        assert_eq!(clock.worked(at(30)), Duration::from_millis(10));
        // No look takes so long: the machine stood still.
        clock.wait(at(30));
        clock.work(at(1_000));
        assert_eq!(clock.worked(at(1_000)), Duration::from_millis(730));
    }
}
