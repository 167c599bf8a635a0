//! Wrong: masking protects nothing, since the key is in the frame.
//! Fails: a_frame_has_the_shortest_length_and_a_clients_is_masked

#[path = "../../../../exercises/http/websocket/src/frame.rs"]
pub mod frame;
#[path = "../../../../exercises/http/websocket/src/handshake.rs"]
pub mod handshake;

pub use frame::{Event, Frame, LIMIT, Refusal, Role, opcode};
pub use handshake::{GUID, digest, members, request};

/// What goes with a client's key: the hash of the key, as it is in the request, and the GUID.
#[must_use]
pub fn accept_of(key: &str) -> String {
    digest(&format!("{key}{GUID}"))
}

/// Whether the server has switched to WebSocket.
#[must_use]
pub fn has_switched(head: &str, key: &str) -> bool {
    let mut words = head.split("\r\n").next().unwrap_or_default().split(' ');
    let is_101 = words.next() == Some("HTTP/1.1") && words.next() == Some("101");
    let values = |name| members(head, name).collect::<Vec<_>>();
    let is_websocket =
        matches!(values("Upgrade")[..], [one] if one.eq_ignore_ascii_case("websocket"));
    let is_upgrade = members(head, "Connection").any(|one| one.eq_ignore_ascii_case("Upgrade"));
    let is_accepted = values("Sec-WebSocket-Accept") == [accept_of(key)];
    let is_plain = ["Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"]
        .iter()
        .all(|name| members(head, name).next().is_none());
    is_101 && is_websocket && is_upgrade && is_accepted && is_plain
}

/// A frame as octets.
#[must_use]
pub fn encode(frame: &Frame, mask: Option<[u8; 4]>) -> Vec<u8> {
    let last = if frame.last { 0x80 } else { 0 };
    let masked = 0;
    let mut octets = vec![last | frame.opcode];
    let length = frame.payload.len();
    if length <= 125 {
        octets.push(masked | length as u8);
    } else if let Ok(length) = u16::try_from(length) {
        octets.push(masked | 126);
        octets.extend(length.to_be_bytes());
    } else {
        octets.push(masked | 127);
        octets.extend((length as u64).to_be_bytes());
    }
    let _ = mask;
    octets.extend(&frame.payload);
    octets
}

/// Masks, and unmasks: it is the same.
fn with_mask(octets: &[u8], mask: [u8; 4]) -> impl Iterator<Item = u8> {
    octets
        .iter()
        .zip(mask.into_iter().cycle())
        .map(|(octet, mask)| octet ^ mask)
}

/// The frame with which these octets begin, and how many of them it takes.
pub fn decode(octets: &[u8], sender: Role) -> Result<Option<(Frame, usize)>, Refusal> {
    let [first, second, rest @ ..] = octets else {
        return Ok(None);
    };
    let (last, reserved, opcode) = (first & 0x80 != 0, first & 0x70 != 0, first & 0x0f);
    let (masked, short) = (second & 0x80 != 0, second & 0x7f);
    let unknown = !matches!(opcode, 0x0..=0x2 | 0x8..=0xa);
    let bad_control = opcode >= opcode::CLOSE && (!last || short > 125);
    if reserved || unknown || bad_control || masked != (sender == Role::Client) {
        return Err(Refusal::Protocol);
    }
    let Some((length, rest)) = length(short, rest)? else {
        return Ok(None);
    };
    let (mask, rest) = match rest.split_first_chunk() {
        _ if !masked => ([0; 4], rest),
        Some((mask, rest)) => (*mask, rest),
        None => return Ok(None),
    };
    let Some(payload) = rest.get(..length) else {
        return Ok(None);
    };
    let frame = Frame {
        last,
        opcode,
        payload: with_mask(payload, mask).collect(),
    };
    Ok(Some((frame, octets.len() - rest.len() + length)))
}

/// A payload's length, from its first seven bits and the octets behind them, and what follows it.
fn length(short: u8, octets: &[u8]) -> Result<Option<(usize, &[u8])>, Refusal> {
    let (length, least, rest) = match short {
        126 => match octets.split_first_chunk() {
            Some((field, rest)) => (u64::from(u16::from_be_bytes(*field)), 126, rest),
            None => return Ok(None),
        },
        127 => match octets.split_first_chunk() {
            Some((field, rest)) => (u64::from_be_bytes(*field), 1 << 16, rest),
            None => return Ok(None),
        },
        short => (u64::from(short), 0, octets),
    };
    if length < least || length >> 63 == 1 {
        return Err(Refusal::Protocol);
    }
    // Compared before it is made a usize, which may be shorter.
    if length > LIMIT as u64 {
        return Err(Refusal::TooBig);
    }
    Ok(Some((length as usize, rest)))
}

/// Makes messages of frames.
#[derive(Debug, Default)]
pub struct Messages {
    /// The opcode and the octets of a message whose last frame has not come.
    begun: Option<(u8, Vec<u8>)>,
}

impl Messages {
    /// Takes the next frame, and says what it means.
    pub fn take(&mut self, frame: Frame) -> Result<Option<Event>, Refusal> {
        match frame.opcode {
            opcode::PING => {
                let answer = Frame {
                    opcode: opcode::PONG,
                    ..frame
                };
                Ok(Some(Event::Ping { answer }))
            }
            opcode::PONG => Ok(None),
            opcode::CLOSE => close(&frame.payload).map(Some),
            _ => self.data(frame),
        }
    }

    fn data(&mut self, frame: Frame) -> Result<Option<Event>, Refusal> {
        let (opcode, mut octets) = match (frame.opcode, self.begun.take()) {
            (opcode::CONTINUATION, Some(begun)) => begun,
            (opcode @ (opcode::TEXT | opcode::BINARY), None) => (opcode, Vec::new()),
            _ => return Err(Refusal::Protocol),
        };
        if octets.len() + frame.payload.len() > LIMIT {
            return Err(Refusal::TooBig);
        }
        octets.extend(frame.payload);
        if !frame.last {
            self.begun = Some((opcode, octets));
            return Ok(None);
        }
        if opcode == opcode::BINARY {
            return Ok(Some(Event::Binary(octets)));
        }
        // A character may be cut between two frames, and so the whole message is looked at.
        let text = String::from_utf8(octets).map_err(|_| Refusal::NotText)?;
        Ok(Some(Event::Text(text)))
    }
}

fn close(payload: &[u8]) -> Result<Event, Refusal> {
    let code = match payload {
        [] => None,
        [_] => return Err(Refusal::Protocol),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if matches!(code, 0..1000 | 1005 | 1006 | 1015) {
                return Err(Refusal::Protocol);
            }
            std::str::from_utf8(reason).map_err(|_| Refusal::NotText)?;
            Some(code)
        }
    };
    let payload = code.map_or_else(Vec::new, |code| code.to_be_bytes().to_vec());
    let answer = Frame {
        last: true,
        opcode: opcode::CLOSE,
        payload,
    };
    Ok(Event::Close { code, answer })
}
