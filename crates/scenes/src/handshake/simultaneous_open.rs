//! Both call: figure 7 of RFC 9293.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use lab::filter::{any, syn};
use lab::peer::listen;
use lab::{Net, Side, addresses, repair};
use socket2::{Domain, Protocol, Socket, Type};
use trace::frame::Packet;
use trace::{ControlBits, Numbering, View};

use crate::programs::{CLIENT_PORT, PORT, connect_with, note_failure};
use crate::view::as_in_the_rfc;
use crate::{Scene, as_usual, one_port_to_choose};

/// Both initial sequence numbers are chosen, so they are the figure's own.
const VIEW: View = View {
    server: Numbering::Absolute,
    ..as_in_the_rfc(0)
};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "simultaneous-open",
        title: "Both sides call at the same moment, and one connection comes of it",
        view: VIEW,
        adjust: as_usual,
        script: simultaneous_open,
    },
    Scene {
        name: "one-of-two-calls-is-lost",
        title: "Both sides call, one SYN is lost, and three segments are enough",
        view: VIEW,
        adjust: as_usual,
        script: one_of_two_calls_is_lost,
    },
    Scene {
        name: "one-call-after-the-other",
        title: "Both sides call, but never at the same time, and no connection comes of it",
        view: VIEW,
        adjust: as_usual,
        script: one_call_after_the_other,
    },
    Scene {
        name: "self-connect",
        title: "A socket calls its own address and port, and reaches itself",
        view: VIEW,
        adjust: one_port_to_choose,
        script: self_connect,
    },
];

/// Figure 7 of RFC 9293 (§3.5).
///
/// - Line 2: the client's SYN, which the wire holds. Line 3: the server's SYN, which arrives first.
/// - Line 5: the client's SYN,ACK. It leaves the moment line 3 has arrived, so it stands before line 4 here;
///   the wire holds it, as in the figure.
/// - Lines 4, 6 and 7: as drawn.
///
/// Beyond the figure, each Linux sends one more ACK. By §3.10.7.4, first step, the sequence number of the
/// crossing SYN,ACK is old: it would be answered with an ACK and dropped. The figure, and Linux, take its
/// acknowledgment in all the same. Linux does both.
fn simultaneous_open(net: &mut Net) -> io::Result<()> {
    net.wire().hold(any().from(Side::Client));
    let client = net
        .client()
        .start(|| connect_with(100, addresses::client(CLIENT_PORT), addresses::server(PORT)));
    net.settle();
    let server = net
        .server()
        .start(|| connect_with(300, addresses::server(PORT), addresses::client(CLIENT_PORT)));
    net.settle();
    net.wire().release();
    net.wire().let_pass();
    net.wire().release_all();
    let _client = client.join(net)?;
    let _server = server.join(net)?;
    Ok(())
}

/// The client's SYN is lost. Its side is called all the same, and answers the SYN as a listener would
/// (§3.10.7.3, fourth step); the server receives an acceptable SYN,ACK in SYN-SENT, as a client does.
fn one_of_two_calls_is_lost(net: &mut Net) -> io::Result<()> {
    net.wire().lose_next(syn().from(Side::Client));
    let client = net
        .client()
        .start(|| connect_with(100, addresses::client(CLIENT_PORT), addresses::server(PORT)));
    net.settle();
    let _server = net
        .server()
        .run(|| connect_with(300, addresses::server(PORT), addresses::client(CLIENT_PORT)))?;
    let _client = client.join(net)?;
    Ok(())
}

/// Each SYN arrives where nobody calls, or nobody calls any more, and is reset (§3.10.7.1).
fn one_call_after_the_other(net: &mut Net) -> io::Result<()> {
    let called = net
        .client()
        .run(|| connect_with(100, addresses::client(CLIENT_PORT), addresses::server(PORT)));
    refused(net, Side::Client, called)?;
    let called = net
        .server()
        .run(|| connect_with(300, addresses::server(PORT), addresses::client(CLIENT_PORT)));
    refused(net, Side::Server, called)
}

fn refused(net: &mut Net, side: Side, called: io::Result<Socket>) -> io::Result<()> {
    note_failure(
        net.host(side),
        called,
        ErrorKind::ConnectionRefused,
        "connect() fails: ECONNREFUSED",
    )
}

/// A client calls a port of its own host at which nobody listens, and the kernel gives the calling socket that very
/// port. It answers its own SYN as in figure 7. The segments do not leave the host, so the wire sees none of them;
/// a raw socket on the host does.
fn self_connect(net: &mut Net) -> io::Result<()> {
    let to = addresses::client(CLIENT_PORT);
    let inside = net.client().run(segments_of_this_host)?;
    net.client()
        .note("calls port 40000 of its own host, where nobody listens");
    let mut socket = net.client().run(|| call_from_any_port(100, to))?;
    net.client().note("connect() succeeds");
    for _ in 0..3 {
        let segment = net.client().run(|| next_segment(&inside))?;
        net.client().note(&format!("inside the host: {segment}"));
    }
    let (own, peer) = (socket.local_addr()?, socket.peer_addr()?);
    if [own.as_socket(), peer.as_socket()] != [Some(to); 2] {
        return Err(io::Error::other("the socket has not reached itself"));
    }
    net.client()
        .note(&format!("its own address: {to}; its peer's: {to}"));
    net.client().run(|| socket.write_all(b"hello"))?;
    let mut heard = [0; 5];
    net.client().run(|| socket.read_exact(&mut heard))?;
    let heard = String::from_utf8_lossy(&heard).into_owned();
    net.client()
        .note(&format!("writes \"hello\", and reads \"{heard}\""));
    the_port_is_taken(net, to)?;
    net.client().run(|| drop(socket));
    net.client().note("close()");
    the_port_is_taken(net, to)
}

fn the_port_is_taken(net: &mut Net, at: SocketAddr) -> io::Result<()> {
    let outcome = net.client().run(|| listen(at));
    note_failure(
        net.client(),
        outcome,
        ErrorKind::AddrInUse,
        "a program that wants to listen at that port: EADDRINUSE",
    )
}

/// A connection from whatever port the kernel chooses.
// ANCHOR: call_from_any_port
fn call_from_any_port(isn: u32, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    repair::choose_initial_sequence_number(&socket, isn)?;
    socket.connect(&to.into())?;
    Ok(socket)
}
// ANCHOR_END: call_from_any_port

/// A socket that receives a copy of every TCP segment that arrives at its host, from whichever side.
fn segments_of_this_host() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))
}

/// The next segment, in a ladder's words: control bits, `seq` and `ack`.
fn next_segment(mut inside: &Socket) -> io::Result<String> {
    let mut packet = [0; 1500];
    let length = inside.read(&mut packet)?;
    let packet = Packet::decode(&packet[..length]).map_err(io::Error::other)?;
    let Some(segment) = packet.segment() else {
        return Err(io::Error::other("the packet carries no TCP segment"));
    };
    let ack = if segment.control.contains(ControlBits::ACK) {
        format!(" ack={}", segment.acknowledgment)
    } else {
        String::new()
    };
    Ok(format!("{} seq={}{ack}", segment.control, segment.sequence))
}
