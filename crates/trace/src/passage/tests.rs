use super::*;
use crate::samples::{client_segment, row, server_segment, states};
use State::{
    CloseWait, Closed, Closing, Established, FinWait1, LastAck, Listen, SynReceived, SynSent,
    TimeWait,
};

const FIN_ACK: ControlBits = ControlBits::from_bits(0x011);
const SYN_ACK: ControlBits = ControlBits::from_bits(0x012);
const RST_ACK: ControlBits = ControlBits::from_bits(0x014);

fn sent(segment: &Segment, client: State, server: State) -> Row {
    row(segment, Origin::Host, Fate::Delivered, client, server)
}

fn note(side: Side, text: &str, client: State, server: State) -> Row {
    Row {
        event: Event::Note {
            side,
            text: text.to_owned(),
        },
        states: states(client, server),
    }
}

fn trace(start: (State, State), rows: Vec<Row>) -> Trace {
    Trace {
        start: states(start.0, start.1),
        rows,
        ..Trace::default()
    }
}

/// The arrows that a side takes, each with its step.
fn arrows(trace: &Trace, side: Side) -> Vec<(State, State, usize)> {
    let passages = passages(trace);
    let taken = passages.iter().filter(|passage| passage.side == side);
    taken
        .filter_map(|passage| {
            let arrow = TRANSITIONS[passage.arrow?];
            Some((arrow.from, arrow.to, passage.step))
        })
        .collect()
}

/// What happened to a side, each with the state in which it did.
fn events(trace: &Trace, side: Side) -> Vec<(State, Happening)> {
    let passages = passages(trace);
    let its = passages.iter().filter(|passage| passage.side == side);
    its.flat_map(|passage| {
        let before = passage.before;
        passage.happenings.iter().map(move |event| (before, *event))
    })
    .collect()
}

fn handshake() -> Vec<Row> {
    vec![
        sent(&client_segment(ControlBits::SYN, 100), SynSent, SynReceived),
        sent(&server_segment(SYN_ACK, 300), Established, SynReceived),
        sent(
            &client_segment(ControlBits::ACK, 101),
            Established,
            Established,
        ),
    ]
}

/// The call of a client that nobody hears.
fn lost_syn() -> Row {
    row(
        &client_segment(ControlBits::SYN, 100),
        Origin::Host,
        Fate::Lost,
        SynSent,
        Closed,
    )
}

#[test]
fn both_sides_of_a_handshake_take_their_arrows_at_their_steps() {
    let trace = trace((Closed, Listen), handshake());
    assert_eq!(
        arrows(&trace, Side::Client),
        [(Closed, SynSent, 1), (SynSent, Established, 2)]
    );
    assert_eq!(
        arrows(&trace, Side::Server),
        [
            (Closed, Listen, 0),
            (Listen, SynReceived, 1),
            (SynReceived, Established, 3)
        ]
    );
    assert_eq!(
        events(&trace, Side::Client),
        [(Closed, Happening::Open), (SynSent, Happening::Syn)]
    );
    assert_eq!(
        events(&trace, Side::Server),
        [
            (Closed, Happening::Open),
            (Listen, Happening::Syn),
            (SynReceived, Happening::Ack)
        ]
    );
}

#[test]
fn a_refused_call_takes_no_arrow_of_a_close() {
    let refused = trace(
        (Closed, Closed),
        vec![
            sent(&client_segment(ControlBits::SYN, 100), SynSent, Closed),
            sent(&server_segment(RST_ACK, 0), Closed, Closed),
        ],
    );
    assert_eq!(arrows(&refused, Side::Client), [(Closed, SynSent, 1)]);
    assert_eq!(
        events(&refused, Side::Client),
        [(Closed, Happening::Open), (SynSent, Happening::Reset)]
    );
    let late = trace(
        (Closed, Closed),
        vec![
            lost_syn(),
            note(Side::Client, "connect() fails: ETIMEDOUT", Closed, Closed),
        ],
    );
    assert_eq!(arrows(&late, Side::Client), [(Closed, SynSent, 1)]);
}

