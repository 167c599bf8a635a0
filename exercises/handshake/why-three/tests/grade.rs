//! What your decisions are, and what the wire saw of them.

use std::io;
use std::net::SocketAddrV4;

use grade::expect_ladder;
use lab::by_hand::ByHand;
use lab::filter::syn;
use lab::peer::listen;
use lab::{Lab, Net, Settings, Side, addresses, repair};
use socket2::{Domain, Socket, Type};
use trace::{ControlBits, Numbering, Segment, SeqNumber, State, View};
use why_three::{
    Answer, Decision, Handshake, WINDOW, in_listen, in_syn_received, in_syn_sent, on_segment,
};

const SERVER_PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

const SYN: ControlBits = ControlBits::SYN;
const ACK: ControlBits = ControlBits::ACK;
const RST: ControlBits = ControlBits::RST;

/// More segments than any of these exchanges has.
const TOO_MANY: usize = 12;

fn end(side: Side) -> SocketAddrV4 {
    let port = match side {
        Side::Client => CLIENT_PORT,
        Side::Server => SERVER_PORT,
    };
    SocketAddrV4::new(addresses::address(side), port)
}

/// An empty segment; which side it comes from does not matter to a decision.
fn segment(control: ControlBits, sequence: u32, acknowledgment: u32) -> Segment {
    Segment {
        control,
        sequence: SeqNumber(sequence),
        acknowledgment: SeqNumber(acknowledgment),
        window: 64240,
        ..Segment::between(end(Side::Client), end(Side::Server))
    }
}

/// The same with data, and with a number that nobody has sent.
fn with_five_octets(sequence: u32) -> Segment {
    Segment {
        payload: b"hello".to_vec(),
        ..segment(ACK, sequence, 5001)
    }
}

fn reset(sequence: u32) -> Option<Answer> {
    Some(Answer::Reset {
        sequence: SeqNumber(sequence),
    })
}

fn ack(sequence: u32, acknowledgment: u32) -> Option<Answer> {
    Some(Answer::Ack {
        sequence: SeqNumber(sequence),
        acknowledgment: SeqNumber(acknowledgment),
    })
}

fn syn_ack(sequence: u32, acknowledgment: u32) -> Option<Answer> {
    Some(Answer::SynAck {
        sequence: SeqNumber(sequence),
        acknowledgment: SeqNumber(acknowledgment),
    })
}

fn syn_received(iss: u32, receive_next: u32, passive: bool) -> Handshake {
    Handshake::SynReceived {
        iss: SeqNumber(iss),
        receive_next: SeqNumber(receive_next),
        passive,
    }
}

fn established(send_next: u32, receive_next: u32) -> Handshake {
    Handshake::Established {
        send_next: SeqNumber(send_next),
        receive_next: SeqNumber(receive_next),
    }
}

/// Compares a decision with the RFC's.
fn check(state: &str, arrived: &Segment, decided: Decision, right: Decision, section: &str) {
    let data = match arrived.payload.len() {
        0 => String::new(),
        octets => format!("<DATA={octets}>"),
    };
    assert!(
        decided == right,
        "In {state} arrives <SEQ={}><ACK={}>{}<CTL={}>.\n  your decision: {decided:?}\n  by the RFC:    {right:?}\n  see RFC 9293 section {section}",
        arrived.sequence,
        arrived.acknowledgment,
        data,
        arrived.control,
    );
}

#[test]
fn a_listener_answers_a_syn_and_resets_an_acknowledgment() {
    let listen = Handshake::Listen;
    let top = u32::MAX;
    let cases = [
        (
            segment(SYN, 90, 0),
            (syn_received(300, 91, true), syn_ack(300, 91)),
        ),
        (
            segment(SYN, top, 0),
            (syn_received(300, 0, true), syn_ack(300, 0)),
        ),
        (segment(ACK, 91, 5001), (listen, reset(5001))),
        (segment(SYN | ACK, 90, 5001), (listen, reset(5001))),
        (segment(RST, 91, 0), (listen, None)),
        (segment(RST | ACK, 0, 5001), (listen, None)),
        (segment(RST | SYN, 90, 0), (listen, None)),
        (segment(ControlBits::NONE, 91, 0), (listen, None)),
    ];
    for (arrived, right) in cases {
        let decided = in_listen(&arrived, SeqNumber(300));
        check("LISTEN", &arrived, decided, right, "3.10.7.2");
    }
}

