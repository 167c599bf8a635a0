//! The scene, and every number that the chapter says of its table.

use trace::cost::{Cost, Way};
use trace::{ControlBits, Side};

use super::recorded;

scenes! {
    ten_events_bare_socket
}

/// The ways in the order of the table.
const WAYS: [&str; 5] = [
    "short-polling",
    "long-polling",
    "event-stream",
    "websocket",
    "bare-socket",
];

fn way(name: &str) -> Way {
    Way::of(&recorded(&format!("ten-events-{name}"))).expect("it has events")
}

/// One number of each way.
fn counted<T>(count: impl Fn(&Way) -> T) -> [T; 5] {
    WAYS.map(|name| count(&way(name)))
}

/// The octets of headers.
fn headers(cost: &Cost) -> usize {
    cost.wire - cost.payload
}

/// The table has these recordings, so that what is tested here is what the page shows.
#[test]
fn the_table_of_the_chapter_has_these_ways() {
    let chapter = include_str!("../../../../book/http/http-or-sockets.md");
    let names = WAYS.map(|name| format!("ten-events-{name}")).join(" ");
    assert!(chapter.contains(&format!("\n{{{{#ways {names}}}}}\n")));
}

#[test]
fn all_ways_bring_the_same_ten_events_over_one_connection() {
    assert_eq!(counted(|way| (way.events, way.texts)), [(10, 71); 5]);
    assert_eq!(counted(|way| way.total().connections), [1; 5]);
}

/// "Two round trips for each further event ... one ... none, and two segments"
#[test]
fn the_ways_differ_in_who_has_to_speak() {
    let further = counted(|way| way.parts[1]);
    assert_eq!(
        further.map(|cost| cost.round_trips),
        [9 * 2, 9, 0, 0, 0],
        "nine further events"
    );
    assert_eq!(
        further.map(|cost| cost.segments)[2..],
        [9 * 2; 3],
        "an event and its acknowledgment"
    );
}

/// "WebSocket needs two octets for each event and our own rules need four ... more than four fifths ... headers"
#[test]
fn framing_hardly_counts() {
    let [_, _, stream, websocket, bare] = counted(|way| way.parts[1]);
    let texts = 8 * "event 2".len() + "event 10".len();
    assert_eq!(websocket.payload, texts + 9 * 2);
    assert_eq!(bare.payload, texts + 9 * 4);
    assert!(bare.wire > websocket.wire);
    for cost in [stream, websocket, bare] {
        assert!(headers(&cost) * 5 > cost.wire * 4, "{cost:?}");
    }
}

/// "Before the first event ... by the tenth event ... with these it is the dearer one on the wire"
#[test]
fn websocket_makes_up_for_its_beginning_and_not_for_its_end() {
    let (stream, websocket) = (way("event-stream"), way("websocket"));
    let first = "event 1".len();
    let [to_stream, to_websocket] = [(&stream, 13), (&websocket, 2)]
        .map(|(way, framing)| way.parts[0].payload - framing - first);
    assert!(to_websocket > to_stream);
    let to_the_tenth = |way: &Way| way.parts[0].payload + way.parts[1].payload;
    assert!(to_the_tenth(&websocket) < to_the_tenth(&stream));
    assert!(websocket.total().wire > stream.total().wire);
}

/// "At the beginning the bare connection saves one round trip ... and WebSocket's closing handshake is one more", and in the middle it saves
/// none, as an answer says
#[test]
fn the_bare_connection_saves_once() {
    let round_trips = counted(|way| way.parts[0].round_trips);
    assert_eq!(round_trips, [3, 2, 2, 2, 1]);
    let round_trips = counted(|way| way.parts[2].round_trips);
    assert_eq!(round_trips, [0, 0, 0, 1, 0]);
    let (websocket, bare) = (way("websocket"), way("bare-socket"));
    assert!(bare.parts[1].wire >= websocket.parts[1].wire);
    assert!(bare.total().wire < websocket.total().wire);
}

/// The ledger's rows say so, of who speaks first, and of the client that says nothing.
#[test]
fn the_first_data_is_the_clients_where_there_is_http_and_the_servers_on_the_bare_connection() {
    let first = WAYS.map(|name| {
        let trace = recorded(&format!("ten-events-{name}"));
        let mut data = trace
            .segments()
            .filter(|(_, segment)| !segment.payload.is_empty());
        data.next().map(|(from, _)| from)
    });
    let (client, server) = (Some(Side::Client), Some(Side::Server));
    assert_eq!(first, [client, client, client, client, server]);
    let bare = recorded("ten-events-bare-socket");
    let said: Vec<u8> = bare
        .sent_by(Side::Client)
        .flat_map(|segment| segment.payload)
        .collect();
    assert_eq!(said, []);
}

/// The ledger's row `http-built-on-tcp` says so.
#[test]
fn every_recording_of_this_part_begins_with_a_syn() {
    for scene in scenes::all().filter(|scene| scene.part() == "http") {
        let first = recorded(scene.name).segments().next();
        let control = first.map(|(_, segment)| segment.control);
        assert_eq!(control, Some(ControlBits::SYN), "{}", scene.name);
    }
}
