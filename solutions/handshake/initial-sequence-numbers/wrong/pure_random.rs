//! Wrong: a random number is best, a new one for each connection.
//! Fails: one_pair_of_sockets_goes_with_the_clock
//! Claim: missing-starting-numbers

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
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
pub fn offset(pair: &Pair, secret: &Secret) -> u32 {
    // A key that the standard library makes up anew for each call.
    let mut hasher = RandomState::new().build_hasher();
    (pair.local, pair.remote, secret).hash(&mut hasher);
    hasher.finish() as u32
}

/// ISN = M + F.
pub fn initial_sequence_number(running: Duration, pair: &Pair, secret: &Secret) -> SeqNumber {
    SeqNumber(offset(pair, secret)).plus(clock(running))
}
