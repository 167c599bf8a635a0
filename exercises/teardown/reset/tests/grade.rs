//! What the wire saw of your code, and what your code made of resets.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddrV4};
use std::thread;
use std::time::Duration;

use grade::{expect_ladder, expect_made_again};
use lab::filter::data;
use lab::interruption::Blocking;
use lab::{Lab, Net, Side, addresses, peer, repair};
use reset::{Cause, Ending, Limit, Parting, abort, answer_and_close, cause, read_to_the_end};
use socket2::{Domain, Socket, Type};
use trace::{ControlBits, Segment, SeqNumber, State, Trace};

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

const REQUEST: &[u8] = b"the first half of a request";
const ANSWER: &[u8] = b"no, thank you";

/// A limit that no test reaches.
const FAR: Limit = Limit {
    octets: 1 << 20,
    time: Duration::from_secs(20),
};

const SYN: ControlBits = ControlBits::SYN;
const FIN: ControlBits = ControlBits::FIN;
const RST: ControlBits = ControlBits::RST;
const ACK: ControlBits = ControlBits::ACK;

fn listen(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| peer::listen(addresses::server(PORT)))
}

fn call(net: &mut Net, from: u16, to: u16) -> io::Result<Socket> {
    net.client().run(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        // For a port that a test uses again.
        socket.set_reuse_address(true)?;
        socket.bind(&addresses::client(from).into())?;
        socket.connect(&addresses::server(to).into())?;
        Ok(socket)
    })
}

/// Both ends of a connection.
fn connection(net: &mut Net, listener: &Socket, from: u16) -> io::Result<(Socket, Socket)> {
    let client = call(net, from, PORT)?;
    let (server, _) = net.server().run(|| listener.accept())?;
    Ok((client, server))
}

/// Both ends of the only connection.
fn connected(net: &mut Net) -> io::Result<(Socket, Socket)> {
    let listener = listen(net)?;
    connection(net, &listener, CLIENT_PORT)
}

/// Everything that can be read, and the error that ended it, if one did.
fn read_all(net: &mut Net, mut socket: &Socket) -> (Vec<u8>, Option<io::Error>) {
    net.client().run(move || {
        let mut read = Vec::new();
        let error = socket.read_to_end(&mut read).err();
        (read, error)
    })
}

#[test]
fn an_abort_is_one_reset() {
    let trace = Lab::run(|net| {
        let (client, mut server) = connected(net)?;
        net.client().run(move || abort(client))?;
        assert!(
            net.states().client.is_empty(),
            "after an abort the kernel keeps no record of the connection (RFC 9293 section 3.10.5), but the client has a \
             socket left: {:?}",
            net.states().client
        );
        let read = net.server().run(|| server.read(&mut [0; 1]));
        assert!(
            matches!(&read, Err(error) if error.kind() == ErrorKind::ConnectionReset),
            "the server's read() should fail with ECONNRESET after an abort (RFC 9293 section 3.10.7.4), but it says {read:?}"
        );
        io::Result::Ok(())
    });
    expect_ladder!("abort", "RFC 9293 section 3.10.5", trace);
}

#[test]
fn a_reset_is_no_end_of_the_data() {
    let long: Vec<u8> = (0..6_000_u32).map(|n| n as u8).collect();
    Lab::run(|net| {
        let listener = listen(net)?;

        let (client, mut server) = connection(net, &listener, CLIENT_PORT)?;
        net.server().run(|| server.write_all(&long))?;
        net.server().run(move || drop(server));
        net.client().interrupt_next(Blocking::Receive);
        let read = net.client().run(|| read_to_the_end(&client));
        expect_made_again("read_to_the_end", &read);
        expect_ending("6,000 octets and a FIN", read, &long, Ending::Finished);

        let (client, mut server) = connection(net, &listener, CLIENT_PORT + 1)?;
        net.server().run(|| server.write_all(ANSWER))?;
        net.server().run(move || peer::abort(server))?;
        let read = net.client().run(|| read_to_the_end(&client));
        expect_ending("13 octets and then a reset", read, ANSWER, Ending::Reset);

        let (client, server) = connection(net, &listener, CLIENT_PORT + 2)?;
        let reading = net.client().start(move || read_to_the_end(&client));
        net.settle();
        net.server().run(move || peer::abort(server))?;
        let read = reading.join(net);
        expect_ending("a reset while it waited", read, b"", Ending::Reset);

        let (client, _server) = connection(net, &listener, CLIENT_PORT + 3)?;
        client.set_read_timeout(Some(Duration::from_millis(50)))?;
        let read = net.client().run(|| read_to_the_end(&client));
        assert!(
            matches!(&read, Err(error) if error.kind() == ErrorKind::WouldBlock),
            "nothing has arrived, and the socket's read timeout is over: that is neither an end nor a reset, and \
             read_to_the_end() should return the error; yours returns {read:?}"
        );
        io::Result::Ok(())
    });
}

