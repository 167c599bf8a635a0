//! What happens before accept: the queue of connections, the queue of half-open ones, and SYN cookies.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, SocketAddrV4};

use lab::filter::{pure_ack, syn_ack};
use lab::peer::{accept, connect, listen};
use lab::{Net, Settings, Side, Task, addresses};
use socket2::{Domain, Socket, Type};
use trace::{ControlBits, Segment, SeqNumber, TcpOption};

use crate::programs::{CLIENT_PORT, PORT};
use crate::view::{USUAL, WITH_ALL_OPTIONS};
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "established-before-accept",
        title: "A connection carries data, and nobody has called accept() yet",
        view: USUAL,
        adjust: as_usual,
        script: established_before_accept,
    },
    Scene {
        name: "accept-queue-full",
        title: "A backlog of 1 admits two clients; the third is admitted when one has been accepted",
        view: USUAL,
        adjust: cookies_in_need,
        script: accept_queue_full,
    },
    Scene {
        name: "final-ack-dropped",
        title: "The fourth client believes that it is connected, and the server has no room for it",
        view: USUAL,
        adjust: cookies_in_need,
        script: final_ack_dropped,
    },
    Scene {
        name: "syn-flood",
        title: "Two SYNs that nobody stands behind, and an honest client finds no room",
        view: USUAL,
        adjust: without_cookies,
        script: syn_flood,
    },
    Scene {
        name: "syn-flood-with-cookies",
        title: "The same two SYNs, and the honest client is let in by a cookie",
        view: USUAL,
        adjust: cookies_in_need,
        script: syn_flood,
    },
    Scene {
        name: "without-syn-cookies",
        title: "A handshake with options, and the server keeps a record of it",
        view: WITH_ALL_OPTIONS,
        adjust: options,
        script: handshake,
    },
    Scene {
        name: "syn-cookies",
        title: "The same handshake with a cookie: no record before the third segment, and options are lost",
        view: WITH_ALL_OPTIONS,
        adjust: cookies_always,
        script: handshake_and_forgery,
    },
];

/// Half-open connections that do not fit are refused a place (the kernel's ip-sysctl documentation).
fn without_cookies(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_syncookies", "0")])
}

/// A SYN for which there is no place is answered with a cookie: the kernel's default.
fn cookies_in_need(settings: Settings) -> Settings {
    settings.with_sysctls(&[("net.ipv4.tcp_syncookies", "1")])
}

/// The options that a cookie has no room for, switched on as kernels have them by default.
fn options(settings: Settings) -> Settings {
    settings.with_sysctls(&[
        ("net.ipv4.tcp_syncookies", "1"),
        ("net.ipv4.tcp_window_scaling", "1"),
        ("net.ipv4.tcp_sack", "1"),
    ])
}

/// The same, but every SYN is answered with a cookie.
fn cookies_always(settings: Settings) -> Settings {
    settings.with_sysctls(&[
        ("net.ipv4.tcp_syncookies", "2"),
        ("net.ipv4.tcp_window_scaling", "1"),
        ("net.ipv4.tcp_sack", "1"),
    ])
}

/// A socket in LISTEN with a backlog of our choice.
// ANCHOR: backlog
fn listen_with(backlog: i32, at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&at.into())?;
    socket.listen(backlog)?;
    Ok(socket)
}
// ANCHOR_END: backlog

/// The server's program does nothing until the client's data has been acknowledged.
fn established_before_accept(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let mut client = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    net.client().run(|| client.write_all(b"hello"))?;
    net.server().note("only now calls accept()");
    let mut server = net.server().run(|| accept(&listener))?;
    net.server().run(|| server.read_exact(&mut [0; 5]))?;
    net.server().note("read() returns the five octets");
    Ok(())
}

/// Three clients call a server whose queue takes two. The third one's SYN is not answered, and cookies do not help:
/// they are for the other queue. A second later its kernel sends it again, and by then the server's program has
/// taken a connection off the queue.
fn accept_queue_full(net: &mut Net) -> io::Result<()> {
    let listener = net
        .server()
        .run(|| listen_with(1, addresses::server(PORT)))?;
    let _admitted = [call(net, 0).join(net)?, call(net, 1).join(net)?];
    let third = call(net, 2);
    net.settle();
    net.server().note("accepts the first connection");
    let _server = net.server().run(|| accept(&listener))?;
    let _third = third.join(net)?;
    Ok(())
}

/// A backlog of 2 takes three. The third and the fourth client's SYNs come while there is room for one, and the
/// wire keeps their last segments until both have been answered. The fourth client, who has not been admitted, sends.
fn final_ack_dropped(net: &mut Net) -> io::Result<()> {
    let _listener = net
        .server()
        .run(|| listen_with(2, addresses::server(PORT)))?;
    let _admitted = [call(net, 0).join(net)?, call(net, 1).join(net)?];
    net.wire().hold(pure_ack());
    let _third = call(net, 2).join(net)?;
    let mut fourth = call(net, 3).join(net)?;
    net.wire().release_all();
    net.wire().let_pass();
    net.client().run(|| fourth.write_all(b"hello"))
}

/// The client of that number, from 0, begins to connect from a port of its own.
fn call(net: &mut Net, number: u16) -> Task<io::Result<Socket>> {
    net.client().start(move || {
        connect(
            addresses::client(CLIENT_PORT + number),
            addresses::server(PORT),
        )
    })
}

/// Two SYNs whose answers go where nobody is, and then an honest client.
fn syn_flood(net: &mut Net) -> io::Result<()> {
    let _listener = net
        .server()
        .run(|| listen_with(1, addresses::server(PORT)))?;
    net.wire().lose(syn_ack());
    for port in [50000, 50001] {
        let syn = Segment {
            options: vec![TcpOption::MaximumSegmentSize(1460)],
            ..made_up(port, ControlBits::SYN)
        };
        net.wire().inject(Side::Client, &syn);
    }
    net.wire().let_pass();
    let _client = call(net, 0);
    net.settle();
    Ok(())
}

/// A handshake and nothing else.
fn handshake(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let _client = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    Ok(())
}

/// The same, and then an ACK for a SYN,ACK that was never sent.
fn handshake_and_forgery(net: &mut Net) -> io::Result<()> {
    let _listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let _client = net
        .client()
        .run(|| connect(addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    let forged = Segment {
        sequence: SeqNumber(101),
        acknowledgment: SeqNumber(301),
        ..made_up(50000, ControlBits::ACK)
    };
    net.wire().inject(Side::Client, &forged);
    Ok(())
}

/// A segment that no program has asked for, to the server's usual port.
fn made_up(port: u16, control: ControlBits) -> Segment {
    Segment {
        control,
        window: 64240,
        ..Segment::between(
            SocketAddrV4::new(addresses::CLIENT, port),
            SocketAddrV4::new(addresses::SERVER, PORT),
        )
    }
}
