//! Octets and frames as the tests write and show them.

use grade::Octets;
use websocket::{Event, Frame, Refusal};

pub(crate) fn frame(last: bool, opcode: u8, payload: impl Into<Vec<u8>>) -> Frame {
    Frame {
        last,
        opcode,
        payload: payload.into(),
    }
}

/// A frame as the test writes it, with its length in the form that is asked for.
pub(crate) fn written(first: u8, length: &[u8], mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mut octets = vec![first];
    octets.extend(length);
    if let Some(mask) = mask {
        octets[1] |= 0x80;
        octets.extend(mask);
    }
    let mask = mask.unwrap_or_default();
    let masked = payload
        .iter()
        .enumerate()
        .map(|(i, octet)| octet ^ mask[i % 4]);
    octets.extend(masked);
    octets
}

/// A length in the shortest form (RFC 6455 section 5.2).
pub(crate) fn shortest(length: usize) -> Vec<u8> {
    match length {
        0..=125 => vec![length as u8],
        126..=0xffff => [&[126], &(length as u16).to_be_bytes()[..]].concat(),
        _ => [&[127], &(length as u64).to_be_bytes()[..]].concat(),
    }
}

pub(crate) fn as_octets(frame: &Frame, mask: Option<[u8; 4]>) -> Vec<u8> {
    let first = u8::from(frame.last) << 7 | frame.opcode;
    written(first, &shortest(frame.payload.len()), mask, &frame.payload)
}

/// Octets that differ from place to place.
pub(crate) fn filler(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place % 251) as u8).collect()
}

pub(crate) fn named(frame: &Frame) -> String {
    let last = if frame.last {
        "the last"
    } else {
        "not the last"
    };
    format!(
        "opcode {:#x}, {last}, {}",
        frame.opcode,
        Octets(&frame.payload)
    )
}

/// What `decode()` says.
pub(crate) type Decoded = Result<Option<(Frame, usize)>, Refusal>;

pub(crate) fn outcome(decoded: &Decoded) -> String {
    match decoded {
        Ok(Some((frame, taken))) => format!("{taken} octets are a frame: {}", named(frame)),
        Ok(None) => "None: more octets are needed".to_owned(),
        Err(refusal) => format!("the refusal {refusal:?}"),
    }
}

/// What `take()` says.
pub(crate) type Taken = Result<Option<Event>, Refusal>;

pub(crate) fn told(event: &Taken) -> String {
    match event {
        Ok(Some(Event::Text(text))) => format!("the text {}", Octets(text.as_bytes())),
        Ok(Some(Event::Binary(octets))) => format!("the binary message {}", Octets(octets)),
        Ok(Some(Event::Ping { answer })) => format!("a ping, with the answer {}", named(answer)),
        Ok(Some(Event::Close { code, answer })) => {
            format!(
                "a close with the code {code:?}, and the answer {}",
                named(answer)
            )
        }
        Ok(None) => "None".to_owned(),
        Err(refusal) => format!("the refusal {refusal:?}"),
    }
}

/// Octets in parts of these sizes, over and over; at least one part.
pub(crate) fn in_parts<'a>(octets: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let (mut parts, mut rest) = (Vec::new(), octets);
    for size in sizes.iter().cycle() {
        let (part, after) = rest.split_at(rest.len().min(*size));
        parts.push(part);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    parts
}
