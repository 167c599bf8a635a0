use super::*;
use crate::samples::{CLIENT, SERVER, client_segment, row, server_segment, states};
use crate::state::State::{Closed, Established, FinWait2, LastAck, Listen, SynReceived, SynSent};
use Fate::{Delivered, Held, Lost};
use Origin::{Copy, Host, Script};

const ACK: ControlBits = ControlBits::ACK;

/// A segment that acknowledges, with so many octets of data.
fn from_client(sequence: u32, acknowledgment: u32, data: usize) -> Segment {
    Segment {
        acknowledgment: SeqNumber(acknowledgment),
        payload: vec![b'x'; data],
        ..client_segment(ACK, sequence)
    }
}

fn from_server(sequence: u32, acknowledgment: u32) -> Segment {
    Segment {
        acknowledgment: SeqNumber(acknowledgment),
        ..server_segment(ACK, sequence)
    }
}

fn answer() -> Segment {
    Segment {
        acknowledgment: SeqNumber(501),
        ..server_segment(ControlBits::SYN | ACK, 900)
    }
}

/// The three rows of a handshake: the client begins at 500, the server at 900.
fn handshake() -> Vec<Row> {
    let syn = client_segment(ControlBits::SYN, 500);
    vec![
        row(&syn, Host, Delivered, SynSent, SynReceived),
        row(&answer(), Host, Delivered, Established, SynReceived),
        both_open(&from_client(501, 901, 0), Host, Delivered),
    ]
}

fn both_open(segment: &Segment, origin: Origin, fate: Fate) -> Row {
    row(segment, origin, fate, Established, Established)
}

fn trace(rows: Vec<Row>) -> Trace {
    Trace {
        start: states(Closed, Listen),
        rows,
        ..Trace::default()
    }
}

/// What holds after a handshake and these rows, as it is shown: the client's three numbers, then the server's.
fn after(rows: Vec<Row>) -> String {
    after_all([handshake(), rows].concat())
}

fn after_all(rows: Vec<Row>) -> String {
    told(after_each_row(&trace(rows)).pop().unwrap())
}

fn told(both: Both) -> String {
    [both.client, both.server]
        .map(|side| {
            [side.unacknowledged, side.send_next, side.receive_next]
                .map(|number| number.map_or("-".to_owned(), |number| number.shown))
                .join(" ")
        })
        .join(" | ")
}

#[test]
fn a_handshake_brings_all_six_numbers_step_by_step() {
    let rows = handshake();
    assert_eq!(after_all(rows[..1].to_vec()), "0 1 - | - - 1");
    assert_eq!(after_all(rows[..2].to_vec()), "1 1 1 | 0 1 1");
    assert_eq!(after_all(rows), "1 1 1 | 1 1 1");
}

#[test]
fn data_is_sent_then_expected_behind_then_acknowledged() {
    let data = both_open(&from_client(501, 901, 10), Host, Delivered);
    let answer = both_open(&from_server(901, 511), Host, Delivered);
    assert_eq!(after(vec![data.clone()]), "1 11 1 | 1 1 11");
    assert_eq!(after(vec![data, answer]), "11 11 1 | 1 1 11");
}

#[test]
fn what_is_lost_or_held_is_sent_and_has_not_arrived() {
    for fate in [Lost, Held] {
        let data = both_open(&from_client(501, 901, 10), Host, fate);
        assert_eq!(after(vec![data]), "1 11 1 | 1 1 1", "{fate:?}");
    }
    let data = both_open(&from_client(501, 901, 10), Host, Delivered);
    let answer = both_open(&from_server(901, 511), Host, Lost);
    assert_eq!(after(vec![data, answer]), "1 11 1 | 1 1 11");
}

#[test]
fn sent_again_or_copied_moves_nothing_twice() {
    let data = from_client(501, 901, 10);
    let again = vec![
        both_open(&data, Host, Lost),
        both_open(&data, Host, Delivered),
        both_open(&data, Copy(4), Delivered),
    ];
    assert_eq!(after(again), "1 11 1 | 1 1 11");
}

