//! Wrong: the clock alone gives every connection a number of its own, since no two begin at the same time.
//! Fails: every_part_of_the_pair_counts
//! Claim: missing-starting-numbers

use std::net::SocketAddrV4;
use std::time::Duration;

use trace::SeqNumber;

/// The two ends of a connection, as the host sees them that chooses the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// This host's address and port.
    pub local: SocketAddrV4,
    /// The other host's.
    pub remote: SocketAddrV4,
}

/// The host's secret key.
pub type Secret = [u8; 16];

/// M, the clock: the steps of 4 microseconds, modulo 2^32.
pub fn clock(running: Duration) -> u32 {
    // What is cut off is whole rounds of the clock.
    (running.as_micros() / 4) as u32
}

/// F, the pseudorandom function.
pub fn offset(_pair: &Pair, _secret: &Secret) -> u32 {
    0
}

/// ISN = M + F.
pub fn initial_sequence_number(running: Duration, pair: &Pair, secret: &Secret) -> SeqNumber {
    SeqNumber(offset(pair, secret)).plus(clock(running))
}
