//! What the tests of octets expect, and how they say what they have found.

use proptest::prelude::ProptestConfig;
use server_push::{Event, Parser, TooLong, encode};

/// The limits of the task.
pub(crate) const LINE: usize = 4_096;
/// The other one.
pub(crate) const DATA: usize = 16_384;

/// An event of the usual type.
pub(crate) fn message(id: &str, data: &str) -> Event {
    Event {
        kind: "message".to_owned(),
        data: data.to_owned(),
        id: id.to_owned(),
    }
}

/// Events in few words.
pub(crate) fn named(events: &[Event]) -> String {
    if events.is_empty() {
        return "no event".to_owned();
    }
    let named = events.iter().map(|event| {
        let data = match event.data.len() {
            0..200 => format!("\"{}\"", event.data.escape_debug()),
            length => format!("{length} octets of data"),
        };
        format!(
            "{} {data} (id `{}`)",
            event.kind.escape_debug(),
            event.id.escape_debug()
        )
    });
    named.collect::<Vec<_>>().join(", ")
}

#[track_caller]
pub(crate) fn expect_encoded(kind: &str, id: &str, data: &str, right: &str) {
    let event = Event {
        kind: kind.to_owned(),
        ..message(id, data)
    };
    let found = encode(&event);
    assert!(
        found.as_deref() == Some(right),
        "encode() of {}\nexpected: {right:?}\nfound:    {found:?}",
        named(&[event])
    );
}

#[track_caller]
pub(crate) fn expect_refused(kind: &str, id: &str, data: &str, why: &str) {
    let event = Event {
        kind: kind.to_owned(),
        ..message(id, data)
    };
    let found = encode(&event);
    assert!(
        found.is_none(),
        "encode() of {} should say None: {why}.\nfound: {found:?}",
        named(&[event])
    );
}

#[track_caller]
pub(crate) fn expect_events(why: &str, stream: impl AsRef<[u8]>, right: &[Event]) {
    let stream = stream.as_ref();
    let mut events = Vec::new();
    let fed = Parser::new("").feed(stream, &mut events);
    assert!(
        fed.is_ok() && events == right,
        "{why}.\nThe stream: \"{}\"\nexpected: {}\nfound:    {}, {fed:?}",
        stream.escape_ascii(),
        named(right),
        named(&events)
    );
}

/// The last octet is the first that is too much, or stands behind it.
#[track_caller]
pub(crate) fn expect_too_long(refusal: TooLong, stream: &str, before: &[Event]) {
    for length in [stream.len(), 1_000, 1] {
        let (mut parser, mut events) = (Parser::new("before"), Vec::new());
        let fed = (stream.as_bytes().chunks(length))
            .try_for_each(|piece| parser.feed(piece, &mut events));
        let begins: String = stream.chars().take(40).collect();
        assert!(
            fed == Err(refusal) && events == before,
            "A stream of {} octets, which begins with \"{}...\", comes in pieces of {length}. With its last octet, at the latest, it is too long, and a stranger could send on for ever.\n\
             expected: {:?}, and before that {}\nfound:    {fed:?}, and before that {}",
            stream.len(),
            begins.escape_debug(),
            Err::<(), _>(refusal),
            named(before),
            named(&events)
        );
    }
}

/// No files of failures beside the reader's work.
pub(crate) fn settings(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}
