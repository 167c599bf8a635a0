//! What the hosts' programs do in most scenes, beyond what [`lab::peer`] has.

use std::io::{self, ErrorKind, Read};
use std::net::{SocketAddr, SocketAddrV4};
use std::time::Duration;

use lab::peer::{accept, call_from, listen};
use lab::{HostHandle, Net, Side, addresses, repair};
use socket2::{Domain, Protocol, Socket, Type};
use trace::{ControlBits, Segment, SeqNumber, build};

/// The server's port in every scene.
pub(crate) const PORT: u16 = 80;

/// The client's port in every scene that has one connection.
pub(crate) const CLIENT_PORT: u16 = 40000;

/// How long a program waits that does not want to wait longer.
const OWN_LIMIT: Duration = Duration::from_millis(200);

/// As [`lab::peer::connect`], with an initial sequence number of our choice: the numbers of the RFC's figures.
pub(crate) fn connect_with(isn: u32, from: SocketAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // An address that the dead connection of another program still had would be refused otherwise.
    socket.set_reuse_address(true)?;
    socket.bind(&from.into())?;
    repair::choose_initial_sequence_number(&socket, isn)?;
    socket.connect(&to.into())?;
    Ok(socket)
}

/// The three sockets of one established connection. All stay open until the script closes them.
pub(crate) struct Connection {
    pub(crate) listener: Socket,
    pub(crate) client: Socket,
    pub(crate) server: Socket,
}

/// A connection between the usual ports, with initial sequence numbers that the kernels choose.
pub(crate) fn call(net: &mut Net) -> io::Result<Connection> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (client, server) = call_from(net, CLIENT_PORT, &listener)?;
    Ok(Connection {
        listener,
        client,
        server,
    })
}

/// A connection between the usual ports, opened by a client whose initial sequence number is `isn`.
pub(crate) fn establish(net: &mut Net, isn: u32) -> io::Result<Connection> {
    let listener = net.server().run(|| listen(addresses::server(PORT)))?;
    let (client, server) = call_with(net, isn, &listener)?;
    Ok(Connection {
        listener,
        client,
        server,
    })
}

/// Both ends of one more connection to a server that listens already, as [`establish`] opens it.
pub(crate) fn call_with(
    net: &mut Net,
    isn: u32,
    listener: &Socket,
) -> io::Result<(Socket, Socket)> {
    let client = net
        .client()
        .run(|| connect_with(isn, addresses::client(CLIENT_PORT), addresses::server(PORT)))?;
    let server = net.server().run(|| accept(listener))?;
    Ok((client, server))
}

/// A connection on which no segment waits for another.
pub(crate) fn call_without_delay(net: &mut Net) -> io::Result<Connection> {
    let connection = call(net)?;
    net.client()
        .run(|| connection.client.set_tcp_nodelay(true))?;
    net.server()
        .run(|| connection.server.set_tcp_nodelay(true))?;
    Ok(connection)
}

/// A socket for datagrams.
// ANCHOR: datagrams
pub(crate) fn datagrams(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.bind(&at.into())?;
    Ok(socket)
}
// ANCHOR_END: datagrams

/// The client's port from which a port of the server is tried: each its own, so that a ladder can tell them apart.
pub(crate) fn client_port(port: u16) -> u16 {
    40000 + port
}

/// Sends one segment with these bits and with numbers of our choice to that port of the server, from a port that nobody has.
// ANCHOR: probe
pub(crate) fn probe(control: ControlBits, port: u16) -> io::Result<()> {
    let from = SocketAddrV4::new(addresses::CLIENT, client_port(port));
    let to = SocketAddrV4::new(addresses::SERVER, port);
    let segment = Segment {
        control,
        sequence: SeqNumber(100),
        acknowledgment: SeqNumber(300),
        window: 64240,
        ..Segment::between(from, to)
    };
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP))?;
    socket.send_to(&build::segment(&segment), &to.into())?;
    Ok(())
}
// ANCHOR_END: probe

/// Writes down that a host's call has failed, and fails itself if it has not, or otherwise than expected.
pub(crate) fn note_failure<T>(
    mut host: HostHandle<'_>,
    outcome: io::Result<T>,
    expected: ErrorKind,
    text: &str,
) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == expected => {
            host.note(text);
            Ok(())
        }
        Err(error) => Err(error),
        Ok(_) => Err(io::Error::other(format!(
            "should be noted as \"{text}\", and has not failed"
        ))),
    }
}

/// A host's program waits for data that does not come, and gives up.
pub(crate) fn wait_for_own_limit(net: &mut Net, side: Side, socket: &mut Socket) -> io::Result<()> {
    let outcome = net.host(side).run(|| {
        socket.set_read_timeout(Some(OWN_LIMIT))?;
        socket.read(&mut [0; 1])
    });
    note_failure(
        net.host(side),
        outcome,
        ErrorKind::WouldBlock,
        "read() gives up: the program's own limit",
    )
}
