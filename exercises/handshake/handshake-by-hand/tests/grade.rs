//! What a kernel makes of your segments.

use std::io::{self, ErrorKind, Read};
use std::net::SocketAddrV4;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use grade::expect_ladder;
use handshake_by_hand::{ByHand, hold};
use lab::filter::{pure_ack, syn_ack};
use lab::{Lab, Net, Settings, Side, addresses, peer};
use socket2::Socket;
use trace::{ControlBits, Ladder, Segment, SeqNumber, State, View};

const HERE: SocketAddrV4 = SocketAddrV4::new(addresses::CLIENT, 40000);
const THERE: SocketAddrV4 = SocketAddrV4::new(addresses::SERVER, 80);
const ISN: SeqNumber = SeqNumber(1000);

/// Options are not the subject: a SYN with an MSS is as good as one without.
fn settings() -> Settings {
    Settings {
        view: View {
            mss: false,
            ..View::default()
        },
        ..Settings::default()
    }
}

fn listen(net: &mut Net) -> io::Result<Socket> {
    net.server().run(|| peer::listen(THERE.into()))
}

fn call(net: &mut Net, isn: SeqNumber) -> io::Result<ByHand> {
    net.client().run(|| ByHand::call(HERE, THERE, isn))
}

/// The three segments.
fn shake_hands(net: &mut Net, isn: SeqNumber) -> io::Result<ByHand> {
    let mut client = call(net, isn)?;
    net.client().run(|| client.await_answer())?;
    net.client().run(|| client.acknowledge())?;
    Ok(client)
}

/// The server's end of the connection that your segments have opened. It is asked for only when it exists.
fn accept(net: &mut Net, listener: &Socket) -> io::Result<Socket> {
    let server = connection(&net.states().server);
    assert!(
        server == Some(State::Established),
        "after your ACK the server's end should be ESTABLISHED (RFC 9293 section 3.10.7.4), but its kernel says {}; the \
         wire saw\n{}",
        server.map_or("that there is none".to_owned(), |state| state.to_string()),
        Ladder::of(net.trace())
    );
    let (socket, peer) = net.server().run(|| listener.accept())?;
    assert_eq!(
        peer.as_socket_ipv4(),
        Some(HERE),
        "accept() returned the connection of somebody else"
    );
    Ok(socket)
}

/// The state of the one connection that a kernel has, if it has one.
fn connection(sockets: &[trace::Socket]) -> Option<State> {
    sockets
        .iter()
        .find(|socket| socket.remote.is_some())
        .map(|socket| socket.state)
}

/// A segment from the server that acknowledges `acknowledgment`.
fn answer(control: ControlBits, acknowledgment: SeqNumber) -> Segment {
    Segment {
        control,
        acknowledgment,
        window: 64240,
        ..Segment::between(THERE, HERE)
    }
}

#[test]
fn a_held_port_keeps_the_kernel_silent() {
    let trace = Lab::run_with(settings(), |net| {
        let held = net.client().run(|| hold(HERE))?;
        let syn_ack = answer(ControlBits::SYN | ControlBits::ACK, ISN);
        let elsewhere = SocketAddrV4::new(addresses::CLIENT, 40001);
        net.wire().inject(Side::Server, &syn_ack);
        // To compare with: a port that nobody holds.
        let unheld = Segment {
            destination: elsewhere,
            ..syn_ack
        };
        net.wire().inject(Side::Server, &unheld);
        assert_eq!(
            held.local_addr()?.as_socket_ipv4(),
            Some(HERE),
            "hold() should return the socket that holds the port"
        );
        io::Result::Ok(())
    });
    expect_ladder!("held-port", "RFC 9293 section 3.10.7.1", trace);
}

#[test]
fn a_kernel_answers_your_syn() {
    let trace = Lab::run_with(settings(), |net| {
        let _listener = listen(net)?;
        let client = call(net, ISN)?;
        assert_eq!(
            client.next,
            ISN.plus(1),
            "`next` should be the number after that of the SYN, which takes up one (RFC 9293 section 3.4)"
        );
        io::Result::Ok(())
    });
    expect_ladder!("syn", "RFC 9293 section 3.10.7.2", trace);
}

#[test]
fn only_the_answer_to_your_syn_is_taken() {
    let trace = Lab::run_with(settings(), |net| {
        let _listener = listen(net)?;
        net.wire().hold(syn_ack());
        let mut client = call(net, ISN)?;
        let honest = sent_by_the_server(net);
        let returned = Returned::default();
        let tell = returned.clone();
        let waiting = net.client().start(move || {
            let answered = client.await_answer();
            tell.it_has();
            answered.map(|()| client)
        });
        let right = ISN.plus(1);
        for (control, acknowledgment) in [
            // A SYN is not acknowledged by its own number, but by the next one.
            (ControlBits::SYN | ControlBits::ACK, ISN),
            // More than was ever sent. So far ahead, the reset that answers it is outside of the server's window.
            (ControlBits::SYN | ControlBits::ACK, ISN.plus(1 << 20)),
            // Resets that refuse nothing.
            (ControlBits::RST | ControlBits::ACK, ISN),
            (ControlBits::RST, SeqNumber(0)),
            // Acknowledges the SYN, but says no number.
            (ControlBits::ACK, right),
        ] {
            let other = Segment {
                control,
                acknowledgment,
                ..honest.clone()
            };
            net.wire().inject(Side::Server, &other);
        }
        for other in of_others(&honest) {
            net.wire().inject(Side::Server, &other);
            returned.expect_not_yet("await_answer", &other);
        }
        net.wire().release();
        let _client = waiting.join(net)?;
        io::Result::Ok(())
    });
    expect_ladder!("checked", "RFC 9293 section 3.10.7.3", trace);
}