fn expect_ending(
    arrived: &str,
    read: io::Result<(Vec<u8>, Ending)>,
    octets: &[u8],
    ending: Ending,
) {
    let told = match &read {
        Ok((read, ending)) => format!("{} octets and {ending:?}", read.len()),
        Err(error) => format!("the error {error}"),
    };
    assert!(
        matches!(&read, Ok(right) if *right == (octets.to_vec(), ending)),
        "The client received {arrived}, so read_to_the_end() should return {} octets and {ending:?}; yours returns {told}. A \
         program must be able to tell a close from an abort (RFC 9293 section 3.6, MUST-12)",
        octets.len()
    );
}

#[test]
fn a_reset_shows_what_it_answers() {
    let trace = Lab::run(six_resets);
    let segments = segments(&trace);
    let resets = [
        (81, true, "a SYN for a port where nobody listens"),
        (
            82,
            true,
            "data for a connection that the client has forgotten",
        ),
        (
            83,
            true,
            "an ACK that the client, which calls anew, did not expect",
        ),
        (84, true, "data for a program that has closed"),
        (85, false, "no segment: the server closed with data unread"),
        (
            86,
            false,
            "no segment: the client closed with a linger time of 0",
        ),
    ];
    for (port, is_answer, what) in resets {
        let at = segments
            .iter()
            .position(|s| s.control.contains(RST) && client_port(s) == CLIENT_PORT + port)
            .expect("the kernels have sent this reset");
        let (before, reset) = (&segments[..at], &segments[at]);
        // In these recordings an answer follows at once upon what it answers.
        let right = if is_answer {
            Cause::Answers(at - 1)
        } else {
            Cause::Abort
        };
        check(what, before, reset, right);
    }

    let (client, server) = ends(CLIENT_PORT);
    let from_client = |control, sequence, acknowledgment| Segment {
        control,
        sequence: SeqNumber(sequence),
        acknowledgment: SeqNumber(acknowledgment),
        ..Segment::between(client, server)
    };
    let reset = |control, sequence, acknowledgment| Segment {
        control: RST | control,
        sequence: SeqNumber(sequence),
        acknowledgment: SeqNumber(acknowledgment),
        ..Segment::between(server, client)
    };
    let none = ControlBits::NONE;
    let data = Segment {
        payload: b"hello".to_vec(),
        ..from_client(none, 100, 0)
    };
    let elsewhere = Segment {
        source: ends(CLIENT_PORT + 1).0,
        ..from_client(ACK, 100, 300)
    };
    let another_host = Segment {
        source: SocketAddrV4::new(addresses::SERVER, CLIENT_PORT),
        ..from_client(ACK, 100, 300)
    };
    let high = Segment {
        payload: b"hello".to_vec(),
        ..from_client(SYN, u32::MAX - 2, 0)
    };
    let cases = [
        (
            "a FIN without ACK, which takes up a number",
            vec![from_client(FIN, 100, 0)],
            reset(ACK, 0, 101),
            Cause::Answers(0),
        ),
        (
            "five octets without ACK",
            vec![from_client(none, 104, 0), data],
            reset(ACK, 0, 105),
            Cause::Answers(1),
        ),
        (
            "a SYN with data across 2^32",
            vec![high],
            reset(ACK, 0, 3),
            Cause::Answers(0),
        ),
        (
            "the last of two segments that it fits",
            vec![
                from_client(ACK, 100, 300),
                from_client(ACK, 110, 300),
                from_client(ACK, 120, 310),
            ],
            reset(none, 300, 0),
            Cause::Answers(1),
        ),
        (
            "no segment: the one that it fits is of another connection",
            vec![elsewhere],
            reset(none, 300, 0),
            Cause::Abort,
        ),
        (
            "no segment: the one that it fits went the same way as the reset",
            vec![Segment {
                control: ACK,
                ..reset(none, 100, 300)
            }],
            reset(none, 300, 0),
            Cause::Abort,
        ),
        (
            "no segment: a reset is never answered",
            vec![from_client(RST | ACK, 100, 300)],
            reset(none, 300, 0),
            Cause::Abort,
        ),
        (
            "no segment: its number has not been acknowledged yet",
            vec![from_client(ACK, 100, 300)],
            reset(none, 310, 0),
            Cause::Abort,
        ),
        (
            "no segment: an answer to a segment with ACK has no ACK",
            vec![from_client(ACK, 100, 300)],
            reset(ACK, 300, 100),
            Cause::Abort,
        ),
        (
            "no segment: an answer to a segment without ACK has the number 0",
            vec![from_client(FIN, 100, 0)],
            reset(ACK, 300, 101),
            Cause::Abort,
        ),
        (
            "no segment: an answer to a segment without ACK has ACK",
            vec![from_client(FIN, 100, 0)],
            reset(none, 0, 101),
            Cause::Abort,
        ),
        (
            "no segment: the one that it fits is of another host",
            vec![another_host],
            reset(none, 300, 0),
            Cause::Abort,
        ),
    ];
    for (what, before, reset, right) in cases {
        check(what, &before, &reset, right);
    }
}