#[test]
fn a_caller_believes_only_the_number_that_it_sent() {
    let stays = Handshake::SynSent {
        iss: SeqNumber(100),
    };
    let cases = [
        (
            segment(SYN | ACK, 300, 101),
            (established(101, 301), ack(101, 301)),
        ),
        (segment(SYN | ACK, 300, 91), (stays, reset(91))),
        (segment(SYN | ACK, 300, 100), (stays, reset(100))),
        (segment(SYN | ACK, 300, 102), (stays, reset(102))),
        (segment(ACK, 300, 91), (stays, reset(91))),
        (segment(ACK, 300, 101), (stays, None)),
        (segment(RST | ACK, 0, 101), (Handshake::Closed, None)),
        (segment(RST | ACK, 0, 91), (stays, None)),
        (segment(RST, 301, 0), (stays, None)),
        (segment(RST, 301, 101), (stays, None)),
        (
            segment(SYN, 300, 0),
            (syn_received(100, 301, false), syn_ack(100, 301)),
        ),
        (segment(ControlBits::NONE, 301, 0), (stays, None)),
    ];
    for (arrived, right) in cases {
        let decided = in_syn_sent(SeqNumber(100), &arrived);
        check(
            "SYN-SENT with ISS=100",
            &arrived,
            decided,
            right,
            "3.10.7.3",
        );
    }
    let arrived = segment(SYN | ACK, u32::MAX, 0);
    let decided = in_syn_sent(SeqNumber(u32::MAX), &arrived);
    let right = (established(0, 0), ack(0, 0));
    check(
        "SYN-SENT with ISS=4294967295",
        &arrived,
        decided,
        right,
        "3.4",
    );
}

#[test]
fn a_server_waits_for_its_own_number() {
    for passive in [true, false] {
        let stays = syn_received(300, 101, passive);
        let back = if passive {
            Handshake::Listen
        } else {
            Handshake::Closed
        };
        let after_syn = if passive {
            (Handshake::Listen, None)
        } else {
            (stays, ack(301, 101))
        };
        let cases = [
            (segment(ACK, 101, 301), (established(301, 101), None)),
            (segment(ACK, 101, 5001), (stays, reset(5001))),
            (segment(ACK, 101, 300), (stays, reset(300))),
            (segment(ACK, 101, 302), (stays, reset(302))),
            (segment(RST, 101, 0), (back, None)),
            // From another time: not in the window.
            (segment(RST, 91, 0), (stays, None)),
            (segment(ACK, 91, 5001), (stays, ack(301, 101))),
            // The last number of the window, and the first behind it.
            (segment(ACK, 100 + WINDOW, 5001), (stays, reset(5001))),
            (segment(ACK, 101 + WINDOW, 5001), (stays, ack(301, 101))),
            // From before the window into it.
            (with_five_octets(99), (stays, reset(5001))),
            (with_five_octets(96), (stays, ack(301, 101))),
            // The same SYN again, and another one.
            (segment(SYN, 100, 0), (stays, ack(301, 101))),
            (segment(SYN, 200, 0), after_syn),
            (segment(ControlBits::NONE, 101, 0), (stays, None)),
        ];
        let opened = if passive { "passive" } else { "active" };
        let state = format!("SYN-RECEIVED ({opened} open) with ISS=300, RCV.NXT=101");
        for (arrived, right) in cases {
            let decided = in_syn_received(SeqNumber(300), SeqNumber(101), passive, &arrived);
            check(&state, &arrived, decided, right, "3.10.7.4");
        }
    }
}

/// One host of the lab, for which your decisions speak.
struct Yours {
    side: Side,
    port: ByHand,
    state: Handshake,
    isn: SeqNumber,
}

impl Yours {
    fn at(net: &mut Net, side: Side, state: Handshake) -> io::Result<Yours> {
        let port = net.host(side).run(|| ByHand::at(end(side)))?;
        Ok(Yours {
            side,
            port,
            state,
            isn: SeqNumber(300),
        })
    }

    fn send(
        &self,
        net: &mut Net,
        control: ControlBits,
        sequence: SeqNumber,
        acknowledgment: SeqNumber,
    ) -> io::Result<()> {
        let segment = Segment {
            control,
            sequence,
            acknowledgment,
            window: 64240,
            ..Segment::between(end(self.side), end(self.side.other()))
        };
        net.host(self.side).run(|| self.port.send(&segment))
    }

