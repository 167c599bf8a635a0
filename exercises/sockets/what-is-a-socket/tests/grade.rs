//! What the wire and both kernels say of your code.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr};

use grade::{expect_ladder, expect_made_again};
use lab::interruption::Blocking;
use lab::{Lab, Net, addresses, peer};
use socket2::{Domain, Socket, Type};
use trace::{Ladder, State};
use what_is_a_socket::{Ends, Pair, call, ends, hear_two, listen, predict, refused};

const PORT: u16 = 80;
const OTHER_PORT: u16 = 81;
const CLIENTS: [u16; 2] = [40000, 40001];

/// A client of the test's own.
fn own_call(net: &mut Net, port: u16) -> io::Result<Socket> {
    net.client()
        .run(|| peer::connect(addresses::client(port), addresses::server(PORT)))
}

/// What the kernel says of a socket.
fn own_ends(socket: &Socket) -> io::Result<Ends> {
    let known = |address: Option<SocketAddr>| {
        address.ok_or_else(|| io::Error::other("an address that is none of the Internet's"))
    };
    let local = known(socket.local_addr()?.as_socket())?;
    let peer = match socket.peer_addr() {
        Err(error) if error.kind() == ErrorKind::NotConnected => None,
        other => Some(known(other?.as_socket())?),
    };
    Ok(Ends { local, peer })
}

/// The two ends in one line.
fn written(ends: Ends) -> String {
    let peer = ends
        .peer
        .map_or_else(|| "none".to_owned(), |peer| peer.to_string());
    format!("local {}, peer {peer}", ends.local)
}

/// Your ends() and the kernel should say the same.
fn expect_ends(which: &str, socket: &Socket) -> io::Result<()> {
    let said = own_ends(socket)?;
    match ends(socket) {
        Ok(yours) => assert!(
            yours == said,
            "of {which}, your ends() says: {}; its kernel says: {}",
            written(yours),
            written(said)
        ),
        Err(error) => panic!(
            "of {which}, your ends() fails: {error}. A socket that has no peer is a socket all the same: its `peer` is `None` (RFC \
             9293 section 3.9.1.1: the remote socket of a passive OPEN may be unspecified)"
        ),
    }
    Ok(())
}

#[test]
fn a_listening_socket_has_no_peer() {
    let trace = Lab::run(|net| {
        let at = addresses::server(PORT);
        let listener = net.server().run(|| listen(at))?;
        let states = net.states();
        let listening = states.server.iter().find(|s| s.state == State::Listen);
        assert_eq!(
            listening.map(|socket| socket.local.into()),
            Some(at),
            "your listen() should leave one socket in LISTEN at the address that it is given; bind() alone does not (RFC 9293 \
             section 3.9.1.1)"
        );
        expect_ends("a listening socket", &listener)?;
        let fresh = net
            .client()
            .run(|| Socket::new(Domain::IPV4, Type::STREAM, None))?;
        expect_ends("a socket that was made a moment ago", &fresh)
    });
    assert!(
        trace.rows.is_empty(),
        "neither call should send anything (RFC 9293 section 3.10.1), but the wire saw\n{}",
        Ladder::of(&trace)
    );
}

#[test]
fn the_three_sockets_have_the_addresses_that_you_predicted() {
    Lab::run(|net| {
        let at = addresses::server(PORT);
        let listener = net.server().run(|| listen(at))?;
        let clients = [own_call(net, CLIENTS[0])?, own_call(net, CLIENTS[1])?];
        let first = net.server().run(|| peer::accept(&listener))?;
        let second = net.server().run(|| peer::accept(&listener))?;
        let predicted = predict(at, CLIENTS.map(addresses::client));
        let sockets = [&listener, &first, &second];
        let names = [
            "the listening socket",
            "the first accepted socket",
            "the second accepted socket",
        ];
        for ((which, socket), predicted) in names.into_iter().zip(sockets).zip(predicted) {
            let kernel = own_ends(socket)?;
            let hint = match (
                predicted.local == kernel.local,
                predicted.peer == kernel.peer,
            ) {
                (true, true) => None,
                (false, _) => Some(
                    "the local address. To which port do the client's segments go after accept(), which sends nothing?",
                ),
                (true, false) => {
                    Some("the peer. Who is at the other end of each of the three, if anybody?")
                }
            };
            if let Some(hint) = hint {
                panic!(
                    "of {which} you predict: {}. Its kernel says otherwise about {hint} (RFC 9293 section 3.4.1)",
                    written(predicted)
                );
            }
            expect_ends(which, socket)?;
        }
        for client in &clients {
            expect_ends("a client's socket", client)?;
        }
        io::Result::Ok(())
    });
}

