use std::time::SystemTime;

use lab::{Lab, Trace, addresses};
use socket2::{Domain, Socket, Type};
use trace::{ControlBits, Segment, SeqNumber, Side};

scenes! {
    three_connections_in_a_row
    a_smaller_number
    same_numbers_again
    fresh_numbers
}

/// What the ladder does not show, because its numbers are relative.
#[test]
fn each_connection_has_numbers_of_its_own() {
    let scene = scenes::named("three-connections-in-a-row").expect("the book has this scene");
    let trace = Lab::run_with(scene.settings(), |net| (scene.script)(net));
    for side in [Side::Client, Side::Server] {
        let [first, elsewhere, again] = initial_numbers(&trace, side)[..] else {
            panic!("three connections have three numbers on each side");
        };
        // For a good function that is so in all runs but one of 2^32.
        assert_ne!(first, elsewhere, "of the {}", side.name());
        // And of the first connection the SYN and the FIN took up one number each.
        let used = first.plus(2);
        assert!(used.precedes(again), "of the {}", side.name());
    }
}

/// The clock of RFC 9293 §3.4.1 makes a step in 4 microseconds. The one of Linux is the system's clock in units of 64
/// nanoseconds, so a program that reads the system's clock before and after each call knows how many steps there
/// were at least and at most.
#[test]
fn the_clock_of_linux_makes_a_step_in_64_nanoseconds() {
    const CALLS: usize = 20;
    let trace = Lab::run(|net| {
        let mut bounds = Vec::new();
        for _ in 0..CALLS {
            // Nobody listens, so the port is free again at once.
            bounds.push(net.client().run(|| {
                let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
                socket.bind(&addresses::client(40000).into())?;
                let earliest = steps();
                let refused = socket.connect(&addresses::server(80).into());
                assert!(refused.is_err(), "nobody listens");
                std::io::Result::Ok((earliest, steps()))
            })?);
        }
        let numbers = initial_numbers(net.trace(), Side::Client);
        assert_eq!(numbers.len(), CALLS);
        let (first, last) = (numbers[0], numbers[CALLS - 1]);
        let (least, most) = (
            bounds[CALLS - 1].0 - bounds[0].1,
            bounds[CALLS - 1].1 - bounds[0].0,
        );
        let made = u64::from(last.0.wrapping_sub(first.0));
        assert!(
            (least..=most).contains(&made),
            "{made} steps are not from {least} to {most}"
        );
        std::io::Result::Ok(())
    });
    assert_eq!(
        trace.rows.len(),
        2 * CALLS,
        "a SYN and a reset for each call"
    );
}

/// How many times 64 nanoseconds the system's clock has counted.
fn steps() -> u64 {
    let now = SystemTime::UNIX_EPOCH.elapsed();
    let now = now.expect("the clock stands after 1970").as_nanos();
    u64::try_from(now / 64).expect("64 bits are enough for centuries")
}

/// The numbers of the SYNs that one side's kernel has sent, in their order.
fn initial_numbers(trace: &Trace, side: Side) -> Vec<SeqNumber> {
    let is_syn = |segment: &Segment| segment.control.contains(ControlBits::SYN);
    (trace.segments())
        .filter(|(from, segment)| *from == side && is_syn(segment))
        .map(|(_, segment)| segment.sequence)
        .collect()
}
