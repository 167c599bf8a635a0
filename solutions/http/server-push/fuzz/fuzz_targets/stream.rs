//! Any octets as what a server sends: nothing panics, no cut makes a difference, nothing is longer than its limit, and an event that is
//! written again is read again.
#![no_main]

use std::io::{BufReader, Read};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use server_push::http::{Body, Head};
use server_push::{DATA, Event, LINE, LONGEST_PAUSE, Parser, TooLong, encode};

fuzz_target!(|octets: &[u8]| {
    // The first octet says in what steps the others come.
    let Some((step, octets)) = octets.split_first() else {
        return;
    };
    let step = usize::from(*step).max(1);
    let whole = heard(octets, octets.len().max(1));
    assert_eq!(whole, heard(octets, step));
    for event in &whole.events {
        assert!(event.data.len() <= DATA);
        // What is not UTF-8 takes three octets where it was one.
        assert!(event.id.len() <= 3 * LINE && event.kind.len() <= 3 * LINE);
        written_and_read(event);
    }
    assert!(whole.retry.is_none_or(|pause| pause <= LONGEST_PAUSE));
    answer(octets, step);
});

/// All that a parser says.
#[derive(Debug, PartialEq)]
struct Heard {
    events: Vec<Event>,
    fed: Result<(), TooLong>,
    last_id: String,
    retry: Option<Duration>,
}

fn heard(octets: &[u8], step: usize) -> Heard {
    let (mut parser, mut events) = (Parser::new(""), Vec::new());
    let fed = octets
        .chunks(step)
        .try_for_each(|piece| parser.feed(piece, &mut events));
    Heard {
        events,
        fed,
        last_id: parser.last_id().to_owned(),
        retry: parser.retry(),
    }
}

/// An event that was read has nothing in it that could not be written. Replaced octets may have made a line longer than it may be.
fn written_and_read(event: &Event) {
    let text = encode(event).expect("it has been read");
    let again = heard(text.as_bytes(), 7);
    if again.fed == Ok(()) {
        assert_eq!(again.events, [event.clone()]);
    }
}

/// The same octets as a whole answer.
fn answer(octets: &[u8], step: usize) {
    let mut server = BufReader::with_capacity(step, octets);
    let Ok(head) = Head::read_final(&mut server) else {
        return;
    };
    if let Ok(body) = Body::behind(&head, server) {
        let mut content = Vec::new();
        let _ = body.take(1 << 20).read_to_end(&mut content);
        assert!(content.len() <= octets.len());
    }
}
