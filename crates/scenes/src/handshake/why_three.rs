//! Why three: the old duplicate, figures 8 and 11 of RFC 9293, and what it does to a server that believes it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddrV4;

use lab::by_hand::ByHand;
use lab::filter::{rst, syn, syn_ack};
use lab::peer::{accept, connect, listen};
use lab::{Net, Settings, Side, addresses, fast_open};
use socket2::{Domain, Socket, Type};
use trace::{ControlBits, Payload, Segment, SeqNumber, TcpOption, View};

use crate::programs::{CLIENT_PORT, PORT, connect_with, establish, note_failure};
use crate::view::{USUAL, WITH_OPTIONS, as_in_the_rfc};
use crate::{Scene, as_usual};

/// What the data says is the point.
const RFC_NUMBERS_AND_PAYLOAD: View = View {
    payload: Payload::Text,
    ..as_in_the_rfc(300)
};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "answer-on-its-way",
        title: "The server has answered, and does not know whether the answer arrives",
        view: USUAL,
        adjust: as_usual,
        script: answer_on_its_way,
    },
    Scene {
        name: "two-passive-sockets",
        title: "An old SYN arrives where nobody is calling any more",
        view: as_in_the_rfc(300),
        adjust: as_usual,
        script: two_passive_sockets,
    },
    Scene {
        name: "lost-reset",
        title: "The reset is lost, and silence tells the server nothing: it asks again",
        view: as_in_the_rfc(300),
        adjust: as_usual,
        script: lost_reset,
    },
    Scene {
        name: "old-duplicate-syn",
        title: "An old SYN arrives first, and a reset clears it away",
        view: as_in_the_rfc(300),
        adjust: as_usual,
        script: old_duplicate_syn,
    },
    Scene {
        name: "old-syn-meets-time-wait",
        title: "The greeting that the wind took arrives after the client has said goodbye",
        view: USUAL,
        adjust: as_usual,
        script: old_syn_meets_time_wait,
    },
    Scene {
        name: "old-syn-meets-the-servers-time-wait",
        title: "The same greeting, when the server said goodbye first",
        view: USUAL,
        adjust: as_usual,
        script: old_syn_meets_the_servers_time_wait,
    },
    Scene {
        name: "a-two-way-server",
        title: "A server that believes the SYN takes old data for new",
        view: RFC_NUMBERS_AND_PAYLOAD,
        adjust: as_usual,
        script: a_two_way_server,
    },
    Scene {
        name: "old-syn-and-old-data",
        title: "The same two old segments, and a server that waits for the third",
        view: RFC_NUMBERS_AND_PAYLOAD,
        adjust: as_usual,
        script: old_syn_and_old_data,
    },
    Scene {
        name: "fast-open-replay",
        title: "With Fast Open the program reads an old request a second time",
        view: View {
            payload: Payload::Text,
            ..WITH_OPTIONS
        },
        adjust: with_fast_open,
        script: fast_open_replay,
    },
];

/// The wire holds the second segment. At this moment the server knows what a server of a two-way handshake would
/// ever know.
fn answer_on_its_way(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().hold_next(syn_ack());
    let client = net
        .client()
        .start(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)));
    net.settle();
    net.wire().release();
    let _client = client.join(net)?;
    Ok(())
}

/// Figure 11 of RFC 9293 (§3.5.1), as drawn: both sides listen, and the SYN in line 2 is from another time.
/// The figure's Z is 90 here and its X is 300.
fn two_passive_sockets(net: &mut Net) -> io::Result<()> {
    let _at_client = net
        .client()
        .run(|| listen(addresses::client(CLIENT_PORT)))?;
    let _at_server = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().inject(Side::Client, &old_syn(90));
    Ok(())
}

/// Nobody calls, and the reset for the old SYN's answer is lost. The server sends its SYN,ACK again (§3.10.8), as it would
/// if the acknowledgment had been lost, and a second reset ends it.
fn lost_reset(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().lose_next(rst());
    net.wire().inject(Side::Client, &old_syn(90));
    net.wire().wait_for(&syn_ack());
    Ok(())
}