    /// Puts everything that has arrived before your code, and sends what it decides.
    fn decide(&mut self, net: &mut Net) -> io::Result<()> {
        for _ in 0..TOO_MANY {
            let port = &mut self.port;
            let (state, isn) = (self.state, self.isn);
            let decided = net.host(self.side).run(|| {
                let arrived = port.receive()?;
                io::Result::Ok(arrived.map(|segment| on_segment(state, &segment, isn)))
            })?;
            let Some((state, answer)) = decided else {
                return Ok(());
            };
            self.state = state;
            net.host(self.side)
                .note(&format!("your state is {}", name(state)));
            match answer {
                None => {}
                Some(Answer::SynAck {
                    sequence,
                    acknowledgment,
                }) => {
                    // The clock moves on: figure 8 has 400 next.
                    self.isn = self.isn.plus(100);
                    self.send(net, SYN | ACK, sequence, acknowledgment)?;
                }
                Some(Answer::Ack {
                    sequence,
                    acknowledgment,
                }) => {
                    self.send(net, ACK, sequence, acknowledgment)?;
                }
                Some(Answer::Reset { sequence }) => {
                    self.send(net, RST, sequence, SeqNumber(0))?;
                }
            }
        }
        panic!("your code and the other host's kernel answer each other without end");
    }
}

fn name(state: Handshake) -> State {
    match state {
        Handshake::Listen => State::Listen,
        Handshake::SynSent { .. } => State::SynSent,
        Handshake::SynReceived { .. } => State::SynReceived,
        Handshake::Established { .. } => State::Established,
        Handshake::Closed => State::Closed,
    }
}

/// The client's numbers as they are; the server's counted from `server`.
fn numbered(server: Numbering) -> Settings {
    Settings {
        view: View {
            client: Numbering::Absolute,
            server,
            mss: false,
            ..View::default()
        },
        ..Settings::default()
    }
}

#[test]
fn an_old_syn_leaves_your_server_as_it_was() {
    let trace = Lab::run_with(numbered(Numbering::Absolute), |net| {
        let mut yours = Yours::at(net, Side::Server, Handshake::Listen)?;
        net.wire().inject(Side::Client, &segment(SYN, 90, 0));
        yours.decide(net)?;
        assert!(
            yours.state == Handshake::Listen,
            "an old SYN came, and the client's kernel reset your answer: your server should be back in LISTEN \
             (RFC 9293 section 3.10.7.4, second step), but it is in {:?}",
            yours.state
        );
        net.wire().inject(Side::Client, &segment(ACK, 91, 5001));
        yours.decide(net)?;
        let client = net.client().start(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.bind(&end(Side::Client).into())?;
            repair::choose_initial_sequence_number(&socket, 100)?;
            socket.connect(&end(Side::Server).into())?;
            io::Result::Ok(socket)
        });
        net.settle();
        yours.decide(net)?;
        assert!(
            yours.state == established(401, 101),
            "then the client called, and your server should be ESTABLISHED with SND.NXT=401 and RCV.NXT=101, but it is \
             in {:?} (RFC 9293 section 3.5)",
            yours.state
        );
        let _client = client.join(net)?;
        io::Result::Ok(())
    });
    expect_ladder!(
        "old-syn-at-your-server",
        "RFC 9293 sections 3.5.1 (as in figure 11) and 3.10.7.2",
        trace
    );
}

#[test]
fn your_client_recovers_as_in_figure_8() {
    let trace = Lab::run_with(numbered(Numbering::Relative(300)), |net| {
        let listener = net.server().run(|| {
            let socket = listen(end(Side::Server).into())?;
            socket.set_nonblocking(true)?;
            io::Result::Ok(socket)
        })?;
        let iss = SeqNumber(100);
        let mut yours = Yours::at(net, Side::Client, Handshake::SynSent { iss })?;
        net.wire().hold_next(syn());
        yours.send(net, SYN, iss, SeqNumber(0))?;
        net.wire().inject(Side::Client, &segment(SYN, 90, 0));
        yours.decide(net)?;
        net.wire().release();
        yours.decide(net)?;
        assert!(
            matches!(
                yours.state,
                Handshake::Established {
                    send_next: SeqNumber(101),
                    ..
                }
            ),
            "an old SYN arrived before yours, and still your client should be ESTABLISHED with SND.NXT=101 in the end, \
             but it is in {:?} (RFC 9293 section 3.5, figure 8). What does the server know, unless your client tells it?",
            yours.state
        );
        let accepted = net.server().run(|| listener.accept());
        assert!(
            accepted.is_ok(),
            "accept() on the server should return the connection, but it says {:?} (RFC 9293 section 3.5, figure 8)",
            accepted.err()
        );
        io::Result::Ok(())
    });
    expect_ladder!("figure-8", "RFC 9293 section 3.5, figure 8", trace);
}