/// The same segment of two other connections, right in all but a port: one for nobody, and one from nobody that was called.
fn of_others(segment: &Segment) -> [Segment; 2] {
    [
        Segment {
            destination: SocketAddrV4::new(addresses::CLIENT, 40001),
            ..segment.clone()
        },
        Segment {
            source: SocketAddrV4::new(addresses::SERVER, 81),
            ..segment.clone()
        },
    ]
}

/// Whether a call of yours has returned. What it returns is looked at when the wire has done with it.
#[derive(Clone, Default)]
struct Returned(Arc<AtomicBool>);

impl Returned {
    fn it_has(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// The wire has brought a segment that is not what the call waits for.
    fn expect_not_yet(&self, call: &str, segment: &Segment) {
        assert!(
            !self.0.load(Ordering::SeqCst),
            "your {call}() should go on waiting when {} arrives from {} for {}, with SEG.ACK={}: it is of another connection, or does not \
             acknowledge what you have sent (RFC 9293 sections 3.4.1 and 3.10.7.4). It has returned",
            segment.control,
            segment.source,
            segment.destination,
            segment.acknowledgment
        );
    }
}

/// The SYN,ACK that the wire holds.
fn sent_by_the_server(net: &Net) -> Segment {
    let Some(segment) = net.trace().sent_by(Side::Server).next() else {
        panic!(
            "the server should have answered your SYN: the test before this one says why; the wire saw\n{}",
            Ladder::of(net.trace())
        );
    };
    segment
}

#[test]
fn accept_returns_after_your_ack() {
    let trace = Lab::run_with(settings(), |net| {
        let listener = listen(net)?;
        let _client = shake_hands(net, ISN)?;
        let _server = accept(net, &listener)?;
        io::Result::Ok(())
    });
    expect_ladder!("accepted", "RFC 9293 section 3.5", trace);
}

#[test]
fn ten_octets_arrive() {
    let trace = Lab::run_with(settings(), |net| {
        let listener = listen(net)?;
        net.wire().duplicate_next(syn_ack());
        // The SYN has the last number there is, and the first octet the number 0.
        let mut client = shake_hands(net, SeqNumber(u32::MAX))?;
        let mut server = accept(net, &listener)?;
        net.client().run(|| client.send(b"ten octets"))?;
        let mut heard = [0; 64];
        server.set_read_timeout(Some(Duration::from_secs(5)))?;
        let length = net.server().run(|| server.read(&mut heard))?;
        let heard = heard[..length].escape_ascii().to_string();
        assert_eq!(
            heard, "ten octets",
            "the server's program should read what you send. A SYN takes up a number, so the first octet has the next one \
             (RFC 9293 section 3.4)"
        );
        io::Result::Ok(())
    });
    expect_ladder!("ten-octets", "RFC 9293 section 3.10.7.4", trace);
    only_their_acknowledgment_is_taken();
}

/// While your octets wait for their acknowledgment, others come.
fn only_their_acknowledgment_is_taken() {
    Lab::run_with(settings(), |net| {
        let listener = listen(net)?;
        let mut client = shake_hands(net, ISN)?;
        let _server = accept(net, &listener)?;
        let expected = client.expected;
        net.wire().hold(pure_ack().from(Side::Server));
        let returned = Returned::default();
        let tell = returned.clone();
        let sending = net.client().start(move || {
            let sent = client.send(b"ten octets");
            tell.it_has();
            sent
        });
        net.settle();
        assert!(
            net.wire().held() == 1,
            "the server should acknowledge your octets, and has not; the wire saw\n{}",
            Ladder::of(net.trace())
        );
        // The handshake's number, and more than was ever sent.
        let before = ISN.plus(1);
        for acknowledgment in [before, before.plus(9), before.plus(1 << 20)] {
            let other = Segment {
                sequence: expected,
                ..answer(ControlBits::ACK, acknowledgment)
            };
            net.wire().inject(Side::Server, &other);
            returned.expect_not_yet("send", &other);
        }
        let all = Segment {
            sequence: expected,
            ..answer(ControlBits::ACK, before.plus(10))
        };
        for other in of_others(&all) {
            net.wire().inject(Side::Server, &other);
            returned.expect_not_yet("send", &other);
        }
        net.wire().let_pass();
        net.wire().release_all();
        sending.join(net)
    });
}

#[test]
fn a_reset_that_fits_is_an_error() {
    let refused = Lab::run_with(settings(), |net| {
        let mut client = call(net, ISN)?;
        let result = net.client().run(|| client.await_answer());
        assert_eq!(
            result.map_err(|error| error.kind()),
            Err(ErrorKind::ConnectionRefused),
            "a reset that acknowledges your SYN refuses the call (RFC 9293 section 3.10.7.3, second step)"
        );
        io::Result::Ok(())
    });
    expect_ladder!("refused", "RFC 9293 section 3.10.7.3", refused);
    let reset = Lab::run_with(settings(), |net| {
        let listener = listen(net)?;
        let mut client = shake_hands(net, ISN)?;
        let server = accept(net, &listener)?;
        net.server().run(|| peer::abort(server))?;
        let result = net.client().run(|| client.send(b"ten octets"));
        assert_eq!(
            result.map_err(|error| error.kind()),
            Err(ErrorKind::ConnectionReset),
            "a reset with the number that you expect ends the connection (RFC 9293 section 3.10.7.4, second step)"
        );
        io::Result::Ok(())
    });
    expect_ladder!("reset", "RFC 9293 section 3.10.7.4", reset);
}