#[test]
fn data_behind_a_gap_is_kept_and_counts_once_the_gap_is_filled() {
    let second = both_open(&from_client(511, 901, 10), Host, Delivered);
    let rows = vec![both_open(&from_client(501, 901, 10), Host, Held), second];
    assert_eq!(after(rows.clone()), "1 21 1 | 1 1 1");
    let let_go = both_open(&from_client(501, 901, 10), Origin::Held(3), Delivered);
    assert_eq!(after([rows, vec![let_go]].concat()), "1 21 1 | 1 1 21");
}

#[test]
fn what_the_script_makes_up_was_not_sent_but_arrives() {
    let made_up = both_open(&from_client(501, 901, 10), Script, Delivered);
    assert_eq!(after(vec![made_up]), "1 1 1 | 1 1 11");
}

#[test]
fn a_segment_outside_of_the_window_moves_nothing() {
    // The window is 1000 octets.
    for sequence in [1502, 490] {
        let strange = both_open(&from_client(sequence, 901, 10), Script, Delivered);
        assert_eq!(after(vec![strange]), "1 1 1 | 1 1 1", "{sequence}");
    }
}

#[test]
fn an_acknowledgment_of_what_was_never_sent_moves_nothing() {
    let strange = both_open(&from_server(901, 600), Script, Delivered);
    assert_eq!(after(vec![strange]), "1 1 1 | 1 1 1");
}

#[test]
fn a_wrong_checksum_keeps_a_segment_from_having_arrived() {
    let mut damaged = both_open(&from_client(501, 901, 10), Host, Delivered);
    if let Event::Frame { bytes, .. } = &mut damaged.event {
        *bytes.last_mut().unwrap() ^= 1;
    }
    assert_eq!(after(vec![damaged]), "1 11 1 | 1 1 1");
}

#[test]
fn a_shut_window_lets_acknowledgments_in_and_no_data() {
    let data = both_open(&from_server(901, 501), Host, Lost);
    let shut = Segment {
        window: 0,
        ..from_client(501, 901, 1000)
    };
    let mut answer = from_server(901, 1501);
    answer.window = 0;
    let rows = vec![
        data,
        both_open(&shut, Host, Delivered),
        both_open(&answer, Host, Delivered),
    ];
    // All of the server's window is used up; the next octet does not get in, its acknowledgment would.
    let probe = both_open(&from_client(1501, 901, 1), Host, Delivered);
    assert_eq!(
        after([rows, vec![probe]].concat()),
        "1001 1002 1 | 1 1 1001"
    );
}

#[test]
fn a_fin_counts_and_without_a_record_there_are_no_numbers() {
    let fin = |from: fn(ControlBits, u32) -> Segment, number, acknowledgment| Segment {
        acknowledgment: SeqNumber(acknowledgment),
        ..from(ControlBits::FIN | ACK, number)
    };
    let rows = vec![
        row(
            &fin(client_segment, 501, 901),
            Host,
            Delivered,
            FinWait2,
            LastAck,
        ),
        row(
            &fin(server_segment, 901, 502),
            Host,
            Delivered,
            FinWait2,
            LastAck,
        ),
    ];
    assert_eq!(after(rows.clone()), "2 2 2 | 1 2 2");
    let end = row(&from_client(502, 902, 0), Host, Delivered, FinWait2, Closed);
    assert_eq!(after([rows, vec![end]].concat()), "2 2 2 | - - -");
}

#[test]
fn a_kernel_that_stays_in_syn_received_has_taken_nothing() {
    let mut rows = handshake();
    rows[2] = row(
        &from_client(501, 901, 10),
        Host,
        Delivered,
        Established,
        SynReceived,
    );
    assert_eq!(after_all(rows), "1 11 1 | 0 1 1");
}

#[test]
fn a_refused_syn_leaves_no_record_at_the_one_who_refuses() {
    let syn = client_segment(ControlBits::SYN, 500);
    let reset = server_segment(ControlBits::RST | ACK, 0);
    let rows = vec![
        row(&syn, Host, Delivered, SynSent, Closed),
        row(&reset, Host, Delivered, Closed, Closed),
    ];
    assert_eq!(after_all(rows[..1].to_vec()), "0 1 - | - - -");
    assert_eq!(after_all(rows), "- - - | - - -");
}

