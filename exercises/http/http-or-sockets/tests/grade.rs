//! Your counts before exchanges made by hand, any exchange, and the book's recordings.

mod made;

use grade::any_inputs;
use http_or_sockets::{Cost, Side, Way, arrivals, connections, cost, round_trips, way};
use made::{Exchange, listed, segments};
use proptest::prelude::*;
use trace::{Trace, pcapng};

const CLIENT: Side = Side::Client;
const SERVER: Side = Side::Server;

/// The same ten events by each way.
const RECORDINGS: [(&str, &[u8]); 5] = [
    (
        "ten-events-short-polling",
        include_bytes!("../../../../book/http/ten-events-short-polling.pcapng"),
    ),
    (
        "ten-events-long-polling",
        include_bytes!("../../../../book/http/ten-events-long-polling.pcapng"),
    ),
    (
        "ten-events-event-stream",
        include_bytes!("../../../../book/http/ten-events-event-stream.pcapng"),
    ),
    (
        "ten-events-websocket",
        include_bytes!("../../../../book/http/ten-events-websocket.pcapng"),
    ),
    (
        "ten-events-bare-socket",
        include_bytes!("../../../../book/http/ten-events-bare-socket.pcapng"),
    ),
];

/// Compares a count, and shows the exchange that was to be counted.
#[track_caller]
fn expect<T: PartialEq + std::fmt::Debug>(found: T, expected: T, what: &str, trace: &Trace) {
    assert_eq!(
        found,
        expected,
        "{what}: it should be what is on the right, and yours is on the left. This is the exchange:\n{}",
        listed(trace)
    );
}

#[test]
fn a_connection_begins_with_a_syn() {
    let expect = |exchange: &Exchange, expected, why| {
        let what = format!("connections ({why}, RFC 9293 section 3.4.1)");
        let found = connections(&segments(&exchange.trace));
        expect(found, expected, &what, &exchange.trace);
    };
    let mut exchange = Exchange::new();
    expect(&exchange, 0, "nothing was sent");
    exchange.open(40000, 100, 300);
    expect(&exchange, 1, "a SYN-ACK opens no other");
    exchange.tells("event 1", 1);
    exchange.says(CLIENT, b"more");
    exchange.fin(SERVER);
    expect(&exchange, 1, "data and a FIN open none");
    exchange.open(40001, 100, 300);
    expect(
        &exchange,
        2,
        "another port is another connection, even with the same numbers",
    );
    exchange.syn(40002, 7);
    exchange.open(40002, 7, 300);
    expect(&exchange, 3, "the same SYN has come twice");
    exchange.open(40002, 8, 300);
    expect(
        &exchange,
        4,
        "the same ports with another number are another incarnation",
    );
    exchange.turn_to(40002, 8080);
    exchange.open(40002, 8, 300);
    expect(
        &exchange,
        5,
        "another port of the server's is another connection, even with the same numbers",
    );
    exchange.syn(40003, 9);
    exchange.open(40004, 9, 300);
    exchange.open(40003, 9, 300);
    expect(
        &exchange,
        7,
        "the same SYN has come twice, and another between",
    );
}

