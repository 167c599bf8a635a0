//! Wrong: a socket can be used when connect() has returned, so it is better to wait.
//! Fails: beginning_to_call_waits_for_nobody

use std::io;
use std::net::{SocketAddr, SocketAddrV4};

use siphasher::sip::SipHasher24;
use socket2::{Domain, Socket, Type};

/// Begins an active open and returns at once.
pub fn begin(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&from.into())?;
    match socket.connect(&to.into()) {
        Ok(()) => Ok(socket),
        Err(error) => match error.raw_os_error() {
            Some(libc::EINPROGRESS | libc::EINTR) => Ok(socket),
            _ => Err(error),
        },
    }
}

/// How a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On this side the connection is ESTABLISHED.
    Connected,
    /// No answer has come yet.
    Waiting,
    /// The call has failed, for this reason.
    Failed(io::ErrorKind),
}

/// Tells at once how a call stands.
pub fn standing(socket: &Socket) -> io::Result<Standing> {
    if let Some(error) = socket.take_error()? {
        return Ok(Standing::Failed(error.kind()));
    }
    match socket.peer_addr() {
        Ok(_) => Ok(Standing::Connected),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(Standing::Waiting),
        Err(error) => Err(error),
    }
}

/// How many clients a backlog admits while nobody accepts.
pub fn admitted(backlog: usize, calls: usize) -> usize {
    calls.min(backlog + 1)
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
    /// SEG.SEQ.
    pub sequence: u32,
    /// SEG.ACK.
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

/// The cookie for this SYN.
pub fn cookie(secret: &Secret, syn: &Syn, counter: u32) -> Option<u32> {
    let index = (0..).zip(SIZES).filter(|(_, size)| *size <= syn.mss).last();
    let (index, _): (u32, u16) = index?;
    let bits = (counter % 32) << 27 | index << 24 | hash(secret, syn.client, syn.server, counter);
    Some(syn.sequence ^ bits)
}

/// The size that a cookie says which has come back in time.
pub fn verify(secret: &Secret, ack: &Ack, counter: u32) -> Option<u16> {
    let bits = ack.acknowledgment.wrapping_sub(1) ^ ack.sequence.wrapping_sub(1);
    let mut counters = (0..LIFETIME).map(|age| counter.wrapping_sub(age));
    let made_at = counters.find(|counter| counter % 32 == bits >> 27)?;
    if hash(secret, ack.client, ack.server, made_at) != bits & 0x00ff_ffff {
        return None;
    }
    SIZES.get((bits >> 24 & 0b111) as usize).copied()
}

/// The 24 bits that nobody can guess.
fn hash(secret: &Secret, client: SocketAddrV4, server: SocketAddrV4, counter: u32) -> u32 {
    let mut octets = Vec::new();
    for end in [client, server] {
        octets.extend(end.ip().octets());
        octets.extend(end.port().to_be_bytes());
    }
    octets.extend(counter.to_be_bytes());
    keyed_hash(secret, &octets) & 0x00ff_ffff
}
