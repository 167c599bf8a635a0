use trace::{ControlBits, Side, Trace};

use super::recorded;

scenes! {
    unasked_response
    short_polling
    long_polling
    event_stream
    ten_events_short_polling
    ten_events_long_polling
    ten_events_event_stream
}

/// The segments with data that one side has sent.
fn data(trace: &Trace, side: Side) -> Vec<Vec<u8>> {
    let payloads = trace.sent_by(side).map(|segment| segment.payload);
    payloads.filter(|payload| !payload.is_empty()).collect()
}

/// The chapter's table says so, and the ledger.
#[test]
fn ten_events_take_twenty_requests_or_ten_or_one() {
    for (name, requests, empty, asked, answered, segments) in [
        ("ten-events-short-polling", 20, 10, 720, 1_961, 87),
        ("ten-events-long-polling", 10, 0, 360, 1_071, 47),
        ("ten-events-event-stream", 1, 0, 63, 349, 33),
    ] {
        let trace = recorded(name);
        let (client, server) = (data(&trace, Side::Client), data(&trace, Side::Server));
        let opened = trace
            .sent_by(Side::Client)
            .filter(|segment| segment.control.contains(ControlBits::SYN));
        let nothing = (server.iter()).filter(|answer| answer.starts_with(b"HTTP/1.1 204 "));
        let found = (
            opened.count(),
            client.len(),
            nothing.count(),
            client.concat().len(),
            server.concat().len(),
            trace.segments().count(),
        );
        assert_eq!(
            found,
            (1, requests, empty, asked, answered, segments),
            "{name}"
        );
    }
}

/// The chapter says so: the second response differs from the first in one digit, and not in form.
#[test]
fn the_unasked_response_is_as_good_as_the_other() {
    let answers = data(&recorded("unasked-response"), Side::Server);
    let [first, second] = &answers[..] else {
        panic!("{} answers", answers.len());
    };
    let differing = first.iter().zip(second).filter(|(one, other)| one != other);
    assert_eq!((first.len(), differing.count()), (second.len(), 1));
}

/// The chapter says so: the request that goes on says behind which id, and the one before did not.
#[test]
fn the_second_request_for_the_stream_has_an_id() {
    let requests = data(&recorded("event-stream"), Side::Client);
    let [first, second] = &requests[..] else {
        panic!("{} requests", requests.len());
    };
    let field = b"last-event-id: 2\r\n";
    let has = |request: &[u8]| request.windows(field.len()).any(|part| part == field);
    assert!(!has(first) && has(second));
    assert_eq!(second.len(), first.len() + field.len());
}
