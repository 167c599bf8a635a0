//! The wire's question to a host: an ICMP echo (RFC 792).
//!
//! A kernel handles frames in the order in which they arrive. So when it answers an echo, it has
//! handled every frame that was delivered before, and its answers to them are on the wire already.

use crate::addresses::{WIRE, WIRE_MAC, address, mac};
use trace::Side;

const ECHO_REQUEST: u8 = 8;
const ECHO_REPLY: u8 = 0;
const ICMP: u8 = 1;
const HEADERS: usize = 14 + 20;

/// The frame that asks the host on `side` for an answer with this number.
pub(crate) fn request(side: Side, number: u16) -> Vec<u8> {
    let mut icmp = vec![ECHO_REQUEST, 0, 0, 0];
    icmp.extend([0, 0]);
    icmp.extend(number.to_be_bytes());
    let sum = checksum(&icmp);
    icmp[2..4].copy_from_slice(&sum.to_be_bytes());

    let mut ip = vec![0x45, 0];
    ip.extend((20 + icmp.len() as u16).to_be_bytes());
    ip.extend([0, 0, 0x40, 0, 64, ICMP, 0, 0]);
    ip.extend(WIRE.octets());
    ip.extend(address(side).octets());
    let sum = checksum(&ip);
    ip[10..12].copy_from_slice(&sum.to_be_bytes());

    let mut frame = mac(side).0.to_vec();
    frame.extend(WIRE_MAC.0);
    frame.extend([0x08, 0x00]);
    frame.extend(ip);
    frame.extend(icmp);
    frame
}

/// The number of the echo that `frame` answers, if it is an answer to the wire.
pub(crate) fn reply(frame: &[u8]) -> Option<u16> {
    let to_wire = frame.get(0..6)? == WIRE_MAC.0 && frame.get(30..34)? == WIRE.octets();
    let is_reply = *frame.get(23)? == ICMP && *frame.get(HEADERS)? == ECHO_REPLY;
    let number = frame.get(HEADERS + 6..HEADERS + 8)?;
    (to_wire && is_reply).then(|| u16::from_be_bytes([number[0], number[1]]))
}

/// The Internet checksum of an even number of octets (RFC 1071 §1).
fn checksum(octets: &[u8]) -> u16 {
    let sum: u32 = octets
        .chunks_exact(2)
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])))
        .sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !((folded & 0xffff) + (folded >> 16)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_frame_that_decodes() {
        let frame = request(Side::Server, 7);
        assert!(trace::Frame::decode(&frame).is_ok());
        assert_eq!(reply(&frame), None);
    }

    #[test]
    fn a_short_frame_is_no_reply() {
        let frame = request(Side::Client, 7);
        for length in 0..frame.len() {
            assert_eq!(reply(&frame[..length]), None);
        }
    }
}