#[test]
fn both_syns_that_cross_are_taken() {
    let syns = [
        client_segment(ControlBits::SYN, 500),
        server_segment(ControlBits::SYN, 900),
    ];
    let rows = vec![
        row(&syns[0], Host, Held, SynSent, Closed),
        row(&syns[1], Host, Held, SynSent, SynSent),
        row(&syns[0], Origin::Held(0), Delivered, SynSent, SynReceived),
        row(
            &syns[1],
            Origin::Held(1),
            Delivered,
            SynReceived,
            SynReceived,
        ),
    ];
    assert_eq!(after_all(rows), "0 1 1 | 0 1 1");
}

#[test]
fn a_new_syn_with_another_number_begins_anew() {
    let again = client_segment(ControlBits::SYN, 7000);
    let rows = vec![row(&again, Host, Lost, SynSent, Established)];
    assert_eq!(after(rows), "0 1 - | 1 1 old+1");
}

#[test]
fn a_program_that_makes_its_segments_by_hand_is_believed() {
    let without_kernel: Vec<Row> = handshake()
        .into_iter()
        .map(|mut row| {
            row.states.client.clear();
            row
        })
        .collect();
    assert_eq!(after_all(without_kernel.clone()), "1 1 1 | 1 1 1");
    let reset = row(
        &client_segment(ControlBits::RST, 501),
        Host,
        Delivered,
        Closed,
        Closed,
    );
    let ended = [without_kernel, vec![reset]].concat();
    assert_eq!(after_all(ended), "- - - | - - -");
}

#[test]
fn a_cookie_becomes_a_record_when_it_comes_back() {
    let mut rows = handshake();
    for row in &mut rows[..2] {
        row.states.server = states(Closed, Listen).server;
    }
    let told: Vec<String> = after_each_row(&trace(rows)).into_iter().map(told).collect();
    assert_eq!(told, ["0 1 - | - - -", "1 1 1 | - - -", "1 1 1 | 1 1 1"]);
}

#[test]
fn windows_are_scaled_where_both_want_it() {
    let scaled = |mut segment: Segment| {
        segment.options = vec![TcpOption::WindowScale(3)];
        segment
    };
    let syn = scaled(client_segment(ControlBits::SYN, 500));
    let opening = |answer: Segment| {
        vec![
            row(&syn, Host, Delivered, SynSent, SynReceived),
            row(&answer, Host, Delivered, Established, SynReceived),
            both_open(&from_client(501, 901, 0), Host, Delivered),
            both_open(&from_server(901, 501), Host, Delivered),
            both_open(&from_client(501, 901, 1400), Host, Delivered),
            both_open(&from_client(1901, 901, 1400), Host, Delivered),
        ]
    };
    // 8000 octets, or 1000: then the second segment begins outside.
    assert_eq!(after_all(opening(scaled(answer()))), "1 2801 1 | 1 1 2801");
    assert_eq!(after_all(opening(answer())), "1 2801 1 | 1 1 1401");
}

#[test]
fn each_row_has_the_numbers_of_its_own_connection() {
    let mut other = client_segment(ControlBits::SYN, 60);
    other.source.set_port(40001);
    let mut rows = handshake();
    let mut second = row(&other, Host, Delivered, Established, Established);
    for (local, remote, sockets) in [
        (other.source, SERVER, &mut second.states.client),
        (SERVER, other.source, &mut second.states.server),
    ] {
        sockets.push(crate::state::Socket {
            local,
            remote: Some(remote),
            state: if local == SERVER {
                SynReceived
            } else {
                SynSent
            },
        });
    }
    rows.push(second);
    assert_eq!(after_all(rows.clone()), "0 1 - | - - 1");
    let ports: Vec<Option<u16>> = after_each_row(&trace(rows))
        .iter()
        .map(|row| row.port)
        .collect();
    assert_eq!(ports[2..], [Some(CLIENT.port()), Some(40001)]);
}
