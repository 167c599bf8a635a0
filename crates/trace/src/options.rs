//! TCP options, between octets and [`TcpOption`] (RFC 9293 §3.2 and the RFCs named at each option).

use std::ops::Range;

use crate::decode::error;
use crate::frame::{DecodeError, Layer};
use crate::{SeqNumber, TcpOption};

pub(crate) const END_OF_OPTION_LIST: u8 = 0;
pub(crate) const NO_OPERATION: u8 = 1;
pub(crate) const MAXIMUM_SEGMENT_SIZE: u8 = 2;
pub(crate) const WINDOW_SCALE: u8 = 3;
pub(crate) const SACK_PERMITTED: u8 = 4;
pub(crate) const SACK: u8 = 5;
pub(crate) const TIMESTAMPS: u8 = 8;
pub(crate) const USER_TIMEOUT: u8 = 28;
pub(crate) const FAST_OPEN: u8 = 34;
/// The two kinds of the AccECN option, which differ in the order of their counters.
pub(crate) const ACCURATE_ECN: [u8; 2] = [172, 174];

/// An option and the octets of the frame in which it stands, kind octet included.
pub(crate) type Placed = (TcpOption, Range<usize>);

pub(crate) fn decode(bytes: &[u8], octets: Range<usize>) -> Result<Vec<TcpOption>, DecodeError> {
    Ok(placed(bytes, octets)?
        .into_iter()
        .map(|(option, _)| option)
        .collect())
}

/// The options in `octets` of the frame `bytes`, each with its place. Ends behind the first
/// end-of-list option.
pub(crate) fn placed(bytes: &[u8], octets: Range<usize>) -> Result<Vec<Placed>, DecodeError> {
    let mut found = Vec::new();
    let mut at = octets.start;
    while at < octets.end {
        let kind = bytes[at];
        if kind == END_OF_OPTION_LIST || kind == NO_OPERATION {
            let option = if kind == NO_OPERATION {
                TcpOption::NoOperation
            } else {
                TcpOption::EndOfOptionList
            };
            found.push((option, at..at + 1));
            if kind == END_OF_OPTION_LIST {
                break;
            }
            at += 1;
            continue;
        }
        if at + 1 == octets.end {
            return error(
                Layer::Tcp,
                at,
                format!("option of kind {kind} has no length: the header ends here"),
            );
        }
        let length = usize::from(bytes[at + 1]);
        if length < 2 {
            return error(
                Layer::Tcp,
                at + 1,
                format!("option length {length} of kind {kind} is below 2"),
            );
        }
        if at + length > octets.end {
            let left = octets.end - at;
            return error(
                Layer::Tcp,
                at + 1,
                format!(
                    "option length {length} of kind {kind} is more than the {left} octets left in the header"
                ),
            );
        }
        found.push((option(kind, &bytes[at + 2..at + length]), at..at + length));
        at += length;
    }
    Ok(found)
}

/// The option of that kind. One whose length is not that of its kind is `Unknown`: a receiver can
/// only skip it.
fn option(kind: u8, data: &[u8]) -> TcpOption {
    match (kind, data) {
        (MAXIMUM_SEGMENT_SIZE, &[a, b]) => {
            TcpOption::MaximumSegmentSize(u16::from_be_bytes([a, b]))
        }
        (WINDOW_SCALE, &[shift]) => TcpOption::WindowScale(shift),
        (SACK_PERMITTED, []) => TcpOption::SackPermitted,
        (SACK, edges) if !edges.is_empty() && edges.len() % 8 == 0 => TcpOption::Sack(
            edges
                .chunks_exact(8)
                .map(|block| (SeqNumber(word(block)), SeqNumber(word(&block[4..]))))
                .collect(),
        ),
        (TIMESTAMPS, both) if both.len() == 8 => TcpOption::Timestamps {
            value: word(both),
            echo: word(&both[4..]),
        },
        (USER_TIMEOUT, &[a, b]) => TcpOption::UserTimeout {
            minutes: a & 0x80 != 0,
            time: u16::from_be_bytes([a & 0x7f, b]),
        },
        (FAST_OPEN, cookie) => TcpOption::FastOpen(cookie.to_vec()),
        (kind, counters)
            if ACCURATE_ECN.contains(&kind) && counters.len() <= 9 && counters.len() % 3 == 0 =>
        {
            TcpOption::AccurateEcn {
                kind,
                counters: counters.to_vec(),
            }
        }
        (kind, data) => TcpOption::Unknown {
            kind,
            data: data.to_vec(),
        },
    }
}

/// The first four octets as a number. Callers have checked the length.
fn word(octets: &[u8]) -> u32 {
    u32::from_be_bytes([octets[0], octets[1], octets[2], octets[3]])
}

/// The options as octets, filled up with end-of-list options to a whole number of 32-bit words
/// (RFC 9293 §3.1, "Padding").
pub(crate) fn encode(options: &[TcpOption]) -> Vec<u8> {
    let mut octets = Vec::new();
    for option in options {
        encode_one(option, &mut octets);
    }
    octets.resize(octets.len().next_multiple_of(4), END_OF_OPTION_LIST);
    octets
}

fn encode_one(option: &TcpOption, octets: &mut Vec<u8>) {
    let (kind, data) = match option {
        TcpOption::EndOfOptionList => return octets.push(END_OF_OPTION_LIST),
        TcpOption::NoOperation => return octets.push(NO_OPERATION),
        TcpOption::MaximumSegmentSize(size) => (MAXIMUM_SEGMENT_SIZE, size.to_be_bytes().to_vec()),
        TcpOption::WindowScale(shift) => (WINDOW_SCALE, vec![*shift]),
        TcpOption::SackPermitted => (SACK_PERMITTED, Vec::new()),
        TcpOption::Sack(blocks) => {
            let edges = blocks.iter().flat_map(|(left, right)| [left.0, right.0]);
            (SACK, edges.flat_map(u32::to_be_bytes).collect())
        }
        TcpOption::Timestamps { value, echo } => (
            TIMESTAMPS,
            [value.to_be_bytes(), echo.to_be_bytes()].concat(),
        ),
        TcpOption::UserTimeout { minutes, time } => {
            let granularity = if *minutes { 0x8000 } else { 0 };
            (
                USER_TIMEOUT,
                (granularity | time & 0x7fff).to_be_bytes().to_vec(),
            )
        }
        TcpOption::FastOpen(cookie) => (FAST_OPEN, cookie.clone()),
        TcpOption::AccurateEcn { kind, counters } => (*kind, counters.clone()),
        TcpOption::Unknown { kind, data } => (*kind, data.clone()),
    };
    octets.push(kind);
    // A longer option fits into no header; the caller checks the sum and refuses.
    octets.push(u8::try_from(data.len() + 2).unwrap_or(u8::MAX));
    octets.extend(data);
}