fn ends(client_port: u16) -> (SocketAddrV4, SocketAddrV4) {
    (
        SocketAddrV4::new(addresses::CLIENT, client_port),
        SocketAddrV4::new(addresses::SERVER, PORT),
    )
}

fn check(what: &str, before: &[Segment], reset: &Segment, right: Cause) {
    let seen = cause(reset, before);
    if seen == right {
        return;
    }
    // Of a long recording, only what belongs to the same connection helps.
    let of_interest = before.len() < 5;
    let mut told = String::new();
    for (index, segment) in before.iter().enumerate() {
        if of_interest || client_port(segment) == client_port(reset) {
            told += &format!("  [{index}] {}\n", in_words(segment));
        }
    }
    panic!(
        "On the wire were:\n{told}and then the reset\n  {}\nIt answers {what}: {right:?}. Your cause() says {seen:?} \
         (RFC 9293 sections 3.5.2 and 3.10.5)",
        in_words(reset)
    );
}

fn in_words(segment: &Segment) -> String {
    let mut words = format!(
        "{} > {}  <SEQ={}>",
        segment.source, segment.destination, segment.sequence
    );
    if segment.control.contains(ACK) {
        words += &format!("<ACK={}>", segment.acknowledgment);
    }
    if !segment.payload.is_empty() {
        words += &format!("<DATA={}>", segment.payload.len());
    }
    words + &format!("<CTL={}>", segment.control)
}

fn client_port(segment: &Segment) -> u16 {
    let client = match segment.source.ip() {
        ip if *ip == addresses::CLIENT => segment.source,
        _ => segment.destination,
    };
    client.port()
}

/// Every segment that crossed the wire, in order.
fn segments(trace: &Trace) -> Vec<Segment> {
    trace.segments().map(|(_, segment)| segment).collect()
}

