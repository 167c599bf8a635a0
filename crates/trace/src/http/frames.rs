//! WebSocket frames (RFC 6455 §5.2).

use super::shown;

/// Whether these octets begin a start line and no frame: a capital letter would be a frame with a reserved bit (RFC 6455 §5.2).
pub(super) fn is_none(octets: &[u8]) -> bool {
    octets.first().is_some_and(u8::is_ascii_uppercase)
}

/// The first frame, and its length with the header; `None` if it is not complete.
pub(super) fn first(octets: &[u8]) -> Option<(String, usize)> {
    let (first, second) = (*octets.first()?, *octets.get(1)?);
    let (length, mut at) = match second & 0x7f {
        126 => (u64::from(u16::from_be_bytes(take(octets, 2)?)), 4),
        127 => (u64::from_be_bytes(take(octets, 2)?), 10),
        short => (u64::from(short), 2),
    };
    let (masked, mask): (_, [u8; 4]) = if second & 0x80 == 0 {
        ("", [0; 4])
    } else {
        at += 4;
        ("masked ", take(octets, at - 4)?)
    };
    let end = at.checked_add(usize::try_from(length).ok()?)?;
    let payload = octets.get(at..end)?.iter().zip(mask.iter().cycle());
    let payload: Vec<u8> = payload.map(|(octet, mask)| octet ^ mask).collect();
    let more = if first & 0x80 == 0 {
        ", not the last"
    } else {
        ""
    };
    let piece = match first & 0x0f {
        0 => format!("continued {}", shown(&payload)),
        1 => format!("text {}", shown(&payload)),
        2 => format!("binary {}", shown(&payload)),
        8 => match take(&payload, 0) {
            Some(code) => format!("close {}", u16::from_be_bytes(code)),
            None => "close".to_owned(),
        },
        9 => format!("ping {}", shown(&payload)),
        10 => format!("pong {}", shown(&payload)),
        other => format!("opcode {other}"),
    };
    Some((format!("{masked}{piece}{more}"), end))
}

fn take<const N: usize>(octets: &[u8], at: usize) -> Option<[u8; N]> {
    octets.get(at..at.checked_add(N)?)?.try_into().ok()
}
