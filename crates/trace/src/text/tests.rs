//! Whole ladders, compared with exact text.

use super::*;
use crate::exchange::{Event, Payload, Row, Trace, View};
use crate::samples::{SERVER, client_segment, row, server_segment, states};
use crate::{ControlBits, Numbering, Segment, SeqNumber, TcpOption};

const ACK: ControlBits = ControlBits::ACK;
const SYN: ControlBits = ControlBits::SYN;

fn acking(mut segment: Segment, number: u32) -> Segment {
    segment.control |= ACK;
    segment.acknowledgment = SeqNumber(number);
    segment
}

fn with_mss(mut segment: Segment) -> Segment {
    segment.options.push(TcpOption::MaximumSegmentSize(1460));
    segment
}

fn carrying(mut segment: Segment, payload: &[u8]) -> Segment {
    segment.payload = payload.to_vec();
    segment
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

fn handshake(client: u32, server: u32) -> Vec<Row> {
    let (next, after) = (client.wrapping_add(1), server.wrapping_add(1));
    let segments = [
        with_mss(client_segment(SYN, client)),
        with_mss(acking(server_segment(SYN, server), next)),
        acking(client_segment(ACK, next), after),
    ];
    let states = [
        (State::SynSent, State::SynReceived),
        (State::Established, State::SynReceived),
        (State::Established, State::Established),
    ];
    let rows = segments.iter().zip(states);
    rows.map(|(segment, (c, s))| row(segment, Origin::Host, Fate::Delivered, c, s))
        .collect()
}

/// Compares whole ladders; both sides begin with a line end so that they stand aligned here.
#[track_caller]
fn draws(trace: &Trace, expected: &str) {
    let drawn = format!("\n{}", Ladder::of(trace));
    assert!(drawn == expected, "drawn:{drawn}\nexpected:{expected}");
}

fn trace(rows: Vec<Row>) -> Trace {
    Trace {
        start: states(State::Closed, State::Listen),
        rows,
        ..Trace::default()
    }
}

#[test]
fn a_handshake_reads_like_a_figure_of_the_rfc() {
    let expected = "
     client                                                    server
                                                               LISTEN
  1  SYN-SENT     -- SYN      seq=0         mss=1460 -->       SYN-RECEIVED
  2  ESTABLISHED  <- SYN,ACK  seq=0 ack=1   mss=1460 --        SYN-RECEIVED
  3  ESTABLISHED  -- ACK      seq=1 ack=1            -->       ESTABLISHED
";
    draws(&trace(handshake(5000, 777)), expected);
    // The numbers wrap behind the SYN.
    draws(&trace(handshake(u32::MAX, u32::MAX)), expected);
}

#[test]
fn numbers_start_where_the_view_says() {
    let mut trace = trace(handshake(u32::MAX, 300));
    trace.view = View {
        client: Numbering::Relative(100),
        server: Numbering::Absolute,
        mss: false,
        window: true,
        ..View::default()
    };
    draws(
        &trace,
        "
     client                                                    server
                                                               LISTEN
  1  SYN-SENT     -- SYN      seq=100         win=1000 -->     SYN-RECEIVED
  2  ESTABLISHED  <- SYN,ACK  seq=300 ack=101 win=1000 --      SYN-RECEIVED
  3  ESTABLISHED  -- ACK      seq=101 ack=301 win=1000 -->     ESTABLISHED
",
    );
}

#[test]
fn both_ends_of_an_arrow_tell_its_history() {
    let mut rows = Vec::new();
    let origins = [
        Origin::Host,
        Origin::Held(0),
        Origin::Copy(0),
        Origin::Script,
    ];
    let fates = [Fate::Delivered, Fate::Held, Fate::Lost, Fate::Delivered];
    for (origin, fate) in origins.into_iter().zip(fates) {
        for segment in [client_segment(ACK, 1), server_segment(ACK, 2)] {
            rows.push(row(&segment, origin, fate, State::Closed, State::Listen));
        }
    }
    if let Event::Frame { altered, .. } = &mut rows[7].event {
        *altered = true;
    }
    draws(
        &trace(rows),
        "
     client                                                    server
                                                               LISTEN
  1  CLOSED       -- ACK  seq=1 ack=0           -->            LISTEN
  2  CLOSED       <- ACK  seq=2 ack=0           --             LISTEN
  3  CLOSED       .. ACK  seq=1 ack=0           ...            LISTEN
  4  CLOSED       .. ACK  seq=2 ack=0           ..             LISTEN
  5  CLOSED       ++ ACK  seq=1 ack=0           -x             LISTEN
  6  CLOSED       x- ACK  seq=2 ack=0           ++             LISTEN
  7  CLOSED       ~~ ACK  seq=1 ack=0           -->            LISTEN
  8  CLOSED       <- ACK  seq=2 ack=0   altered ~~             LISTEN
",
    );
}

#[test]
fn notes_stand_on_the_side_of_their_program_and_show_states_that_changed() {
    let mut rows = vec![note(
        Side::Client,
        "connect() begins",
        State::SynSent,
        State::Listen,
    )];
    rows.extend(handshake(1, 1));
    rows.push(note(
        Side::Server,
        "accept() returns",
        State::Established,
        State::Established,
    ));
    rows.push(note(
        Side::Server,
        "close() returns, and the ladder makes room",
        State::Established,
        State::FinWait1,
    ));
    draws(
        &trace(rows),
        "
     client                                                             server
                                                                        LISTEN
     SYN-SENT     * client: connect() begins
  1  SYN-SENT     -- SYN      seq=0         mss=1460 -->                SYN-RECEIVED
  2  ESTABLISHED  <- SYN,ACK  seq=0 ack=1   mss=1460 --                 SYN-RECEIVED
  3  ESTABLISHED  -- ACK      seq=1 ack=1            -->                ESTABLISHED
                                            * server: accept() returns
                  * server: close() returns, and the ladder makes room  FIN-WAIT-1
",
    );
}

#[test]
fn several_connections_are_told_apart_by_the_clients_port() {
    let mut second = client_segment(SYN, 70);
    second.source.set_port(40001);
    let mut rows = vec![
        row(
            &client_segment(SYN, 50),
            Origin::Host,
            Fate::Delivered,
            State::SynSent,
            State::Listen,
        ),
        row(
            &second,
            Origin::Host,
            Fate::Delivered,
            State::SynSent,
            State::Listen,
        ),
        row(
            &client_segment(ControlBits::RST, 51),
            Origin::Host,
            Fate::Delivered,
            State::Closed,
            State::Listen,
        ),
    ];
    // The second connection has a socket of its own on the client.
    let mut socket = rows[0].states.client[0];
    socket.local = second.source;
    rows[1].states.client.push(socket);
    rows[1].states.client[0].state = State::Established;
    draws(
        &trace(rows),
        "
     client                                                    server
                                                               LISTEN
  1  SYN-SENT     -- SYN  port=40000  seq=0 -->                LISTEN
  2  SYN-SENT     -- SYN  port=40001  seq=0 -->                LISTEN
  3  CLOSED       -- RST  port=40000  seq=1 -->                LISTEN
",
    );
}

#[test]
fn options_payload_and_urgent_pointer_are_shown_where_the_view_asks() {
    let mut syn = with_mss(client_segment(SYN, 10));
    syn.options.extend([
        TcpOption::SackPermitted,
        TcpOption::WindowScale(7),
        TcpOption::NoOperation,
    ]);
    let mut urgent = acking(
        carrying(
            client_segment(ControlBits::URG | ControlBits::PSH, 11),
            b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
        ),
        21,
    );
    urgent.urgent_pointer = 3;
    let mut sack = acking(server_segment(ACK, 21), 11);
    sack.options.push(TcpOption::Sack(vec![
        (SeqNumber(15), SeqNumber(19)),
        (SeqNumber(25), SeqNumber(29)),
    ]));
    let [client, server] = [State::Established; 2];
    let rows = vec![
        row(&syn, Origin::Host, Fate::Delivered, client, server),
        row(
            &with_mss(acking(server_segment(SYN, 20), 11)),
            Origin::Host,
            Fate::Delivered,
            client,
            server,
        ),
        row(&urgent, Origin::Host, Fate::Lost, client, server),
        row(&sack, Origin::Host, Fate::Delivered, client, server),
    ];
    let view = View {
        options: true,
        payload: Payload::Text,
        mss: false,
        ..View::default()
    };
    let trace = Trace {
        view,
        rows,
        ..Trace::default()
    };
    draws(
        &trace,
        r#"
     client                                                                                                                       server
  1  ESTABLISHED  -- SYN          seq=0                      sack-permitted wscale=7                                         -->  ESTABLISHED
  2  ESTABLISHED  <- SYN,ACK      seq=0 ack=1                                                                                --   ESTABLISHED
  3  ESTABLISHED  -- PSH,ACK,URG  seq=1 ack=1 len=37 urg=3                           "GET / HTTP/1.1\r\nHost: example.co"... -x   ESTABLISHED
  4  ESTABLISHED  <- ACK          seq=1 ack=1                sack=5-9,15-19                                                  --   ESTABLISHED
"#,
    );
}

#[test]
fn frames_without_a_segment_are_named() {
    let frame = |from, bytes: Vec<u8>| Row {
        event: Event::Frame {
            time: 0,
            from,
            origin: Origin::Host,
            fate: Fate::Delivered,
            altered: false,
            bytes,
        },
        states: states(State::Closed, State::Listen),
    };
    let mut arp = vec![255; 6];
    arp.extend([
        2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 192, 0, 2, 1, 0, 0, 0, 0,
        0, 0, 192, 0, 2, 2,
    ]);
    let mut reply = arp.clone();
    reply[21] = 2;
    let rows = vec![
        frame(Side::Client, arp),
        frame(Side::Server, reply),
        frame(Side::Client, vec![1, 2, 3]),
    ];
    assert_eq!(SERVER.port(), 80);
    draws(
        &trace(rows),
        "
     client                                                     server
                                                                LISTEN
  1  CLOSED       -- ARP who-has 192.0.2.2                 -->  LISTEN
  2  CLOSED       <- ARP 192.0.2.1 is-at 02:00:00:00:00:01 --   LISTEN
  3  CLOSED       -- undecodable Ethernet                  -->  LISTEN
",
    );
}

#[test]
fn a_trace_in_which_nothing_happens_is_a_header() {
    draws(
        &Trace::default(),
        "
     client                                                    server
",
    );
}
