//! Who is connected before accept, and a cookie instead of a record.
//!
//! Its chapter is `book/handshake/backlog.md`. Run `cargo test -p backlog`.
//!
//! Fill in the five blanks below. Three are about clients whose server accepts nobody: the tests call them on
//! two hosts, whose kernels are joined by a wire. Two are pure functions about SYN cookies; they need no network.

use std::io;
use std::net::{SocketAddr, SocketAddrV4};

use siphasher::sip::SipHasher24;
use socket2::Socket;

/// Begins an active open from the address `from` to the address `to`, and returns at once: a TCP socket over IPv4
/// that does not block, and that is connected, still waiting, or has failed. [`standing`] tells which.
///
/// That the connection is still being made is no error here: `connect()` says so with the error number
/// `libc::EINPROGRESS`.
///
/// # Errors
/// All others of the socket calls, unchanged.
///
/// RFC 9293 section 3.9.1.1 (OPEN, active).
pub fn begin(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    todo!(
        "make a socket that does not block, give it the address {from}, and let it begin to connect to {to}"
    )
}

/// How a call stands that [`begin`] has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On this side the connection is ESTABLISHED.
    Connected,
    /// No answer has come yet.
    Waiting,
    /// The call has failed, for this reason.
    Failed(io::ErrorKind),
}

/// Tells at once how a call stands, by what this host's kernel knows, and sends nothing.
///
/// The kernel keeps two things: the error with which the call has failed, until someone asks for it
/// (`SO_ERROR`), and the address of the other end, which a socket has only while it is connected
/// (otherwise `ErrorKind::NotConnected`). So a failure is told once: asked again, a call that has failed looks like one
/// that waits.
///
/// # Errors
/// Those of the socket calls, unchanged, where they are not the answer.
///
/// RFC 9293 section 3.10.7.3: the client is ESTABLISHED when the SYN,ACK has come.
pub fn standing(socket: &Socket) -> io::Result<Standing> {
    todo!("ask {socket:?} for an error first, and then for the address of its other end")
}

/// Your prediction: so many clients call, one after the other, a server on Linux that has called `listen(backlog)`
/// and never calls `accept()`. How many of them are connected?
///
/// The test asks the clients' kernel. RFC 4987 section 2.2 says that systems differ; the chapter's figures show
/// what Linux does.
pub fn admitted(backlog: usize, calls: usize) -> usize {
    todo!("how many of {calls} calls does a backlog of {backlog} admit?")
}

/// What the server alone knows.
pub struct Secret(pub [u8; 16]);

/// What the server knows when a SYN has arrived.
pub struct Syn {
    /// Where it came from.
    pub client: SocketAddrV4,
    /// Where it went to.
    pub server: SocketAddrV4,
    /// SEG.SEQ.
    pub sequence: u32,
    /// The maximum segment size that it announces.
    pub mss: u16,
}

/// What the server knows when an acknowledgment has arrived for which it has no record.
pub struct Ack {
    /// Where it came from.
    pub client: SocketAddrV4,
    /// Where it went to.
    pub server: SocketAddrV4,
    /// SEG.SEQ: one more than that of the client's SYN.
    pub sequence: u32,
    /// SEG.ACK: one more than that of the server's SYN,ACK.
    pub acknowledgment: u32,
}

/// The sizes that a cookie can say, by their index.
pub const SIZES: [u16; 8] = [64, 256, 536, 1024, 1300, 1440, 1460, 8960];

/// A cookie is good at the counter at which it was made, and at the next three.
pub const LIFETIME: u32 = 4;

/// A hash of these octets that nobody can compute without the secret.
pub fn keyed_hash(secret: &Secret, octets: &[u8]) -> u32 {
    // The lower half of the 64 bits.
    SipHasher24::new_with_key(&secret.0).hash(octets) as u32
}

/// The cookie for this SYN: the sequence number of the SYN,ACK, from which [`verify`] can tell all that the server
/// has to know. `counter` is the server's: it goes up by one every 64 seconds, and on at 0 after `u32::MAX`.
///
/// The cookie is the exclusive or (`^`) of the SYN's sequence number and these 32 bits:
/// - the upper 5 bits: `counter` modulo 32;
/// - the next 3 bits: the index of the largest of [`SIZES`] that is not larger than the SYN's MSS;
/// - the lower 24 bits: those of the [`keyed_hash`] of both addresses, both ports and the whole counter.
///
/// `None` if the MSS is smaller than all of [`SIZES`]: no cookie can say that.
///
/// RFC 4987 section 3.6 and appendix A.
pub fn cookie(secret: &Secret, syn: &Syn, counter: u32) -> Option<u32> {
    todo!(
        "put the counter {counter}, the index for an MSS of {} and the hash with the key {:?} into one number",
        syn.mss,
        secret.0
    )
}

/// Whether this acknowledgment brings back a cookie that [`cookie`] has made for the same addresses, ports and
/// sequence number with this secret, at `counter` or at one of the three before it ([`LIFETIME`]): the size that it
/// says, or `None`.
///
/// RFC 4987 section 3.6 and appendix A.
pub fn verify(secret: &Secret, ack: &Ack, counter: u32) -> Option<u16> {
    todo!(
        "take {} - 1 apart, and compare its hash with that of counter {counter} or one of the three before (key {:?})",
        ack.acknowledgment,
        secret.0
    )
}
