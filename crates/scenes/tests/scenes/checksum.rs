use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddrV4};

use lab::peer::listen;
use lab::{Lab, Net, Side, addresses, checksum_errors};
use socket2::{Domain, Protocol, Socket, Type};
use trace::{ControlBits, Frame, Segment, State, build};

use super::recorded;

scenes! {
    corrupted_segment
    swapped_words
    one_hop
}

/// A SYN from the client to a port of the server.
fn syn(port: u16) -> Segment {
    Segment {
        control: ControlBits::SYN,
        window: 64240,
        ..Segment::between(
            SocketAddrV4::new(addresses::CLIENT, 40000),
            SocketAddrV4::new(addresses::SERVER, port),
        )
    }
}

fn frame(segment: &Segment) -> Vec<u8> {
    let (client, server) = (addresses::mac(Side::Client), addresses::mac(Side::Server));
    build::frame(client, server, segment)
}

/// Writes the TCP checksum of one frame into another.
fn with_checksum_of(other: &[u8], mut frame: Vec<u8>) -> Vec<u8> {
    frame[50..52].copy_from_slice(&other[50..52]);
    frame
}

/// What the server has sent.
fn answers(net: &Net) -> Vec<ControlBits> {
    let sent = net.trace().sent_by(Side::Server);
    sent.map(|segment| segment.control).collect()
}

/// The chapter says why: not even the port can be believed.
#[test]
fn nobody_answers_a_damaged_segment_not_even_with_a_reset() {
    Lab::run(|net| {
        // One bit apart: 80 and 81. Nobody listens on 81.
        let damaged = with_checksum_of(&frame(&syn(80)), frame(&syn(81)));
        net.wire().inject_frame(Side::Client, damaged);
        assert_eq!(answers(net), []);
        assert_eq!(net.server().run(checksum_errors)?, 1);
        net.wire().inject_frame(Side::Client, frame(&syn(81)));
        assert_eq!(answers(net), [ControlBits::RST | ControlBits::ACK]);
        assert_eq!(net.server().run(checksum_errors)?, 1);
        io::Result::Ok(())
    });
}

/// What a translator of addresses must do, or the other side takes nothing from it.
#[test]
fn a_translated_address_needs_another_checksum() {
    Lab::run(|net| {
        let _listener = net.server().run(|| listen(addresses::server(80)))?;
        let original = frame(&syn(80));
        // The router's address has a neighbour entry, so that no ARP comes between.
        let translated = frame(&Segment {
            source: SocketAddrV4::new(addresses::WIRE, 40000),
            ..syn(80)
        });
        let forgotten = with_checksum_of(&original, translated.clone());
        assert_ne!(forgotten, translated);
        let received = |net: &Net| {
            let mut server = net.states().server.into_iter();
            server.any(|socket| socket.state == State::SynReceived)
        };
        net.wire().inject_frame(Side::Client, forgotten);
        assert!(!received(net));
        assert_eq!(net.server().run(checksum_errors)?, 1);
        net.wire().inject_frame(Side::Client, translated);
        assert!(received(net));
        assert_eq!(net.server().run(checksum_errors)?, 1);
        io::Result::Ok(())
    });
}

/// The chapter compares these two frames.
#[test]
fn a_hop_changes_the_checksum_of_the_ipv4_header_and_not_of_the_segment() {
    let trace = recorded("one-hop");
    let [before, after] = [3, 4].map(|row| trace.rows[row].frame().expect("it is a frame"));
    let different: Vec<usize> = (0..before.len())
        .filter(|at| before[*at] != after[*at])
        .collect();
    let header_checksum = |frame: &[u8]| u16::from_be_bytes([frame[24], frame[25]]);
    // The header checksum has octets 24 and 25, and only a carry changes the second.
    assert!(
        different == [22, 24] || different == [22, 24, 25],
        "{different:?}"
    );
    assert_eq!([before[22], after[22]], [64, 63]);
    let distance = u32::from(header_checksum(after)) + 0xffff - u32::from(header_checksum(before));
    assert_eq!(distance % 0xffff, 0x0100);
    for frame in [before, after] {
        // That the header checksum is right is a condition of decoding.
        let frame = Frame::decode(frame).expect("nothing is wrong with it");
        assert!(frame.segment().is_some_and(|segment| segment.checksum_ok));
    }
}

/// Why a capture may show wrong checksums where nothing is wrong: here the kernel itself never finishes them.
#[test]
fn on_the_loopback_interface_the_checksum_is_never_finished() {
    const HERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80);
    Lab::run(|net| {
        let segments = net.client().run(|| {
            let capture = capture()?;
            let _listener = listen(HERE.into())?;
            let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            client.connect(&HERE.into())?;
            captured(capture, 3)
        })?;
        let handshake: Vec<ControlBits> = segments.iter().map(|(s, _)| s.control).collect();
        let (syn, ack) = (ControlBits::SYN, ControlBits::ACK);
        assert_eq!(handshake, [syn, syn | ack, ack]);
        for (segment, length) in segments {
            assert!(!segment.checksum_ok, "{segment:?}");
            // Twice 127.0.0.1, the protocol and the length; no complement.
            let pseudo_header = 2 * (0x7f00 + 0x0001) + 6 + length;
            assert_eq!(usize::from(segment.checksum), pseudo_header, "{segment:?}");
        }
        // All the same nothing is dropped.
        assert_eq!(net.client().run(checksum_errors)?, 0);
        io::Result::Ok(())
    });
}

/// A socket that is given every IPv4 packet that arrives on any interface of its host.
fn capture() -> io::Result<Socket> {
    /// `ETH_P_IP` of linux/if_ether.h.
    const IPV4: u16 = 0x0800;
    let protocol = Protocol::from(i32::from(IPV4.to_be()));
    let socket = Socket::new(Domain::PACKET, Type::RAW, Some(protocol))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The first segments that have arrived at 127.0.0.1, with their lengths. The wire's echoes come between them.
fn captured(mut capture: Socket, count: usize) -> io::Result<Vec<(Segment, usize)>> {
    /// An Ethernet header, and an IPv4 header without options.
    const IN_FRONT: usize = 14 + 20;
    let mut segments = Vec::new();
    while segments.len() < count {
        let mut octets = [0; 2048];
        let length = capture.read(&mut octets)?;
        let frame = Frame::decode(&octets[..length]).map_err(io::Error::other)?;
        if let Some(segment) = frame.segment() {
            segments.push((segment.clone(), length - IN_FRONT));
        }
    }
    Ok(segments)
}