#[test]
fn an_answer_that_follows_a_word_is_a_round_trip() {
    let expect = |exchange: &Exchange, expected, why| {
        let what = format!("round trips ({why})");
        let found = round_trips(&segments(&exchange.trace));
        expect(found, expected, &what, &exchange.trace);
    };
    let mut exchange = Exchange::new();
    expect(&exchange, 0, "nothing was sent");
    exchange.open(40000, 100, 300);
    expect(
        &exchange,
        1,
        "the SYN-ACK follows the SYN, and the last ACK says nothing",
    );
    exchange.tells("event 1", 1);
    exchange.ack(CLIENT);
    exchange.tells("event 2", 1);
    exchange.ack(CLIENT);
    expect(
        &exchange,
        1,
        "the server has not waited for any word of the client's",
    );
    exchange.says(CLIENT, b"GET");
    exchange.ack(SERVER);
    expect(&exchange, 1, "an acknowledgment without data is no answer");
    exchange.says(SERVER, b"head");
    exchange.ack(CLIENT);
    exchange.says(SERVER, b"body");
    expect(&exchange, 2, "an answer in two segments is one answer");
    exchange.says(CLIENT, b"GE");
    exchange.ack(SERVER);
    exchange.says(CLIENT, b"T");
    exchange.says(SERVER, b"head and body");
    expect(&exchange, 3, "a request in two segments is one request");
    exchange.says(CLIENT, b"bye");
    exchange.fin(CLIENT);
    exchange.ack(SERVER);
    exchange.fin(SERVER);
    exchange.ack(CLIENT);
    expect(&exchange, 3, "a FIN is neither a SYN nor data");
    exchange.open(40001, 100, 300);
    expect(&exchange, 4, "another connection has its own handshake");
    exchange.open(40002, 100, 300);
    exchange.says(CLIENT, b"GET");
    exchange.turn_to(40001, 80);
    exchange.says(SERVER, b"body");
    expect(
        &exchange,
        6,
        "it does not matter on which connections the two are",
    );
}

/// The headers of Ethernet, IPv4 and TCP in these exchanges.
const HEADERS: usize = 54;

#[test]
fn everything_on_the_wire_counts() {
    let mut exchange = Exchange::opened();
    exchange.says(CLIENT, b"GET");
    exchange.ack(SERVER);
    exchange.says(SERVER, b"event 1");
    exchange.tells_again(7, "", 0);
    exchange.ack(CLIENT);
    exchange.fin(SERVER);
    let expected = Cost {
        connections: 1,
        round_trips: 2,
        segments: 9,
        data: 17,
        wire: 9 * HEADERS + 17,
    };
    let found = cost(&segments(&exchange.trace));
    let what =
        "the cost (a segment costs its frame, whatever it carries, and as often as it comes)";
    expect(found, expected, what, &exchange.trace);
    expect(
        cost(&[]),
        Cost::default(),
        "the cost of nothing",
        &Trace::default(),
    );
}

#[test]
fn an_event_has_come_with_its_last_octet() {
    let expect = |exchange: &Exchange, why| {
        let what = format!(
            "the positions of the segments with which events have come, the first being 0 ({why}, RFC 9293 section 3.7)"
        );
        let found = arrivals(&segments(&exchange.trace));
        expect(found, exchange.arrivals.clone(), &what, &exchange.trace);
    };
    let mut exchange = Exchange::opened();
    expect(&exchange, "there is none");
    exchange.says(SERVER, b"HTTP/1.1 200 OK\r\n\r\n");
    exchange.tells("8\r\nevent 1\n\r\n", 1);
    expect(
        &exchange,
        "an event is not a segment with data: the first has none",
    );
    exchange.says(CLIENT, b"event 2");
    exchange.tells("event 2", 1);
    expect(&exchange, "the client's word is no event");
    exchange.tells("event 3\nevent 4\n", 2);
    expect(&exchange, "a segment may have two");
    exchange.tells("event 5\nev", 1);
    exchange.ack(CLIENT);
    exchange.tells("ent ", 0);
    exchange.tells("6", 1);
    expect(&exchange, "an event may come in three segments");
    exchange.tells_again(1, "", 0);
    exchange.tells_again(17, "", 0);
    expect(&exchange, "octets that come again are no second event");
    exchange.tells_again(3, "eve", 0);
    exchange.tells_again(3, "nt 7, event 8", 2);
    expect(
        &exchange,
        "a segment may begin with octets that have come before",
    );
    exchange.tells("even", 0);
    exchange.tells_again(2, "", 0);
    exchange.tells("t 9", 1);
    expect(
        &exchange,
        "octets that come again do not stand in the middle of an event",
    );
    exchange.tells("event 1", 0);
    exchange.tells("0", 1);
    exchange.tells("event 11", 1);
    expect(&exchange, "numbers may have two digits");
    exchange.tells("eve", 0);
    exchange.repeats(11, 8);
    exchange.tells("nt 12", 1);
    expect(
        &exchange,
        "what comes again may be older than what has come last",
    );
    exchange.open(40001, u32::MAX, u32::MAX - 9);
    exchange.tells("event 13", 1);
    exchange.tells_again(8, ", event 14", 1);
    exchange.tells("event 15", 1);
    expect(
        &exchange,
        "each connection has numbers of its own, and they wrap at 2^32",
    );
    exchange.open(40001, 1, 5);
    exchange.tells("event 16", 1);
    expect(
        &exchange,
        "the same ports, opened again, begin with another number",
    );
    exchange.turn_to(40001, 8080);
    exchange.open(40001, 1, 500);
    exchange.tells("event 17", 1);
    exchange.turn_to(40000, 80);
    exchange.tells("event 18", 1);
    exchange.turn_to(40001, 80);
    exchange.tells_again(8, ", event 19", 1);
    expect(
        &exchange,
        "segments of several connections may be mixed, and each goes on with its own numbers",
    );
}