#[test]
fn each_client_is_heard_on_a_socket_of_its_own() {
    // What the two clients say, and in which order they speak; the first has called first.
    type Speech = &'static [(usize, &'static str)];
    let speeches: [(Speech, [&str; 2]); 3] = [
        (&[(0, "first"), (1, "second")], ["first", "second"]),
        (
            &[
                (1, "the second "),
                (0, "the first "),
                (1, "speaks"),
                (0, "answers"),
            ],
            ["the first answers", "the second speaks"],
        ),
        (&[(1, "alone")], ["", "alone"]),
    ];
    for (speech, expected) in speeches {
        Lab::run(|net| {
            let listener = net.server().run(|| peer::listen(addresses::server(PORT)))?;
            let mut clients = Vec::new();
            for port in CLIENTS {
                clients.push(own_call(net, port)?);
            }
            net.server().interrupt_next(Blocking::Accept);
            net.server().interrupt_next(Blocking::Receive);
            let server = net.server().start(move || hear_two(&listener));
            net.settle();
            // That a client has nobody to speak to any more is told below, by what the server has heard.
            for (client, words) in speech {
                let mut client = &clients[*client];
                let _told = net.client().run(|| client.write_all(words.as_bytes()));
            }
            for client in &clients {
                let _told = net.client().run(|| client.shutdown(Shutdown::Write));
            }
            let heard = server.join(net);
            expect_made_again("hear_two", &heard);
            let heard = match heard {
                Ok(heard) => heard,
                Err(error) => panic!(
                    "your hear_two() fails: {error}. A client's octets come from the socket that accept() has returned for it; the \
                     listening socket has no peer and gives none"
                ),
            };
            for ((heard, port), expected) in heard.iter().zip(CLIENTS).zip(expected) {
                let from = addresses::client(port);
                assert!(
                    heard.from == from && heard.said == expected.as_bytes(),
                    "{from} has said \"{expected}\" and ended its data. Your hear_two() has heard \"{}\" from {} in its place. The first \
                     is the client that called first, and a client has ended when a read returns 0 (RFC 9293 section 3.6)",
                    heard.said.escape_ascii(),
                    heard.from
                );
            }
            io::Result::Ok(())
        });
    }
    Lab::run(|net| {
        let listener = net.server().run(|| peer::listen(addresses::server(PORT)))?;
        listener.set_nonblocking(true)?;
        println!(
            "Nobody has called, and the listening socket does not block: its accept() says WouldBlock, and your hear_two() should \
             return that error. Only a call that was interrupted is made again"
        );
        let early = net.server().run(|| hear_two(&listener));
        assert!(
            matches!(&early, Err(error) if error.kind() == ErrorKind::WouldBlock),
            "nobody has called, and the listening socket does not block: your hear_two() should return the error of the socket call, \
             WouldBlock; it says {early:?}"
        );
        io::Result::Ok(())
    });
}

