//! What two kernels saw of your code, and what your code makes of what they did.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4};

use grade::expect_ladder;
use lab::filter::{fin, pure_ack};
use lab::peer::{abort, call_from, listen};
use lab::{Failure, Lab, Net, Settings, Side, Trace, addresses};
use orderly_close::{
    Ending, Pair, close_first, close_second, ending, states_in_four, states_in_three,
};
use socket2::Socket;
use trace::{ControlBits, Event, Fate, Ladder, Segment, SeqNumber, State};

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

/// Both ends of a new connection: that of the side `mine`, and the other's. The listening socket stays open.
fn connection(net: &mut Net, mine: Side) -> io::Result<(Socket, Socket, Socket)> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (client, server) = call_from(net, CLIENT_PORT, &listener)?;
    Ok(match mine {
        Side::Client => (client, server, listener),
        Side::Server => (server, client, listener),
    })
}

/// The state of the connection on that side; CLOSED where there is no record of it.
fn state(states: &trace::States, side: Side) -> State {
    let mut sockets = states.of(side).iter();
    let connection = sockets.find(|socket| socket.remote.is_some());
    connection.map_or(State::Closed, |socket| socket.state)
}

/// The segments that have arrived, and both kernels' states after each.
fn arrived(trace: &Trace) -> Vec<(Side, Segment, Pair)> {
    let rows = trace.rows.iter().filter(|row| {
        matches!(
            row.event,
            Event::Frame {
                fate: Fate::Delivered,
                ..
            }
        )
    });
    rows.filter_map(|row| {
        let (from, segment) = row.segment()?;
        let states = Pair {
            client: state(&row.states, Side::Client),
            server: state(&row.states, Side::Server),
        };
        Some((from, segment, states))
    })
    .collect()
}

fn has_come(net: &Net, from: Side, bit: ControlBits) -> bool {
    let arrived = arrived(net.trace());
    arrived
        .iter()
        .any(|(sender, segment, _)| *sender == from && segment.control.contains(bit))
}

#[test]
fn the_second_to_close_reads_to_the_end() {
    let played = Lab::try_run_with(Settings::default(), |net| {
        let (server, mut client, _listener) = connection(net, Side::Server)?;
        let program = net.server().start(move || close_second(server));
        net.client().run(|| client.write_all(b"two "))?;
        // After a reset it cannot be sent; the next lines tell why.
        let _ = net.client().run(|| client.write_all(b"parts"));
        assert!(
            !has_come(net, Side::Server, ControlBits::FIN)
                && !has_come(net, Side::Server, ControlBits::RST),
            "your close_second() has closed although the client has not: a FIN or a reset is its answer to data \
             (RFC 9293 section 3.6, case 2)"
        );
        net.client().run(|| client.shutdown(Shutdown::Write))?;
        let heard = program.join(net);
        assert_eq!(
            heard.map_err(|error| error.kind()),
            Ok(b"two parts".to_vec()),
            "your close_second() should return what the client has sent before its FIN"
        );
        let state = state(&net.states(), Side::Server);
        assert_ne!(
            state,
            State::CloseWait,
            "your close_second() has returned, and its connection is still in CLOSE-WAIT: that state waits for nobody but \
             the program, which has to close (RFC 9293 section 3.3.2)"
        );
        io::Result::Ok(())
    });
    let trace = played.unwrap_or_else(|failure| panic!("{}", explained(&failure)));
    expect_ladder!("second-to-close", "RFC 9293 section 3.6, figure 12", trace);
}

/// Adds what is behind a program that reads without end.
fn explained(failure: &Failure) -> String {
    if failure.calls_without_end() {
        format!(
            "Your close_second() goes on reading although a read has returned nothing. That was the end: the FIN has come \
             (RFC 9293 section 3.6, case 2). It does not become an error by reading again.\n{failure}"
        )
    } else {
        failure.to_string()
    }
}

/// The other side has sent something before `close_first` is called, sends more when it has read the FIN, and then closes.
fn closed_first(net: &mut Net, first: Side) -> io::Result<()> {
    let (mine, mut other, _listener) = connection(net, first)?;
    net.host(first.other()).run(|| other.write_all(b"early "))?;
    let program = net.host(first).start(move || close_first(mine));
    net.settle();
    assert!(
        has_come(net, first, ControlBits::FIN) || has_come(net, first, ControlBits::RST),
        "your close_first() waits, and the other side waits for it: it should say first that it has no more to send \
         (RFC 9293 section 3.6, case 1)"
    );
    let said = net.host(first.other()).run(|| {
        other
            .read_exact(&mut [0; 1])
            .err()
            .map(|error| error.kind())
    });
    assert_eq!(
        said,
        Some(ErrorKind::UnexpectedEof),
        "the other side should read the end of what your close_first() sends, which is nothing. A reset says that data was \
         lost: `early ` was waiting in a socket that was closed (RFC 9293 section 3.6.1)"
    );
    for part in [b"and ", b"late"] {
        // After a reset it cannot be sent; what was read tells that below.
        let _ = net.host(first.other()).run(|| other.write_all(part));
    }
    net.host(first.other()).run(move || drop(other));
    let heard = program.join(net);
    assert_eq!(
        heard.map_err(|error| error.kind()),
        Ok(b"early and late".to_vec()),
        "your close_first() should return all that the other side has sent, before and after your FIN: a FIN ends one direction \
         only (RFC 9293 section 3.6)"
    );
    Ok(())
}

