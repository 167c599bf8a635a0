//! Wrong: a good hash of the addresses and ports is secret enough.
//! Fails: nobody_can_compute_it_without_the_secret

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
    // What is cut off is whole rounds of the clock.
    (running.as_micros() / 4) as u32
}

/// F, the pseudorandom function.
pub fn offset(pair: &Pair, _secret: &Secret) -> u32 {
    let mut hasher = SipHasher24::new();
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
