//! What a script changes in a frame on its way. Frames in the laboratory have an IPv4 header without options.

use std::io;

use lab::Net;
use trace::{Frame, Row, Segment, build};

/// Where the IPv4 header begins in a frame: behind the Ethernet header.
pub(crate) const IPV4: usize = 14;
/// Where the TCP header begins.
pub(crate) const TCP: usize = IPV4 + 20;
/// Where the options begin, or the data behind a TCP header without options.
pub(crate) const BEHIND_TCP: usize = TCP + 20;

/// Changes the segment in a frame to another of the same length, and makes its checksum right again. A frame without a segment
/// stays as it is.
pub(crate) fn change_segment(frame: &mut Vec<u8>, how: impl FnOnce(&mut Segment)) {
    let decoded = Frame::decode(frame);
    if let Some(segment) = decoded.as_ref().ok().and_then(Frame::segment) {
        let mut changed = segment.clone();
        how(&mut changed);
        frame.splice(TCP.., build::segment(&changed));
    }
}

/// Changes the word at an octet of a frame, and makes the checksum at another right again (RFC 1624 §3, equation 3).
pub(crate) fn change_word(
    frame: &mut [u8],
    at: usize,
    checksum: usize,
    how: impl FnOnce(u16) -> u16,
) {
    let word = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
    let (old, sum) = (word(at), word(checksum));
    let new = how(old);
    let sum = [!old, new].into_iter().fold(!sum, |sum, word| {
        let (sum, carry) = sum.overflowing_add(word);
        sum + u16::from(carry)
    });
    frame[at..at + 2].copy_from_slice(&new.to_be_bytes());
    frame[checksum..checksum + 2].copy_from_slice(&(!sum).to_be_bytes());
}

/// The IPv4 header's checksum is the sum over its words, so a word of it changes with it.
pub(crate) fn change_ipv4_word(frame: &mut [u8], at: usize, how: impl FnOnce(u16) -> u16) {
    change_word(frame, IPV4 + at, IPV4 + 10, how);
}

/// What a router does to an IPv4 packet: one less to live, and the header checksum that goes with it (RFC 791 §3.2). The TCP
/// segment behind the header is none of its business.
pub(crate) fn one_hop_further(mut frame: Vec<u8>) -> Vec<u8> {
    // TTL and protocol are one word. A router drops a packet whose time is over; this one begins with 64.
    change_ipv4_word(&mut frame, 8, |word| word - 0x0100);
    frame
}

/// The frame that came last onto the wire.
///
/// # Errors
/// There was none.
pub(crate) fn last_frame(net: &Net) -> io::Result<Vec<u8>> {
    let trace = net.trace();
    let frame = trace.rows.last().and_then(Row::frame);
    let none = || io::Error::other("the wire has carried no frame");
    frame.map(<[u8]>::to_vec).ok_or_else(none)
}