#[test]
fn the_first_to_close_reads_on() {
    let trace = Lab::run(|net| closed_first(net, Side::Client));
    expect_ladder!("client-first", "RFC 9293 section 3.6, case 1", trace);
    let trace = Lab::run(|net| closed_first(net, Side::Server));
    expect_ladder!("server-first", "RFC 9293 section 3.6, case 1", trace);
}

#[test]
fn a_reset_is_no_orderly_end() {
    type Program = fn(Socket) -> io::Result<Vec<u8>>;
    let programs: [(&str, Program); 2] =
        [("close_second", close_second), ("close_first", close_first)];
    for (name, program) in programs {
        Lab::run(|net| {
            let (server, mut client, _listener) = connection(net, Side::Server)?;
            let program = net.server().start(move || program(server));
            net.client().run(|| client.write_all(b"half a sen"))?;
            net.client().run(move || abort(client))?;
            assert_eq!(
                program.join(net).map_err(|error| error.kind()),
                Err(ErrorKind::ConnectionReset),
                "the client has aborted in the middle: your {name}() should return the error, and not what it has read so far. \
                 A program must be able to tell the two ends apart (RFC 9293 section 3.6, last paragraph)"
            );
            io::Result::Ok(())
        });
    }
}

/// A close that the side `first` begins, and the other side follows. In three segments, the wire loses the ACK between.
fn orderly(net: &mut Net, first: Side, three: bool) -> io::Result<()> {
    let (closer, other, _listener) = connection(net, first)?;
    if three {
        net.wire().lose_next(pure_ack().from(first.other()));
    }
    net.host(first).run(move || drop(closer));
    net.host(first.other()).run(move || drop(other));
    Ok(())
}

/// The segments from the first FIN on.
fn closing(trace: &Trace) -> Vec<(Side, Segment, Pair)> {
    let mut segments = arrived(trace);
    let first = segments
        .iter()
        .position(|(_, segment, _)| segment.control.contains(ControlBits::FIN));
    segments.split_off(first.unwrap_or(segments.len()))
}

fn compare(first: Side, predicted: &[Pair], trace: &Trace) {
    let seen = closing(trace);
    assert_eq!(
        seen.len(),
        predicted.len(),
        "the close has other segments than it should have: how many the wire saw is on the left. It saw\n{}",
        Ladder::of(trace)
    );
    for (number, (predicted, (from, segment, said))) in predicted.iter().zip(&seen).enumerate() {
        for (side, predicted, said) in [
            (Side::Client, predicted.client, said.client),
            (Side::Server, predicted.server, said.server),
        ] {
            assert!(
                predicted == said,
                "a close in {} segments that the {} begins: after segment {}, the {}'s {}, you predict that the {} is in \
                 {predicted}. Its kernel says otherwise. Has its own FIN left by then, is that acknowledged, and has the other \
                 side's FIN come? (RFC 9293 section 3.3.2 and figure 12)",
                seen.len(),
                first.name(),
                number + 1,
                from.name(),
                segment.control,
                side.name(),
            );
        }
    }
}

#[test]
fn every_state_is_the_one_that_you_predicted() {
    for first in [Side::Client, Side::Server] {
        let trace = Lab::run(|net| orderly(net, first, false));
        compare(first, &states_in_four(first), &trace);
        let trace = Lab::run(|net| orderly(net, first, true));
        compare(first, &states_in_three(first), &trace);
    }
}

fn expect_ending(what: &str, segments: &[(Side, Segment)], expected: Ending) {
    let named = ending(segments);
    let list: Vec<String> = segments
        .iter()
        .map(|(from, s)| {
            let (side, bits) = (from.name(), s.control);
            let (seq, ack, len) = (s.sequence, s.acknowledgment, s.payload.len());
            format!("  {side}: {bits} seq={seq} ack={ack} len={len}")
        })
        .collect();
    let question = match expected {
        Ending::InFour | Ending::InThree | Ending::Simultaneous => {
            "Which is the first segment of the other side that acknowledges the first FIN? "
        }
        Ending::Reset | Ending::Open => "",
    };
    assert!(
        named == expected,
        "{what}: that is {expected:?}, and your ending() says {named:?}. The segments:\n{}\n{question}\
         (RFC 9293 section 3.6 and section 3.10.7.4, eighth step)\n",
        list.join("\n")
    );
}

/// A segment with as many octets of data.
fn segment(control: ControlBits, sequence: u32, acknowledgment: u32, octets: usize) -> Segment {
    let end = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80);
    Segment {
        control,
        sequence: SeqNumber(sequence),
        acknowledgment: SeqNumber(acknowledgment),
        payload: vec![b'.'; octets],
        ..Segment::between(end, end)
    }
}

/// What it is, its segments, and how it is called.
type Case<'a> = (&'a str, &'a [(Side, Segment)], Ending);