/// The same by this course's own count.
fn counted(trace: &Trace) -> Option<Way> {
    let [to_the_first, to_the_last, to_the_end] =
        trace::cost::Way::of(trace)?.parts.map(|part| Cost {
            connections: part.connections,
            round_trips: part.round_trips,
            segments: part.segments,
            data: part.payload,
            wire: part.wire,
        });
    Some(Way {
        to_the_first,
        to_the_last,
        to_the_end,
    })
}

#[test]
fn each_part_begins_where_the_one_before_has_ended() {
    let expect = |exchange: &Exchange, why| {
        let what = format!("the three parts ({why})");
        let found = way(&segments(&exchange.trace));
        expect(found, counted(&exchange.trace), &what, &exchange.trace);
    };
    let mut exchange = Exchange::opened();
    expect(&exchange, "no event has come");
    exchange.says(CLIENT, b"GET");
    exchange.tells("event 1", 1);
    expect(
        &exchange,
        "the first event is the last, and nothing comes behind it",
    );
    exchange.ack(CLIENT);
    exchange.fin(SERVER);
    expect(&exchange, "the first event is the last");
    let mut exchange = Exchange::opened();
    exchange.tells("event 1event 2", 2);
    exchange.ack(CLIENT);
    expect(&exchange, "two events have come with one segment");
    for event in ["event 3", "event 4"] {
        exchange.says(CLIENT, b"GET");
        exchange.ack(SERVER);
        exchange.tells(event, 1);
        exchange.ack(CLIENT);
    }
    expect(
        &exchange,
        "the handshake belongs to the first part, and to no other",
    );
    let mut exchange = Exchange::new();
    for (port, event) in [(40000, "event 1"), (40001, "event 2")] {
        exchange.open(port, 1, 1);
        exchange.tells(event, 1);
        exchange.fin(SERVER);
        exchange.ack(CLIENT);
        exchange.fin(CLIENT);
        exchange.ack(SERVER);
    }
    expect(&exchange, "here each event has a connection of its own");
}

/// What happens next in an exchange.
#[derive(Clone, Debug)]
enum Step {
    Open(u16, u32, u32, bool),
    Asks(u8),
    Answers(u8),
    Events(usize),
    CutEvent(usize, usize),
    ComesAgain(usize, bool),
    Repeats(usize, usize),
    TurnTo(usize),
    Acks(bool),
    Ends(bool),
}

