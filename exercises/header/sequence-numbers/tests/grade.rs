//! What your numbers say, and what a receiver that is made of them says.
//!
//! Most tests make up their inputs anew each time they run. When one fails it says for which.

use grade::any_inputs;
use proptest::prelude::*;
use sequence_numbers::{Segment, SeqNumber, Window};
use trace::{ControlBits, Event, Fate, Origin, Side, pcapng};

/// Half of all numbers.
const HALF: u32 = 1 << 31;

/// No window is larger (RFC 7323 section 2.3).
const LARGEST_WINDOW: u32 = 1 << 30;

fn number() -> impl Strategy<Value = SeqNumber> {
    // Half of them near the place where the count begins again.
    prop_oneof![any::<u32>(), (0_u32..200).prop_map(|n| n.wrapping_sub(100))].prop_map(SeqNumber)
}

/// A number in `0..count`, and often the first or the last of them.
fn pick(choice: u32, count: u32) -> u32 {
    match choice % 4 {
        0 => 0,
        1 => count - 1,
        _ => choice / 4 % count,
    }
}

/// What a segment can be: its bits and its octets.
fn contents() -> impl Strategy<Value = Segment> {
    let octets = prop_oneof![Just(0), 0_u16..=3, any::<u16>(), Just(u16::MAX)];
    (any::<bool>(), any::<bool>(), octets).prop_map(|(syn, fin, octets)| Segment {
        sequence: SeqNumber(0),
        syn,
        fin,
        octets,
    })
}

/// A segment that takes up at least one number.
fn occupying() -> impl Strategy<Value = Segment> {
    contents().prop_filter("it takes up a number", |segment| occupied(segment) > 0)
}

/// How many numbers a segment takes up. `length` has its own test; the others do not ask it.
fn occupied(segment: &Segment) -> u32 {
    [segment.syn, segment.fin]
        .into_iter()
        .filter(|set| *set)
        .count() as u32
        + u32::from(segment.octets)
}

fn open_window() -> impl Strategy<Value = Window> {
    let size = prop_oneof![1_u32..=3, 1..=0xffff_u32, 1..LARGEST_WINDOW];
    (number(), size).prop_map(|(next, size)| Window { next, size })
}

/// The number so many steps on; the tests do not ask `plus`.
fn on(from: SeqNumber, steps: u32) -> SeqNumber {
    SeqNumber(from.0.wrapping_add(steps))
}

/// The number so many steps back.
fn back(from: SeqNumber, steps: u32) -> SeqNumber {
    SeqNumber(from.0.wrapping_sub(steps))
}

#[test]
fn the_count_goes_on_at_zero() {
    proptest!(any_inputs(256), |(from in number(), count in prop_oneof![0_u32..200, any::<u32>()])| {
        let reached = on(from, count);
        prop_assert_eq!(
            from.plus(count),
            reached,
            "{:?} and {} more, modulo 2^32: one after 2^32 - 1 is 0 (RFC 9293 section 3.4)", from, count
        );
        prop_assert_eq!(
            reached.relative_to(from),
            count,
            "from the ISN {:?} it is {} steps forward to {:?}, so that is its relative number, modulo 2^32 \
             (RFC 9293 section 3.4)", from, count, reached
        );
    });
}

#[test]
fn before_and_after_are_decided_on_the_circle() {
    proptest!(any_inputs(256), |(number in number(), choice: u32)| {
        prop_assert!(
            !number.precedes(number),
            "{:?} does not come before itself (RFC 7323 section 5.2)", number
        );
        let steps = 1 + pick(choice, HALF - 1);
        let later = on(number, steps);
        prop_assert!(
            number.precedes(later),
            "from {:?} it is {} steps forward to {:?}, less than 2^31, so it comes before it \
             (RFC 7323 section 5.2)", number, steps, later
        );
        prop_assert!(
            !later.precedes(number),
            "from {:?} it is more than 2^31 steps forward to {:?}, so it does not come before it \
             (RFC 7323 section 5.2)", later, number
        );
    });
    proptest!(any_inputs(256), |(number in number())| {
        let opposite = on(number, HALF);
        prop_assert!(
            !number.precedes(opposite),
            "{:?} and {:?} are exactly 2^31 apart: neither comes before the other (RFC 7323 section 5.2)",
            number, opposite
        );
    });
}