/// Six ways to a reset, each from a port of its own.
fn six_resets(net: &mut Net) -> io::Result<()> {
    let listener = listen(net)?;
    let _refused = call(net, CLIENT_PORT + 81, 81);

    let (client, mut server) = connection(net, &listener, CLIENT_PORT + 82)?;
    net.client().run(move || repair::forget(client))?;
    net.server().run(|| server.write_all(ANSWER))?;

    let (client, _server) = connection(net, &listener, CLIENT_PORT + 83)?;
    net.client().run(move || repair::forget(client))?;
    let _again = connection(net, &listener, CLIENT_PORT + 83)?;

    let (mut client, server) = connection(net, &listener, CLIENT_PORT + 84)?;
    net.server().run(move || drop(server));
    net.client().run(|| client.write_all(REQUEST))?;

    let (mut client, server) = connection(net, &listener, CLIENT_PORT + 85)?;
    net.client().run(|| client.write_all(REQUEST))?;
    net.server().run(move || drop(server));

    let (client, _server) = connection(net, &listener, CLIENT_PORT + 86)?;
    net.client().run(move || peer::abort(client))
}

#[test]
fn an_answer_survives_an_unread_request() {
    let trace = Lab::run(|net| {
        let (mut client, server) = connected(net)?;
        net.client().run(|| client.write_all(REQUEST))?;
        net.wire().hold_next(data().from(Side::Server));
        for call in [Blocking::Send, Blocking::Receive] {
            net.server().interrupt_next(call);
        }
        let answering = net
            .server()
            .start(move || answer_and_close(server, ANSWER, FAR));
        net.settle();
        assert!(
            net.wire().held() == 1,
            "the answer should be sent at once: the client waits for it before it sends or closes anything. Your \
             answer_and_close() has sent no data"
        );
        // The wire is slower than whatever pause a server makes before it ends its side.
        net.wait_for_states("your server to end its side of the connection", |states| {
            let mut sockets = states.server.iter();
            !sockets.any(|socket| socket.state == State::Established)
        });
        net.wire().release();
        let (read, error) = read_all(net, &client);
        assert!(
            read == ANSWER && error.is_none(),
            "the client should read the answer, {} octets, and then the end. It read {} octets, and then {}. A server that \
             closes with data unread sends a reset (RFC 9293 section 3.6.1), which does not wait for the answer",
            ANSWER.len(),
            read.len(),
            error.map_or("the end".to_owned(), |error| error.to_string())
        );
        let rest = net
            .client()
            .run(|| client.write_all(b", and the rest of it"));
        assert!(
            rest.is_ok(),
            "the client has read the answer and sends the rest of its request, which the server should read: no \
             limit is reached, and the client has not closed (the documentation of answer_and_close). Your server has closed already: {rest:?}"
        );
        net.client().run(move || drop(client));
        let parting = answering.join(net);
        expect_made_again("answer_and_close", &parting);
        assert!(
            matches!(parting, Ok(Parting::Together)),
            "the client has ended its side, and no limit was reached, so answer_and_close() should return Together \
             (RFC 9112 section 9.6); yours returns {parting:?}"
        );
        io::Result::Ok(())
    });
    expect_ladder!("answer-survives", "RFC 9112 section 9.6", trace);

    Lab::run(|net| {
        let (client, server) = connected(net)?;
        let answering = net
            .server()
            .start(move || answer_and_close(server, ANSWER, FAR));
        net.settle();
        net.client().run(move || peer::abort(client))?;
        let parting = answering.join(net);
        assert!(
            matches!(&parting, Err(error) if error.kind() == ErrorKind::ConnectionReset),
            "the client has reset the connection, and nobody knows whether it has read the answer: answer_and_close() \
             should return that error; yours returns {parting:?} (RFC 9293 section 3.6, MUST-12)"
        );
        io::Result::Ok(())
    });
}

