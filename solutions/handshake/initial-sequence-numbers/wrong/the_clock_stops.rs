//! Wrong: a clock that has reached its largest number has to stop there.
//! Fails: the_clock_ticks_every_four_microseconds

use std::hash::Hasher;
use std::net::SocketAddrV4;
use std::time::Duration;

use siphasher::sip::SipHasher24;
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
    u32::try_from(running.as_micros() / 4).unwrap_or(u32::MAX)
}

/// F, the pseudorandom function.
pub fn offset(pair: &Pair, secret: &Secret) -> u32 {
    let mut hasher = SipHasher24::new_with_key(secret);
    for end in [pair.local, pair.remote] {
        hasher.write(&end.ip().octets());
        hasher.write(&end.port().to_be_bytes());
    }
    // Any 32 of the 64 bits will do.
    hasher.finish() as u32
}

/// ISN = M + F.
pub fn initial_sequence_number(running: Duration, pair: &Pair, secret: &Secret) -> SeqNumber {
    SeqNumber(offset(pair, secret)).plus(clock(running))
}
