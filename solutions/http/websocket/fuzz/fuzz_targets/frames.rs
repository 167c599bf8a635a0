//! Any octets as what a stranger sends: nothing panics, no cut makes a difference, and a frame that is written again is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use websocket::{Event, LIMIT, Messages, Refusal, Role, decode, encode, has_switched, members};

/// The example of RFC 6455 section 1.3.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

fuzz_target!(|octets: &[u8]| {
    if let Ok(head) = std::str::from_utf8(octets) {
        let _ = has_switched(head, KEY);
        assert!(members(head, "Connection").all(|member| member.len() <= head.len()));
    }
    // The first octet says who sends the others, and in what steps they come.
    let Some((choice, octets)) = octets.split_first() else {
        return;
    };
    let sender = if choice & 1 == 0 {
        Role::Client
    } else {
        Role::Server
    };
    let whole = heard(octets.chunks(octets.len().max(1)), sender);
    assert_eq!(
        whole,
        heard(octets.chunks(usize::from(choice >> 1).max(1)), sender)
    );
    for event in whole.iter().flatten() {
        let length = match event {
            Event::Text(text) => text.len(),
            Event::Binary(octets) => octets.len(),
            Event::Ping { answer } | Event::Close { answer, .. } => answer.payload.len(),
        };
        assert!(length <= LIMIT);
    }
});

/// What a program hears to which octets come in these pieces.
fn heard<'a>(pieces: impl Iterator<Item = &'a [u8]>, sender: Role) -> Vec<Result<Event, Refusal>> {
    let (mut kept, mut messages, mut events) = (Vec::new(), Messages::default(), Vec::new());
    for piece in pieces {
        kept.extend_from_slice(piece);
        loop {
            let event = match decode(&kept, sender) {
                Ok(None) => break,
                Ok(Some((frame, taken))) => {
                    assert_eq!(
                        encode(&frame, mask(&kept, taken, frame.payload.len())),
                        kept[..taken]
                    );
                    kept.drain(..taken);
                    messages.take(frame)
                }
                Err(refusal) => Err(refusal),
            };
            match event {
                Ok(None) => {}
                Ok(Some(event)) => events.push(Ok(event)),
                Err(refusal) => {
                    events.push(Err(refusal));
                    return events;
                }
            }
        }
    }
    events
}

/// The masking key of a frame, which stands before its payload.
fn mask(octets: &[u8], taken: usize, payload: usize) -> Option<[u8; 4]> {
    let masked = octets[1] & 0x80 != 0;
    masked.then(|| {
        octets[taken - payload - 4..taken - payload]
            .try_into()
            .expect("four octets")
    })
}
