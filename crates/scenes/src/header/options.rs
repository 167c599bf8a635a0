//! What two hosts tell each other in the options of their SYNs, and what becomes of a connection when one is missing.

use std::io::{self, Read, Write};
use std::mem;
use std::net::{SocketAddr, SocketAddrV4};

use lab::filter::syn;
use lab::peer::{accept, listen_with_buffer};
use lab::{Net, Settings, Side, addresses};
use socket2::{Domain, Socket, Type};
use trace::{ControlBits, Segment, SeqNumber, TcpOption, View, build};

use crate::on_the_way::{BEHIND_TCP, TCP, change_segment, change_word};
use crate::programs::{CLIENT_PORT, Connection, PORT, call_without_delay};
use crate::view::{USUAL, WITH_ALL_OPTIONS, WITH_OPTIONS};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "options-on-syn",
        title: "Four options in each SYN, and one in every segment after them",
        view: WITH_ALL_OPTIONS,
        adjust: every_option,
        script: options_on_syn,
    },
    Scene {
        name: "mss-each-way",
        title: "Each side keeps to what the other can receive",
        view: USUAL,
        adjust: a_client_that_takes_less,
        script: mss_each_way,
    },
    Scene {
        name: "without-mss",
        title: "The wire takes the MSS out of a SYN, and the server assumes 536",
        view: USUAL,
        adjust: as_usual,
        script: without_mss,
    },
    Scene {
        name: "scale-only-if-both",
        title: "Two calls; the wire takes the window scale out of the second SYN, and nobody scales",
        view: View {
            window: true,
            ..WITH_OPTIONS
        },
        adjust: scaling,
        script: scale_only_if_both,
    },
    Scene {
        name: "a-length-of-zero",
        title: "Two SYNs that nobody sent: an option that the server does not know, and one with the length 0",
        view: WITH_OPTIONS,
        adjust: scaling,
        script: a_length_of_zero,
    },
];

/// The receive buffers that the programs ask for. The window scale follows from them (RFC 7323 §2.1), and without them
/// from settings that differ between machines.
const CLIENT_BUFFER: usize = 200_000;
const SERVER_BUFFER: usize = 100_000;

/// The kind of an option that no kernel knows.
const UNKNOWN: u8 = 77;

/// Everything that the laboratory turns off so that other figures are shorter.
fn every_option(settings: Settings) -> Settings {
    settings.with_sysctls(&[
        ("net.ipv4.tcp_sack", "1"),
        ("net.ipv4.tcp_timestamps", "1"),
        ("net.ipv4.tcp_window_scaling", "1"),
    ])
}

/// Window scaling, and neither timestamps nor SACK.
fn scaling(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_window_scaling", "1")])
}

/// A client that announces 1000, on a link that carries 1460.
fn a_client_that_takes_less(settings: Settings) -> Settings {
    Settings {
        announced_mss: Some((Side::Client, 1000)),
        ..settings
    }
}

/// As [`lab::peer::connect`], from a socket that asks for a receive buffer of a certain size.
// ANCHOR: buffer
fn connect_with_buffer(octets: usize, from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_recv_buffer_size(octets)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())?;
    Ok(socket)
}
// ANCHOR_END: buffer

/// All four options in both SYNs, and data each way.
fn options_on_syn(net: &mut Net) -> io::Result<()> {
    let listener = net
        .server()
        .run(|| listen_with_buffer(SERVER_BUFFER, addresses::server(PORT)))?;
    let (here, there) = (addresses::client(CLIENT_PORT), addresses::server(PORT));
    let mut client = net
        .client()
        .run(|| connect_with_buffer(CLIENT_BUFFER, here, there))?;
    let mut server = net.server().run(|| accept(&listener))?;
    net.client().run(|| client.write_all(b"hello"))?;
    net.server().run(|| server.read_exact(&mut [0; 5]))?;
    net.server().run(|| server.write_all(b"yes"))?;
    net.client().run(|| client.read_exact(&mut [0; 3]))
}

