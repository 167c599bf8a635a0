//! What the wire saw of your code.

use std::io::{self, Read, Write};

use lab::{Lab, Net, Side, Trace, addresses};
use socket2::Socket;
use three_way_handshake::{accept, connect, listen, predict};
use trace::{Event, Ladder, State};

const SERVER_PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

fn passive_open(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| listen(addresses::server(SERVER_PORT)))
}

fn active_open(net: &mut Net) -> io::Result<Socket> {
    net.client().run(|| {
        connect(
            addresses::client(CLIENT_PORT),
            addresses::server(SERVER_PORT),
        )
    })
}

/// Compares what the wire saw with what RFC 9293 lets one expect.
fn expect(name: &str, section: &str, trace: &Trace) {
    insta::with_settings!({
        prepend_module_to_snapshot => false,
        omit_expression => true,
        description => format!("what the wire should see; RFC 9293 section {section}"),
    }, {
        insta::assert_snapshot!(name, Ladder::of(trace));
    });
}

#[test]
fn listening_sends_nothing() {
    let trace = Lab::run(|net| {
        let _listener = passive_open(net)?;
        let states = net.states();
        let listening = states
            .server
            .iter()
            .find(|socket| socket.local.port() == SERVER_PORT);
        assert_eq!(
            listening.map(|socket| socket.state),
            Some(State::Listen),
            "your listen() should leave a socket in LISTEN at the address that it is given; \
             bind() alone does not (RFC 9293 section 3.9.1.1)"
        );
        io::Result::Ok(())
    });
    assert!(
        trace.rows.is_empty(),
        "a passive open only waits: it should send nothing (RFC 9293 section 3.9.1.1), but the wire saw\n{}",
        Ladder::of(&trace)
    );
}

#[test]
fn connect_makes_exactly_three_segments() {
    let trace = Lab::run(|net| {
        let _listener = passive_open(net)?;
        let _client = active_open(net)?;
        io::Result::Ok(())
    });
    expect("three-segments", "3.5", &trace);
}

#[test]
fn accept_sends_nothing_and_returns_the_other_end() {
    let trace = Lab::run(|net| {
        let listener = passive_open(net)?;
        let mut client = active_open(net)?;
        let before = net.trace().rows.len();
        let (mut server, peer) = net.server().run(|| accept(&listener))?;
        assert_eq!(
            net.trace().rows.len(),
            before,
            "accept() should put nothing on the wire: the handshake is over before it (RFC 9293 section 3.9.1.1)"
        );
        assert_eq!(
            peer,
            addresses::client(CLIENT_PORT),
            "accept() should return the client's address"
        );
        assert_eq!(
            server.local_addr()?.as_socket(),
            Some(addresses::server(SERVER_PORT)),
            "the server's end should keep the port that the client called (RFC 9293 section 3.4.1)"
        );
        net.client().run(|| client.write_all(b"hello"))?;
        let mut heard = [0; 5];
        net.server().run(|| server.read_exact(&mut heard))?;
        assert_eq!(
            &heard, b"hello",
            "what the client writes should arrive at the socket that accept() returned"
        );
        io::Result::Ok(())
    });
    expect("and-data", "3.5", &trace);
}

#[test]
fn both_ends_are_in_the_states_that_you_predicted() {
    let trace = Lab::run(|net| {
        let _listener = passive_open(net)?;
        let _client = active_open(net)?;
        io::Result::Ok(())
    });
    let segments = [
        ("SYN", "sections 3.10.1 and 3.10.7.2"),
        ("SYN,ACK", "section 3.10.7.3"),
        ("ACK", "section 3.10.7.4"),
    ];
    for (index, (predicted, (segment, section))) in predict().iter().zip(segments).enumerate() {
        for (side, predicted) in [
            (Side::Client, predicted.client),
            (Side::Server, predicted.server),
        ] {
            let said = state_after(&trace, index, side);
            assert_eq!(
                predicted,
                said,
                "\nwhen the {segment} has arrived, you predict {predicted} for the {}; its kernel says {said} \
                 (RFC 9293 {section})",
                side.name()
            );
        }
    }
}

/// What a side's kernel said of the connection when the segment of that index had arrived.
fn state_after(trace: &Trace, index: usize, side: Side) -> State {
    let frames: Vec<_> = trace
        .rows
        .iter()
        .filter(|row| matches!(row.event, Event::Frame { .. }))
        .collect();
    let Some(row) = frames.get(index) else {
        panic!(
            "the wire saw only {} segments; a handshake has three\n{}",
            frames.len(),
            Ladder::of(trace)
        );
    };
    let (sockets, own) = match side {
        Side::Client => (&row.states.client, CLIENT_PORT),
        Side::Server => (&row.states.server, SERVER_PORT),
    };
    let connection = sockets
        .iter()
        .find(|socket| socket.local.port() == own && socket.remote.is_some());
    connection.map_or(State::Closed, |socket| socket.state)
}