#[test]
fn a_close_is_named_by_what_its_fins_acknowledge() {
    what_two_kernels_did();
    const ACK: ControlBits = ControlBits::ACK;
    let fin = ControlBits::FIN | ControlBits::ACK;
    let (client, server) = (Side::Client, Side::Server);
    let cases: &[Case<'_>] = &[
        (
            "Both FINs have come, and then a reset instead of the last ACK",
            &[
                (client, segment(fin, 7, 50, 0)),
                (server, segment(ACK, 50, 8, 0)),
                (server, segment(fin, 50, 8, 0)),
                (client, segment(ControlBits::RST, 8, 0, 0)),
            ],
            Ending::Reset,
        ),
        (
            "The server's data acknowledges the client's FIN, long before the server's FIN",
            &[
                (client, segment(fin, 7, 50, 0)),
                (server, segment(ACK, 50, 8, 100)),
                (client, segment(ACK, 8, 150, 0)),
                (server, segment(fin, 150, 8, 0)),
            ],
            Ending::InFour,
        ),
        (
            "The first FIN has data before it, and the second FIN acknowledges all of it",
            &[
                (server, segment(fin, 7, 50, 20)),
                (client, segment(fin, 50, 28, 0)),
                (server, segment(ACK, 28, 51, 0)),
            ],
            Ending::InThree,
        ),
        (
            "The ACK between the FINs acknowledges the data before the FIN, and not the FIN",
            &[
                (client, segment(ACK, 7, 50, 20)),
                (client, segment(fin, 27, 50, 0)),
                (server, segment(ACK, 50, 27, 0)),
                (server, segment(fin, 50, 28, 0)),
                (client, segment(ACK, 28, 51, 0)),
            ],
            Ending::InThree,
        ),
        (
            "The FINs cross and the ACKs are lost: both FINs are repeated, and a repeat carries the newest acknowledgment number",
            &[
                (client, segment(fin, 7, 50, 0)),
                (server, segment(fin, 50, 7, 0)),
                (server, segment(fin, 50, 8, 0)),
                (client, segment(fin, 7, 51, 0)),
            ],
            Ending::Simultaneous,
        ),
        (
            "The first FIN comes twice before its acknowledgment",
            &[
                (client, segment(fin, 7, 50, 0)),
                (client, segment(fin, 7, 50, 0)),
                (server, segment(ACK, 50, 8, 0)),
                (server, segment(fin, 50, 8, 0)),
            ],
            Ending::InFour,
        ),
        (
            "The client's FIN is the last number before they begin again at 0, and only the second FIN acknowledges it",
            &[
                (client, segment(fin, u32::MAX, 50, 0)),
                (server, segment(ACK, 50, u32::MAX, 10)),
                (server, segment(fin, 60, 0, 0)),
            ],
            Ending::InThree,
        ),
        (
            "The numbers have begun again at 0 by the time of the second FIN, which does not acknowledge the first",
            &[
                (client, segment(fin, 3, 50, 0)),
                (server, segment(fin, 50, u32::MAX - 5, 0)),
            ],
            Ending::Simultaneous,
        ),
        (
            "One side has closed, and the other goes on sending",
            &[
                (client, segment(fin, 7, 50, 0)),
                (server, segment(ACK, 50, 8, 100)),
            ],
            Ending::Open,
        ),
        (
            "A FIN, and then a reset instead of the other FIN",
            &[
                (client, segment(fin, 7, 50, 0)),
                (
                    server,
                    segment(ControlBits::RST | ControlBits::ACK, 50, 8, 0),
                ),
            ],
            Ending::Reset,
        ),
        ("Nothing has come", &[], Ending::Open),
    ];
    for (what, segments, expected) in cases {
        expect_ending(what, segments, *expected);
    }
}

fn what_two_kernels_did() {
    let name = |trace: &Trace, what: &str, expected| {
        let segments: Vec<(Side, Segment)> = arrived(trace)
            .into_iter()
            .map(|(from, segment, _)| (from, segment))
            .collect();
        expect_ending(what, &segments, expected);
    };
    for first in [Side::Client, Side::Server] {
        let trace = Lab::run(|net| orderly(net, first, false));
        name(
            &trace,
            "The ACK of the first FIN has come before the second FIN",
            Ending::InFour,
        );
        let trace = Lab::run(|net| orderly(net, first, true));
        name(
            &trace,
            "The second FIN was the first to bring the acknowledgment",
            Ending::InThree,
        );
    }
    let trace = Lab::run(|net| {
        let (client, server, _listener) = connection(net, Side::Client)?;
        net.wire().hold(fin());
        net.client().run(move || drop(client));
        net.server().run(move || drop(server));
        net.wire().let_pass();
        net.wire().release_all();
        io::Result::Ok(())
    });
    name(&trace, "The FINs have crossed", Ending::Simultaneous);
    let trace = Lab::run(|net| {
        let (client, _server, _listener) = connection(net, Side::Client)?;
        net.client().run(move || abort(client))?;
        io::Result::Ok(())
    });
    name(&trace, "The client has aborted", Ending::Reset);
}
