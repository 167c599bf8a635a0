//! What the wire saw of your code.

use std::io::{self, Read, Write};

use grade::{expect_ladder, expect_made_again};
use lab::interruption::Blocking;
use lab::{Lab, Net, Side, Trace, addresses};
use socket2::Socket;
use three_way_handshake::{Prediction, accept, connect, listen, predict};
use trace::{Ladder, State};

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

#[test]
fn listening_sends_nothing() {
    let trace = Lab::run(|net| {
        let _listener = passive_open(net)?;
        let states = net.states();
        let listens = |socket: &&trace::Socket| socket.state == State::Listen;
        let listening = states.server.iter().find(listens);
        assert!(
            listening.is_some(),
            "your listen() should leave a socket in LISTEN; bind() alone does not (RFC 9293 section 3.10.1)"
        );
        assert_eq!(
            listening.map(|socket| socket.local.into()),
            Some(addresses::server(SERVER_PORT)),
            "your socket should listen at the address that listen() is given"
        );
        io::Result::Ok(())
    });
    assert!(
        trace.rows.is_empty(),
        "a passive open only waits: it should send nothing (RFC 9293 section 3.10.1), but the wire saw\n{}",
        Ladder::of(&trace)
    );
}

#[test]
fn connect_makes_exactly_three_segments() {
    let trace = Lab::run(|net| {
        let _listener = passive_open(net)?;
        let client = active_open(net)?;
        assert_eq!(
            client.local_addr()?.as_socket(),
            Some(addresses::client(CLIENT_PORT)),
            "your connect() should call from the address `from`: give the socket that address first"
        );
        io::Result::Ok(())
    });
    expect_ladder!("three-segments", "RFC 9293 section 3.5", trace);
}

#[test]
fn a_port_that_nobody_listens_on_refuses() {
    let trace = Lab::run(|net| {
        let refused = active_open(net).map(drop).map_err(|error| error.kind());
        assert_eq!(
            refused,
            Err(io::ErrorKind::ConnectionRefused),
            "connect() should return the error of the socket call: a reset came back (RFC 9293 section 3.5.2)"
        );
        io::Result::Ok(())
    });
    expect_ladder!("refused", "RFC 9293 section 3.5.2", trace);
}

#[test]
fn accept_sends_nothing_and_returns_the_other_end() {
    let trace = Lab::run(|net| {
        let listener = passive_open(net)?;
        expect_error_of_the_call(net, &listener)?;
        let mut client = active_open(net)?;
        let before = net.trace().rows.len();
        net.server().interrupt_next(Blocking::Accept);
        let accepted = net.server().run(|| accept(&listener));
        expect_made_again("accept", &accepted);
        let (mut server, peer) = accepted?;
        assert_eq!(
            net.trace().rows.len(),
            before,
            "accept() should put nothing on the wire: the handshake needs no call of the server's program (RFC 9293 section 3.10.7.4)"
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
    expect_ladder!("and-data", "RFC 9293 section 3.5", trace);
}

/// Nobody has called yet, and the listening socket is not to wait.
fn expect_error_of_the_call(net: &mut Net, listener: &Socket) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    println!(
        "Nobody has called, and the listening socket does not block: its accept() says WouldBlock, and yours should return \
         that error. Only a call that was interrupted is made again"
    );
    let early = net.server().run(|| accept(listener));
    assert!(
        matches!(&early, Err(error) if error.kind() == io::ErrorKind::WouldBlock),
        "nobody has called, and the listening socket does not block: your accept() should return the error of the socket call, \
         WouldBlock; it says {early:?}"
    );
    listener.set_nonblocking(false)
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
    let states = states_after_each_segment(&trace);
    for ((predicted, said), (segment, section)) in predict().iter().zip(states).zip(segments) {
        let sides = [
            (Side::Client, predicted.client, said.client),
            (Side::Server, predicted.server, said.server),
        ];
        for (side, predicted, said) in sides {
            let side = side.name();
            assert!(
                predicted == said,
                "you predict that the {side} is in {predicted} when the {segment} has arrived; its kernel says \
                 otherwise. What does the {side} know by then of its own number? (RFC 9293 {section})"
            );
        }
    }
}

/// What both kernels said of the connection when each of the three segments had arrived.
fn states_after_each_segment(trace: &Trace) -> Vec<Prediction> {
    let frames = trace.rows.iter().filter(|row| row.frame().is_some());
    let states: Vec<Prediction> = frames
        .map(|row| Prediction {
            client: state(&row.states.client, CLIENT_PORT),
            server: state(&row.states.server, SERVER_PORT),
        })
        .collect();
    assert!(
        states.len() == 3,
        "to compare your prediction, the wire must see the three segments of one handshake; it saw\n{}",
        Ladder::of(trace)
    );
    states
}

/// The state of the connection from that port; the listening socket is none.
fn state(sockets: &[trace::Socket], port: u16) -> State {
    let connection = sockets
        .iter()
        .find(|socket| socket.local.port() == port && socket.remote.is_some());
    let Some(socket) = connection else {
        panic!("no connection from port {port}: the tests before this one say why");
    };
    socket.state
}
