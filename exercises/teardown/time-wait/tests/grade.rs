//! What the wire and both kernels saw of your server.

use std::io::{self, Read, Write};

use grade::{expect_ladder, expect_made_again};
use lab::filter::fin;
use lab::interruption::Blocking;
use lab::{Lab, Net, Side, Task, addresses, peer};
use socket2::Socket;
use time_wait::{Ending, Waiting, listen, serve, who_waits};
use trace::{Ladder, State};

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;
const ANSWER: &[u8] = b"it is late";

fn start(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| listen(addresses::server(PORT)))
}

/// A call from that port of the client.
fn connect(port: u16) -> io::Result<Socket> {
    peer::connect(addresses::client(port), addresses::server(PORT))
}

/// A client that calls, reads until the data ends, and closes.
fn client(net: &mut Net, port: u16) -> Task<io::Result<Vec<u8>>> {
    net.client().start(move || {
        let mut socket = connect(port)?;
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer)?;
        Ok(answer)
    })
}

/// One client is served, and is content.
fn serve_one(net: &mut Net, listener: &Socket, port: u16) -> io::Result<()> {
    let client = client(net, port);
    let served = net.server().run(|| serve(listener, ANSWER));
    expect_made_again("serve", &served);
    served?;
    let read = client.join(net);
    match &read {
        Ok(answer) if answer == ANSWER => Ok(()),
        Ok(answer) => panic!(
            "the client should read \"{}\" and then the end of the data; it read \"{}\"",
            ANSWER.escape_ascii(),
            answer.escape_ascii()
        ),
        Err(error) => panic!(
            "the client should read the answer and then the end of the data; it was told: {error}. A connection that is closed in \
             order ends with a FIN, and a reset is an abort (RFC 9293 section 3.6)"
        ),
    }
}

#[test]
fn the_client_reads_the_answer_and_then_the_end() {
    let trace = Lab::run(|net| {
        let listener = start(net)?;
        expect_error_of_the_call(net, &listener)?;
        for call in [Blocking::Accept, Blocking::Send] {
            net.server().interrupt_next(call);
        }
        serve_one(net, &listener, CLIENT_PORT)
    });
    expect_ladder!("server-first", "RFC 9293 section 3.6", trace);
}

/// Nobody has called yet, and the listening socket is not to wait.
fn expect_error_of_the_call(net: &mut Net, listener: &Socket) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    println!(
        "Nobody has called, and the listening socket does not block: its accept() says WouldBlock, and your serve() should return \
         that error. Only a call that was interrupted is made again"
    );
    let early = net.server().run(|| serve(listener, ANSWER));
    assert!(
        matches!(&early, Err(error) if error.kind() == io::ErrorKind::WouldBlock),
        "nobody has called, and the listening socket does not block: your serve() should return the error of the socket call, \
         WouldBlock; it says {early:?}"
    );
    listener.set_nonblocking(false)
}

#[test]
fn the_side_that_you_predicted_waits() {
    let endings = [
        (Ending::ClientFirst, "3.6, case 1"),
        (Ending::ServerFirst, "3.6, case 1, with the sides exchanged"),
        (Ending::Crossing, "3.6, case 3"),
        (
            Ending::ServerForgets,
            "3.3.2: what is FIN-WAIT-2 waiting for?",
        ),
        (Ending::ServerAborts, "3.6: what becomes of the state?"),
    ];
    let trace = Lab::run(|net| {
        let listener = net.server().run(|| peer::listen(addresses::server(PORT)))?;
        let mut forgotten = Vec::new();
        for (port, (ending, _)) in (CLIENT_PORT..).zip(endings) {
            let (client, server) = peer::call_from(net, port, &listener)?;
            forgotten.extend(play(net, ending, client, server)?);
        }
        io::Result::Ok(())
    });
    let Some(last) = trace.rows.last() else {
        panic!("the endings were not played")
    };
    for (port, (ending, section)) in (CLIENT_PORT..).zip(endings) {
        let waits = |sockets: &[trace::Socket], port_of: fn(&trace::Socket) -> Option<u16>| {
            let theirs = sockets.iter().filter(|s| port_of(s) == Some(port));
            theirs
                .map(|s| s.state)
                .any(|state| state == State::TimeWait)
        };
        let said = Waiting {
            client: waits(&last.states.client, |s| Some(s.local.port())),
            server: waits(&last.states.server, |s| s.remote.map(|at| at.port())),
        };
        let predicted = who_waits(ending);
        for (side, predicted, said) in [
            (Side::Client, predicted.client, said.client),
            (Side::Server, predicted.server, said.server),
        ] {
            let not = if predicted { "" } else { "not " };
            assert!(
                predicted == said,
                "after {ending:?} you predict that the {} is {not}in TIME-WAIT; its kernel says otherwise (RFC 9293 section \
                 {section})",
                side.name()
            );
        }
    }
}

