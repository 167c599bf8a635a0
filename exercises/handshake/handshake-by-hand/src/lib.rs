//! Open a connection without the kernel's TCP.
//!
//! Its chapter is `book/handshake/handshake-by-hand.md`. Run `cargo test -p handshake-by-hand`.
//!
//! Your code is the client's TCP: it sends and receives whole segments over a raw socket. The server is a kernel as
//! ever. Fill in the five blanks in their order; each has a test of its own. Nothing is ever sent a second time here,
//! because the wire of these tests loses nothing of yours. [`ByHand::blank`], [`ByHand::transmit`] and
//! [`ByHand::receive`] are given, in `src/raw.rs`.

use std::io;
use std::net::SocketAddrV4;

use socket2::Socket;
use trace::SeqNumber;

mod raw;

/// The client's end of a connection that the client's kernel knows nothing of.
pub struct ByHand {
    /// Through it every segment leaves and arrives.
    pub raw: Socket,
    /// What [`hold`] returned. It must live as long as the connection.
    pub held: Socket,
    /// This end's address and port.
    pub local: SocketAddrV4,
    /// The server's.
    pub remote: SocketAddrV4,
    /// SND.NXT: the sequence number that this end uses next (RFC 9293 section 3.3.1).
    pub next: SeqNumber,
    /// RCV.NXT: the sequence number that is expected next from the server. Without meaning before the SYN,ACK.
    pub expected: SeqNumber,
}

/// Holds a port: returns a TCP socket that listens at `port` and that no segment can get through to.
///
/// The kernel then takes segments to this port for the socket's business and answers none of them. Attach the filter,
/// one instruction that keeps 0 octets, before the socket listens. The queue of connections need not be long: 1 will
/// do.
///
/// # Errors
/// Those of the socket calls, unchanged.
///
/// RFC 9293 section 3.10.7.1 is what the kernel would do without it.
pub fn hold(port: SocketAddrV4) -> io::Result<Socket> {
    todo!("make a stream socket, attach the filter, give it the address {port}, and let it listen")
}

impl ByHand {
    /// Calls `remote` from `local`: holds the local port, opens a raw socket for TCP between the two hosts, and sends a
    /// SYN with the sequence number `isn`.
    ///
    /// The SYN has no other control bit, the window of [`ByHand::blank`] and no data. It does not wait for an answer.
    ///
    /// # Errors
    /// Those of the socket calls, unchanged.
    ///
    /// RFC 9293 section 3.10.1 (OPEN, active). A SYN takes up one sequence number (section 3.4): what does that mean
    /// for `next`?
    pub fn call(local: SocketAddrV4, remote: SocketAddrV4, isn: SeqNumber) -> io::Result<ByHand> {
        todo!("hold {local}, make a raw socket, and send a SYN numbered {isn} to {remote}")
    }

    /// Waits for the SYN,ACK that answers the SYN, and notes what it says.
    ///
    /// Look at each segment that arrives, in this order (RFC 9293 section 3.10.7.3):
    ///
    /// - It is from another address or port than `remote`, or for another than `local`: it is not about this
    ///   connection. Drop it.
    /// - It has ACK, and acknowledges anything but the SYN: answer with a reset that takes its sequence number from the
    ///   segment's acknowledgment number, and has no other control bit than RST. Then drop the segment. If it is
    ///   a reset itself, drop it without an answer.
    /// - It has RST: where the ACK was right, the call is refused. A reset without ACK is dropped.
    /// - It has SYN and the right ACK: this is it. Set `expected`. A SYN takes up one sequence number on that side too.
    /// - Anything else is dropped. (A SYN without ACK would be a simultaneous open, which this exercise leaves out.)
    ///
    /// # Errors
    /// `ErrorKind::ConnectionRefused` for a call that is refused; those of [`ByHand::receive`] and
    /// [`ByHand::transmit`], unchanged.
    pub fn await_answer(&mut self) -> io::Result<()> {
        todo!("receive segments until one is the answer to your SYN")
    }

    /// Sends the third segment of the handshake: ACK, and no other control bit.
    ///
    /// # Errors
    /// Those of [`ByHand::transmit`], unchanged.
    ///
    /// RFC 9293 section 3.10.7.3, fourth step.
    pub fn acknowledge(&self) -> io::Result<()> {
        todo!("send an ACK with the numbers that `next` and `expected` hold")
    }

    /// Sends ten octets in one segment with PSH and ACK, and waits until the server has acknowledged all of them.
    ///
    /// Look at each segment that arrives meanwhile (RFC 9293 section 3.10.7.4):
    ///
    /// - One of another connection is dropped.
    /// - One with RST and the sequence number `expected` ends the connection. Any other with RST is dropped. (The
    ///   RFC has a challenge ACK for one whose number is in the window but not exact; this exercise leaves that out.)
    /// - One with SYN is an old one, a copy of the SYN,ACK: it is answered with an ACK that has the same numbers as
    ///   the next segment would, and then dropped.
    /// - One with ACK that acknowledges everything sent so far: done.
    /// - Anything else is dropped.
    ///
    /// # Errors
    /// `ErrorKind::ConnectionReset` for a connection that is reset; those of [`ByHand::receive`] and
    /// [`ByHand::transmit`], unchanged.
    pub fn send(&mut self, octets: &[u8; 10]) -> io::Result<()> {
        todo!("send {octets:?}, count them, and wait for their acknowledgment")
    }
}