/// Both programs write so many octets, first the client's and then the server's, and both read them.
fn write_both_ways(net: &mut Net, connection: &mut Connection, octets: usize) -> io::Result<()> {
    let (client, server) = (&mut connection.client, &mut connection.server);
    let written = vec![b'x'; octets];
    let mut read = vec![0; octets];
    net.client().run(|| client.write_all(&written))?;
    net.server().run(|| server.read_exact(&mut read))?;
    net.server().run(|| server.write_all(&written))?;
    net.client().run(|| client.read_exact(&mut read))
}

/// Twice 1460 octets each way: the client cuts them into segments of 1460, the server into segments of 1000.
fn mss_each_way(net: &mut Net) -> io::Result<()> {
    let mut connection = call_without_delay(net)?;
    write_both_ways(net, &mut connection, 2 * 1460)
}

/// The server gets a SYN that says nothing of an MSS. The client gets one that does.
fn without_mss(net: &mut Net) -> io::Result<()> {
    // ANCHOR: blank
    net.wire().alter_next(syn(), |frame| {
        take_out(frame, |option| {
            matches!(option, TcpOption::MaximumSegmentSize(_))
        });
    });
    // ANCHOR_END: blank
    let mut connection = call_without_delay(net)?;
    write_both_ways(net, &mut connection, 1200)
}

/// The first call goes through as it is. Of the second, the server cannot see that the client could scale.
fn scale_only_if_both(net: &mut Net) -> io::Result<()> {
    let listener = net
        .server()
        .run(|| listen_with_buffer(SERVER_BUFFER, addresses::server(PORT)))?;
    let mut open = Vec::new();
    for port in [CLIENT_PORT, CLIENT_PORT + 1] {
        if port != CLIENT_PORT {
            net.wire().alter_next(syn(), |frame| {
                take_out(frame, |option| matches!(option, TcpOption::WindowScale(_)));
            });
        }
        let (here, there) = (addresses::client(port), addresses::server(PORT));
        let client = net
            .client()
            .run(|| connect_with_buffer(CLIENT_BUFFER, here, there))?;
        open.push(client);
        open.push(net.server().run(|| accept(&listener))?);
    }
    Ok(())
}

/// Writes No-Operation over an option of a SYN, octet by octet: what a box on the way does that does not like it.
fn take_out(frame: &mut Vec<u8>, unwanted: fn(&TcpOption) -> bool) {
    change_segment(frame, |segment| {
        let options = mem::take(&mut segment.options).into_iter();
        let left = options.flat_map(|option| match unwanted(&option) {
            true => vec![TcpOption::NoOperation; octets_of(&option)],
            false => vec![option],
        });
        segment.options = left.collect();
    });
}

/// How long an option is that a scene takes out.
fn octets_of(option: &TcpOption) -> usize {
    match option {
        TcpOption::MaximumSegmentSize(_) => 4,
        TcpOption::WindowScale(_) => 3,
        _ => 0,
    }
}

/// Two SYNs with an option that no kernel knows and, behind it, a window scale. In the first the unknown option has the
/// length that it has; in the second that octet is 0. The client's kernel, which has sent neither, resets what the
/// server makes of them.
fn a_length_of_zero(net: &mut Net) -> io::Result<()> {
    let _listener = net
        .server()
        .run(|| listen_with_buffer(SERVER_BUFFER, addresses::server(PORT)))?;
    let syn = Segment {
        control: ControlBits::SYN,
        sequence: SeqNumber(100),
        window: 64_240,
        options: vec![
            TcpOption::Unknown {
                kind: UNKNOWN,
                data: vec![0; 2],
            },
            TcpOption::WindowScale(7),
        ],
        ..Segment::between(
            SocketAddrV4::new(addresses::CLIENT, CLIENT_PORT),
            SocketAddrV4::new(addresses::SERVER, PORT),
        )
    };
    net.wire().inject(Side::Client, &syn);

    let mut frame = build::frame(
        addresses::mac(Side::Client),
        addresses::mac(Side::Server),
        &syn,
    );
    // The option's first word is its kind and its length.
    let checksum = TCP + 16;
    change_word(&mut frame, BEHIND_TCP, checksum, |word| word & 0xff00);
    net.wire().inject_frame(Side::Client, frame);
    Ok(())
}