#[test]
fn one_port_calls_two_servers() {
    let trace = Lab::run(|net| {
        let from = addresses::client(CLIENTS[0]);
        let servers = [PORT, OTHER_PORT].map(addresses::server);
        let mut sockets = Vec::new();
        for (number, to) in servers.into_iter().enumerate() {
            let listener = net.server().run(|| peer::listen(to))?;
            let socket = match net.client().run(|| call(from, to)) {
                Ok(socket) => socket,
                Err(error) => panic!(
                    "connections from {from} so far: {number}, none of them to {to}. But your call() fails: {error}. The pair \
                     is new (RFC 9293 section 3.4.1). Linux has to be asked before bind(), on each socket"
                ),
            };
            assert_eq!(
                own_ends(&socket)?,
                Ends {
                    local: from,
                    peer: Some(to)
                },
                "your call() should connect from the address `from` to the address `to`, and from no other port"
            );
            let server = net.server().run(|| peer::accept(&listener))?;
            sockets.push((to, socket, server, listener));
        }
        for (to, client, server, _) in &mut sockets {
            let words = to.to_string();
            net.client().run(|| client.write_all(words.as_bytes()))?;
            let mut heard = vec![0; words.len()];
            net.server().run(|| server.read_exact(&mut heard))?;
            assert_eq!(
                heard.escape_ascii().to_string(),
                words,
                "what is written into the socket for {to} should arrive there"
            );
        }
        io::Result::Ok(())
    });
    expect_ladder!("one-port", "RFC 9293 section 3.4.1", trace);
}

#[test]
fn only_the_same_pair_is_refused() {
    let [port, other] = CLIENTS.map(addresses::client);
    let [server, other_server] = [PORT, OTHER_PORT].map(addresses::server);
    // A server with the same port at another address: on the client's own host, so no segment of it is on the wire.
    let at_home = addresses::client(PORT);
    // The same port at another address of the client's, from which it calls itself.
    let loopback = SocketAddr::from(([127, 0, 0, 1], CLIENTS[0]));

    let calls = [
        (port, server),
        (port, other_server),
        (port, at_home),
        (loopback, at_home),
        (other, server),
        (port, server),
        (other, other_server),
        (other, server),
        (port, at_home),
    ];
    Lab::run(|net| {
        let _listeners = [
            net.server().run(|| peer::listen(server))?,
            net.server().run(|| peer::listen(other_server))?,
            net.client().run(|| peer::listen(at_home))?,
        ];
        let (mut open, mut sockets) = (Vec::new(), Vec::new());
        for (local, remote) in calls {
            let before = net.trace().rows.len();
            let answer = net.client().run(|| call(local, remote));
            let is_refused = match &answer {
                Ok(socket) => {
                    let expected = Ends {
                        local,
                        peer: Some(remote),
                    };
                    assert_eq!(
                        own_ends(socket)?,
                        expected,
                        "your call() should connect from the address `from` to the address `to`, and take no other if the kernel refuses"
                    );
                    false
                }
                Err(error) if error.kind() == ErrorKind::AddrNotAvailable => true,
                Err(error) => panic!(
                    "your call() from {local} to {remote} fails: {error}. The pair should decide (RFC 9293 section 3.4.1), and \
                     the only refusal that is expected here is ErrorKind::AddrNotAvailable"
                ),
            };
            let wanted = Pair { local, remote };
            let predicted = refused(&open, wanted);
            let so_far: Vec<String> = open
                .iter()
                .map(|pair: &Pair| format!("{} to {}", pair.local, pair.remote))
                .collect();
            assert!(
                predicted == is_refused,
                "open are: {}. Of a call from {local} to {remote} you predict that it is {}refused; the kernel says otherwise (RFC \
                 9293 section 3.4.1)",
                if so_far.is_empty() {
                    "none".to_owned()
                } else {
                    so_far.join("; ")
                },
                if predicted { "" } else { "not " }
            );
            match answer {
                Ok(socket) => {
                    open.push(wanted);
                    sockets.push(socket);
                }
                Err(_) => assert_eq!(
                    net.trace().rows.len(),
                    before,
                    "a call that the kernel refuses should send nothing"
                ),
            }
        }
        assert_eq!(
            open.len(),
            6,
            "three of the nine calls name a pair that is in use, and should be refused; your call() opened {}",
            open.len()
        );
        io::Result::Ok(())
    });
}
