//! What names a socket, and what names a connection: one port, several connections.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use lab::filter::any;
use lab::peer::{accept, connect, listen};
use lab::{HostHandle, Net, addresses};
use socket2::{Domain, Socket, Type};

use crate::programs::{CLIENT_PORT, PORT, note_failure};
use crate::view::{PLAIN, WITH_PAYLOAD};
use crate::{Scene, as_usual};

/// The port of the client's other connection.
const OTHER_CLIENT_PORT: u16 = CLIENT_PORT + 1;

/// The port of the other server.
const OTHER_PORT: u16 = PORT + 1;

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "a-sockets-life",
        title: "One socket, before its connection and after it",
        view: PLAIN,
        adjust: as_usual,
        script: a_sockets_life,
    },
    Scene {
        name: "two-clients-one-port",
        title: "Two clients call one port, and the server has three sockets",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: two_clients_one_port,
    },
    Scene {
        name: "one-port-two-servers",
        title: "One client port, two servers, and the one call that is refused",
        view: WITH_PAYLOAD,
        adjust: as_usual,
        script: one_port_two_servers,
    },
    Scene {
        name: "a-listener-notices-nothing",
        title: "The wire loses everything, and is mended, while a server listens",
        view: PLAIN,
        adjust: as_usual,
        script: a_listener_notices_nothing,
    },
];

/// A note of which addresses a socket has.
fn note_ends(mut host: HostHandle<'_>, whose: &str, socket: &Socket) -> io::Result<()> {
    let ends = ends(socket)?;
    host.note(&format!("{whose}: {ends}"));
    Ok(())
}

/// What a socket says of its two ends.
// ANCHOR: ends
fn ends(socket: &Socket) -> io::Result<String> {
    let local = socket.local_addr()?;
    let peer = match socket.peer_addr() {
        Ok(peer) => written(peer.as_socket()),
        Err(error) if error.kind() == ErrorKind::NotConnected => "none".to_owned(),
        Err(error) => return Err(error),
    };
    Ok(format!("local {}, peer {peer}", written(local.as_socket())))
}
// ANCHOR_END: ends

/// The address as one writes it.
fn written(address: Option<SocketAddr>) -> String {
    address.map_or_else(
        || "of another kind".to_owned(),
        |address| address.to_string(),
    )
}

/// What a program gets from one call.
fn read(mut host: HostHandle<'_>, whose: &str, mut socket: &Socket) -> io::Result<()> {
    let mut buffer = [0; 100];
    let length = host.run(|| socket.read(&mut buffer))?;
    let octets = buffer[..length].escape_ascii();
    host.note(&format!("{whose} reads \"{octets}\""));
    Ok(())
}

/// What a program writes in one call.
fn write(mut host: HostHandle<'_>, mut socket: &Socket, message: &str) -> io::Result<()> {
    host.run(|| socket.write_all(message.as_bytes()))
}

/// The program has a socket before the kernel has a connection, and the kernel has the connection when the program has no socket any
/// more (RFC 9293 §3.3.2).
fn a_sockets_life(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let client = net
        .client()
        .run(|| Socket::new(Domain::IPV4, Type::STREAM, None))?;
    note_ends(net.client(), "socket()", &client)?;
    net.client()
        .run(|| client.bind(&addresses::client(CLIENT_PORT).into()))?;
    note_ends(net.client(), "bind()", &client)?;
    net.client()
        .run(|| client.connect(&addresses::server(PORT).into()))?;
    note_ends(net.client(), "connect()", &client)?;
    let server = net.server().run(|| accept(&listener))?;
    net.client().run(move || drop(client));
    net.client().note("close(): the program has no socket now");
    net.server().run(move || drop(server));
    Ok(())
}