/// An initial sequence number, often one that is about to wrap.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![any::<u32>(), u32::MAX - 100..=u32::MAX]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (40000..40003_u16, any::<u32>(), number(), any::<bool>())
            .prop_map(|(port, client, server, twice)| Step::Open(port, client, server, twice)),
        2 => any::<u8>().prop_map(Step::Asks),
        2 => any::<u8>().prop_map(Step::Answers),
        4 => (1..4_usize).prop_map(Step::Events),
        2 => (1..8_usize, 0..7_usize)
            .prop_map(|(cut, known)| Step::CutEvent(cut, known)),
        2 => (0..20_usize, any::<bool>()).prop_map(|(known, more)| Step::ComesAgain(known, more)),
        1 => (0..30_usize, 0..20_usize).prop_map(|(known, length)| Step::Repeats(known, length)),
        2 => any::<usize>().prop_map(Step::TurnTo),
        4 => any::<bool>().prop_map(Step::Acks),
        1 => any::<bool>().prop_map(Step::Ends),
    ]
}

fn side(is_client: bool) -> Side {
    if is_client { CLIENT } else { SERVER }
}

/// The exchange in which these steps happen, on a connection that is there already. A connection that has ended is followed by another.
/// The client's numbers are different in all connections, so that each of their SYNs opens one, whatever part it is in.
fn exchange(steps: &[Step]) -> Exchange {
    let mut exchange = Exchange::opened();
    let mut ports = vec![40000];
    let mut told = 0;
    let mut event = || {
        told += 1;
        format!("event {told}")
    };
    for (number, step) in steps.iter().enumerate() {
        match *step {
            Step::Open(port, client, server, twice) => {
                let client = client & !127 | number as u32;
                if twice {
                    exchange.syn(port, client);
                }
                exchange.open(port, client, server);
                ports.retain(|other| *other != port);
                ports.push(port);
            }
            Step::Asks(length) => exchange.says(CLIENT, &vec![b'?'; length.into()]),
            Step::Answers(length) => exchange.says(SERVER, &vec![b'!'; length.into()]),
            Step::Events(count) => {
                let events: Vec<String> = (0..count).map(|_| event()).collect();
                exchange.tells(&events.concat(), count);
            }
            Step::CutEvent(cut, known) => {
                let event = event();
                let (head, rest) = event.split_at(cut.min(event.len() - 1));
                exchange.tells(head, 0);
                exchange.tells_again(known, "", 0);
                exchange.tells(rest, 1);
            }
            Step::ComesAgain(known, true) => exchange.tells_again(known, &event(), 1),
            Step::ComesAgain(known, false) => exchange.tells_again(known, "", 0),
            Step::Repeats(known, length) => exchange.repeats(known, length),
            Step::TurnTo(other) => {
                let port = ports.remove(other % ports.len());
                exchange.turn_to(port, 80);
                ports.push(port);
            }
            Step::Acks(client) => exchange.ack(side(client)),
            Step::Ends(client) => {
                exchange.fin(side(client));
                ports.pop();
                let port = 50000 + number as u16;
                exchange.open(port, 1, 1);
                ports.push(port);
            }
        }
    }
    exchange
}

proptest! {
    #![proptest_config(any_inputs(200))]

    #[test]
    fn any_exchange_can_be_counted(steps in prop::collection::vec(step(), 0..40)) {
        let exchange = exchange(&steps);
        let segments = segments(&exchange.trace);
        let shown = listed(&exchange.trace);
        prop_assert_eq!(
            arrivals(&segments),
            exchange.arrivals,
            "the positions of the segments with which events have come should be those on the right; this is the exchange:\n{}",
            shown
        );
        prop_assert_eq!(
            way(&segments),
            counted(&exchange.trace),
            "the parts should be those on the right; this is the exchange:\n{}",
            shown
        );
    }
}

#[test]
fn the_recordings_give_the_table_of_the_chapter() {
    for (name, recording) in RECORDINGS {
        let trace = pcapng::read(recording).expect("a recording of this course");
        let segments = segments(&trace);
        let events = arrivals(&segments).len();
        assert_eq!(
            events, 10,
            "{name} has ten events, the number on the right, and you find the number on the left (RFC 9293 section 3.7)"
        );
        let what = format!("the three parts of {name}");
        expect(way(&segments), counted(&trace), &what, &trace);
    }
}
