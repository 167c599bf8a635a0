//! What your numbers have in common, and what they have not.
//!
//! Most tests make up their inputs anew each time they run. When one fails it says for which.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use grade::any_inputs;
use initial_sequence_numbers::{Pair, Secret, clock, initial_sequence_number, offset};
use proptest::prelude::*;

fn end() -> impl Strategy<Value = SocketAddrV4> {
    (any::<u32>(), any::<u16>())
        .prop_map(|(address, port)| SocketAddrV4::new(Ipv4Addr::from(address), port))
}

fn pair() -> impl Strategy<Value = Pair> {
    (end(), end()).prop_map(|(local, remote)| Pair { local, remote })
}

/// Several pairs of one secret: two good functions agree in one number now and then, and not in four.
fn pairs() -> impl Strategy<Value = [Pair; 4]> {
    (pair(), 1_u16..=u16::MAX / 4).prop_map(|(first, step)| {
        [0, 1, 2, 3].map(|times| Pair {
            remote: moved(first.remote, step * times),
            ..first
        })
    })
}

fn moved(end: SocketAddrV4, bits: u16) -> SocketAddrV4 {
    SocketAddrV4::new(*end.ip(), end.port() ^ bits)
}

/// Up to 10,000 years, in nanoseconds.
fn time() -> impl Strategy<Value = Duration> {
    (0..315_576_000_000_u64, 0..1_000_000_000_u32).prop_map(|(s, ns)| Duration::new(s, ns))
}

fn microseconds(number: u64) -> Duration {
    Duration::from_micros(number)
}

#[test]
fn the_clock_ticks_every_four_microseconds() {
    let steps = [(0, 0), (3, 0), (4, 1), (7, 1), (8, 2), (1_000_000, 250_000)];
    for (time, expected) in steps {
        assert_eq!(
            clock(microseconds(time)),
            expected,
            "after {time} microseconds the clock should have made {expected} steps (RFC 9293 section 3.4.1)"
        );
    }
    let round = 4 << 32;
    for (time, expected) in [(round - 1, u32::MAX), (round, 0), (3 * round + 4, 1)] {
        assert_eq!(
            clock(microseconds(time)),
            expected,
            "after {time} microseconds the clock should stand at {expected}: it goes round, modulo 2^32 \
             (RFC 9293 section 3.4)"
        );
    }
    // The longest time that there is. 2^64 s is a multiple of 2^32 steps, so this is one step before it.
    assert_eq!(
        clock(Duration::MAX),
        u32::MAX,
        "the clock should go round for ever, and not stop or panic"
    );
}