/// A connection is a pair of sockets in the RFC's sense (RFC 9293 §3.4.1), so one of the two may be in several.
fn two_clients_one_port(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    note_ends(net.server(), "the listener", &listener)?;
    let mut clients = Vec::new();
    for (name, port) in [("a", CLIENT_PORT), ("b", OTHER_CLIENT_PORT)] {
        let client = net
            .client()
            .run(|| connect(addresses::client(port), addresses::server(PORT)))?;
        note_ends(net.client(), name, &client)?;
        clients.push(client);
    }
    // ANCHOR: accept
    let first = net.server().run(|| accept(&listener))?;
    note_ends(net.server(), "accept()", &first)?;
    let second = net.server().run(|| accept(&listener))?;
    note_ends(net.server(), "accept()", &second)?;
    note_ends(net.server(), "the listener", &listener)?;
    // ANCHOR_END: accept

    write(net.client(), &clients[1], "I am b")?;
    write(net.client(), &clients[0], "I am a")?;
    read(net.server(), "the first accepted socket", &first)?;
    read(net.server(), "the second", &second)?;
    let from_listener = net.server().run(|| (&listener).read(&mut [0; 100]));
    note_failure(
        net.server(),
        from_listener,
        ErrorKind::NotConnected,
        "the listener: read(): ENOTCONN",
    )?;
    let to_listener = net.server().run(|| (&listener).write(b"hello"));
    note_failure(
        net.server(),
        to_listener,
        ErrorKind::BrokenPipe,
        "the listener: write(): EPIPE",
    )
}

/// A port of the client's is used for two connections at once; what is refused is a second connection of the same pair.
fn one_port_two_servers(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let second = net.server().run(|| listen(addresses::server(PORT)));
    note_failure(
        net.server(),
        second,
        ErrorKind::AddrInUse,
        "a second program: bind() to port 80: EADDRINUSE",
    )?;
    net.server().note("the second program takes port 81");
    let other = net.server().run(|| listen(addresses::server(OTHER_PORT)))?;

    let from = addresses::client(CLIENT_PORT);
    net.client().note("from port 40000 to port 80");
    let client = net
        .client()
        .run(|| connect_sharing(from, addresses::server(PORT)))?;
    net.client().note("from port 40000 to port 81");
    let other_client = net
        .client()
        .run(|| connect_sharing(from, addresses::server(OTHER_PORT)))?;
    let again = net
        .client()
        .run(|| connect_sharing(from, addresses::server(PORT)));
    note_failure(
        net.client(),
        again,
        ErrorKind::AddrNotAvailable,
        "from port 40000 to port 80 again: EADDRNOTAVAIL",
    )?;

    let at_port = net.server().run(|| accept(&listener))?;
    let at_other_port = net.server().run(|| accept(&other))?;
    write(net.client(), &other_client, "to port 81")?;
    write(net.client(), &client, "to port 80")?;
    read(net.server(), "the program at port 80", &at_port)?;
    read(net.server(), "the program at port 81", &at_other_port)
}

/// A connection from an address that other sockets of this program have as well.
// ANCHOR: connect_sharing
fn connect_sharing(from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&from.into())?;
    socket.connect(&to.into())?;
    Ok(socket)
}
// ANCHOR_END: connect_sharing

/// A listener is a record that waits to be found (RFC 9293 §3.3.2). Nothing tells it that nobody can reach it.
fn a_listener_notices_nothing(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    listener.set_nonblocking(true)?;
    net.wire().lose(any());
    let lost = net.client().run(|| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.bind(&addresses::client(CLIENT_PORT).into())?;
        // It returns before there is an answer, with an error that says so.
        let _under_way = socket.connect(&addresses::server(PORT).into());
        io::Result::Ok(socket)
    })?;
    let error = net.server().run(|| listener.take_error())?;
    if let Some(error) = error {
        return Err(error);
    }
    net.server().note("the listener has no error to report");
    let nobody = net.server().run(|| accept(&listener));
    note_failure(
        net.server(),
        nobody,
        ErrorKind::WouldBlock,
        "accept() has nothing to return: EAGAIN",
    )?;
    net.client().note("gives up");
    net.client().run(move || drop(lost));

    net.wire().let_pass();
    let _client = net.client().run(|| {
        connect(
            addresses::client(OTHER_CLIENT_PORT),
            addresses::server(PORT),
        )
    })?;
    let _server = net.server().run(|| accept(&listener))?;
    net.server().note("accept() returns a socket");
    Ok(())
}
