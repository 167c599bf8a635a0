//! Speak TCP yourself: segments over a raw socket.

use std::io::{self, Read};
use std::net::SocketAddrV4;

use lab::peer::{accept, listen};
use lab::{Net, addresses};
use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use trace::frame::Packet;
use trace::{ControlBits, Segment, SeqNumber, build};

use crate::programs::{CLIENT_PORT, PORT};
use crate::view::USUAL;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "without-the-filter",
        title: "A program sends a SYN by hand, and its own kernel resets the answer",
        view: USUAL,
        adjust: as_usual,
        script: without_the_filter,
    },
    Scene {
        name: "by-hand",
        title: "A program opens a connection by hand, and sends ten octets over it",
        view: USUAL,
        adjust: as_usual,
        script: by_hand,
    },
];

const HERE: SocketAddrV4 = SocketAddrV4::new(addresses::CLIENT, CLIENT_PORT);
const THERE: SocketAddrV4 = SocketAddrV4::new(addresses::SERVER, PORT);

/// The initial sequence number of the program: a fixed one will do here, since each scene has one connection.
const ISN: SeqNumber = SeqNumber(1000);

/// The client's kernel has no record of a connection from this port. It answers the SYN,ACK with a reset whose number
/// the server believes (§3.10.7.1, §3.5.2 group 1), and the server goes back to LISTEN (§3.10.7.4, second step). The
/// program's ACK comes too late: a side in LISTEN answers it with a reset (§3.10.7.2).
fn without_the_filter(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let raw = net.client().run(|| raw(HERE, THERE))?;
    net.client().run(|| send(&raw, &syn()))?;
    let answer = net.client().run(|| receive(&raw))?;
    net.client()
        .note("the program has sent the SYN; the reset is its kernel's");
    net.client().run(|| send(&raw, &ack(&answer)))?;
    let reset = net.client().run(|| receive(&raw))?;
    if reset.control.contains(ControlBits::RST) {
        Ok(())
    } else {
        Err(io::Error::other("the server's answer is no reset"))
    }
}

/// The same with the port held: figure 6 of RFC 9293 (§3.5), with a program in the place of the client's TCP. The
/// client's kernel has a listening socket on the port all the while, and nothing else.
fn by_hand(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let _held = net.client().run(|| hold(HERE))?;
    let raw = net.client().run(|| raw(HERE, THERE))?;
    net.client().run(|| send(&raw, &syn()))?;
    let answer = net.client().run(|| receive(&raw))?;
    net.client().run(|| send(&raw, &ack(&answer)))?;
    let mut server = net.server().run(|| accept(&listener))?;
    net.server().note("accept() returns the connection");
    net.client().run(|| send(&raw, &data(&answer)))?;
    let mut heard = [0; 10];
    net.server().run(|| server.read_exact(&mut heard))?;
    net.server().note(&format!(
        "read() returns {:?}",
        heard.escape_ascii().to_string()
    ));
    Ok(())
}

/// A listening socket that nothing gets through to: the kernel knows its port, and keeps silent.
// ANCHOR: hold
fn hold(port: SocketAddrV4) -> io::Result<Socket> {
    // One instruction, "return 0": keep no octet of whatever arrives.
    let drop_all = [SockFilter::new(6, 0, 0, 0)];
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.attach_filter(&drop_all)?;
    socket.bind(&port.into())?;
    socket.listen(1)?;
    Ok(socket)
}
// ANCHOR_END: hold

/// A raw socket for TCP between two hosts. It has no port: those stand in the segments.
// ANCHOR: raw
fn raw(from: SocketAddrV4, to: SocketAddrV4) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))?;
    socket.bind(&SocketAddrV4::new(*from.ip(), 0).into())?;
    socket.connect(&SocketAddrV4::new(*to.ip(), 0).into())?;
    Ok(socket)
}
// ANCHOR_END: raw

/// Sends a segment; the kernel puts the IPv4 header in front of it.
// ANCHOR: send
fn send(raw: &Socket, segment: &Segment) -> io::Result<()> {
    raw.send(&build::segment(segment))?;
    Ok(())
}
// ANCHOR_END: send

/// The next segment that arrives. What the socket gives is a whole IPv4 packet.
// ANCHOR: receive
fn receive(mut raw: &Socket) -> io::Result<Segment> {
    let mut octets = [0; 1500];
    loop {
        let length = raw.read(&mut octets)?;
        let packet = Packet::decode(&octets[..length]).map_err(io::Error::other)?;
        if let Some(segment) = packet.segment() {
            return Ok(segment.clone());
        }
    }
}
// ANCHOR_END: receive

// ANCHOR: syn
fn syn() -> Segment {
    Segment {
        sequence: ISN,
        control: ControlBits::SYN,
        window: 64240,
        ..Segment::between(HERE, THERE)
    }
}
// ANCHOR_END: syn

/// The third segment, in reply to the second.
fn ack(answer: &Segment) -> Segment {
    Segment {
        sequence: ISN.plus(1),
        acknowledgment: answer.sequence.plus(1),
        control: ControlBits::ACK,
        ..syn()
    }
}

/// The first data: the numbers of the third segment, which has used none.
fn data(answer: &Segment) -> Segment {
    Segment {
        control: ControlBits::PSH | ControlBits::ACK,
        payload: b"ten octets".to_vec(),
        ..ack(answer)
    }
}
