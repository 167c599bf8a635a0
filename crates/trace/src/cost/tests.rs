use super::*;
use crate::Origin;
use crate::samples::{client_segment, row, server_segment};
use crate::state::State;

const ACK: ControlBits = ControlBits::ACK;

/// Ethernet, IPv4 and TCP, without options.
const HEADERS: usize = 54;

fn trace(segments: &[(Segment, Fate)]) -> Trace {
    let rows = segments.iter().map(|(segment, fate)| {
        let established = State::Established;
        row(segment, Origin::Host, *fate, established, established)
    });
    Trace {
        rows: rows.collect(),
        ..Trace::default()
    }
}

fn way(segments: Vec<Segment>) -> Way {
    let delivered: Vec<(Segment, Fate)> = segments
        .into_iter()
        .map(|segment| (segment, Fate::Delivered))
        .collect();
    Way::of(&trace(&delivered)).expect("there are events")
}

fn handshake() -> Vec<Segment> {
    vec![
        client_segment(ControlBits::SYN, 99),
        server_segment(ControlBits::SYN | ACK, 299),
        client_segment(ACK, 100),
    ]
}

fn from_client(sequence: u32, payload: &str) -> Segment {
    Segment {
        payload: payload.into(),
        ..client_segment(ACK, sequence)
    }
}

fn from_server(sequence: u32, payload: &str) -> Segment {
    Segment {
        payload: payload.into(),
        ..server_segment(ACK, sequence)
    }
}

#[test]
fn what_the_server_sends_of_its_own_accord_takes_the_handshakes_round_trip_alone() {
    let pushed = [
        from_server(300, "event 1"),
        client_segment(ACK, 100),
        from_server(307, "event 2"),
        client_segment(ACK, 100),
        server_segment(ControlBits::FIN | ACK, 314),
    ];
    let way = way([handshake(), pushed.to_vec()].concat());
    assert_eq!((way.events, way.texts), (2, 14));
    assert_eq!(
        way.parts.map(|part| (part.segments, part.round_trips)),
        [(4, 1), (2, 0), (2, 0)]
    );
    let total = Cost {
        connections: 1,
        round_trips: 1,
        segments: 8,
        payload: 14,
        wire: 8 * HEADERS + 14,
    };
    assert_eq!(way.total(), total);
}

#[test]
fn each_answer_to_a_request_is_a_round_trip_and_an_answer_in_two_segments_is_one() {
    let asked = [
        from_client(100, "GET"),
        server_segment(ACK, 300),
        from_server(300, "none"),
        from_client(103, "GET"),
        from_server(304, "one: "),
        from_server(309, "event 1"),
        from_client(106, "GET"),
        from_server(316, "event 2"),
    ];
    let way = way([handshake(), asked.to_vec()].concat());
    assert_eq!(way.parts.map(|part| part.round_trips), [3, 1, 0]);
    assert_eq!(way.parts.map(|part| part.segments), [9, 2, 0]);
    assert_eq!(way.parts.map(|part| part.payload), [22, 10, 0]);
}

#[test]
fn events_are_found_wherever_segments_cut_them() {
    let pushed = [
        from_server(300, "event 1, ev"),
        from_server(311, "ent 2, event 3, even"),
        from_server(331, "t 4"),
    ];
    let way = way([handshake(), pushed.to_vec()].concat());
    assert_eq!(way.events, 4);
    assert_eq!(way.parts.map(|part| part.segments), [4, 2, 0]);
}

#[test]
fn what_comes_again_is_counted_again_but_is_no_other_event_or_connection() {
    let again = [handshake()[..1].to_vec(), handshake()].concat();
    let pushed = [
        from_server(300, "event 1"),
        from_server(300, "event 1"),
        from_server(303, "nt 1event"),
        from_server(311, "t"),
        from_server(312, " 2"),
    ];
    let way = way([again, pushed.to_vec()].concat());
    assert_eq!(way.events, 2);
    assert_eq!(
        way.parts
            .map(|part| (part.connections, part.segments, part.payload)),
        [(1, 5, 7), (0, 4, 19), (0, 0, 0)]
    );
}

#[test]
fn the_clients_texts_are_no_events_and_neither_is_what_lies_behind_a_gap() {
    let pushed = [
        from_client(100, "event 1"),
        from_server(300, "event 1"),
        from_server(308, "event 2"),
    ];
    let way = way([handshake(), pushed.to_vec()].concat());
    assert_eq!(way.events, 1);
    assert_eq!(way.parts.map(|part| part.segments), [5, 0, 1]);
    assert_eq!(Way::of(&Trace::default()), None);
}

#[test]
fn a_frame_that_the_wire_holds_counts_when_it_goes_on_and_a_lost_one_counts_too() {
    let mut segments: Vec<(Segment, Fate)> = handshake()
        .into_iter()
        .map(|segment| (segment, Fate::Delivered))
        .collect();
    let event = from_server(300, "event 1");
    segments.extend([Fate::Held, Fate::Lost, Fate::Delivered].map(|fate| (event.clone(), fate)));
    let way = Way::of(&trace(&segments)).expect("there are events");
    assert_eq!(way.total().segments, 5);
}
