//! What the wire saw of your code.

use std::io::{self, Read, Write};

use grade::expect_ladder;
use lab::filter::syn;
use lab::peer::listen;
use lab::{Lab, Net, Settings, Side, addresses};
use simultaneous_open::{call, connect_or_refuse_self, path};
use socket2::Socket;
use trace::{Ladder, State};

const SERVER_PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

/// Both hosts call each other, and their SYNs cross.
fn both_call(net: &mut Net) -> io::Result<(Socket, Socket)> {
    let (client, server) = (
        addresses::client(CLIENT_PORT),
        addresses::server(SERVER_PORT),
    );
    net.wire().hold(syn());
    let at_client = net.client().start(move || call(client, server));
    net.settle();
    let at_server = net.server().start(move || call(server, client));
    net.settle();
    assert_eq!(
        net.wire().held(),
        2,
        "your call() should send one SYN on each host and wait for the other's: nobody listens here, so both sides open \
         actively (RFC 9293 section 3.5, figure 7)"
    );
    net.wire().let_pass();
    net.wire().release_all();
    Ok((at_client.join(net)?, at_server.join(net)?))
}

#[test]
fn both_sides_take_the_path_that_you_predicted() {
    let predicted = path();
    let trace = Lab::run(|net| {
        let _both = both_call(net)?;
        io::Result::Ok(())
    });
    let ladder = Ladder::of(&trace);
    for side in [Side::Client, Side::Server] {
        let taken = taken(&ladder, side);
        // An end counts as a difference too, so that a path that is too short or too long is told.
        let last = predicted.len().max(taken.len());
        let differs = (0..last).find(|&step| predicted.get(step) != taken.get(step));
        if let Some(step) = differs {
            let hint = match step {
                0 => "The path begins before the call, in CLOSED.",
                2 => {
                    "What has a side in SYN-SENT not heard yet, when all that has come is a SYN without ACK? (RFC 9293 \
                     section 3.10.7.3, fourth step)"
                }
                _ => {
                    "The path names each state once, and ends in the state in which data may flow. (RFC 9293 section \
                     3.5, figure 7)"
                }
            };
            panic!(
                "your path() and what the {}'s kernel says part at state {}. {hint}",
                side.name(),
                step + 1
            );
        }
    }
}

/// The states of one side, from CLOSED on, each once.
fn taken(ladder: &Ladder, side: Side) -> Vec<State> {
    let mut states = vec![State::Closed];
    states.extend(ladder.lines.iter().filter_map(|line| line.state(side)));
    states.dedup();
    states
}

#[test]
fn two_calls_make_one_connection() {
    let trace = Lab::run(|net| {
        let (client, server) = both_call(net)?;
        let ends = |socket: &Socket| {
            io::Result::Ok((
                socket.local_addr()?.as_socket(),
                socket.peer_addr()?.as_socket(),
            ))
        };
        let (client, server) = (ends(&client)?, ends(&server)?);
        assert_eq!(
            client,
            (server.1, server.0),
            "the two sockets should be the two ends of one connection (RFC 9293 section 3.4.1)"
        );
        assert_eq!(
            client,
            (
                Some(addresses::client(CLIENT_PORT)),
                Some(addresses::server(SERVER_PORT))
            ),
            "your call() should call from the address `from`"
        );
        io::Result::Ok(())
    });
    expect_ladder!("figure-7", "RFC 9293 section 3.5, figure 7", trace);
}

#[test]
fn it_carries_data_both_ways() {
    Lab::run(|net| {
        let (mut client, mut server) = both_call(net)?;
        let mut heard = [0; 6];
        net.client().run(|| client.write_all(b"to you"))?;
        net.server().run(|| server.read_exact(&mut heard))?;
        assert_eq!(
            &heard, b"to you",
            "what one end writes should arrive at the other"
        );
        net.server().run(|| server.write_all(b"to you"))?;
        net.client().run(|| client.read_exact(&mut heard))?;
        assert_eq!(
            &heard, b"to you",
            "data should flow back on the same connection"
        );
        io::Result::Ok(())
    });
}

#[test]
fn a_call_that_comes_too_early_is_refused_once() {
    let trace = Lab::run(|net| {
        let (client, server) = (
            addresses::client(CLIENT_PORT),
            addresses::server(SERVER_PORT),
        );
        let called = net.client().run(|| call(client, server));
        assert_eq!(
            called.map(drop).map_err(|error| error.kind()),
            Err(io::ErrorKind::ConnectionRefused),
            "call() should return the error of the socket call: the other side has not called yet, and its kernel \
             resets your SYN (RFC 9293 section 3.10.7.1)"
        );
        io::Result::Ok(())
    });
    expect_ladder!("too-early", "RFC 9293 section 3.10.7.1", trace);
}

/// The kernel has one port to choose from, so the tests know its choice.
fn with_one_port_to_choose() -> Settings {
    Settings {
        sysctls: vec![("net.ipv4.ip_local_port_range", "40000 40000")],
        ..Settings::default()
    }
}

#[test]
fn a_self_connection_is_refused_and_leaves_the_port_free() {
    let trace = Lab::run_with(with_one_port_to_choose(), |net| {
        let own = addresses::client(CLIENT_PORT);
        match net.client().run(|| connect_or_refuse_self(own)) {
            Ok(_) => panic!(
                "nobody listens at {own}: a socket that is connected from there to there talks to itself, and should be \
                 refused. Compare its two addresses (RFC 9293 section 3.4.1)"
            ),
            Err(error) => assert_eq!(
                error.kind(),
                io::ErrorKind::ConnectionRefused,
                "a self-connection should be refused as the kernel refuses a port that nobody listens on; your error was: {error}"
            ),
        }
        let listening = net.client().run(|| listen(own));
        assert!(
            listening.is_ok(),
            "the refused socket still has the address, so the program that it belongs to cannot listen there. Abort it: an \
             orderly close ends in TIME-WAIT (RFC 9293 section 3.6)"
        );
        io::Result::Ok(())
    });
    assert!(
        trace.rows.is_empty(),
        "a host that calls its own address needs no wire, but the wire saw\n{}",
        Ladder::of(&trace)
    );
}

#[test]
fn a_peer_is_not_taken_for_yourself() {
    let trace = Lab::run_with(with_one_port_to_choose(), |net| {
        // Kept to the end: closing them would show on the wire.
        let mut sockets = Vec::new();
        for (side, peer, same) in [
            (
                Side::Server,
                addresses::server(CLIENT_PORT),
                "has the same port and another address",
            ),
            (
                Side::Client,
                addresses::client(SERVER_PORT),
                "has the same address and another port",
            ),
        ] {
            sockets.push(net.host(side).run(|| listen(peer))?);
            match net.client().run(|| connect_or_refuse_self(peer)) {
                Ok(socket) => sockets.push(socket),
                Err(error) => panic!(
                    "someone listens at {peer}, but connect_or_refuse_self() fails: {error}. A peer that {same} is not \
                     you (RFC 9293 section 3.4.1)"
                ),
            }
        }
        io::Result::Ok(())
    });
    expect_ladder!("a-peer", "RFC 9293 section 3.5", trace);
}