/// Ends a connection in that way; returns the socket that stays open, if one does.
fn play(
    net: &mut Net,
    ending: Ending,
    client: Socket,
    server: Socket,
) -> io::Result<Option<Socket>> {
    match ending {
        Ending::ClientFirst => {
            net.client().run(move || drop(client));
            net.server().run(move || drop(server));
        }
        Ending::ServerFirst => {
            net.server().run(move || drop(server));
            net.client().run(move || drop(client));
        }
        Ending::Crossing => {
            net.wire().hold(fin());
            net.client().run(move || drop(client));
            net.server().run(move || drop(server));
            net.wire().let_pass();
            net.wire().release_all();
        }
        Ending::ServerForgets => {
            net.client().run(move || drop(client));
            return Ok(Some(server));
        }
        Ending::ServerAborts => net.server().run(move || peer::abort(server))?,
    }
    Ok(None)
}

/// Stops the server and starts it again, which must work at once.
fn restart(net: &mut Net, listener: Socket) -> Socket {
    net.server().run(move || drop(listener));
    let again = start(net);
    match again {
        Ok(listener) => listener,
        Err(error) => panic!(
            "no server listens any more, so your listen() should start one again at once; it says: {error}. Linux asks the new \
             socket and the old one whether the address may be used again, and each must have been told before its bind()"
        ),
    }
}

fn expect_the_address(listener: &Socket) -> io::Result<()> {
    assert_eq!(
        listener.local_addr()?.as_socket(),
        Some(addresses::server(PORT)),
        "your server should listen at the address that listen() is given, each time"
    );
    Ok(())
}

#[test]
fn a_server_starts_again_while_its_kernel_waits() {
    let trace = Lab::run(|net| {
        let listener = start(net)?;
        serve_one(net, &listener, CLIENT_PORT)?;
        let waits = |socket: &trace::Socket| socket.state == State::TimeWait;
        assert!(
            net.states().server.iter().any(waits),
            "your serve() should close first, so that the server is in TIME-WAIT (RFC 9293 section 3.6.1); it is not. The wire saw\n{}",
            Ladder::of(net.trace())
        );
        let listener = restart(net, listener);
        expect_the_address(&listener)?;
        assert!(
            net.states().server.iter().any(waits),
            "the restart should leave the old connection's TIME-WAIT alone (RFC 9293 section 3.6.1); it is gone"
        );
        serve_one(net, &listener, CLIENT_PORT + 1)
    });
    expect_ladder!("restarted", "RFC 9293 section 3.6.1", trace);
}

#[test]
fn an_open_connection_does_not_stop_a_restart() {
    Lab::run(|net| {
        let listener = start(net)?;
        let mut client = net.client().run(|| connect(CLIENT_PORT))?;
        let mut server = net.server().run(|| listener.accept())?.0;
        let listener = restart(net, listener);
        expect_the_address(&listener)?;
        net.client().run(|| client.write_all(b"still here"))?;
        let mut heard = [0; 10];
        net.server().run(|| server.read_exact(&mut heard))?;
        assert_eq!(
            &heard, b"still here",
            "a connection that was open when the server was started again should go on"
        );
        serve_one(net, &listener, CLIENT_PORT + 1)
    });
}

#[test]
fn a_second_server_is_refused() {
    Lab::run(|net| {
        let listener = start(net)?;
        let second = start(net).map(drop).map_err(|error| error.kind());
        assert_eq!(
            second,
            Err(io::ErrorKind::AddrInUse),
            "one server listens already, so a second listen() at the same address should fail; otherwise each of the two would get \
             some of the clients, and nobody would notice that the first was never stopped"
        );
        serve_one(net, &listener, CLIENT_PORT)
    });
}