proptest! {
    #![proptest_config(any_inputs(256))]

    #[test]
    fn one_pair_of_sockets_goes_with_the_clock(pair in pair(), other in pair(), key: u128, first in time(), pause in time()) {
        let secret = key.to_be_bytes();
        let then = initial_sequence_number(first, &pair, &secret);
        // What happens in between changes nothing: there is nothing to remember.
        initial_sequence_number(first, &other, &secret);
        prop_assert_eq!(
            initial_sequence_number(first, &pair, &secret),
            then,
            "the same time, pair and secret should give the same number: only the clock may move it (RFC 6528 section 2)"
        );
        prop_assert_eq!(
            then.0,
            offset(&pair, &secret).wrapping_add(clock(first)),
            "ISN should be M + F, modulo 2^32 (RFC 9293 section 3.4.1)"
        );
        let now = initial_sequence_number(first + pause, &pair, &secret);
        prop_assert_eq!(
            now.0.wrapping_sub(then.0),
            clock(first + pause).wrapping_sub(clock(first)),
            "between two incarnations the number should move on by the steps of the clock, by nothing more and nothing less \
             (RFC 6528 section 2)"
        );
    }

    #[test]
    fn every_part_of_the_pair_counts(pair in pair(), keys: [u128; 4], address in 0..32_u32, port in 0..16_u32) {
        // One bit is enough: a function that leaves out an octet of a part would miss a whole block of hosts.
        let (address, port) = (1_u32 << address, 1_u16 << port);
        let secrets = keys.map(u128::to_be_bytes);
        let elsewhere = |end: SocketAddrV4| {
            SocketAddrV4::new(Ipv4Addr::from(u32::from(*end.ip()) ^ address), end.port())
        };
        let others = [
            ("localip", Pair { local: elsewhere(pair.local), ..pair }),
            ("localport", Pair { local: moved(pair.local, port), ..pair }),
            ("remoteip", Pair { remote: elsewhere(pair.remote), ..pair }),
            ("remoteport", Pair { remote: moved(pair.remote, port), ..pair }),
        ];
        for (part, other) in others {
            prop_assert!(
                secrets.iter().any(|secret| offset(&pair, secret) != offset(&other, secret)),
                "{:?} and {:?} differ in {}, so each should have a sequence of numbers of its own (RFC 6528 section 2)",
                pair, other, part
            );
        }
    }

    #[test]
    fn the_two_ends_are_not_exchangeable(pair in pair(), keys: [u128; 4]) {
        let secrets = keys.map(u128::to_be_bytes);
        let exchanges = [
            ("the two ends", Pair { local: pair.remote, remote: pair.local }),
            ("the two ports", Pair {
                local: SocketAddrV4::new(*pair.local.ip(), pair.remote.port()),
                remote: SocketAddrV4::new(*pair.remote.ip(), pair.local.port()),
            }),
            ("the two addresses", Pair {
                local: SocketAddrV4::new(*pair.remote.ip(), pair.local.port()),
                remote: SocketAddrV4::new(*pair.local.ip(), pair.remote.port()),
            }),
        ];
        for (what, other) in exchanges {
            prop_assert!(
                other == pair || secrets.iter().any(|secret| offset(&pair, secret) != offset(&other, secret)),
                "{:?} is another pair than {:?}: exchange {}, and F should give another number (RFC 6528 section 2)",
                other, pair, what
            );
        }
    }

    #[test]
    fn nobody_can_compute_it_without_the_secret(pairs in pairs(), key: u128, bit in 0..128_u32) {
        let [secret, guess] = [key, key ^ 1 << bit].map(u128::to_be_bytes);
        let [real, guessed] = [secret, guess].map(|secret: Secret| pairs.map(|pair| offset(&pair, &secret)));
        prop_assert_ne!(
            real,
            guessed,
            "two secrets that differ in bit {} give the same numbers: every bit should count, or fewer have to be guessed \
             (RFC 6528 section 3)",
            bit
        );
        // What an attacker sees: the number of a connection of their own, the first. What they want: another's.
        let distances = |of: [u32; 4]| of.map(|number| number.wrapping_sub(of[0]));
        let differences = |of: [u32; 4]| of.map(|number| number ^ of[0]);
        prop_assert!(
            distances(real) != distances(guessed) && differences(real) != differences(guessed),
            "the distance between the numbers of two pairs is the same with two secrets, so whoever has seen one number \
             can compute the other without the secret (RFC 9293 section 3.4.1, MUST-9)"
        );
    }
}

#[test]
fn the_pairs_are_spread_over_all_numbers() {
    let secret: Secret = *b"sixteen octets..";
    let server = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 2), 80);
    let numbers: Vec<u32> = (40_000..40_256)
        .map(|port| Pair {
            local: SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), port),
            remote: server,
        })
        .map(|pair| offset(&pair, &secret))
        .collect();
    for bit in 0..32 {
        let set = numbers
            .iter()
            .filter(|number| *number >> bit & 1 == 1)
            .count();
        // Eight standard deviations on each side of one half.
        assert!(
            (64..=192).contains(&set),
            "bit {bit} is 1 for {set} of 256 ports: F should be pseudorandom in all 32 bits (RFC 6528 section 3)"
        );
    }
}