/// Figure 8 of RFC 9293 (§3.5). The old duplicate is the wire's; everything else is the kernels'.
///
/// - Line 2: the SYN with 100, held by the wire.
/// - Lines 3 to 5: the duplicate with 90, the SYN,ACK for it, and the reset with 91, the number that
///   makes it believable.
/// - Lines 6 to 8: the SYN with 100 arrives, and the handshake goes on as ever. The server's new initial
///   number, the figure's 400, is a new 300 here: both are counted from the newest SYN.
///
/// Linux sends its SYN again a few milliseconds after line 4, not after a second. The wire holds that copy
/// too and delivers it last: the server answers with a challenge ACK (RFC 5961 §4.2), and the client
/// sees nothing new in it.
fn old_duplicate_syn(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().hold(syn());
    let client = net
        .client()
        .start(|| connect_with(100, addresses::client(CLIENT_PORT), addresses::server(PORT)));
    net.settle();
    net.wire().inject(Side::Client, &old_syn(90));
    if net.wire().held() < 2 {
        net.wire().wait_for(&syn());
    }
    net.wire().let_pass();
    net.wire().release();
    let _client = client.join(net)?;
    net.wire().release();
    Ok(())
}

/// The story of the greeting that the wind took. The wire keeps the first SYN; the client sends it again, and that copy
/// opens the connection. Both say goodbye, the client first. Then the wire lets the first SYN go.
///
/// The client's record in TIME-WAIT answers the SYN,ACK with its last acknowledgment (§3.10.7.4). To the server, in
/// SYN-RECEIVED, that number is unacceptable, and it resets (fifth step); the reset ends TIME-WAIT (second step; the
/// hazard of RFC 1337). The server's own record stays. When it asks again, the client has forgotten everything
/// and resets.
fn old_syn_meets_time_wait(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    net.wire().hold_next(syn());
    let client = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    let server = net.server().run(|| accept(&listener))?;
    net.client().run(|| drop(client));
    net.server().run(|| drop(server));
    net.wire().release();
    net.wire().wait_for(&syn_ack());
    Ok(())
}

/// The server has closed first, and it is the server that remembers.
///
/// Its record in TIME-WAIT acknowledges what it had last (§3.10.7.4); the client, which knows of
/// nothing, resets, and the reset ends TIME-WAIT.
fn old_syn_meets_the_servers_time_wait(net: &mut Net) -> io::Result<()> {
    let connection = establish(net, 100)?;
    net.server().run(|| drop(connection.server));
    net.client().run(|| drop(connection.client));
    net.wire().replay(&syn());
    Ok(())
}

/// A server of a handshake that does not exist: its program takes every SYN for a connection. An old SYN and old data
/// come, and the first reset is lost. The second comes too late.
fn a_two_way_server(net: &mut Net) -> io::Result<()> {
    let at = endpoint(Side::Server);
    let mut server = net.server().run(|| TwoWay::at(at))?;
    net.wire().lose_next(rst());
    net.wire().inject(Side::Client, &old_syn(90));
    serve(net, &mut server)?;
    let old_data = old_data(net, 91)?;
    net.wire().inject(Side::Client, &old_data);
    serve(net, &mut server)?;
    serve(net, &mut server)
}

/// Lets the two-way server deal with one segment.
fn serve(net: &mut Net, server: &mut TwoWay) -> io::Result<()> {
    let Some(segment) = net.server().run(|| server.port.receive())? else {
        return Err(io::Error::other("nothing has arrived at the server"));
    };
    let (told, answer) = server.on_segment(&segment);
    net.server().note(&told);
    match answer {
        Some(answer) => net.server().run(|| server.port.send(&answer)),
        None => Ok(()),
    }
}

/// The same two segments, the same lost reset, and a kernel. Its answer to the data's acknowledgment, which fits nothing
/// that it has sent, is a reset (§3.10.7.4, fifth step); nothing is delivered.
fn old_syn_and_old_data(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    listener.set_nonblocking(true)?;
    net.wire().lose_next(rst());
    net.wire().inject(Side::Client, &old_syn(90));
    let old_data = old_data(net, 91)?;
    net.wire().inject(Side::Client, &old_data);
    let none = net.server().run(|| accept(&listener));
    note_failure(
        net.server(),
        none,
        ErrorKind::WouldBlock,
        "accept() has nothing to return",
    )
}

/// Both ends of Fast Open: 1 is the client's part, 2 the server's.
fn with_fast_open(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_fastopen", "3")])
}

/// RFC 7413 §2.1, case b: the client has closed first, the server remembers nothing, and the SYN comes once more.
///
/// The first connection, from another port, is there for the cookie alone.
fn fast_open_replay(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        fast_open::accept_data_on_syn(&socket, 8)?;
        socket.bind(&addresses::server(PORT).into())?;
        socket.listen(8)?;
        io::Result::Ok(socket)
    })?;
    let call = |port| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        fast_open::send_data_on_syn(&socket)?;
        socket.bind(&addresses::client(port).into())?;
        socket.connect(&addresses::server(PORT).into())?;
        io::Result::Ok(socket)
    };
    let _for_the_cookie = net.client().run(|| call(CLIENT_PORT + 1))?;
    let _never_used = net.server().run(|| accept(&listener))?;

    let mut client = net.client().run(|| call(CLIENT_PORT))?;
    net.client().run(|| client.write_all(b"PAY 100"))?;
    let paid = pay(net, &listener)?;
    net.client().run(|| drop(client));
    net.server().run(|| drop(paid));

    net.wire().replay(&lab::filter::data());
    let _paid_again = pay(net, &listener)?;
    Ok(())
}