#[test]
fn a_syn_and_a_fin_take_up_one_number_each() {
    proptest!(any_inputs(256), |(contents in contents(), sequence in number())| {
        let segment = Segment { sequence, ..contents };
        prop_assert_eq!(
            segment.length(),
            occupied(&segment),
            "the length of {:?}: each octet of data, a SYN and a FIN take up one number each (RFC 9293 section 3.4)",
            segment
        );
        prop_assert_eq!(
            segment.acknowledged_by(),
            on(sequence, occupied(&segment)),
            "{:?} takes up {} numbers, and is acknowledged by the number that comes next (RFC 9293 section 3.1)",
            segment, occupied(&segment)
        );
    });
}

#[test]
fn an_open_window_takes_what_begins_or_ends_in_it() {
    let inside = |window: Window, choice| on(window.next, pick(choice, window.size));
    let before = |window: Window, choice| back(window.next, 1 + pick(choice, LARGEST_WINDOW));
    let behind =
        |window: Window, choice| on(on(window.next, window.size), pick(choice, LARGEST_WINDOW));
    let empty = |sequence| Segment {
        sequence,
        syn: false,
        fin: false,
        octets: 0,
    };
    proptest!(any_inputs(256), |(window in open_window(), choice: u32)| {
        let segment = empty(inside(window, choice));
        prop_assert!(
            window.accepts(&segment),
            "{:?} should take the empty {:?}: its number is in the window (RFC 9293 section 3.10.7.4, table 6)",
            window, segment
        );
        for outside in [before(window, choice), behind(window, choice)] {
            let segment = empty(outside);
            prop_assert!(
                !window.accepts(&segment),
                "{:?} should not take the empty {:?}: its number is not in the window \
                 (RFC 9293 section 3.10.7.4, table 6)",
                window, segment
            );
        }
    });
    proptest!(any_inputs(256), |(window in open_window(), contents in occupying(), choice: u32)| {
        let segment = Segment { sequence: inside(window, choice), ..contents };
        prop_assert!(
            window.accepts(&segment),
            "{:?} should take {:?}: it begins in the window (RFC 9293 section 3.10.7.4, table 6)",
            window, segment
        );
        // Its last number is this many steps behind its first.
        let steps = occupied(&contents) - 1;
        let segment = Segment { sequence: back(before(window, choice), steps), ..contents };
        prop_assert!(
            !window.accepts(&segment),
            "{:?} should not take {:?}: its last number is before the window, so all of it is old \
             (RFC 9293 section 3.10.7.4, table 6)",
            window, segment
        );
        let segment = Segment { sequence: behind(window, choice), ..contents };
        prop_assert!(
            !window.accepts(&segment),
            "{:?} should not take {:?}: it begins behind the window (RFC 9293 section 3.10.7.4, table 6)",
            window, segment
        );
        if steps > 0 {
            // The last number is in the window, and the first is not.
            let last = on(window.next, pick(choice, steps.min(window.size)));
            let segment = Segment { sequence: back(last, steps), ..contents };
            prop_assert!(
                window.accepts(&segment),
                "{:?} should take {:?}: its last number is {:?}, in the window, so a part of it is new \
                 (RFC 9293 section 3.10.7.4, table 6)",
                window, segment, last
            );
        }
        if steps > window.size {
            // The first number is before the window, and the last behind it.
            let sequence = back(window.next, 1 + pick(choice, steps - window.size));
            let segment = Segment { sequence, ..contents };
            prop_assert!(
                !window.accepts(&segment),
                "{:?} should not take {:?}: it begins before the window and ends behind it, and by the letter neither \
                 number is in the window (RFC 9293 section 3.10.7.4, table 6)",
                window, segment
            );
        }
    });
    // Windows that cannot be: any answer will do, and a panic is none.
    proptest!(any_inputs(256), |(next in number(), size: u32, contents in contents(), sequence in number())| {
        Window { next, size }.accepts(&Segment { sequence, ..contents });
    });
}