#[test]
fn a_client_that_never_finishes_is_left() {
    let trace = Lab::run(|net| {
        let listener = listen(net)?;
        let short = Limit {
            time: Duration::from_millis(200),
            ..FAR
        };
        let none = Limit {
            time: Duration::ZERO,
            ..FAR
        };
        let mut silent = Vec::new();
        for (port, limit) in [(CLIENT_PORT, short), (CLIENT_PORT + 1, none)] {
            let (client, server) = connection(net, &listener, port)?;
            let what = format!("sends nothing, and the limit is {limit:?}");
            expect_end_of_time(&what);
            let parting = net
                .server()
                .run(move || answer_and_close(server, ANSWER, limit));
            expect_alone(&what, &parting);
            silent.push(client);
        }

        let (client, server) = connection(net, &listener, CLIENT_PORT + 2)?;
        let answering = net
            .server()
            .start(move || answer_and_close(server, ANSWER, short));
        net.settle();
        let dripping = net.client().start(move || drip(client));
        let what = format!("sends one octet every 25 ms, and the limit is {short:?}");
        expect_end_of_time(&what);
        let parting = answering.join(net);
        expect_alone(&what, &parting);
        let (_client, refused) = dripping.join(net)?;
        assert!(
            refused,
            "The client has sent {DRIPS} octets, one every 25 ms, and none was refused: answer_and_close() has read on, though the limit is {short:?}, and \
             its time is one for all reads together"
        );
        io::Result::Ok(())
    });
    for port in [CLIENT_PORT, CLIENT_PORT + 1] {
        assert!(
            !segments(&trace)
                .iter()
                .any(|s| s.control.contains(RST) && client_port(s) == port),
            "the server should close, not abort, when its time is over: the silent client on port {port} was reset \
             (RFC 9112 section 9.5)"
        );
    }
}

/// A server whose time is short has closed long before so many octets have come.
const DRIPS: usize = 40;

/// A client that has the answer and sends single octets, with pauses, until one is refused. If none is refused, it sends no more and does not close, so that only the server's limit can end it.
fn drip(mut client: Socket) -> io::Result<(Socket, bool)> {
    client.read_exact(&mut [0; ANSWER.len()])?;
    let refused = (0..DRIPS).any(|_| {
        // Slowness is what the server has to put up with.
        thread::sleep(Duration::from_millis(25));
        client.write_all(b".").is_err()
    });
    Ok((client, refused))
}

/// A server that waits for ever is ended by the laboratory, which shows this beside what it saw.
fn expect_end_of_time(client: &str) {
    println!(
        "The client {client}, and it does not close: answer_and_close() should return Alone when its time is over. A server may close a \
         connection at any time, so it need not wait for ever (RFC 9112 section 9.5)"
    );
}

fn expect_alone(client: &str, parting: &io::Result<Parting>) {
    assert!(
        matches!(parting, Ok(Parting::Alone)),
        "The client {client}: so the limit is reached first, and answer_and_close() should return Alone; yours returns \
         {parting:?}. A server may close a connection at any time, so it need not wait for ever (RFC 9112 section 9.5)"
    );
}

#[test]
fn a_client_that_sends_without_end_is_left() {
    Lab::run(|net| {
        let (client, server) = connected(net)?;
        let limit = Limit {
            octets: 10_000,
            ..FAR
        };
        let answering = net
            .server()
            .start(move || answer_and_close(server, ANSWER, limit));
        net.settle();
        let flooding = net.client().start(move || flood(client));
        let parting = answering.join(net);
        let what = format!("sends 40,000 octets, and the limit is {limit:?}");
        expect_alone(&what, &parting);
        flooding.join(net)
    });

    Lab::run(|net| {
        let (mut client, server) = connected(net)?;
        let limit = Limit {
            octets: 10_000,
            ..FAR
        };
        let answering = net
            .server()
            .start(move || answer_and_close(server, ANSWER, limit));
        net.settle();
        net.client().run(|| client.write_all(&[b'.'; 10_000]))?;
        net.client().run(|| client.shutdown(Shutdown::Write))?;
        let parting = answering.join(net);
        assert!(
            matches!(parting, Ok(Parting::Together)),
            "The client sends 10,000 octets and closes its side, and the limit is {limit:?}: no octet was too many, and \
             answer_and_close() should return Together; yours returns {parting:?}"
        );
        io::Result::Ok(())
    });
}

/// A client that has the answer and sends far more than anyone wants to read, or until it may not.
fn flood(mut client: Socket) -> io::Result<()> {
    client.read_exact(&mut [0; ANSWER.len()])?;
    let octets = [b'.'; 4_000];
    for _ in 0..10 {
        if client.write_all(&octets).is_err() {
            break;
        }
    }
    Ok(())
}