/// The server's program: takes a connection and reads one request of seven octets.
fn pay(net: &mut Net, listener: &Socket) -> io::Result<Socket> {
    let (socket, request) = net.server().run(|| {
        let mut socket = accept(listener)?;
        let mut request = [0; 7];
        socket.read_exact(&mut request)?;
        io::Result::Ok((socket, request))
    })?;
    net.server()
        .note(&format!("reads {}", request.escape_ascii()));
    Ok(socket)
}

/// A server that is connected as soon as it has answered. Only for this scene: no TCP does this.
struct TwoWay {
    port: ByHand,
    /// The next number that it will send, and the next that it expects.
    connection: Option<(SeqNumber, SeqNumber)>,
}

impl TwoWay {
    fn at(local: SocketAddrV4) -> io::Result<TwoWay> {
        Ok(TwoWay {
            port: ByHand::at(local)?,
            connection: None,
        })
    }

    /// What the program is told of a segment, and what goes back.
    // ANCHOR: two_way
    fn on_segment(&mut self, segment: &Segment) -> (String, Option<Segment>) {
        let isn = SeqNumber(300);
        match self.connection {
            None if segment.control == ControlBits::SYN => {
                let expected = segment.sequence.plus(1);
                self.connection = Some((isn.plus(1), expected));
                let control = ControlBits::SYN | ControlBits::ACK;
                let answer = reply(segment, control, isn, expected, b"");
                ("takes the SYN for a connection".to_owned(), Some(answer))
            }
            Some((next, expected)) if segment.sequence == expected => {
                if segment.control.contains(ControlBits::RST) {
                    self.connection = None;
                    return ("learns that there was no connection".to_owned(), None);
                }
                let told = format!("reads {}", segment.payload.escape_ascii());
                let length = segment.payload.len() as u32;
                let expected = expected.plus(length);
                let paid = b"PAID";
                self.connection = Some((next.plus(paid.len() as u32), expected));
                let answer = reply(segment, ControlBits::ACK, next, expected, paid);
                (told, Some(answer))
            }
            _ => ("drops a segment".to_owned(), None),
        }
    }
    // ANCHOR_END: two_way
}

/// A segment back to where another came from.
fn reply(
    to: &Segment,
    control: ControlBits,
    sequence: SeqNumber,
    acknowledgment: SeqNumber,
    payload: &[u8],
) -> Segment {
    Segment {
        sequence,
        acknowledgment,
        control,
        window: 64240,
        payload: payload.to_vec(),
        ..Segment::between(to.destination, to.source)
    }
}

/// A host's end of the usual connection.
fn endpoint(side: Side) -> SocketAddrV4 {
    let port = match side {
        Side::Client => CLIENT_PORT,
        Side::Server => PORT,
    };
    SocketAddrV4::new(addresses::address(side), port)
}

/// A SYN from the client's usual port to the server's, which no kernel has sent in this scene.
fn old_syn(sequence: u32) -> Segment {
    Segment {
        sequence: SeqNumber(sequence),
        control: ControlBits::SYN,
        window: 64240,
        options: vec![TcpOption::MaximumSegmentSize(1460)],
        ..Segment::between(endpoint(Side::Client), endpoint(Side::Server))
    }
}

/// The data that once followed such a SYN. It acknowledges what the server of that time had sent, which is behind
/// what the server of today begins with: initial sequence numbers move on with time (§3.4.1).
fn old_data(net: &Net, sequence: u32) -> io::Result<Segment> {
    let mut segments = net.trace().segments();
    let Some((_, today)) = segments.find(|(from, _)| *from == Side::Server) else {
        return Err(io::Error::other("the server has not answered the SYN"));
    };
    Ok(Segment {
        sequence: SeqNumber(sequence),
        acknowledgment: today.sequence.plus(5000_u32.wrapping_neg()),
        control: ControlBits::PSH | ControlBits::ACK,
        window: 64240,
        payload: b"PAY 100".to_vec(),
        ..Segment::between(endpoint(Side::Client), endpoint(Side::Server))
    })
}
