//! Choose the number that a connection begins with.
//!
//! Its chapter is `book/handshake/initial-sequence-numbers.md`. Run `cargo test -p initial-sequence-numbers`.
//!
//! Fill in the three blanks below. Together they are the expression of RFC 9293 section 3.4.1:
//!
//! ```text
//! ISN = M + F(localip, localport, remoteip, remoteport, secretkey)
//! ```
//!
//! Nothing is remembered between two calls, and no call can fail: all numbers are counted modulo 2^32
//! (RFC 9293 section 3.4).

use std::net::SocketAddrV4;
use std::time::Duration;

use trace::SeqNumber;

/// The two ends of a connection, as the host sees them that chooses the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// This host's address and port: localip, localport.
    pub local: SocketAddrV4,
    /// The other host's: remoteip, remoteport.
    pub remote: SocketAddrV4,
}

/// The host's secret key: 128 bits, which RFC 6528 section 3 calls adequate.
pub type Secret = [u8; 16];

/// M, the clock: how many steps of 4 microseconds it has made in the time `running`, modulo 2^32.
///
/// A step that is not over does not count: 7 microseconds are one step. When all 2^32 numbers have been used the
/// clock goes on at 0.
///
/// RFC 9293 section 3.4.1.
pub fn clock(running: Duration) -> u32 {
    todo!(
        "count the steps of 4 microseconds in {running:?}; beyond 2^32 only the remainder is kept"
    )
}

/// F, the pseudorandom function: 32 bits that depend on every bit of the four values and of the secret.
///
/// The same input gives the same result. Whoever does not know the secret can compute neither the result nor
/// the distance between the results of two pairs.
///
/// The crate `siphasher` has such a function, SipHash, which takes a key of 128 bits.
///
/// RFC 6528 section 3; RFC 9293 section 3.4.1 (MUST-9).
pub fn offset(pair: &Pair, secret: &Secret) -> u32 {
    todo!("hash both ends of {pair:?} with the key {secret:?}, and keep 32 bits")
}

/// ISN, the initial sequence number of a connection between these two ends that is opened at this time.
///
/// RFC 9293 section 3.4.1 (SHLD-1).
pub fn initial_sequence_number(running: Duration, pair: &Pair, secret: &Secret) -> SeqNumber {
    todo!("add the clock of {running:?} and the offset of {pair:?} with {secret:?}, modulo 2^32")
}