#[test]
fn a_zero_window_takes_no_data() {
    proptest!(any_inputs(256), |(next in number(), contents in occupying(), choice: u32)| {
        let window = Window { next, size: 0 };
        for sequence in [next, back(next, 1), on(next, pick(choice, LARGEST_WINDOW))] {
            let segment = Segment { sequence, ..contents };
            prop_assert!(
                !window.accepts(&segment),
                "{:?} has no room, and {:?} takes up numbers: not acceptable (RFC 9293 section 3.10.7.4, table 6)",
                window, segment
            );
        }
        let empty = Segment { sequence: next, syn: false, fin: false, octets: 0 };
        prop_assert!(
            window.accepts(&empty),
            "{:?} should take {:?}: an empty segment with exactly the expected number, as an ACK is \
             (RFC 9293 section 3.10.7.4, table 6)",
            window, empty
        );
        let steps = 1 + pick(choice, LARGEST_WINDOW);
        for sequence in [back(next, steps), on(next, steps)] {
            let segment = Segment { sequence, ..empty };
            prop_assert!(
                !window.accepts(&segment),
                "{:?} should not take {:?}: with a zero window only the expected number itself is acceptable \
                 (RFC 9293 section 3.10.7.4, table 6)",
                window, segment
            );
        }
    });
}

/// The chapter's recordings. In each, two kernels have written the acknowledgment numbers.
const RECORDINGS: [(&str, &[u8]); 4] = [
    (
        "counting-octets",
        include_bytes!("../../../../book/header/counting-octets.pcapng"),
    ),
    (
        "a-gap",
        include_bytes!("../../../../book/header/a-gap.pcapng"),
    ),
    (
        "one-clean-stream",
        include_bytes!("../../../../book/header/one-clean-stream.pcapng"),
    ),
    (
        "wraparound",
        include_bytes!("../../../../book/header/wraparound.pcapng"),
    ),
];

/// One direction's receiver, made of your functions.
struct Receiver {
    window: Window,
    /// Acceptable, but perhaps behind a gap.
    waiting: Vec<Segment>,
}

impl Receiver {
    fn receive(&mut self, segment: Segment) {
        if !self.window.accepts(&segment) {
            return;
        }
        self.waiting.push(segment);
        let next = self.window.next;
        // From the first that leaves no gap on, as long as there is one.
        while let Some(at) = self
            .waiting
            .iter()
            .position(|segment| !self.window.next.precedes(segment.sequence))
        {
            let end = self.waiting.remove(at).acknowledged_by();
            if self.window.next.precedes(end) {
                self.window.next = end;
            }
        }
        let moved = self.window.next.relative_to(next);
        self.window.size = self.window.size.wrapping_sub(moved);
    }
}

#[test]
fn a_receiver_made_of_it_acknowledges_as_the_kernels_did() {
    for (name, recording) in RECORDINGS {
        let trace = pcapng::read(recording).expect("the recording is the course's own");
        let mut receivers: [Option<Receiver>; 2] = [None, None];
        let index = |side| usize::from(side == Side::Server);
        let mut compared = 0;
        let frames = trace.rows.iter().filter(|row| row.frame().is_some());
        for (row, step) in frames.zip(1..) {
            let (Event::Frame { origin, fate, .. }, Some((from, segment))) =
                (&row.event, row.segment())
            else {
                continue;
            };
            let has = |bit| segment.control.contains(bit);
            // What a kernel sends says what it expects, and how much it is ready to take.
            if let (Origin::Host, true, Some(receiver)) =
                (*origin, has(ControlBits::ACK), &mut receivers[index(from)])
            {
                let side = from.name();
                let (yours, kernels) = (receiver.window.next.0, segment.acknowledgment.0);
                assert!(
                    yours == kernels,
                    "recording {name}, segment {step}: the {side}'s kernel acknowledges with {kernels}. A receiver that is made of \
                     your functions, and has seen the same segments, would acknowledge with {yours}. These are the numbers on the \
                     wire; the figure's steps show them when unfolded (RFC 9293 section 3.4)"
                );
                receiver.window.size = u32::from(segment.window);
                compared += 1;
            }
            if *fate != Fate::Delivered {
                continue;
            }
            let arrived = Segment {
                sequence: SeqNumber(segment.sequence.0),
                syn: has(ControlBits::SYN),
                fin: has(ControlBits::FIN),
                octets: u16::try_from(segment.payload.len()).expect("a frame is not so long"),
            };
            match &mut receivers[index(from.other())] {
                Some(receiver) => receiver.receive(arrived),
                // The first segment of a direction is its SYN. The window is announced in the answer.
                none => {
                    *none = Some(Receiver {
                        window: Window {
                            next: arrived.acknowledged_by(),
                            size: 0xffff,
                        },
                        waiting: Vec::new(),
                    });
                }
            }
        }
        assert!(
            compared > 5,
            "recording {name} has only {compared} acknowledgments to compare with"
        );
    }
}
