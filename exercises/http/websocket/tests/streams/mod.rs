//! Both reading functions together: frames that are cut into pieces, and messages that are cut into frames.

use std::ops::ControlFlow;

use grade::{Octets, any_inputs};
use proptest::prelude::*;
use websocket::{Event, Messages, Role, decode, opcode};

use crate::octets::{Taken, as_octets, frame, in_parts, told};

/// What a program hears that is given octets in pieces, and gives to `decode()` what it has.
fn heard(pieces: &[&[u8]], sender: Role) -> Vec<Taken> {
    let (mut kept, mut messages, mut events) = (Vec::new(), Messages::default(), Vec::new());
    for piece in pieces {
        kept.extend_from_slice(piece);
        while let ControlFlow::Continue(()) = step(&mut kept, &mut messages, sender, &mut events) {}
        if events.last().is_some_and(Result::is_err) {
            break;
        }
    }
    events
}

fn step(
    kept: &mut Vec<u8>,
    messages: &mut Messages,
    sender: Role,
    events: &mut Vec<Taken>,
) -> ControlFlow<()> {
    if kept.is_empty() {
        return ControlFlow::Break(());
    }
    let event = match decode(kept, sender) {
        Ok(None) => return ControlFlow::Break(()),
        Ok(Some((frame, taken))) => {
            kept.drain(..taken.max(1).min(kept.len()));
            messages.take(frame)
        }
        Err(refusal) => Err(refusal),
    };
    let refused = event.is_err();
    if event != Ok(None) {
        events.push(event);
    }
    if refused {
        return ControlFlow::Break(());
    }
    ControlFlow::Continue(())
}

/// Both functions together: messages that are cut into frames, and frames that are cut into pieces.
pub(crate) fn expect_the_same_however_cut() {
    let cuts = prop::collection::vec(1..80_usize, 1..6);
    let message = (".{0,60}", cuts, any::<bool>());
    let messages = prop::collection::vec(message, 1..5);
    let pieces = prop::collection::vec(1..50_usize, 1..8);
    proptest!(any_inputs(128), |(messages in messages, pieces in pieces, client in any::<bool>(), masks in any::<[u8; 4]>())| {
        let (sender, mask) = if client { (Role::Client, Some(masks)) } else { (Role::Server, None) };
        let (mut octets, mut expected) = (Vec::new(), Vec::new());
        for (message, cuts, asks) in &messages {
            let frames = in_parts(message.as_bytes(), cuts);
            for (index, part) in frames.iter().enumerate() {
                let opcode = if index == 0 { opcode::TEXT } else { opcode::CONTINUATION };
                octets.extend(as_octets(&frame(index + 1 == frames.len(), opcode, *part), mask));
                if *asks && index + 1 < frames.len() {
                    octets.extend(as_octets(&frame(true, opcode::PING, "?"), mask));
                    let answer = frame(true, opcode::PONG, "?");
                    expected.push(Ok(Some(Event::Ping { answer })));
                }
            }
            expected.push(Ok(Some(Event::Text(message.clone()))));
        }
        let found = heard(&in_parts(&octets, &pieces), sender);
        prop_assert!(
            found == expected,
            "The {sender:?} sends {} messages, in frames with pings between them. Their octets come in pieces of {pieces:?}, and these \
             again.\nexpected: {}\nfound:    {}",
            messages.len(),
            expected.iter().map(told).collect::<Vec<_>>().join(", then "),
            found.iter().map(told).collect::<Vec<_>>().join(", then ")
        );
    });
    // Nobody knows what these mean; but no function may panic, and no cut may matter.
    let octets = prop::collection::vec(
        prop_oneof![any::<u8>(), Just(0), Just(0x81), Just(0x80), Just(1)],
        0..120,
    );
    let pieces = prop::collection::vec(1..20_usize, 1..8);
    proptest!(any_inputs(512), |(octets in octets, pieces in pieces, client in any::<bool>())| {
        let sender = if client { Role::Client } else { Role::Server };
        let (whole, parts) = (heard(&[&octets], sender), heard(&in_parts(&octets, &pieces), sender));
        prop_assert!(
            whole == parts,
            "The {sender:?} sends {}.\nAll at once:              {whole:?}\nIn pieces of {pieces:?}: {parts:?}",
            Octets(&octets)
        );
    });
}