#[test]
fn a_program_that_closes_takes_the_arrow_of_a_close() {
    let given_up = trace(
        (Closed, Closed),
        vec![lost_syn(), note(Side::Client, "close()", Closed, Closed)],
    );
    assert_eq!(
        arrows(&given_up, Side::Client),
        [(Closed, SynSent, 1), (SynSent, Closed, 1)]
    );
    assert!(events(&given_up, Side::Client).contains(&(SynSent, Happening::Close)));
}

#[test]
fn a_reset_does_not_take_the_arrow_of_a_timeout() {
    let assassinated = |event: Row| trace((TimeWait, Closed), vec![event]);
    let reset = assassinated(sent(&server_segment(ControlBits::RST, 311), Closed, Closed));
    assert_eq!(arrows(&reset, Side::Client), []);
    assert_eq!(events(&reset, Side::Client), [(TimeWait, Happening::Reset)]);
    let over = trace(
        (TimeWait, Closed),
        vec![
            sent(&server_segment(ControlBits::ACK, 311), TimeWait, Closed),
            note(Side::Client, "a minute has passed", Closed, Closed),
        ],
    );
    assert_eq!(arrows(&over, Side::Client), [(TimeWait, Closed, 1)]);
    assert!(events(&over, Side::Client).contains(&(TimeWait, Happening::WaitOver)));
}

#[test]
fn a_close_from_both_sides_goes_by_closing() {
    let mut rows = handshake();
    let held = |segment: &Segment| row(segment, Origin::Host, Fate::Held, FinWait1, Established);
    rows.push(held(&client_segment(FIN_ACK, 101)));
    rows.push(sent(&server_segment(FIN_ACK, 301), Closing, FinWait1));
    rows.push(sent(
        &client_segment(ControlBits::ACK, 102),
        Closing,
        FinWait1,
    ));
    let taken = arrows(&trace((Closed, Listen), rows), Side::Client);
    assert_eq!(
        taken[2..],
        [(Established, FinWait1, 4), (FinWait1, Closing, 5)]
    );
}

#[test]
fn a_segment_that_is_sent_twice_is_a_timeout_only_where_nothing_asked_for_it() {
    let fin = client_segment(FIN_ACK, 101);
    let lost = |segment: &Segment| row(segment, Origin::Host, Fate::Lost, LastAck, Closed);
    let mut again = trace((CloseWait, Closed), vec![lost(&fin), lost(&fin)]);
    assert_eq!(
        events(&again, Side::Client),
        [(CloseWait, Happening::Close), (LastAck, Happening::Again)]
    );
    again.rows.insert(
        1,
        sent(&server_segment(ControlBits::ACK, 301), LastAck, Closed),
    );
    assert_eq!(
        events(&again, Side::Client),
        [(CloseWait, Happening::Close), (LastAck, Happening::Ack)]
    );
}

#[test]
fn every_connection_is_followed_by_itself() {
    let mut other = client_segment(ControlBits::SYN, 900);
    other.source.set_port(40001);
    let mut rows = handshake();
    rows.push(sent(&other, Established, Established));
    let trace = trace((Closed, Listen), rows);
    let took = arrows(&trace, Side::Client);
    assert_eq!(
        took,
        [(Closed, SynSent, 1), (SynSent, Established, 2)],
        "the second call does not take the first connection anywhere"
    );
}

#[test]
fn a_listener_takes_what_comes_after_a_connections_end() {
    let mut rows = handshake();
    rows.push(sent(&server_segment(RST_ACK, 301), Closed, Closed));
    let mut late = sent(&client_segment(ControlBits::ACK, 102), Closed, Closed);
    let listening = states(Closed, Listen);
    rows[3].states = listening.clone();
    late.states = listening;
    rows.push(late);
    let seen = events(&trace((Closed, Listen), rows), Side::Server);
    assert_eq!(seen.last(), Some(&(Listen, Happening::Ack)));
}

#[test]
fn data_that_is_read_is_an_event_and_a_read_that_fails_is_none() {
    let mut rows = handshake();
    let says = |text: &str| note(Side::Client, text, Established, Established);
    rows.push(says("read() returns 5: \"hello\""));
    rows.push(says("read() fails: ETIMEDOUT"));
    let seen = events(&trace((Closed, Listen), rows), Side::Client);
    let reads = seen
        .iter()
        .filter(|(_, event)| *event == Happening::Receive);
    assert_eq!(reads.count(), 1);
}
