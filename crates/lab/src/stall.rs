//! Whether the machine stood still for so long that a kernel's timer has spoilt the script.
//!
//! Linux sends a SYN or a SYN,ACK again after a second, whatever the lab does. A script that waits for
//! that wants to see it. But where script and wire are busy, a second never passes, unless the machine has other
//! things to do. What is then sent again is no part of the exchange, and the script has to be played once more.

use std::collections::HashMap;
use std::net::SocketAddrV4;
use std::time::{Duration, Instant};

use trace::{ControlBits, Segment};

/// So much work between a segment and its repeat is more than any script needs: the kernels' shortest timer that the lab
/// cannot set is a second.
const TOO_MUCH: Duration = Duration::from_millis(500);

/// The longest time between two looks at a quiet wire that is taken for waiting. More than that is a machine that
/// stood still.
const LONGEST_LOOK: Duration = Duration::from_millis(250);

/// A clock that goes on while there is work, and stands still while the script waits for something to happen by itself.
pub(crate) struct WorkClock {
    begun: Instant,
    waited: Duration,
    waiting: Option<Instant>,
}

impl WorkClock {
    pub(crate) fn start() -> WorkClock {
        WorkClock {
            begun: Instant::now(),
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    /// Nothing is under way: from now on the script waits, until it waits anew or works.
    pub(crate) fn wait(&mut self) {
        self.work();
        self.waiting = Some(Instant::now());
    }

    /// Nothing has come of a look at the wire: where the script waits, it waits on.
    pub(crate) fn look_again(&mut self) {
        if self.waiting.is_some() {
            self.wait();
        }
    }

    /// Something has happened.
    pub(crate) fn work(&mut self) {
        self.waited += self.look();
        self.waiting = None;
    }

    /// Whether the script waits, and the machine stood still since its last look.
    pub(crate) fn overslept(&self) -> bool {
        self.waiting
            .is_some_and(|since| since.elapsed() >= TOO_MUCH)
    }

    /// How long there has been work.
    pub(crate) fn now(&self) -> Duration {
        self.begun
            .elapsed()
            .saturating_sub(self.waited + self.look())
    }

    fn look(&self) -> Duration {
        self.waiting
            .map_or(Duration::ZERO, |since| since.elapsed().min(LONGEST_LOOK))
    }
}

/// What both kernels have sent that they would send again.
#[derive(Default)]
pub(crate) struct Repeats(HashMap<Key, Duration>);

/// Both ends, the sequence number, the length of the data, and the control bits.
type Key = (SocketAddrV4, SocketAddrV4, u32, usize, ControlBits);

impl Repeats {
    /// Notes a segment that was sent between two moments of the clock, and says whether it is the repeat of one that has waited for
    /// its answer for too long.
    pub(crate) fn note(&mut self, segment: &Segment, after: Duration, before: Duration) -> bool {
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
        self.0
            .insert(key, after)
            .is_some_and(|last| before.saturating_sub(last) >= TOO_MUCH)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

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

    #[test]
    fn a_repeat_after_too_much_work_is_noticed() {
        let at = Duration::from_millis;
        let mut repeats = Repeats::default();
        let syn = segment(ControlBits::SYN, 7);
        assert!(!repeats.note(&syn, at(0), at(1)), "it is the first");
        assert!(!repeats.note(&syn, at(400), at(499)), "it comes soon");
        assert!(
            !repeats.note(&segment(ControlBits::SYN, 8), at(0), at(5_000)),
            "it is another"
        );
        assert!(repeats.note(&syn, at(899), at(900)));
        let ack = segment(ControlBits::ACK, 8);
        assert!(!repeats.note(&ack, at(0), at(1)));
        assert!(
            !repeats.note(&ack, at(5_000), at(5_001)),
            "an empty ACK is not counted"
        );
    }

    #[test]
    fn the_clock_stands_still_while_the_script_waits() {
        let mut clock = WorkClock::start();
        let begun = Instant::now();
        for _ in 0..20 {
            clock.wait();
            thread::sleep(Duration::from_millis(5));
        }
        clock.work();
        let worked = clock.now();
        assert!(
            worked < begun.elapsed() - Duration::from_millis(50),
            "{worked:?}"
        );
        thread::sleep(Duration::from_millis(5));
        assert!(clock.now() >= worked + Duration::from_millis(5));
    }
}
