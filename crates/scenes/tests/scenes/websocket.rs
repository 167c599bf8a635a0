use trace::{Side, Trace};

use super::recorded;

scenes! {
    upgrade_then_frames
    upgrade_ignored
    fragments_and_a_ping
    unmasked_frame
    ten_events_websocket
}

/// What one side has sent, in order.
fn sent(trace: &Trace, side: Side) -> Vec<u8> {
    let own = trace.sent_by(side);
    own.flat_map(|segment| segment.payload).collect()
}

fn contains(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

/// The chapter says so: whoever looks at the wire can read what the server says, and has to unmask what the client says.
#[test]
fn a_servers_words_can_be_read_on_the_wire_and_a_clients_are_masked() {
    let trace = recorded("upgrade-then-frames");
    let (client, server) = (sent(&trace, Side::Client), sent(&trace, Side::Server));
    assert!(contains(&server, b"news") && contains(&server, b"more"));
    assert!(!contains(&client, b"thanks"));
    let mask = [0x37, 0xfa, 0x21, 0x3d_u8];
    let masked: Vec<u8> = (b"thanks".iter().zip(mask.iter().cycle()))
        .map(|(octet, mask)| octet ^ mask)
        .collect();
    assert!(contains(&client, &masked));
}

/// The chapter says so, and the comparison of all ways counts on it: two octets of framing for each event, and a segment for each.
#[test]
fn an_event_costs_two_octets_more_than_its_text() {
    let trace = recorded("ten-events-websocket");
    let frames = (1..=10).map(|number| {
        let event = format!("event {number}");
        [&[0x81, event.len() as u8], event.as_bytes()].concat()
    });
    let data = trace
        .segments()
        .filter(|(_, segment)| !segment.payload.is_empty());
    let pushed: Vec<(Side, Vec<u8>)> = data
        .map(|(from, segment)| (from, segment.payload))
        .skip(2)
        .take(10)
        .collect();
    let expected: Vec<(Side, Vec<u8>)> = frames.map(|frame| (Side::Server, frame)).collect();
    assert_eq!(pushed, expected);
}
